using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.Profile;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.Datasets;

/// <summary>What one column alone says about the classes of the rows.</summary>
/// <param name="Against">For the answer.</param>
/// <param name="Leaks">Whether the column determines the class, or nearly.</param>
internal sealed record ColumnFacts(ColumnAgainstTarget Against, bool Leaks)
{
    // A legitimate column alone does not rank nearly every pair of rows correctly.
    private const double LeakingArea = 0.999;

    // The levels that an answer lists.
    private const int MostLevels = 20;

    // The counts of all levels and classes are in memory.
    private const long MostCounts = 16_000_000;

    public IEnumerable<ColumnWarning> Warnings()
    {
        if (Leaks)
            yield return ColumnWarning.LeaksTarget;
        // A missing level is filled by default, and then separates nothing.
        if (Against.SeparatingLevels is { } levels && Against.SeparatingLevelCount > levels.Count(level => level.Value is null))
            yield return ColumnWarning.SeparatingLevel;
        if (Against.SeparatingThresholds is { Count: > 0 })
            yield return ColumnWarning.SeparatingThreshold;
    }

    public static ColumnFacts Of(ColumnValues column, int[] labels, IReadOnlyList<string> classes) =>
        column.Numbers is { } numbers ? OfNumbers(column.Name, numbers, labels, classes) : OfLevels(column, labels, classes);

    private static ColumnFacts OfNumbers(string name, double[] numbers, int[] labels, IReadOnlyList<string> classes)
    {
        var ranking = ColumnRanking.OfNumbers(numbers, labels, classes.Count);
        var (rows, area) = (ranking.Rows, ranking.Area);
        var leaks = classes.Count > 2
            // Rows in the order of their numbers change their class hardly more often than there are classes.
            ? rows >= ColumnPairs.RowsPerLevel * classes.Count && !double.IsNaN(area) && ranking.Changes < classes.Count + (1 - LeakingArea) * rows
            : rows >= ColumnPairs.RowsPerLevel && area >= LeakingArea;
        RankDirection? direction = classes.Count == 2 && !double.IsNaN(area) ? ranking.Areas[1] < 0.5 ? RankDirection.Lower : RankDirection.Higher : null;
        return new(
            new(name, rows, AreaOrNull(ranking), direction, SeparatingThresholds: [.. Thresholds(ranking, classes)]), leaks);
    }

    private static ColumnFacts OfLevels(ColumnValues column, int[] labels, IReadOnlyList<string> classes)
    {
        var k = classes.Count;
        if ((column.Levels.Count + 1L) * k > MostCounts)
            return new(new(column.Name, labels.Length, null), Leaks: false);
        // Rows without a value are the first level.
        var counts = new int[(column.Levels.Count + 1) * k];
        for (var i = 0; i < labels.Length; i++)
            counts[(column.Codes![i] + 1) * k + labels[i]]++;
        var ranking = ColumnRanking.OfLevels(counts, k);
        var area = ranking.Area;
        // With few rows per level, a level's share of a class says little.
        var leaks = column.Levels.Count * ColumnPairs.RowsPerLevel <= labels.Length && (k > 2
            ? counts.Chunk(k).Sum(level => (long)level.Max()) >= LeakingArea * labels.Length
            : area >= LeakingArea && labels.Length >= ColumnPairs.RowsPerLevel);
        // If all rows are of one class, no level separates.
        var separating = double.IsNaN(area) ? [] : Separating(counts, column.Levels, classes).ToArray();
        SeparatingLevel[] listed =
        [
            .. separating.OrderByDescending(level => level.Rows).ThenBy(level => level.Value, StringComparer.Ordinal).Take(MostLevels)
                .Select(level => level with { Value = level.Value is { } value ? ShownText.Short(value) : null }),
        ];
        return new(
            new(column.Name, ranking.Rows, AreaOrNull(ranking), SeparatingLevels: listed, SeparatingLevelCount: separating.Length), leaks);
    }

    /// <summary>The levels whose rows are all of one class.</summary>
    private static IEnumerable<SeparatingLevel> Separating(int[] counts, IReadOnlyList<string> levels, IReadOnlyList<string> classes)
    {
        for (var level = 0; level <= levels.Count; level++)
        {
            var ofLevel = counts.AsSpan(level * classes.Count, classes.Count);
            var label = ofLevel.IndexOfAnyExcept(0);
            if (label >= 0 && ofLevel[(label + 1)..].IndexOfAnyExcept(0) < 0)
                yield return new(level == 0 ? null : levels[level - 1], ofLevel[label], classes[label]);
        }
    }

    private static double? AreaOrNull(ColumnRanking ranking) => double.IsNaN(ranking.Area) ? null : ranking.Area;

    /// <summary>The thresholds with all rows of a class on one side and all others on the other; values equal to the threshold may be on both.</summary>
    private static IEnumerable<SeparatingThreshold> Thresholds(ColumnRanking ranking, IReadOnlyList<string> classes)
    {
        for (var k = classes.Count == 2 ? 1 : 0; k < classes.Count; k++)
        {
            if (double.IsNaN(ranking.Areas[k]))
                continue;
            var (least, most) = (ranking.Least[k], ranking.Most[k]);
            var (leastOfOthers, mostOfOthers) = (double.PositiveInfinity, double.NegativeInfinity);
            for (var other = 0; other < classes.Count; other++)
            {
                if (other != k)
                    (leastOfOthers, mostOfOthers) = (Math.Min(leastOfOthers, ranking.Least[other]), Math.Max(mostOfOthers, ranking.Most[other]));
            }

            // A constant column separates nothing.
            if (Math.Min(least, leastOfOthers) == Math.Max(most, mostOfOthers))
                continue;
            if (least >= mostOfOthers)
                yield return new(classes[k], Middle(mostOfOthers, least), Above: true, Complete: least > mostOfOthers);
            else if (most <= leastOfOthers)
                yield return new(classes[k], Middle(most, leastOfOthers), Above: false, Complete: most < leastOfOthers);
        }
    }

    /// <summary>Halves first: the sum of two large numbers may overflow. Equal numbers stay as they are.</summary>
    private static double Middle(double below, double above) => below == above ? below : below / 2 + above / 2;
}
