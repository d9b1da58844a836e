using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Inference;

namespace SigmoidApi.Models;

/// <summary>
/// Inference about the true parameters, from a fit with the penalty <c>none</c> or <c>firth</c>. A number that is not finite, or that the data do not
/// determine, is null.
/// </summary>
/// <param name="Intercept">
/// Inference about the intercept; null if none was fitted, if the data do not determine it, and with more than two classes, which have <c>classes</c>.
/// </param>
/// <param name="LogLikelihood">The log-likelihood at the estimates; null if it is not finite.</param>
/// <param name="NullLogLikelihood">The log-likelihood of a model with an intercept only; null if it is not finite.</param>
/// <param name="LikelihoodRatio">Twice the difference of the two log-likelihoods. It, its p-value, AIC and BIC are null if the classes are separated.</param>
/// <param name="LikelihoodRatioPValue">The p-value of the hypothesis that every coefficient is 0.</param>
/// <param name="McFaddenR2">1 - logLikelihood / nullLogLikelihood.</param>
/// <param name="Aic">Akaike's information criterion, without penalty.</param>
/// <param name="Bic">Schwarz's information criterion, without penalty.</param>
/// <param name="Observations">The number of rows, each counted by its weight.</param>
/// <param name="ConfidenceLevel">Coverage of the confidence intervals.</param>
/// <param name="CovarianceType">How the covariance was estimated.</param>
/// <param name="Covariance">
/// The covariance of the estimates: the intercept first, then the terms in their order. It is null in the rows and columns of parameters that the data do not
/// determine. Left out unless <c>?include=covariance</c> asks for it, and for models with more than <c>Training:MaxCovarianceParameters</c> parameters.
/// </param>
/// <param name="Intervals">
/// How the tests and confidence intervals were computed: <c>profile</c> from likelihood ratios, <c>wald</c> from standard errors, <c>none</c> for p-values
/// from standard errors and no intervals. Null for a model that was trained before the service recorded this: then <c>profile</c> with the penalty
/// <c>firth</c>, otherwise <c>wald</c>.
/// </param>
/// <param name="LikelihoodRatioDegreesOfFreedom">With more than two classes, the degrees of freedom of the likelihood ratio; left out with two.</param>
/// <param name="BaseClass">With more than two classes, the class that the others are compared with; left out with two.</param>
/// <param name="Classes">With more than two classes, the parameters of each class but the base, as log-odds against it; left out with two.</param>
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
    ConfidenceIntervals? Intervals = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? LikelihoodRatioDegreesOfFreedom = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ClassLabel? BaseClass = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ClassParameters>? Classes = null)
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
        Kept(inference.Covariance, maxCovarianceParameters),
        inference.Intervals);

    internal static ModelInference From(MultinomialInference inference, IReadOnlyList<ClassLabel> classes, int maxCovarianceParameters) => new(
        Intercept: null,
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
        Kept(inference.Covariance, maxCovarianceParameters),
        ConfidenceIntervals.Wald,
        inference.LikelihoodRatioDegreesOfFreedom,
        classes[inference.BaseClass],
        [.. inference.Classes.Select(ofClass => ClassParameters.From(ofClass, classes))]);

    // Above the limit it is empty and not null: null would not be written, and replicas of an older version need the member.
    private static double?[][] Kept(double[][] covariance, int maxParameters) =>
        covariance.Length <= maxParameters ? [.. covariance.Select(row => row.Select(value => Finite(value)).ToArray())] : [];

    internal static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
