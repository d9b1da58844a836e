namespace SigmoidApi.Compute.Passes;

/// <summary>Sums over rows: of their weighted losses, and of their weights.</summary>
internal readonly record struct LossTotals(double Loss, double Weight);
