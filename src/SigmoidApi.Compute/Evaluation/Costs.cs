namespace SigmoidApi.Compute.Evaluation;

/// <summary>What a row costs by its label and its predicted label, in any unit. Negative costs are gains.</summary>
/// <param name="TruePositive">Label 1, predicted 1.</param>
/// <param name="FalsePositive">Label 0, predicted 1.</param>
/// <param name="FalseNegative">Label 1, predicted 0.</param>
/// <param name="TrueNegative">Label 0, predicted 0.</param>
public sealed record Costs(double TruePositive = 0, double FalsePositive = 1, double FalseNegative = 1, double TrueNegative = 0)
{
    /// <summary>The total cost of rows with these weights.</summary>
    internal double Of(double truePositive, double falsePositive, double falseNegative, double trueNegative) =>
        TruePositive * truePositive + FalsePositive * falsePositive + FalseNegative * falseNegative + TrueNegative * trueNegative;

    /// <exception cref="ArgumentException">A cost is not finite.</exception>
    internal void RequireFinite()
    {
        if (!double.IsFinite(TruePositive + FalsePositive + FalseNegative + TrueNegative))
            throw new ArgumentException($"Expected finite costs, got {this}.");
    }
}
