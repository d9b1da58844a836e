using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Tables;

namespace SigmoidApi.Models;

/// <summary>
/// A coefficient of the linear predictor. There is no inference about it if the fit has a penalty, or if the data do not determine it; in the second case, a
/// warning in <c>convergence</c> names it.
/// </summary>
/// <param name="Term">The column's name, and for a category its level.</param>
/// <param name="Estimate">The coefficient, in the column's own units; left out with more than two classes.</param>
/// <param name="Estimates">With more than two classes, the coefficient of each class, in the column's own units; left out with two.</param>
/// <param name="Standardized">
/// The coefficient for the column scaled to standard deviation 1, or to root mean square 1 if no intercept was fitted; with more than two classes an array with
/// that of each class.
/// </param>
/// <param name="StandardError">The standard error, in the column's own units; left out if there is no inference.</param>
/// <param name="Z">The estimate divided by its standard error; left out if there is no inference.</param>
/// <param name="PValue">
/// The p-value of the hypothesis that the coefficient is 0; left out if there is no inference, or if the job was stopped before it was computed.
/// </param>
/// <param name="ConfidenceInterval">
/// The lower and upper bound in the column's own units; a bound that is infinite is null. Left out if no interval was requested, or if the job was stopped
/// before it was computed.
/// </param>
[DefaultsLeftOut]
public sealed record Coefficient(
    string Term,
    double? Estimate = null,
    IReadOnlyList<double>? Estimates = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] Standardized Standardized = null!,
    double? StandardError = null,
    double? Z = null,
    [property: Range(0d, 1d)] double? PValue = null,
    [property: Length(2, 2)] IReadOnlyList<double?>? ConfidenceInterval = null)
{
    internal static Coefficient From(string term, int index, LogisticTraining training)
    {
        var coefficient = new Coefficient(
            term, training.Model.Coefficients[index], Standardized: new(training.StandardizedCoefficients[index]));
        if (training.Inference?.Coefficients[index] is not { } inference)
            return coefficient;
        var (_, standardError, z, pValue, confidenceInterval) = EstimatedParameter.From(inference);
        return coefficient with { StandardError = standardError, Z = z, PValue = pValue, ConfidenceInterval = confidenceInterval };
    }

    internal static Coefficient From(string term, int index, MultinomialTraining training) => new(
        term,
        Estimates: [.. Enumerable.Range(0, training.Model.Classes).Select(label => training.Model.Coefficients(label)[index])],
        Standardized: new([.. training.StandardizedCoefficients.Select(ofClass => ofClass[index])]));
}
