namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// Scores of predicted labels, 1 where the probability is at least a threshold, as scikit-learn defines them. A ratio whose denominator is 0 counts as 0.
/// </summary>
/// <param name="Threshold">A probability from this on is predicted as 1.</param>
/// <param name="TruePositive">The weight of rows of label 1 that are predicted as 1; without weights their number.</param>
/// <param name="FalsePositive">Label 0, predicted as 1.</param>
/// <param name="FalseNegative">Label 1, predicted as 0.</param>
/// <param name="TrueNegative">Label 0, predicted as 0.</param>
/// <param name="Accuracy">Share of rows predicted correctly.</param>
/// <param name="Precision">Share of rows predicted as 1 whose label is 1.</param>
/// <param name="Recall">Share of rows of label 1 that are predicted as 1.</param>
/// <param name="Specificity">Share of rows of label 0 that are predicted as 0.</param>
/// <param name="F1">Harmonic mean of precision and recall.</param>
/// <param name="BalancedAccuracy">Mean of recall and specificity.</param>
/// <param name="Youden">Recall + specificity − 1 (Youden, 1950).</param>
/// <param name="MatthewsCorrelation">Correlation of predicted and true labels.</param>
/// <param name="Kappa">Agreement of predicted and true labels beyond chance (Cohen, 1960).</param>
/// <param name="PredictedPositiveRate">Share of rows predicted as 1.</param>
/// <param name="MeanCost">The mean of the rows' costs.</param>
public sealed record ThresholdMetrics(double Threshold, double TruePositive, double FalsePositive, double FalseNegative, double TrueNegative, double Accuracy,
    double Precision, double Recall, double Specificity, double F1, double BalancedAccuracy, double Youden, double MatthewsCorrelation, double Kappa,
    double PredictedPositiveRate, double MeanCost)
{
    /// <summary>The scores at a threshold.</summary>
    /// <exception cref="ArgumentException">The threshold is NaN, or a cost is not finite.</exception>
    public static ThresholdMetrics At(RankedScores ranked, double threshold, Costs costs)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        ArgumentNullException.ThrowIfNull(costs);
        EvaluationOptions.RequireNotNaN(threshold, nameof(threshold));
        costs.RequireFinite();
        var (tp, fp) = (0.0, 0.0);
        for (var i = 0; i < ranked.Count && ranked.Scores[i] >= threshold; i++)
            (tp, fp) = (tp + ranked.Ones[i], fp + ranked.Zeros[i]);
        return Of(ranked, threshold, tp, fp, costs);
    }

    /// <summary>The scores at many thresholds, computed one after another as they are read.</summary>
    /// <param name="ranked">The scored rows.</param>
    /// <param name="costs">What rows cost.</param>
    /// <param name="points">Null for each distinct probability, from the highest down; n for 0, 1 / (n − 1), …, 1.</param>
    /// <exception cref="ArgumentException">There are fewer than 2 points, or a cost is not finite.</exception>
    public static IEnumerable<ThresholdMetrics> Table(RankedScores ranked, Costs costs, int? points = null)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        ArgumentNullException.ThrowIfNull(costs);
        costs.RequireFinite();
        if (points is null)
            return Each(ranked, costs);
        ArgumentOutOfRangeException.ThrowIfLessThan(points.Value, 2, nameof(points));
        return Grid(ranked, costs, points.Value);
    }

    private static IEnumerable<ThresholdMetrics> Each(RankedScores ranked, Costs costs)
    {
        var (tp, fp) = (0.0, 0.0);
        for (var i = 0; i < ranked.Count; i++)
        {
            (tp, fp) = (tp + ranked.Ones[i], fp + ranked.Zeros[i]);
            if (ranked.IsThere(i))
                yield return Of(ranked, ranked.Scores[i], tp, fp, costs);
        }
    }

    private static ThresholdMetrics[] Grid(RankedScores ranked, Costs costs, int points)
    {
        var table = new ThresholdMetrics[points];
        var (tp, fp, i) = (0.0, 0.0, 0);
        for (var point = points - 1; point >= 0; point--)
        {
            var threshold = (double)point / (points - 1);
            for (; i < ranked.Count && ranked.Scores[i] >= threshold; i++)
                (tp, fp) = (tp + ranked.Ones[i], fp + ranked.Zeros[i]);
            table[point] = Of(ranked, threshold, tp, fp, costs);
        }
        return table;
    }

    /// <summary>The scores where rows of these weights are predicted as 1.</summary>
    internal static ThresholdMetrics Of(RankedScores ranked, double threshold, double tp, double fp, Costs costs)
    {
        // Sums in another order may differ by a rounding error.
        var (fn, tn) = (Math.Max(ranked.Positives - tp, 0), Math.Max(ranked.Negatives - fp, 0));
        var weight = tp + fp + fn + tn;
        var (recall, specificity, accuracy) = (Ratio.Of(tp, tp + fn), Ratio.Of(tn, tn + fp), Ratio.Of(tp + tn, weight));
        var chance = Ratio.Of(Ratio.Of((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn), weight), weight);
        var spread = Math.Sqrt(tp + fp) * Math.Sqrt(tp + fn) * Math.Sqrt(tn + fp) * Math.Sqrt(tn + fn);
        return new ThresholdMetrics(threshold, tp, fp, fn, tn, accuracy, Ratio.Of(tp, tp + fp), recall, specificity, Ratio.Of(2 * tp, 2 * tp + fp + fn),
            (recall + specificity) / 2, recall + specificity - 1, Math.Clamp(Ratio.Of(tp * tn - fp * fn, spread), -1, 1),
            Ratio.Of(accuracy - chance, 1 - chance), Ratio.Of(tp + fp, weight), Ratio.Of(costs.Of(tp, fp, fn, tn), weight));
    }
}
