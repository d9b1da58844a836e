using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Inspection;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Http.Json;
using SigmoidApi.Models;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Inspection;

/// <summary>The summary of a fit. Figures that it does not have are left out: a fit with a penalty has no inference.</summary>
/// <param name="Model">The version.</param>
/// <param name="Target">The column that it predicts; null if the data came with the request.</param>
/// <param name="Classes">The target's values. With two, the parameters are those of the second against the first.</param>
/// <param name="Converged">Whether the solver's stopping rule held and an optimum exists.</param>
/// <param name="Penalty">The penalty; left out if the request of the training is not known any more.</param>
/// <param name="Observations">The number of rows, each counted by its weight; left out if the fit has no inference.</param>
/// <param name="ModelDegreesOfFreedom">The number of estimated parameters without intercepts; left out if the fit has no inference.</param>
/// <param name="ResidualDegreesOfFreedom">The observations minus all estimated parameters; left out if the fit has no inference.</param>
/// <param name="LogLikelihood">The log-likelihood at the estimates; for <c>firth</c> the penalised one; left out if the fit has no inference.</param>
/// <param name="NullLogLikelihood">The log-likelihood of a model with an intercept only; left out if the fit has no inference.</param>
/// <param name="LikelihoodRatio">Twice the difference of the two; left out if the fit has no inference.</param>
/// <param name="LikelihoodRatioPValue">The p-value of the hypothesis that every coefficient is 0; left out if the fit has no inference.</param>
/// <param name="McFaddenR2">1 − logLikelihood / nullLogLikelihood; left out if the fit has no inference.</param>
/// <param name="CoxSnellR2">1 − exp(−likelihoodRatio / observations); only without a penalty; left out otherwise.</param>
/// <param name="NagelkerkeR2">coxSnellR2 divided by the greatest value that it can have; only without a penalty; left out otherwise.</param>
/// <param name="TjurR2">
/// The mean probability of the second class in its own rows minus that in the others; left out if the training rows are gone, and for more than two classes.
/// </param>
/// <param name="PearsonChiSquared">The sum of squared Pearson residuals; left out like <c>tjurR2</c>.</param>
/// <param name="Deviance">−2 · logLikelihood; only without a penalty; left out otherwise.</param>
/// <param name="NullDeviance">−2 · nullLogLikelihood; only without a penalty; left out otherwise.</param>
/// <param name="Aic">Akaike's information criterion; left out if the fit has no inference.</param>
/// <param name="Bic">Schwarz's information criterion; left out if the fit has no inference.</param>
/// <param name="ConfidenceLevel">Coverage of the confidence intervals; left out if the fit has no inference.</param>
/// <param name="CovarianceType">How the covariance was estimated; left out if the fit has no inference.</param>
/// <param name="Parameters">The intercept, if one was fitted, then the terms; for more than two classes those of each class.</param>
/// <param name="VarianceInflation">
/// The generalised variance inflation of each column, as car's <c>vif</c>; left out without a stored covariance, and for more than two classes.
/// </param>
[DefaultsLeftOut]
public sealed record FitSummary(
    ModelVersionName Model,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Target,
    [property: MinLength(2)] IReadOnlyList<ClassLabel> Classes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool Converged,
    Penalty? Penalty = null,
    double? Observations = null,
    int? ModelDegreesOfFreedom = null,
    double? ResidualDegreesOfFreedom = null,
    double? LogLikelihood = null,
    double? NullLogLikelihood = null,
    double? LikelihoodRatio = null,
    [property: Range(0d, 1d)] double? LikelihoodRatioPValue = null,
    double? McFaddenR2 = null,
    double? CoxSnellR2 = null,
    double? NagelkerkeR2 = null,
    double? TjurR2 = null,
    double? PearsonChiSquared = null,
    double? Deviance = null,
    double? NullDeviance = null,
    double? Aic = null,
    double? Bic = null,
    [property: Range(0d, 1d)] double? ConfidenceLevel = null,
    CovarianceType? CovarianceType = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] IReadOnlyList<FittedParameter> Parameters = null!,
    IReadOnlyList<ColumnInflation>? VarianceInflation = null)
{
    /// <param name="version">The version.</param>
    /// <param name="penalty">The penalty of the request; null if that is not known.</param>
    /// <param name="hasIntercept">Whether an intercept was fitted.</param>
    /// <param name="goodness">From the training rows; null if they are gone.</param>
    internal static FitSummary Of(ModelVersion version, Penalty? penalty, bool hasIntercept, GoodnessOfFit? goodness)
    {
        var trained = version.Trained;
        var inference = trained.Inference;
        var isUnpenalized = inference is not null && penalty != Compute.Regression.Penalty.Firth;
        FittedParameter[] parameters = [.. ParametersOf(trained, hasIntercept)];
        int? estimated = inference is null ? null : parameters.Count(parameter => parameter.StandardError is not null);
        var slopes = estimated - parameters.Count(parameter => parameter is { Term: FittedParameter.Intercept, StandardError: not null });
        double? Unpenalized(Func<double, double, double, double> of) =>
            isUnpenalized && inference is { LogLikelihood: { } fitted, NullLogLikelihood: { } ofNull }
                ? ModelInference.Finite(of(fitted, ofNull, inference.Observations))
                : null;
        return new(
            new(version.Name, version.Version),
            version.Target,
            trained.Classes,
            trained.Convergence.Converged,
            penalty,
            inference?.Observations,
            slopes,
            inference?.Observations - estimated,
            inference?.LogLikelihood,
            inference?.NullLogLikelihood,
            inference?.LikelihoodRatio,
            inference?.LikelihoodRatioPValue,
            inference?.McFaddenR2,
            Unpenalized(GoodnessOfFit.CoxSnellR2),
            Unpenalized(GoodnessOfFit.NagelkerkeR2),
            goodness is null ? null : ModelInference.Finite(goodness.TjurR2),
            goodness is null ? null : ModelInference.Finite(goodness.PearsonChiSquared),
            Unpenalized((fitted, _, _) => -2 * fitted),
            Unpenalized((_, ofNull, _) => -2 * ofNull),
            inference?.Aic,
            inference?.Bic,
            inference?.ConfidenceLevel,
            inference?.CovarianceType,
            parameters,
            InflationOf(trained));
    }

    private static IEnumerable<FittedParameter> ParametersOf(TrainedModel trained, bool hasIntercept)
    {
        string[] terms = [.. trained.Coefficients.Select(coefficient => ShownText.Short(coefficient.Term))];
        if (trained.Intercepts is null)
        {
            if (hasIntercept)
                yield return FittedParameter.Of(FittedParameter.Intercept, null, trained.Intercept!.Value, trained.Inference?.Intercept);
            foreach (var (j, one) in trained.Coefficients.Index())
            {
                yield return FittedParameter.Of(terms[j], null, one.Estimate!.Value, one.StandardError is null
                    ? null
                    : new(one.Estimate.Value, one.StandardError, one.Z, one.PValue, one.ConfidenceInterval));
            }

            yield break;
        }

        foreach (var (k, label) in trained.Classes.Index())
        {
            // With inference, the parameters are log-odds against the base class, which has none.
            var ofClass = trained.Inference?.Classes?.FirstOrDefault(one => one.Class == label);
            if (trained.Inference?.Classes is not null && ofClass is null)
                continue;
            if (hasIntercept)
                yield return FittedParameter.Of(FittedParameter.Intercept, label, trained.Intercepts[k], ofClass?.Intercept);
            foreach (var (j, one) in trained.Coefficients.Index())
                yield return FittedParameter.Of(terms[j], label, one.Estimates![k], ofClass?.Coefficients[j]);
        }
    }

    private static IReadOnlyList<ColumnInflation>? InflationOf(TrainedModel trained)
    {
        if (trained.Intercepts is not null || trained.Inference?.Covariance is not { Count: > 0 } covariance)
            return null;
        double[][] known = [.. covariance.Select(row => row.Select(value => value ?? double.NaN).ToArray())];
        var columns = TermColumns.Of(
            InspectedModels.PreparationOf(trained), [.. trained.Coefficients.Select(coefficient => new FeatureColumn(coefficient.Term, Codes: null))]);
        return
        [
            .. Compute.Inspection.VarianceInflation.Generalized(known, columns.ColumnOf, columns.Names.Count)
                .Select(one => new ColumnInflation(
                    columns.Names[one.Column], one.DegreesOfFreedom, ModelInference.Finite(one.Value), ModelInference.Finite(one.Adjusted))),
        ];
    }
}

