using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Http;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.Datasets;

/// <summary>What can be said of columns once it is known which of them is to be predicted.</summary>
internal static class TargetWarnings
{
    // Enough to tell a column that gives the target away from one that is good at it.
    private const int MostRows = 100_000;

    // By itself no honest column ranks nearly every pair of rows rightly.
    private const double LeakingAuc = 0.999;

    // With fewer rows to a level its rate of the target says little.
    private const int RowsPerLevel = 20;

    private const double RareShare = 0.05;

    // Its place in several sorts, in multiplications.
    private const double WorkOfAValue = 100;

    /// <summary>The data set with warnings of leaks and of a rare class.</summary>
    /// <param name="engine">Reads its rows.</param>
    /// <param name="threads">Rank them: of many columns for seconds.</param>
    /// <param name="dataset">Of more than 100,000 rows every so many are looked at.</param>
    /// <param name="target">A column of two values.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<Dataset> AddAsync(DatasetEngine engine, ComputeThreads threads, Dataset dataset, ColumnProfile target, CancellationToken cancellationToken)
    {
        var others = dataset.Columns.Where(column => column != target && column.Distinct > 1).ToArray();
        var every = (dataset.Rows + MostRows - 1) / MostRows;
        var read = await engine.ReadAsync(
            dataset.Id, [], [new(target, target.IsText, Required: true), .. others.Select(column => new ColumnToRead(column, column.IsText))], cancellationToken, every);
        var labels = LabelsOf(read.Others[0]);
        var leaking = await threads.RunAsync(
            WorkOfAValue * labels.Length * others.Length, () => others.Zip(read.Others.Skip(1)).Where(column => Leaks(column.Second, labels, cancellationToken)).Select(column => column.First).ToHashSet(),
            cancellationToken);
        var share = labels.Length == 0 ? 0.5 : labels.Average();
        return dataset.With([.. dataset.Columns.Select(column =>
            leaking.Contains(column) ? Warned(column, ColumnWarning.LeaksTarget)
            : column == target && Math.Min(share, 1 - share) < RareShare ? Warned(column, ColumnWarning.RareClass)
            : column)]);
    }

    private static ColumnProfile Warned(ColumnProfile column, ColumnWarning warning) => column with { Warnings = [.. column.Warnings ?? [], warning] };

    private static double[] LabelsOf(ColumnValues target)
    {
        var numbered = target.Numbered();
        return Array.ConvertAll(numbered, number => number == numbered[0] ? 0.0 : 1.0);
    }

    /// <summary>Whether the column ranks the rows as the target does: a number by itself, a level by its share of the target, a missing value as a level.</summary>
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

    /// <summary>Scores of the same order, from 0 to 1, where no two different ones give the same probability.</summary>
    private static double[] Ranks(double[] scores)
    {
        double[] values = [.. scores.Distinct().Order()];
        return Array.ConvertAll(scores, score => (double)Array.BinarySearch(values, score) / values.Length);
    }
}
