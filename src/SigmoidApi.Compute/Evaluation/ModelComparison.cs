using SigmoidApi.Compute.Inference;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>Two models on the same rows. Differences are those of the first model less the second.</summary>
/// <param name="DeLong">Areas under the ROC curve; null with one class.</param>
/// <param name="McNemar">Labels predicted at the threshold.</param>
/// <param name="LogLoss">The rows' log losses.</param>
/// <param name="Brier">The rows' squared errors (p − y)².</param>
public sealed record ModelComparison(AreaDifference? DeLong, McNemarTest McNemar, PairedDifference LogLoss, PairedDifference Brier);

/// <summary>A mean difference of two models over the same rows, and its z test.</summary>
/// <param name="Difference">The mean difference.</param>
/// <param name="StandardError">The standard deviation, with n − 1, over √n; null for one row.</param>
/// <param name="Z">Difference / standard error; null if the standard error is 0 or missing.</param>
/// <param name="PValue">Two-sided; null without z.</param>
public sealed record PairedDifference(double Difference, double? StandardError, double? Z, double? PValue)
{
    internal static PairedDifference Of(Spread differences)
    {
        if (differences.Count < 2)
            return new PairedDifference(differences.Mean, null, null, null);
        var error = Math.Sqrt(differences.Squares / (differences.Count - 1.0) / differences.Count);
        var z = differences.Mean / error;
        return new PairedDifference(differences.Mean, error, double.IsFinite(z) ? z : null, double.IsFinite(z) ? NormalDistribution.TwoSidedPValue(z) : null);
    }
}

/// <summary>The mean of numbers and the sum of their squares about it.</summary>
internal readonly record struct Spread(long Count, double Mean, double Squares)
{
    public static Spread Of(ReadOnlySpan<double> values)
    {
        var (mean, squares) = (ScoredRows.Sum(values) / values.Length, 0.0);
        foreach (var value in values)
            squares += (value - mean) * (value - mean);
        return new Spread(values.Length, mean, squares);
    }

    /// <summary>Both together (Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983).</summary>
    public Spread With(Spread other)
    {
        if (Count == 0)
            return other;
        var (count, gap) = (Count + other.Count, other.Mean - Mean);
        return new Spread(count, Mean + gap * other.Count / count, Squares + other.Squares + gap * gap * Count * other.Count / count);
    }
}
