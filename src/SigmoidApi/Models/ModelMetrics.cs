using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Models;

/// <summary>How well a model predicts.</summary>
/// <param name="Training">Metrics on the rows that it was fitted to.</param>
/// <param name="Validation">
/// Metrics on held-out rows: each row is predicted by a fit without it. Null without a validation, or if its rows are all of one class.
/// </param>
public sealed record ModelMetrics(ClassificationMetrics Training, ClassificationMetrics? Validation);
