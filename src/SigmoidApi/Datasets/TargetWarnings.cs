using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Http;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.Datasets;

/// <summary>Warnings about columns that depend on which column is the target.</summary>
internal static class TargetWarnings
{
    // Enough rows to distinguish a column that leaks the target from one that predicts it well.
    private const int MaxRows = 100_000;

    // A legitimate column alone does not rank nearly every pair of rows correctly.
    private const double LeakingAuc = 0.999;

    // With fewer rows per level, the level's share of positive rows says little.
    private const int RowsPerLevel = 20;

    /// <summary>Of two classes; of K classes 2/K of it.</summary>
    private const double RareShare = 0.05;

    // The cost of sorting a value several times, in multiplications.
    private const double WorkPerValue = 100;

    /// <summary>Adds warnings about columns that leak the target, and about a rare class.</summary>
    /// <param name="engine">Reads the rows.</param>
    /// <param name="threads">The threads that rank the rows, which takes seconds for many columns.</param>
    /// <param name="dataset">The data set. Above 100,000 rows, only every n-th row is read.</param>
    /// <param name="target">The target, a column of at least two values.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task<Dataset> AddAsync(
        DatasetEngine engine, ComputeThreads threads, Dataset dataset, ColumnProfile target, CancellationToken cancellationToken)
    {
        var others = dataset.Columns.Where(column => column != target && column.Distinct > 1).ToArray();
        var every = (dataset.Rows + MaxRows - 1) / MaxRows;
        ColumnToRead[] columns = [new(target, target.IsText, Required: true), .. others.Select(column => new ColumnToRead(column, column.IsText))];
        var read = await engine.ReadAsync(dataset.Id, [], columns, cancellationToken, every);
        var labels = read.Others[0].Numbered();
        var counts = labels.CountBy(label => label).Select(label => (double)label.Value).ToArray();
        var leaking = await threads.RunAsync(
            WorkPerValue * labels.Length * others.Length,
            () => others.Zip(read.Others.Skip(1))
                .Where(column => counts.Length > 2
                    ? LeaksClasses(column.Second, labels, counts.Length, cancellationToken)
                    : Leaks(column.Second, Array.ConvertAll(labels, label => (double)label), cancellationToken))
                .Select(column => column.First).ToHashSet(),
            cancellationToken);
        var isRare = counts.Length > 1 && counts.Min() < labels.Length * RareShare * 2 / counts.Length;
        return dataset.With([.. dataset.Columns.Select(column =>
            leaking.Contains(column) ? WithWarning(column, ColumnWarning.LeaksTarget)
            : column == target && isRare ? WithWarning(column, ColumnWarning.RareClass)
            : column)]);
    }

    private static ColumnProfile WithWarning(ColumnProfile column, ColumnWarning warning) => column with { Warnings = [.. column.Warnings ?? [], warning] };

    /// <summary>
    /// Whether the column ranks the rows as the target does. A number ranks by its value, a level by its share of positive rows. A missing number is left
    /// out; a missing level counts as a level.
    /// </summary>
    private static bool Leaks(ColumnValues column, double[] labels, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var present = Enumerable.Range(0, labels.Length).Where(i => column.Numbers is null || !double.IsNaN(column.Numbers[i])).ToArray();
        var ofPresent = Array.ConvertAll(present, i => labels[i]);
        if (present.Length < RowsPerLevel || ofPresent.Distinct().Count() < 2)
            return false;
        double[] scores;
        if (column.Numbers is { } numbers)
        {
            scores = Array.ConvertAll(present, i => numbers[i]);
        }
        else
        {
            if (column.Levels.Count * RowsPerLevel > labels.Length)
                return false;
            var (counts, sums) = (new double[column.Levels.Count + 1], new double[column.Levels.Count + 1]);
            for (var i = 0; i < labels.Length; i++)
                (counts[column.Codes![i] + 1], sums[column.Codes[i] + 1]) = (counts[column.Codes[i] + 1] + 1, sums[column.Codes[i] + 1] + labels[i]);
            scores = Array.ConvertAll(present, i => sums[column.Codes![i] + 1] / counts[column.Codes[i] + 1]);
        }

        var auc = ClassificationMetrics.FromMargins(ofPresent, Ranks(scores)).RocAuc;
        return Math.Max(auc, 1 - auc) >= LeakingAuc;
    }

    /// <summary>
    /// Whether the column says which of more than two classes a row has. A level does if nearly all of its rows are of one class; a number does if rows in the
    /// order of their numbers change their class hardly more often than there are classes. A missing number is left out; a missing level counts as a level.
    /// </summary>
    private static bool LeaksClasses(ColumnValues column, int[] labels, int classes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (column.Numbers is { } numbers)
        {
            int[] present = [.. Enumerable.Range(0, labels.Length).Where(i => !double.IsNaN(numbers[i]))];
            if (present.Length < RowsPerLevel * classes)
                return false;
            var (values, ofPresent) = (Array.ConvertAll(present, i => numbers[i]), Array.ConvertAll(present, i => labels[i]));
            Array.Sort(values, ofPresent);
            var changes = Enumerable.Range(1, ofPresent.Length - 1).Count(i => ofPresent[i] != ofPresent[i - 1]);
            return ofPresent.Distinct().Count() > 1 && changes < classes + (1 - LeakingAuc) * ofPresent.Length;
        }

        if (column.Levels.Count * RowsPerLevel > labels.Length)
            return false;
        var counts = new int[(column.Levels.Count + 1) * classes];
        for (var i = 0; i < labels.Length; i++)
            counts[(column.Codes![i] + 1) * classes + labels[i]]++;
        return counts.Chunk(classes).Sum(level => level.Max()) >= LeakingAuc * labels.Length;
    }

    /// <summary>Scores from 0 to 1 in the same order, spaced so that their probabilities differ wherever the scores do.</summary>
    private static double[] Ranks(double[] scores)
    {
        double[] values = [.. scores.Distinct().Order()];
        return Array.ConvertAll(scores, score => (double)Array.BinarySearch(values, score) / values.Length);
    }
}
