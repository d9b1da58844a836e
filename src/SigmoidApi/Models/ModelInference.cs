using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Inference;

namespace SigmoidApi.Models;

/// <summary>
/// What an unpenalised or Firth's fit says about the parameters behind it. A number that is not finite, or that the data do not determine, is null.
/// </summary>
/// <param name="Intercept">Of the intercept; null where none was fitted, or the data do not determine it.</param>
/// <param name="LogLikelihood">At the estimates; null where it is not finite.</param>
/// <param name="NullLogLikelihood">Of the intercept alone; null where it is not finite.</param>
/// <param name="LikelihoodRatio">Twice their difference; null, as its p-value, AIC and BIC, where the classes are separated.</param>
/// <param name="LikelihoodRatioPValue">Of the hypothesis that every coefficient is 0.</param>
/// <param name="McFaddenR2">1 - logLikelihood / nullLogLikelihood.</param>
/// <param name="Aic">Akaike's information criterion, without penalty.</param>
/// <param name="Bic">Schwarz's information criterion, without penalty.</param>
/// <param name="Observations">Rows, by their weights.</param>
/// <param name="ConfidenceLevel">Coverage of the confidence intervals.</param>
/// <param name="CovarianceType">How the covariance was estimated.</param>
/// <param name="Covariance">
/// Of the estimates, the intercept first, then the terms in their order, null in the rows and columns of those that the data do not determine. Left out unless
/// <c>?include=covariance</c> asks for it, and where the parameters were more than <c>Training:MaxCovarianceParameters</c>.
/// </param>
/// <param name="Intervals">
/// How the tests and confidence intervals were made: <c>profile</c> by likelihood ratios, <c>wald</c> by standard errors, <c>none</c> for no intervals and
/// Wald's p-values. Null in a model from before it was kept, which has <c>profile</c> with the penalty <c>firth</c> and otherwise <c>wald</c>.
/// </param>
public sealed record ModelInference(
    EstimatedParameter? Intercept,
    double? LogLikelihood,
    double? NullLogLikelihood,
    double? LikelihoodRatio,
    [property: Range(0d, 1d)] double? LikelihoodRatioPValue,
    double? McFaddenR2,
    double? Aic,
    double? Bic,
    double Observations,
    [property: Range(0d, 1d)] double ConfidenceLevel,
    CovarianceType CovarianceType,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<IReadOnlyList<double?>>? Covariance = null,
    ConfidenceIntervals? Intervals = null)
{
    internal static ModelInference From(LogisticInference inference, int maxCovarianceParameters) => new(
        inference.Intercept is { } intercept ? EstimatedParameter.From(intercept) : null,
        Finite(inference.LogLikelihood),
        Finite(inference.NullLogLikelihood),
        Finite(inference.LikelihoodRatio),
        Finite(inference.LikelihoodRatioPValue),
        Finite(inference.McFaddenR2),
        Finite(inference.Aic),
        Finite(inference.Bic),
        inference.Observations,
        inference.ConfidenceLevel,
        inference.CovarianceType,
        // Of too many an empty one, not null, which would not be written: replicas of an older version need the member.
        inference.Covariance.Length <= maxCovarianceParameters ? [.. inference.Covariance.Select(row => row.Select(value => Finite(value)).ToArray())] : [],
        inference.Intervals);

    internal static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}

/// <summary>A parameter and how well the data determine it.</summary>
/// <param name="Estimate">In the columns' own units.</param>
/// <param name="StandardError">In the columns' own units; null where it is not finite.</param>
/// <param name="Z">The estimate in standard errors.</param>
/// <param name="PValue">Of the hypothesis that the parameter is 0; null where the job was stopped before it was known.</param>
/// <param name="ConfidenceInterval">
/// Its low and its high end; null at an end that is open. Null as a whole where none was asked for, or there was no time for it.
/// </param>
public sealed record EstimatedParameter(
    double Estimate,
    double? StandardError,
    double? Z,
    [property: Range(0d, 1d)] double? PValue,
    [property: Length(2, 2)] IReadOnlyList<double?>? ConfidenceInterval)
{
    internal static EstimatedParameter From(ParameterInference parameter) => new(
        parameter.Estimate,
        ModelInference.Finite(parameter.StandardError),
        ModelInference.Finite(parameter.Z),
        ModelInference.Finite(parameter.PValue),
        parameter.HasInterval ? [ModelInference.Finite(parameter.ConfidenceLow), ModelInference.Finite(parameter.ConfidenceHigh)] : null);
}
