namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// How one column alone ranks the rows of each class against all other rows. An area is that under the ROC curve, the share of pairs of a row of the class and
/// another row in which the former is ranked higher, ties half: (R − n(n + 1)/2) / (n(N − n)) with R the sum of the mid-ranks of the n rows of the class among
/// all N (H. B. Mann and D. R. Whitney, "On a test of whether one of two random variables is stochastically larger than the other", 1947).
/// </summary>
/// <param name="Rows">The rows with a value of the column.</param>
/// <param name="Areas">For each class; NaN where all of the rows, or none of them, are of the class.</param>
internal sealed record ColumnRanking(int Rows, double[] Areas)
{
    /// <summary>The smallest number of each class; ∞ of a class without rows. Empty for a category.</summary>
    public double[] Least { get; private init; } = [];

    /// <summary>The greatest number of each class; −∞ of a class without rows. Empty for a category.</summary>
    public double[] Most { get; private init; } = [];

    /// <summary>How often the class changes from a row to the next in the order of the numbers.</summary>
    public int Changes { get; private init; }

    /// <summary>
    /// The mean over the classes of their areas, each in its better direction, max(A, 1 − A): a column is as good if its small values belong to the class. NaN
    /// if fewer than two classes have rows.
    /// </summary>
    public double Area
    {
        get
        {
            var (sum, count) = (0.0, 0);
            foreach (var area in Areas)
                (sum, count) = double.IsNaN(area) ? (sum, count) : (sum + Math.Max(area, 1 - area), count + 1);
            return sum / count;
        }
    }

    /// <summary>Ranks by numbers. Takes 12 bytes a row and the time of a sort.</summary>
    /// <param name="numbers">One for each row; rows with NaN are left out.</param>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <param name="classes">K</param>
    public static ColumnRanking OfNumbers(double[] numbers, int[] labels, int classes)
    {
        var present = numbers.Length - numbers.Count(double.IsNaN);
        var (sorted, order, next) = (new double[present], new int[present], 0);
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!double.IsNaN(numbers[i]))
                (sorted[next], order[next++]) = (numbers[i], labels[i]);
        }
        Array.Sort(sorted, order);
        var (ranks, counts, changes) = (new double[classes], new long[classes], 0);
        var (least, most) = (new double[classes], new double[classes]);
        least.AsSpan().Fill(double.PositiveInfinity);
        most.AsSpan().Fill(double.NegativeInfinity);
        for (int first = 0, end; first < present; first = end)
        {
            for (end = first + 1; end < present && sorted[end] == sorted[first]; end++)
            {
            }
            var rank = 0.5 * ((double)first + 1 + end);
            for (var i = first; i < end; i++)
            {
                var label = order[i];
                (ranks[label], counts[label]) = (ranks[label] + rank, counts[label] + 1);
                least[label] = Math.Min(least[label], sorted[first]);
                most[label] = sorted[first];
                changes += i > 0 && order[i - 1] != label ? 1 : 0;
            }
        }
        var areas = new double[classes];
        for (var k = 0; k < classes; k++)
            areas[k] = (ranks[k] - 0.5 * counts[k] * (counts[k] + 1.0)) / (counts[k] * (double)(present - counts[k]));
        return new(present, areas) { Least = least, Most = most, Changes = changes };
    }

    /// <summary>Ranks by levels: those of a greater share of the class are higher. The shares are of the same rows, so other rows have smaller areas.</summary>
    /// <param name="counts">Levels × classes, row-major: the rows of a level and class.</param>
    /// <param name="classes">K</param>
    public static ColumnRanking OfLevels(int[] counts, int classes)
    {
        var levels = counts.Length / classes;
        var sizes = new long[levels];
        for (var i = 0; i < counts.Length; i++)
            sizes[i / classes] += counts[i];
        var (rows, areas) = (sizes.Sum(), new double[classes]);
        var (shares, order) = (new double[levels], new int[levels]);
        for (var k = 0; k < classes; k++)
        {
            for (var level = 0; level < levels; level++)
                (shares[level], order[level]) = (sizes[level] == 0 ? 0 : (double)counts[level * classes + k] / sizes[level], level);
            Array.Sort(shares, order);
            var (wins, own, others) = (0.0, 0L, 0L);
            for (int first = 0, end; first < levels; first = end)
            {
                var (tied, tiedOthers) = (0L, 0L);
                for (end = first; end < levels && shares[end] == shares[first]; end++)
                {
                    var count = counts[order[end] * classes + k];
                    (tied, tiedOthers) = (tied + count, tiedOthers + sizes[order[end]] - count);
                }
                wins += tied * (others + 0.5 * tiedOthers);
                (own, others) = (own + tied, others + tiedOthers);
            }
            areas[k] = wins / ((double)own * others);
        }
        return new((int)rows, areas);
    }
}
