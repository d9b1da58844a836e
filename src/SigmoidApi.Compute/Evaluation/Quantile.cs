namespace SigmoidApi.Compute.Evaluation;

/// <summary>Quantiles of type 7 (Hyndman and Fan, 1996): linear between the sorted values, the first at 0 and the last at 1.</summary>
internal static class Quantile
{
    /// <param name="sorted">Rising values, at least one.</param>
    /// <param name="share">From 0 to 1.</param>
    public static double Of(ReadOnlySpan<double> sorted, double share)
    {
        var place = (sorted.Length - 1) * share;
        var below = (int)place;
        return Between(sorted[below], sorted[Math.Min(below + 1, sorted.Length - 1)], place - below);
    }

    /// <summary>The value at a part of the way from one to the next, monotonic even after rounding.</summary>
    public static double Between(double low, double high, double part) => part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
}
