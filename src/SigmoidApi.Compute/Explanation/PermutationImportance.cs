using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Explanation;

/// <summary>How much a score of a model suffers when the values of a raw column are permuted over the rows.</summary>
/// <param name="Column">The index of the raw column.</param>
/// <param name="LogLoss">
/// The expected rise of the log loss. It is exact where <paramref name="IsExact"/>: the mean over all pairs of a row and the value of a row (A. Fisher,
/// C. Rudin and F. Dominici, 2019); otherwise the mean of the permutations.
/// </param>
/// <param name="IsExact">Whether the column has few enough distinct values for the exact mean.</param>
/// <param name="LogLossDeviation">The standard deviation of the rise over the permutations; null with fewer than two.</param>
/// <param name="RocAuc">The mean fall of the area under the ROC curve over the permutations; null without them or without both classes.</param>
/// <param name="RocAucStandardError">The standard error of that mean; null with fewer than two permutations.</param>
public sealed record ColumnImportance(int Column, double LogLoss, bool IsExact, double? LogLossDeviation, double? RocAuc, double? RocAucStandardError);

/// <summary>
/// Permutation importance of raw columns (L. Breiman, "Random forests", 2001). Permuting a column permutes its contributions to the log-odds.
/// </summary>
public static class PermutationImportance
{
    /// <summary>The importance of each column.</summary>
    /// <param name="labels">n labels, 0 or 1.</param>
    /// <param name="weights">One for each row, at least 0; null if every row weighs 1.</param>
    /// <param name="logOdds">The log-odds of each row.</param>
    /// <param name="contributions">n × columns, row-major: what each column adds to the log-odds, up to a constant.</param>
    /// <param name="repeats">The number of permutations.</param>
    /// <param name="seed">The seed of the permutations.</param>
    /// <param name="maxPairs">A column with more pairs of a row and a distinct value than that has no exact log loss.</param>
    /// <param name="threads">The most threads; 0 for one for each processor. The result is the same to the bit.</param>
    /// <param name="cancellationToken">Checked for every permutation and every distinct value.</param>
    public static IReadOnlyList<ColumnImportance> Of(double[] labels, double[]? weights, double[] logOdds, double[] contributions, int repeats, long seed,
        long maxPairs, int threads = 1, CancellationToken cancellationToken = default)
    {
        var n = labels.Length;
        var columns = contributions.Length / n;
        ArgumentOutOfRangeException.ThrowIfNotEqual(contributions.Length, n * columns, nameof(contributions));
        var rows = new Rows(labels, weights);
        var (loss, area) = (rows.MeanLoss(logOdds), repeats > 0 ? rows.Area(logOdds, cancellationToken) : null);
        var results = new ColumnImportance[columns];
        using var crew = new ThreadCrew(threads);
        crew.Run(columns, (column, _) =>
        {
            var (part, rest) = (new double[n], new double[n]);
            for (var i = 0; i < n; i++)
            {
                part[i] = contributions[i * columns + column];
                rest[i] = logOdds[i] - part[i];
            }
            results[column] = OfColumn(column, rows, part, rest, loss, area, repeats, seed, maxPairs, cancellationToken);
        });
        return results;
    }

    private static ColumnImportance OfColumn(int column, Rows rows, double[] part, double[] rest, double loss, double? area, int repeats, long seed,
        long maxPairs, CancellationToken cancellationToken)
    {
        var n = part.Length;
        var (losses, areas, moved) = (new double[repeats], new double[repeats], new double[n]);
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double[] permuted = [.. part];
            // Every column has permutations of its own, the same on any number of threads.
            var random = new SplitMix64(new SplitMix64(new SplitMix64(seed).Derive(column)).Derive(repeat));
            for (var i = n - 1; i > 0; i--)
            {
                var j = random.Below(i + 1);
                (permuted[i], permuted[j]) = (permuted[j], permuted[i]);
            }
            for (var i = 0; i < n; i++)
                moved[i] = rest[i] + permuted[i];
            losses[repeat] = rows.MeanLoss(moved) - loss;
            areas[repeat] = area is { } whole ? whole - rows.Area(moved, cancellationToken)!.Value : 0;
        }

        var (deviation, error) = (Deviation(losses), Deviation(areas) / Math.Sqrt(repeats));
        var exact = Expected(rows, part, rest, maxPairs, cancellationToken) - loss;
        return new(column, exact ?? (repeats > 0 ? losses.Average() : double.NaN), exact is not null, deviation,
            area is null ? null : areas.Average(), area is null ? null : error);
    }

    /// <summary>The mean log loss over all pairs of a row and a distinct value, weighted by the rows that have the value; null with too many pairs.</summary>
    private static double? Expected(Rows rows, double[] part, double[] rest, long maxPairs, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<double, int>();
        foreach (var value in part)
        {
            counts[value] = counts.GetValueOrDefault(value) + 1;
            if ((long)counts.Count * part.Length > maxPairs)
                return null;
        }
        var (sum, moved) = (0.0, new double[rest.Length]);
        foreach (var (value, count) in counts.OrderBy(pair => pair.Key))
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < rest.Length; i++)
                moved[i] = rest[i] + value;
            sum += count * rows.MeanLoss(moved);
        }
        return sum / part.Length;
    }

    private static double? Deviation(double[] values)
    {
        if (values.Length < 2)
            return null;
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }

    /// <summary>The labels and weights, which stay where they are.</summary>
    private sealed class Rows(double[] labels, double[]? weights)
    {
        private readonly double _weight = weights?.Sum() ?? labels.Length;

        public double MeanLoss(double[] logOdds) => Losses.LogisticLoss.Sum(logOdds, labels, weights) / _weight;

        public double? Area(double[] logOdds, CancellationToken cancellationToken)
        {
            using var crew = new ThreadCrew();
            return ScoreRanking.Of(ScoredRows.FromLogOdds(labels, logOdds, weights), crew, cancellationToken).RocAuc();
        }
    }
}
