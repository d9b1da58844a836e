namespace SigmoidApi.Compute.Evaluation;

/// <summary>Rows whose probabilities lie in one of several equal intervals, [lower, upper); the last includes 1.</summary>
/// <param name="Lower">The least probability.</param>
/// <param name="Upper">Above the greatest probability; 1 for the last.</param>
/// <param name="Rows">Rows of positive weight.</param>
/// <param name="Weight">Their weight.</param>
/// <param name="MeanProbability">The mean of their probabilities.</param>
/// <param name="PositiveRate">Share of label 1.</param>
public sealed record CalibrationBin(double Lower, double Upper, int Rows, double Weight, double MeanProbability, double PositiveRate)
{
    /// <summary>The bins of the calibration errors and of the decomposition of the Brier score.</summary>
    internal const int Usual = 10;

    /// <summary>The bins that have rows, from the lowest probability up.</summary>
    /// <param name="ranked">The scored rows.</param>
    /// <param name="bins">How many intervals, at least 1.</param>
    /// <exception cref="ArgumentException">There is no bin.</exception>
    public static IReadOnlyList<CalibrationBin> Of(RankedScores ranked, int bins = Usual)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var (rows, weights, ones, products) = (new int[bins], new double[bins], new double[bins], new double[bins]);
        for (var i = 0; i < ranked.Count; i++)
        {
            var (bin, weight) = (IndexOf(ranked.Scores[i], bins), ranked.Ones[i] + ranked.Zeros[i]);
            rows[bin] += ranked.Present[i];
            weights[bin] += weight;
            ones[bin] += ranked.Ones[i];
            products[bin] += weight * ranked.Scores[i];
        }
        return
        [
            .. Enumerable.Range(0, bins).Where(bin => weights[bin] > 0).Select(bin => new CalibrationBin((double)bin / bins, (bin + 1.0) / bins, rows[bin],
                weights[bin], products[bin] / weights[bin], ones[bin] / weights[bin])),
        ];
    }

    /// <summary>min(bins − 1, ⌊bins · p⌋).</summary>
    internal static int IndexOf(double probability, int bins) => Math.Min((int)(probability * bins), bins - 1);
}
