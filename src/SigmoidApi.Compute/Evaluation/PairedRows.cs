using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>One pass over the rows of two models together: who is right, and the differences of their losses.</summary>
internal static class PairedRows
{
    private sealed record Block(long[] Right, Spread LogLoss, Spread Brier);

    public static (McNemarTest McNemar, PairedDifference LogLoss, PairedDifference Brier) Compare(ScoredRows first, ScoredRows second, double threshold,
        ThreadCrew crew, CancellationToken cancellationToken)
    {
        var blocks = new Block[(first.Count - 1) / ScoredRows.BlockRows + 1];
        first.ForEachBlock(crew, (row, count, _) => blocks[row / ScoredRows.BlockRows] = Of(first, second, row, count, threshold), cancellationToken);
        var (right, logLoss, brier) = (new long[4], default(Spread), default(Spread));
        foreach (var block in blocks)
        {
            for (var k = 0; k < right.Length; k++)
                right[k] += block.Right[k];
            (logLoss, brier) = (logLoss.With(block.LogLoss), brier.With(block.Brier));
        }
        return (McNemarTest.Of(right[3], right[2], right[1], right[0]), PairedDifference.Of(logLoss), PairedDifference.Of(brier));
    }

    private static Block Of(ScoredRows first, ScoredRows second, int row, int count, double threshold)
    {
        Span<double> both = stackalloc double[2 * ScoredRows.BlockRows];
        var a = both[..count];
        var b = both.Slice(ScoredRows.BlockRows, count);
        first.LogLosses(row, a);
        second.LogLosses(row, b);
        for (var i = 0; i < count; i++)
            a[i] -= b[i];
        var logLoss = Spread.Of(a);
        first.Probabilities(row, a);
        second.Probabilities(row, b);
        var right = new long[4];
        for (var i = 0; i < count; i++)
        {
            var y = first.Labels[row + i];
            right[(a[i] >= threshold == (y == 1) ? 2 : 0) + (b[i] >= threshold == (y == 1) ? 1 : 0)]++;
            // a² − b² of errors that differ little: (p − y)² − (q − y)².
            a[i] = (a[i] - b[i]) * (a[i] + b[i] - 2 * y);
        }
        return new Block(right, logLoss, Spread.Of(a));
    }
}
