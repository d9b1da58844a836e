namespace SigmoidApi.Tables.Profile;

/// <summary>What is read off values in ascending order, finite and at least one.</summary>
public static class SortedValues
{
    /// <summary>The quantile between the two values about it, linearly: type 7 of Hyndman and Fan (1996), the default of NumPy and R.</summary>
    /// <param name="sorted">Ascending.</param>
    /// <param name="probability">0 to 1.</param>
    public static double Quantile(ReadOnlySpan<double> sorted, double probability)
    {
        var position = probability * (sorted.Length - 1);
        var below = (int)position;
        var share = position - below;
        // Rounding may pass the ends; a difference of the two could be infinite.
        return share == 0 ? sorted[below] : Math.Clamp(sorted[below] * (1 - share) + sorted[below + 1] * share, sorted[below], sorted[below + 1]);
    }

    /// <summary>How many values lie in each of the bins of equal width from the smallest to the largest; a bin holds its lower edge, the last one both.</summary>
    /// <param name="sorted">Ascending.</param>
    /// <param name="minimum">The lower edge of the first bin; no value is below.</param>
    /// <param name="maximum">The upper edge of the last; no value is above.</param>
    /// <param name="bins">How many.</param>
    public static long[] Histogram(ReadOnlySpan<double> sorted, double minimum, double maximum, int bins)
    {
        var counts = new long[bins];
        var counted = 0;
        for (var bin = 0; bin < bins; bin++)
        {
            // Half of each keeps the width of the widest range finite.
            var end = bin == bins - 1 ? sorted.Length : FirstFrom(sorted, 2 * (minimum / 2 + (maximum / 2 - minimum / 2) / bins * (bin + 1)));
            counts[bin] = end - counted;
            counted = end;
        }

        return counts;
    }

    /// <summary>How many different values there are; −0 is 0.</summary>
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
