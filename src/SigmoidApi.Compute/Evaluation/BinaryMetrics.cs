namespace SigmoidApi.Compute.Evaluation;

/// <summary>Scores of probabilities p that need no threshold, as scikit-learn defines them. Everything is weighted.</summary>
/// <param name="Rows">The number of rows, of any weight.</param>
/// <param name="Weight">Their weight.</param>
/// <param name="PositiveRate">Share of label 1.</param>
/// <param name="MeanProbability">The mean of p.</param>
/// <param name="RocAuc">Area under the ROC curve, ties counted half; null with one class.</param>
/// <param name="AveragePrecision">Σ (Rₖ − Rₖ₋₁)·Pₖ over the distinct values of p from the highest down; 0 without a label 1.</param>
/// <param name="LogLoss">Mean log loss. From log-odds it is finite even where p rounds to 0 or 1.</param>
/// <param name="Brier">Mean (p − y)².</param>
/// <param name="BrierDecomposition">What the Brier score consists of.</param>
/// <param name="ExpectedCalibrationError">Mean |mean p − mean y| over ten equal bins, by their weight (Naeini, Cooper and Hauskrecht, 2015).</param>
/// <param name="MaximumCalibrationError">The greatest |mean p − mean y| of these bins.</param>
/// <param name="KolmogorovSmirnov">The greatest distance of both rates of the ROC curve; null with one class.</param>
public sealed record BinaryMetrics(long Rows, double Weight, double PositiveRate, double MeanProbability, double? RocAuc, double AveragePrecision,
    double LogLoss, double Brier, BrierDecomposition BrierDecomposition, double ExpectedCalibrationError, double MaximumCalibrationError,
    KolmogorovSmirnov? KolmogorovSmirnov)
{
    /// <summary>The scores of a ranking.</summary>
    /// <param name="ranked">The scored rows.</param>
    /// <param name="bins">Their ten calibration bins.</param>
    /// <param name="logLoss">The mean log loss, which may depend on log-odds that the ranking does not have.</param>
    internal static BinaryMetrics Of(RankedScores ranked, IReadOnlyList<CalibrationBin> bins, double logLoss)
    {
        var (tp, fp, precisions, brier, probabilities) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < ranked.Count; i++)
        {
            var (one, zero, p) = (ranked.Ones[i], ranked.Zeros[i], ranked.Scores[i]);
            if (one + zero == 0)
                continue;
            (tp, fp) = (tp + one, fp + zero);
            precisions += one * (tp / (tp + fp));
            brier += one * (1 - p) * (1 - p) + zero * p * p;
            probabilities += (one + zero) * p;
        }
        var (expected, maximum) = (0.0, 0.0);
        foreach (var bin in bins)
        {
            var gap = Math.Abs(bin.MeanProbability - bin.PositiveRate);
            (expected, maximum) = (expected + bin.Weight / ranked.Weight * gap, Math.Max(maximum, gap));
        }
        return new BinaryMetrics(ranked.TotalRows, ranked.Weight, ranked.Positives / ranked.Weight, probabilities / ranked.Weight,
            ranked.RocAuc(), Ratio.Of(precisions, ranked.Positives), logLoss,
            brier / ranked.Weight, BrierDecomposition.Of(ranked, bins), expected, maximum, KolmogorovSmirnov.Of(ranked));
    }
}

/// <summary>
/// The Brier score as reliability − resolution + uncertainty + within-bin variance − within-bin covariance, exactly, over ten bins [0, 0.1), …, [0.9, 1]
/// (Murphy, 1973; Stephenson, Coelho and Jolliffe, 2008).
/// </summary>
/// <param name="Reliability">Mean (mean p − mean y)² of the bins, by weight.</param>
/// <param name="Resolution">Mean (mean y of the bin − mean y)².</param>
/// <param name="Uncertainty">Mean y · (1 − mean y).</param>
/// <param name="WithinBinVariance">Mean (p − mean p of the bin)².</param>
/// <param name="WithinBinCovariance">Twice the mean of (p − mean p of the bin)(y − mean y of the bin).</param>
public sealed record BrierDecomposition(double Reliability, double Resolution, double Uncertainty, double WithinBinVariance, double WithinBinCovariance)
{
    internal static BrierDecomposition Of(RankedScores ranked, IReadOnlyList<CalibrationBin> bins)
    {
        var (rate, reliability, resolution) = (ranked.Positives / ranked.Weight, 0.0, 0.0);
        var byIndex = new CalibrationBin[CalibrationBin.Usual];
        foreach (var bin in bins)
        {
            byIndex[(int)Math.Round(bin.Lower * byIndex.Length)] = bin;
            reliability += bin.Weight / ranked.Weight * Square(bin.MeanProbability - bin.PositiveRate);
            resolution += bin.Weight / ranked.Weight * Square(bin.PositiveRate - rate);
        }
        var (variance, covariance) = (0.0, 0.0);
        for (var i = 0; i < ranked.Count; i++)
        {
            if (!ranked.IsThere(i))
                continue;
            var bin = byIndex[CalibrationBin.IndexOf(ranked.Scores[i], byIndex.Length)];
            var gap = ranked.Scores[i] - bin.MeanProbability;
            variance += (ranked.Ones[i] + ranked.Zeros[i]) * gap * gap;
            covariance += 2 * gap * (ranked.Ones[i] * (1 - bin.PositiveRate) - ranked.Zeros[i] * bin.PositiveRate);
        }
        return new BrierDecomposition(reliability, resolution, rate * (1 - rate), variance / ranked.Weight, covariance / ranked.Weight);
    }

    private static double Square(double x) => x * x;
}

/// <summary>The two-sample statistic of Kolmogorov and Smirnov between the scores of both labels.</summary>
/// <param name="Statistic">The greatest true positive rate − false positive rate.</param>
/// <param name="Threshold">The highest threshold that reaches it.</param>
public sealed record KolmogorovSmirnov(double Statistic, double Threshold)
{
    internal static KolmogorovSmirnov? Of(RankedScores ranked)
    {
        if (!ranked.HasTwoClasses)
            return null;
        var (tp, fp, best, statistic, threshold) = (0.0, 0.0, double.NegativeInfinity, 0.0, 0.0);
        for (var i = 0; i < ranked.Count; i++)
        {
            if (!ranked.IsThere(i))
                continue;
            (tp, fp) = (tp + ranked.Ones[i], fp + ranked.Zeros[i]);
            var distance = tp * ranked.Negatives - fp * ranked.Positives;
            if (distance > best)
                (best, threshold) = (distance, ranked.Scores[i]);
            statistic = Math.Max(statistic, tp / ranked.Positives - fp / ranked.Negatives);
        }
        return new KolmogorovSmirnov(statistic, threshold);
    }
}
