namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// Cumulative gains: which share of label 1 is among the rows of highest probability. The curve is straight between its points, so that rows of equal
/// probability are taken in proportion.
/// </summary>
/// <param name="Thresholds">Of each point, falling; the first is null, because no row is taken.</param>
/// <param name="Share">Share of all rows that are taken.</param>
/// <param name="Gain">Share of label 1 among those taken; 0 without label 1.</param>
/// <param name="Lift">Gain / share; 0 for the first point.</param>
public sealed record GainsCurve(IReadOnlyList<double?> Thresholds, IReadOnlyList<double> Share, IReadOnlyList<double> Gain, IReadOnlyList<double> Lift)
{
    /// <summary>The curve of scored rows.</summary>
    /// <param name="ranked">The scored rows.</param>
    /// <param name="points">Null for every point at which the curve turns; otherwise at most this many of them, at least 2.</param>
    /// <exception cref="ArgumentException">There are fewer than 2 points.</exception>
    public static GainsCurve Of(RankedScores ranked, int? points = null)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        var entries = CurvePoints.Of(ranked, points);
        var (thresholds, shares) = (new List<double?>(entries.Count), new List<double>(entries.Count));
        var (gains, lifts) = (new List<double>(entries.Count), new List<double>(entries.Count));
        CurvePoints.ForEach(ranked, entries, (entry, tp, fp) =>
        {
            var (share, gain) = ((tp + fp) / ranked.Weight, Ratio.Of(tp, ranked.Positives));
            thresholds.Add(entry < 0 ? null : ranked.Scores[entry]);
            shares.Add(share);
            gains.Add(gain);
            lifts.Add(Ratio.Of(gain, share));
        });
        return new GainsCurve(thresholds, shares, gains, lifts);
    }
}

/// <summary>A tenth of the rows, by falling probability. Rows of equal probability at a border are shared in proportion.</summary>
/// <param name="Decile">From 1, the tenth of highest probability, to 10.</param>
/// <param name="CumulativeGain">Share of label 1 in this tenth and those before.</param>
/// <param name="CumulativeLift">Cumulative gain / share of rows.</param>
/// <param name="Lift">Positive rate of this tenth / positive rate of all rows.</param>
/// <param name="PositiveRate">Share of label 1 among the rows of this tenth.</param>
public sealed record GainsDecile(int Decile, double CumulativeGain, double CumulativeLift, double Lift, double PositiveRate)
{
    private const int Deciles = 10;

    /// <summary>The ten tenths.</summary>
    public static IReadOnlyList<GainsDecile> Of(RankedScores ranked)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        var deciles = new GainsDecile[Deciles];
        var (tp, fp, x, y, before, decile) = (0.0, 0.0, 0.0, 0.0, 0.0, 1);
        for (var i = 0; i < ranked.Count; i++)
        {
            if (!ranked.IsThere(i))
                continue;
            (tp, fp) = (tp + ranked.Ones[i], fp + ranked.Zeros[i]);
            var (nextX, nextY) = ((tp + fp) / ranked.Weight, Ratio.Of(tp, ranked.Positives));
            for (; decile <= Deciles && (double)decile / Deciles <= nextX; decile++)
                Add((nextY - y) / (nextX - x) * ((double)decile / Deciles - x) + y);
            (x, y) = (nextX, nextY);
        }
        // The last share may be below 1 by a rounding error.
        while (decile <= Deciles)
        {
            Add(y);
            decile++;
        }
        return deciles;

        void Add(double gain)
        {
            var lift = (gain - before) * Deciles;
            deciles[decile - 1] = new GainsDecile(decile, gain, gain / ((double)decile / Deciles), lift, lift * ranked.Positives / ranked.Weight);
            before = gain;
        }
    }
}
