using SigmoidApi.Compute.Inference;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// The goodness-of-fit test of Hosmer and Lemeshow (1980): ten groups by the deciles of the probabilities over rows of any weight (type 7, repeated ones once),
/// and Σ (O − E)² / (E(1 − E/n)) over the groups. With weights the p-value means something only if they are frequencies.
/// </summary>
/// <param name="Groups">The groups that have a weight.</param>
/// <param name="Statistic">Null if a group's expected weight is 0 or all of it, and the observed one is not.</param>
/// <param name="DegreesOfFreedom">The number of groups, 2 fewer for rows that the model was fitted on.</param>
/// <param name="PValue">From the chi-squared distribution; null without a statistic or degrees of freedom.</param>
public sealed record HosmerLemeshow(IReadOnlyList<HosmerLemeshowGroup> Groups, double? Statistic, int DegreesOfFreedom, double? PValue)
{
    private const int Deciles = 10;

    internal static HosmerLemeshow Of(RankedScores ranked, bool fittedOnTheseRows)
    {
        var edges = Edges(ranked);
        var groups = Math.Max(edges.Count - 1, 1);
        var (rows, weights, observed, expected, group) = (new long[groups], new double[groups], new double[groups], new double[groups], 0);
        for (var i = ranked.Count - 1; i >= 0; i--)
        {
            while (group < groups - 1 && ranked.Scores[i] > edges[group + 1])
                group++;
            var weight = ranked.Ones[i] + ranked.Zeros[i];
            rows[group] += ranked.Rows[i];
            weights[group] += weight;
            observed[group] += ranked.Ones[i];
            expected[group] += weight * ranked.Scores[i];
        }
        HosmerLemeshowGroup[] present =
        [
            .. Enumerable.Range(0, groups).Where(k => weights[k] > 0)
                .Select(k => new HosmerLemeshowGroup(edges[Math.Min(k + 1, edges.Count - 1)], rows[k], weights[k], observed[k], expected[k])),
        ];
        var statistic = ScoredRows.Sum([.. present.Select(one => one.Term)]);
        var degrees = present.Length - (fittedOnTheseRows ? 2 : 0);
        return new HosmerLemeshow(present, double.IsFinite(statistic) ? statistic : null, degrees,
            double.IsFinite(statistic) && degrees > 0 ? ChiSquaredDistribution.UpperTail(statistic, degrees) : null);
    }

    /// <summary>The distinct deciles, from the least probability to the greatest.</summary>
    private static List<double> Edges(RankedScores ranked)
    {
        var edges = new List<double>();
        // Entry i and those below it hold the rows of ranks up to `ranks`.
        var (i, ranks) = (ranked.Count - 1, (long)ranked.Rows[^1]);
        for (var decile = 0; decile <= Deciles; decile++)
        {
            var place = (ranked.TotalRows - 1) * ((double)decile / Deciles);
            var below = Math.Min((long)place, ranked.TotalRows - 1);
            while (ranks <= below)
                ranks += ranked.Rows[--i];
            var next = ranks <= below + 1 && i > 0 ? ranked.Scores[i - 1] : ranked.Scores[i];
            var edge = Quantile.Between(ranked.Scores[i], next, place - below);
            if (edges.Count == 0 || edge > edges[^1])
                edges.Add(edge);
        }
        return edges;
    }
}

/// <summary>The rows of a group.</summary>
/// <param name="Upper">The greatest probability of the group; the last group's is the greatest of all.</param>
/// <param name="Rows">The number of rows, of any weight.</param>
/// <param name="Weight">n, their weight.</param>
/// <param name="Observed">O, the weight of label 1.</param>
/// <param name="Expected">E, the sum of the probabilities by weight.</param>
public sealed record HosmerLemeshowGroup(double Upper, long Rows, double Weight, double Observed, double Expected)
{
    /// <summary>(O − E)² / (E(1 − E/n)); 0 where no row can differ from what is expected, and none does.</summary>
    internal double Term
    {
        get
        {
            var (gap, variance) = (Observed - Expected, Expected * (1 - Expected / Weight));
            return gap == 0 ? 0 : variance > 0 ? gap * gap / variance : double.PositiveInfinity;
        }
    }
}
