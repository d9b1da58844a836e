namespace SigmoidApi.Models;

/// <summary>How well a model predicts.</summary>
/// <param name="Training">Metrics on the rows that it was fitted to.</param>
/// <param name="Validation">
/// Metrics on held-out rows: each row is predicted by a fit without it. Null without a validation, or if its rows are all of one class.
/// </param>
public sealed record ModelMetrics(ModelScores Training, ModelScores? Validation)
{
    /// <summary>For lists: with 1,000 classes the matrices have two million numbers.</summary>
    internal ModelMetrics WithoutMatrix() => new(
        Training with { ConfusionMatrix = null }, Validation is null ? null : Validation with { ConfusionMatrix = null });
}
