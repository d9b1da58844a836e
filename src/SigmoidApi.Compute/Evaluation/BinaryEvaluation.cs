using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>Everything about scored rows of two classes. Curves come from <see cref="Ranked"/>, also later, without the rows.</summary>
/// <param name="Ranked">The distinct probabilities with their weights.</param>
/// <param name="Metrics">Scores that need no threshold.</param>
/// <param name="AtThreshold">Scores of labels predicted at the threshold.</param>
/// <param name="Calibration">Intercept and slope of the labels' regression on the log-odds.</param>
/// <param name="Bins">Ten calibration bins, without empty ones.</param>
/// <param name="HosmerLemeshow">The goodness-of-fit test.</param>
/// <param name="Gains">Ten tenths of the rows by falling probability.</param>
/// <param name="Best">The best threshold by each rule.</param>
/// <param name="RocAuc">The area under the ROC curve with its interval; null with weights or with one class.</param>
/// <param name="Comparison">The comparison with a second model; null without one, or with weights.</param>
public sealed record BinaryEvaluation(RankedScores Ranked, BinaryMetrics Metrics, ThresholdMetrics AtThreshold, CalibrationFit Calibration,
    IReadOnlyList<CalibrationBin> Bins, HosmerLemeshow HosmerLemeshow, IReadOnlyList<GainsDecile> Gains, IReadOnlyList<BestThreshold> Best,
    AreaEstimate? RocAuc, ModelComparison? Comparison)
{
    /// <summary>Evaluates the scores of one model.</summary>
    /// <param name="rows">The scored rows.</param>
    /// <param name="options">What to compute.</param>
    /// <param name="cancellationToken">Checked for every few thousand rows.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public static BinaryEvaluation Of(ScoredRows rows, EvaluationOptions options, CancellationToken cancellationToken) =>
        Of(rows, null, options, cancellationToken);

    /// <summary>Evaluates the scores of one model, and compares them with those of a second model of the same rows.</summary>
    /// <param name="rows">The rows scored by the first model.</param>
    /// <param name="other">The same rows with the same weights, scored by the second model; null for no comparison.</param>
    /// <param name="options">What to compute.</param>
    /// <param name="cancellationToken">Checked for every few thousand rows.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the labels or weights of both differ.</exception>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public static BinaryEvaluation Of(ScoredRows rows, ScoredRows? other, EvaluationOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (other is not null)
            RequireSameRows(rows, other);
        using var crew = new ThreadCrew(options.Threads, options.ThreadStart);
        var calibration = CalibrationFit.Of(rows, crew, cancellationToken);
        // The buffers serve both models.
        double[]? buffer = null;
        var (order, probabilities) = (new ScoreOrder(rows.Labels, crew), rows.Probabilities(ref buffer, crew, cancellationToken));
        order.Sort(probabilities, cancellationToken);
        var ranked = ScoreRanking.Of(order, probabilities, rows.Weights);
        var areas = Areas(rows, other, ranked, order, probabilities, ref buffer, crew, cancellationToken);

        var bins = CalibrationBin.Of(ranked);
        return new BinaryEvaluation(ranked, BinaryMetrics.Of(ranked, bins, rows.MeanLogLoss(ranked.Weight, crew, cancellationToken)),
            ThresholdMetrics.At(ranked, options.Threshold, options.Costs), calibration, bins, HosmerLemeshow.Of(ranked, options.FittedOnTheseRows),
            GainsDecile.Of(ranked), BestThreshold.All(ranked, options), areas?.First(options.ConfidenceLevel),
            Compare(rows, other, areas, options, crew, cancellationToken));
    }

    private static DeLong? Areas(ScoredRows rows, ScoredRows? other, RankedScores ranked, ScoreOrder order, double[] probabilities, ref double[]? buffer,
        ThreadCrew crew, CancellationToken cancellationToken)
    {
        if (rows.HasWeights || !ranked.HasTwoClasses)
            return null;
        var (positives, negatives) = ((int)ranked.Positives, (int)ranked.Negatives);
        var first = ScoreRanking.Places(order, probabilities, negatives);
        if (other is null)
            return DeLong.Of(rows.Labels, first, first, positives, negatives);
        var others = other.Probabilities(ref buffer, crew, cancellationToken);
        order.Sort(others, cancellationToken);
        return DeLong.Of(rows.Labels, first, ScoreRanking.Places(order, others, negatives), positives, negatives);
    }

    private static ModelComparison? Compare(ScoredRows rows, ScoredRows? other, DeLong? areas, EvaluationOptions options, ThreadCrew crew,
        CancellationToken cancellationToken)
    {
        if (other is null || rows.HasWeights)
            return null;
        var (mcNemar, logLoss, brier) = PairedRows.Compare(rows, other, options.Threshold, crew, cancellationToken);
        return new ModelComparison(areas is null ? null : AreaDifference.Of(areas, options.ConfidenceLevel), mcNemar, logLoss, brier);
    }

    private static void RequireSameRows(ScoredRows rows, ScoredRows other)
    {
        if (rows.Count != other.Count || (rows.Labels != other.Labels && !rows.Labels.AsSpan().SequenceEqual(other.Labels)))
            throw new ArgumentException("Expected the same rows with the same labels for both models, got others.", nameof(other));
        if (rows.Weights != other.Weights && !rows.Weights.AsSpan().SequenceEqual(other.Weights))
            throw new ArgumentException("Expected the same weights for both models, got others.", nameof(other));
    }
}