/// <summary>A parameter of a fit. There is no inference about it if the fit has a penalty, or if the data do not determine it.</summary>
/// <param name="Term">The term, as in <c>coefficients[].term</c>, or <c>intercept</c>.</param>
/// <param name="Estimate">The estimate, in the column's own units.</param>
/// <param name="Class">With more than two classes, the class; left out with two.</param>
/// <param name="StandardError">Its standard error; left out if the fit has no inference.</param>
/// <param name="Z">The estimate divided by its standard error; left out if the fit has no inference.</param>
/// <param name="PValue">The p-value of the hypothesis that it is 0; left out if the fit has no inference.</param>
/// <param name="ConfidenceInterval">The lower and upper bound; a bound that is infinite is null; left out if the fit has no inference.</param>
/// <param name="OddsRatio">exp(estimate): by what a unit of the column multiplies the odds; left out if it is not finite.</param>
/// <param name="OddsRatioInterval">The exponentials of the bounds; a bound that is infinite is null; left out if the fit has no inference.</param>
[DefaultsLeftOut]
public sealed record FittedParameter(
    string Term,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double Estimate,
    ClassLabel? Class = null,
    double? StandardError = null,
    double? Z = null,
    [property: Range(0d, 1d)] double? PValue = null,
    [property: Length(2, 2)] IReadOnlyList<double?>? ConfidenceInterval = null,
    double? OddsRatio = null,
    [property: Length(2, 2)] IReadOnlyList<double?>? OddsRatioInterval = null)
{
    /// <summary>The name of the intercept.</summary>
    internal const string Intercept = "intercept";

    internal static FittedParameter Of(string term, ClassLabel? label, double estimate, EstimatedParameter? inference) => new(
        term,
        inference?.Estimate ?? estimate,
        label,
        inference?.StandardError,
        inference?.Z,
        inference?.PValue,
        inference?.ConfidenceInterval,
        ModelInference.Finite(Math.Exp(inference?.Estimate ?? estimate)),
        inference?.ConfidenceInterval is { } interval
            ? [.. interval.Select(bound => bound is { } finite ? ModelInference.Finite(Math.Exp(finite)) : null)]
            : null);
}

/// <summary>The generalised variance inflation of a column (Fox and Monette, 1992).</summary>
/// <param name="Column">The column of the data set.</param>
/// <param name="DegreesOfFreedom">d, the number of its terms whose parameters are determined.</param>
/// <param name="Value">By how much correlations with other columns widen the joint confidence region; null if d is 0.</param>
/// <param name="Adjusted">value^(1 / 2d): by how much they widen a standard error; null if d is 0.</param>
public sealed record ColumnInflation(string Column, [property: Range(0, int.MaxValue)] int DegreesOfFreedom, double? Value, double? Adjusted);
