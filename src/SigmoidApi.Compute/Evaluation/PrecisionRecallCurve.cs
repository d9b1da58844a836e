namespace SigmoidApi.Compute.Evaluation;

/// <summary>Precision and recall at the thresholds of the ROC curve. Between its points this curve is not straight (Davis and Goadrich, 2006).</summary>
/// <param name="Thresholds">Of each point, falling.</param>
/// <param name="Precision">Share of rows predicted as 1 whose label is 1.</param>
/// <param name="Recall">Share of rows of label 1 that are predicted as 1.</param>
public sealed record PrecisionRecallCurve(IReadOnlyList<double> Thresholds, IReadOnlyList<double> Precision, IReadOnlyList<double> Recall)
{
    /// <summary>The curve of scored rows.</summary>
    /// <param name="ranked">The scored rows.</param>
    /// <param name="points">As for <see cref="RocCurve.Of"/>, whose first point has no precision.</param>
    /// <exception cref="ArgumentException">There are fewer than 2 points.</exception>
    public static PrecisionRecallCurve Of(RankedScores ranked, int? points = null)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        var entries = CurvePoints.Of(ranked, points);
        var (thresholds, precision, recall) = (new List<double>(entries.Count), new List<double>(entries.Count), new List<double>(entries.Count));
        CurvePoints.ForEach(ranked, entries, (entry, tp, fp) =>
        {
            if (entry < 0)
                return;
            thresholds.Add(ranked.Scores[entry]);
            precision.Add(Ratio.Of(tp, tp + fp));
            recall.Add(Ratio.Of(tp, ranked.Positives));
        });
        return new PrecisionRecallCurve(thresholds, precision, recall);
    }
}
