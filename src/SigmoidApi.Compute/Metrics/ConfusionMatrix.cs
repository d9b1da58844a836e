namespace SigmoidApi.Compute.Metrics;

/// <summary>Counts of predicted against true labels.</summary>
public sealed record ConfusionMatrix(long TrueNegatives, long FalsePositives, long FalseNegatives, long TruePositives);
