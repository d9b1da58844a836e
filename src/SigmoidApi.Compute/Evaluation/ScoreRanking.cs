using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>What a sorted order of rows gives: their ranking, and each row's place among the rows of the other label.</summary>
internal static class ScoreRanking
{
    /// <summary>The ranking of rows on a few threads.</summary>
    public static RankedScores Of(ScoredRows rows, ThreadCrew crew, CancellationToken cancellationToken)
    {
        double[]? buffer = null;
        var (order, scores) = (new ScoreOrder(rows.Labels, crew), rows.Probabilities(ref buffer, crew, cancellationToken));
        order.Sort(scores, cancellationToken);
        return Of(order, scores, rows.Weights);
    }

    /// <summary>The ranking of sorted rows.</summary>
    /// <param name="order">The rows in order.</param>
    /// <param name="probabilities">Of each row.</param>
    /// <param name="weights">Of each row; null for 1.</param>
    public static RankedScores Of(ScoreOrder order, double[] probabilities, double[]? weights)
    {
        var entries = order.Entries;
        var count = 0;
        for (var first = 0; first < entries.Length; first = order.EndOfTies(probabilities, first))
            count++;
        var (scores, ones, zeros, rows) = (new double[count], new double[count], new double[count], new int[count]);
        var present = weights is not null && weights.AsSpan().Contains(0.0) ? new int[count] : rows;
        for (int first = 0, end, k = 0; first < entries.Length; first = end, k++)
        {
            end = order.EndOfTies(probabilities, first);
            (scores[k], rows[k]) = (probabilities[order.RowOf(entries[first])], end - first);
            foreach (var entry in entries[first..end])
            {
                var weight = weights is null ? 1 : weights[order.RowOf(entry)];
                var isOne = ScoreOrder.IsOne(entry);
                (ones[k], zeros[k]) = (ones[k] + (isOne ? weight : 0), zeros[k] + (isOne ? 0 : weight));
                if (present != rows && weight > 0)
                    present[k]++;
            }
        }
        return RankedScores.Of(scores, ones, zeros, rows, present);
    }

    /// <summary>
    /// For a row of label 1 twice the rows of label 0 below it, for a row of label 0 twice the rows of label 1 above it; rows of the same probability once.
    /// Divided by twice the rows of the other label these are the structural components of the area under the ROC curve.
    /// </summary>
    /// <param name="order">The rows in order.</param>
    /// <param name="probabilities">Of each row.</param>
    /// <param name="negatives">The rows of label 0.</param>
    public static uint[] Places(ScoreOrder order, double[] probabilities, int negatives)
    {
        var entries = order.Entries;
        var places = new uint[entries.Length];
        var (onesAbove, zerosAbove) = (0u, 0u);
        for (int first = 0, end; first < entries.Length; first = end)
        {
            end = order.EndOfTies(probabilities, first);
            var ones = 0u;
            foreach (var entry in entries[first..end])
                ones += ScoreOrder.IsOne(entry) ? 1u : 0;
            var zeros = (uint)(end - first) - ones;
            foreach (var entry in entries[first..end])
                places[order.RowOf(entry)] = ScoreOrder.IsOne(entry) ? 2 * ((uint)negatives - zerosAbove) - zeros : 2 * onesAbove + ones;
            (onesAbove, zerosAbove) = (onesAbove + ones, zerosAbove + zeros);
        }
        return places;
    }
}
