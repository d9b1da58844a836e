namespace SigmoidApi.Compute.Evaluation;

/// <summary>What a threshold is chosen for.</summary>
public enum ThresholdRule
{
    /// <summary>The greatest F1.</summary>
    F1,

    /// <summary>The greatest recall + specificity − 1.</summary>
    Youden,

    /// <summary>The least mean cost.</summary>
    LeastCost,

    /// <summary>The greatest recall among thresholds with at least a given precision.</summary>
    RecallAtPrecision,

    /// <summary>The greatest precision among thresholds with at least a given recall.</summary>
    PrecisionAtRecall,
}

/// <summary>The best threshold by a rule. The candidates are the distinct probabilities; among equals the highest is taken.</summary>
/// <param name="Rule">What it is best for.</param>
/// <param name="AtLeast">The precision or recall that it has to reach; null for rules without one.</param>
/// <param name="Metrics">
/// The threshold and its scores. Null if none reaches <paramref name="AtLeast"/>, or, for the least cost, if it costs no more to predict 0 for every row.
/// </param>
public sealed record BestThreshold(ThresholdRule Rule, double? AtLeast, ThresholdMetrics? Metrics)
{
    /// <summary>Chooses by a rule.</summary>
    /// <param name="ranked">The scored rows.</param>
    /// <param name="rule">What to choose for.</param>
    /// <param name="costs">What rows cost.</param>
    /// <param name="atLeast">From 0 to 1, for the two rules that need it; null for the others.</param>
    /// <exception cref="ArgumentException"><paramref name="atLeast"/> is missing, not expected or out of its range, or a cost is not finite.</exception>
    public static BestThreshold Of(RankedScores ranked, ThresholdRule rule, Costs costs, double? atLeast = null)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        ArgumentNullException.ThrowIfNull(costs);
        costs.RequireFinite();
        if (atLeast is null == rule is ThresholdRule.RecallAtPrecision or ThresholdRule.PrecisionAtRecall)
            throw new ArgumentException($"Expected {(atLeast is null ? "a" : "no")} precision or recall to reach for {rule}.", nameof(atLeast));
        if (atLeast is { } share)
            EvaluationOptions.RequireShare(share);

        var (positives, negatives) = (ranked.Positives, ranked.Negatives);
        // To predict nothing as 1 is the alternative for costs alone.
        var least = rule == ThresholdRule.LeastCost ? -costs.Of(0, 0, positives, negatives) : double.NegativeInfinity;
        var (best, tp, fp) = ((Entry: -1, Value: least, Tp: 0.0, Fp: 0.0), 0.0, 0.0);
        for (var i = 0; i < ranked.Count; i++)
        {
            if (!ranked.IsThere(i))
                continue;
            (tp, fp) = (tp + ranked.Ones[i], fp + ranked.Zeros[i]);
            var value = rule switch
            {
                ThresholdRule.F1 => 2 * tp / (tp + fp + positives),
                ThresholdRule.Youden => tp * negatives - fp * positives,
                ThresholdRule.LeastCost => -costs.Of(tp, fp, positives - tp, negatives - fp),
                ThresholdRule.RecallAtPrecision => tp / (tp + fp) >= atLeast ? tp : double.NegativeInfinity,
                _ => Ratio.Of(tp, positives) >= atLeast ? tp / (tp + fp) : double.NegativeInfinity,
            };
            if (value > best.Value)
                best = (i, value, tp, fp);
        }
        return new BestThreshold(
            rule, atLeast, best.Entry < 0 ? null : ThresholdMetrics.Of(ranked, ranked.Scores[best.Entry], best.Tp, best.Fp, costs));
    }

    /// <summary>F1, Youden and least cost, then a threshold for each precision and recall that is asked for.</summary>
    internal static IReadOnlyList<BestThreshold> All(RankedScores ranked, EvaluationOptions options) =>
    [
        Of(ranked, ThresholdRule.F1, options.Costs), Of(ranked, ThresholdRule.Youden, options.Costs), Of(ranked, ThresholdRule.LeastCost, options.Costs),
        .. options.PrecisionAtLeast.Select(share => Of(ranked, ThresholdRule.RecallAtPrecision, options.Costs, share)),
        .. options.RecallAtLeast.Select(share => Of(ranked, ThresholdRule.PrecisionAtRecall, options.Costs, share)),
    ];
}
