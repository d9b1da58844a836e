namespace SigmoidApi.Tables.Profile;

/// <summary>Statistics of sorted values: finite, ascending, and at least one.</summary>
public static class SortedValues
{
    /// <summary>The quantile by linear interpolation: type 7 of Hyndman and Fan (1996), the default of NumPy and R.</summary>
    /// <param name="sorted">Ascending.</param>
    /// <param name="probability">0 to 1.</param>
    public static double Quantile(ReadOnlySpan<double> sorted, double probability)
    {
        var position = probability * (sorted.Length - 1);
        var below = (int)position;
        var share = position - below;
        // Clamped, because rounding may pass the two values. Not below + share * difference: the difference could overflow.
        return share == 0 ? sorted[below] : Math.Clamp(sorted[below] * (1 - share) + sorted[below + 1] * share, sorted[below], sorted[below + 1]);
    }

    /// <summary>
    /// Counts the values in bins of equal width from the smallest to the largest value. A bin includes its lower edge; the last bin includes both edges.
    /// </summary>
    /// <param name="sorted">Ascending.</param>
    /// <param name="minimum">The lower edge of the first bin; no value is below.</param>
    /// <param name="maximum">The upper edge of the last bin; no value is above.</param>
    /// <param name="bins">The number of bins.</param>
    public static long[] Histogram(ReadOnlySpan<double> sorted, double minimum, double maximum, int bins)
    {
        var counts = new long[bins];
        var counted = 0;
        for (var bin = 0; bin < bins; bin++)
        {
            // Computed with halves, so that the width of the widest range does not overflow.
            var end = bin == bins - 1 ? sorted.Length : FirstFrom(sorted, 2 * (minimum / 2 + (maximum / 2 - minimum / 2) / bins * (bin + 1)));
            counts[bin] = end - counted;
            counted = end;
        }

        return counts;
    }

    /// <summary>The number of different values; −0 equals 0.</summary>
    public static long Distinct(ReadOnlySpan<double> sorted)
    {
        var distinct = 1L;
        for (var i = 1; i < sorted.Length; i++)
            distinct += sorted[i] != sorted[i - 1] ? 1 : 0;
        return distinct;
    }

    private static int FirstFrom(ReadOnlySpan<double> sorted, double value)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (sorted[middle] < value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
