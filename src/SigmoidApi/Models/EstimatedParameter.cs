using System.ComponentModel.DataAnnotations;
using SigmoidApi.Compute.Inference;

namespace SigmoidApi.Models;

/// <summary>An estimated parameter, and how precisely the data determine it.</summary>
/// <param name="Estimate">The estimate, in the columns' own units.</param>
/// <param name="StandardError">The standard error, in the columns' own units; null if it is not finite.</param>
/// <param name="Z">The estimate divided by its standard error.</param>
/// <param name="PValue">The p-value of the hypothesis that the parameter is 0; null if the job was stopped before it was computed.</param>
/// <param name="ConfidenceInterval">
/// The lower and upper bound; a bound that is infinite is null. The interval is null if none was requested, or if the job was stopped before it was computed.
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
