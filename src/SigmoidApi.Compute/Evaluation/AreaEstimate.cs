using SigmoidApi.Compute.Inference;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>An interval.</summary>
public sealed record Interval(double Lower, double Upper);

/// <summary>
/// An area under the ROC curve with its standard error (E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, "Comparing the areas under two or more correlated
/// receiver operating characteristic curves: a nonparametric approach", Biometrics 44, 1988).
/// </summary>
/// <param name="Estimate">The area, ties counted half.</param>
/// <param name="StandardError">Null if a label has one row only.</param>
/// <param name="ConfidenceInterval">From the normal distribution, clipped to [0, 1]; null without a standard error.</param>
public sealed record AreaEstimate(double Estimate, double? StandardError, Interval? ConfidenceInterval)
{
    internal static AreaEstimate Of(double area, double variance, double confidenceLevel)
    {
        if (double.IsNaN(variance))
            return new AreaEstimate(area, null, null);
        var error = Math.Sqrt(variance);
        var z = NormalDistribution.UpperQuantile((1 - confidenceLevel) / 2);
        return new AreaEstimate(area, error, new Interval(Math.Clamp(area - z * error, 0, 1), Math.Clamp(area + z * error, 0, 1)));
    }
}

/// <summary>The paired test of DeLong, DeLong and Clarke-Pearson between the areas of two models on the same rows.</summary>
/// <param name="First">The area of the first model.</param>
/// <param name="Second">The area of the second model.</param>
/// <param name="Difference">First − second.</param>
/// <param name="StandardError">Of the difference; null if a label has one row only.</param>
/// <param name="ConfidenceInterval">Of the difference; null without a standard error.</param>
/// <param name="Z">Difference / standard error; null if the standard error is 0 or missing.</param>
/// <param name="PValue">Two-sided; null without z.</param>
/// <param name="Covariance">Of both areas; null if a label has one row only.</param>
public sealed record AreaDifference(AreaEstimate First, AreaEstimate Second, double Difference, double? StandardError, Interval? ConfidenceInterval,
    double? Z, double? PValue, double? Covariance)
{
    internal static AreaDifference Of(DeLong areas, double confidenceLevel)
    {
        var (first, second) = (areas.First(confidenceLevel), areas.Second(confidenceLevel));
        var difference = first.Estimate - second.Estimate;
        var variance = areas.FirstVariance + areas.SecondVariance - 2 * areas.Covariance;
        if (double.IsNaN(variance))
            return new AreaDifference(first, second, difference, null, null, null, null, null);
        var error = Math.Sqrt(Math.Max(variance, 0));
        var (half, z) = (NormalDistribution.UpperQuantile((1 - confidenceLevel) / 2) * error, difference / error);
        return new AreaDifference(first, second, difference, error, new Interval(difference - half, difference + half), double.IsFinite(z) ? z : null,
            double.IsFinite(z) ? NormalDistribution.TwoSidedPValue(z) : null, areas.Covariance);
    }
}
