namespace SigmoidApi.Compute.Evaluation;

/// <summary>How much of each label lies in an interval of probabilities: a histogram by class.</summary>
/// <param name="Lower">The least probability.</param>
/// <param name="Upper">The end of the interval, which belongs to it only if it is 1 or the same as <paramref name="Lower"/>.</param>
/// <param name="Zeros">The weight of label 0.</param>
/// <param name="Ones">The weight of label 1.</param>
public sealed record ScoreBin(double Lower, double Upper, double Zeros, double Ones)
{
    /// <summary>The histogram, from the lowest probability up.</summary>
    /// <param name="ranked">The scored rows.</param>
    /// <param name="bins">How many equal intervals, empty ones too; null for one entry of each distinct probability.</param>
    /// <exception cref="ArgumentException">There is no bin.</exception>
    public static IReadOnlyList<ScoreBin> Of(RankedScores ranked, int? bins = null)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        if (bins is not { } count)
        {
            return [.. Enumerable.Range(1, ranked.Count).Select(k => ranked.Count - k).Where(ranked.IsThere)
                .Select(i => new ScoreBin(ranked.Scores[i], ranked.Scores[i], ranked.Zeros[i], ranked.Ones[i]))];
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(bins));
        var (zeros, ones) = (new double[count], new double[count]);
        for (var i = 0; i < ranked.Count; i++)
        {
            var bin = CalibrationBin.IndexOf(ranked.Scores[i], count);
            (zeros[bin], ones[bin]) = (zeros[bin] + ranked.Zeros[i], ones[bin] + ranked.Ones[i]);
        }
        return [.. Enumerable.Range(0, count).Select(bin => new ScoreBin((double)bin / count, (bin + 1.0) / count, zeros[bin], ones[bin]))];
    }
}
