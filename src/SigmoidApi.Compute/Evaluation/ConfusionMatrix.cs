namespace SigmoidApi.Compute.Evaluation;

/// <summary>Counts of rows by predicted and true label.</summary>
/// <param name="TrueNegatives">Predicted 0, label 0.</param>
/// <param name="FalsePositives">Predicted 1, label 0.</param>
/// <param name="FalseNegatives">Predicted 0, label 1.</param>
/// <param name="TruePositives">Predicted 1, label 1.</param>
public sealed record ConfusionMatrix(long TrueNegatives, long FalsePositives, long FalseNegatives, long TruePositives);
