namespace SigmoidApi.Compute.Evaluation;

/// <summary>The ROC curve, from (0, 0) to (1, 1): straight between its points. The rate of a label without weight counts as 0.</summary>
/// <param name="Thresholds">Of each point, falling; the first is null, because nothing is predicted as 1.</param>
/// <param name="FalsePositiveRate">Share of label 0 that is predicted as 1.</param>
/// <param name="TruePositiveRate">Share of label 1 that is predicted as 1.</param>
public sealed record RocCurve(IReadOnlyList<double?> Thresholds, IReadOnlyList<double> FalsePositiveRate, IReadOnlyList<double> TruePositiveRate)
{
    /// <summary>The curve of scored rows.</summary>
    /// <param name="ranked">The scored rows.</param>
    /// <param name="points">Null for every point at which the curve turns; otherwise at most this many of them, at least 2.</param>
    /// <exception cref="ArgumentException">There are fewer than 2 points.</exception>
    public static RocCurve Of(RankedScores ranked, int? points = null)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        var entries = CurvePoints.Of(ranked, points);
        var thresholds = new List<double?>(entries.Count);
        var (falsePositive, truePositive) = (new List<double>(entries.Count), new List<double>(entries.Count));
        CurvePoints.ForEach(ranked, entries, (entry, tp, fp) =>
        {
            thresholds.Add(entry < 0 ? null : ranked.Scores[entry]);
            falsePositive.Add(Ratio.Of(fp, ranked.Negatives));
            truePositive.Add(Ratio.Of(tp, ranked.Positives));
        });
        return new RocCurve(thresholds, falsePositive, truePositive);
    }
}
