namespace SigmoidApi.Compute.Evaluation;

/// <summary>Counts of predicted against true labels.</summary>
/// <param name="TrueNegatives">Predicted 0, and 0.</param>
/// <param name="FalsePositives">Predicted 1, but 0.</param>
/// <param name="FalseNegatives">Predicted 0, but 1.</param>
/// <param name="TruePositives">Predicted 1, and 1.</param>
public sealed record ConfusionMatrix(long TrueNegatives, long FalsePositives, long FalseNegatives, long TruePositives);
