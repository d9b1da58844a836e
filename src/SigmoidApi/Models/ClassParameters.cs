using SigmoidApi.Compute.Inference;

namespace SigmoidApi.Models;

/// <summary>The estimated parameters of a class against the base class.</summary>
/// <param name="Class">The class.</param>
/// <param name="Intercept">Its intercept; null if none was fitted, or if the data do not determine it.</param>
/// <param name="Coefficients">For each term, in the order of the model's coefficients; null if the data do not determine it.</param>
public sealed record ClassParameters(ClassLabel Class, EstimatedParameter? Intercept, IReadOnlyList<EstimatedParameter?> Coefficients)
{
    internal static ClassParameters From(ClassInference inference, IReadOnlyList<ClassLabel> classes) => new(
        classes[inference.Class],
        inference.Intercept is { } intercept ? EstimatedParameter.From(intercept) : null,
        [.. inference.Coefficients.Select(coefficient => coefficient is null ? null : EstimatedParameter.From(coefficient))]);
}
