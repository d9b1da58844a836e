using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// Scores of predicted probabilities p against labels 0 and 1, as scikit-learn defines them; the predicted label is 1 where p ≥ 0.5.
/// A ratio whose denominator is 0 counts as 0 (<c>zero_division=0</c>).
/// </summary>
/// <param name="LogLoss">Mean log loss. It is computed from margins, so that it is finite even where p rounds to 0 or 1.</param>
/// <param name="RocAuc">Area under the ROC curve, ties counted half; NaN if all labels are the same.</param>
/// <param name="AveragePrecision">
/// Σ (Rₖ − Rₖ₋₁)·Pₖ over the distinct values of p from the highest down, with recall R and precision P; 0 without a label 1.
/// </param>
/// <param name="Brier">Mean (p − y)².</param>
/// <param name="Accuracy">Share of labels predicted correctly.</param>
/// <param name="Precision">Share of rows with predicted label 1 whose label is 1.</param>
/// <param name="Recall">Share of rows with label 1 whose predicted label is 1.</param>
/// <param name="F1">Harmonic mean of precision and recall.</param>
/// <param name="MatthewsCorrelation">Correlation of predicted and true labels.</param>
/// <param name="ExpectedCalibrationError">
/// Σ (rows in bin / n) · |mean p − mean y| over ten bins [0, 0.1), [0.1, 0.2), …, [0.9, 1] (Naeini, Cooper and Hauskrecht, 2015).
/// </param>
/// <param name="Confusion">The counts behind the scores at 0.5.</param>
public sealed record ClassificationMetrics(double LogLoss, double RocAuc, double AveragePrecision, double Brier, double Accuracy, double Precision,
    double Recall, double F1, double MatthewsCorrelation, double ExpectedCalibrationError, ConfusionMatrix Confusion)
{
    private const int CalibrationBins = 10;

    /// <summary>A multiple of every vector width.</summary>
    private const int BlockRows = 512;

    /// <summary>Scores the probabilities p = σ(m) of margins m.</summary>
    /// <exception cref="ArgumentException">The lengths differ or are 0.</exception>
    public static ClassificationMetrics FromMargins(ReadOnlySpan<double> labels, ReadOnlySpan<double> margins)
    {
        ArgumentOutOfRangeException.ThrowIfZero(labels.Length, nameof(labels));
        ArgumentOutOfRangeException.ThrowIfNotEqual(margins.Length, labels.Length, nameof(margins));
        var n = labels.Length;
        // Probabilities of label 1 fill the array from its start, those of label 0 from its end: only they are held in memory and sorted.
        var (ranked, positives, negatives) = (new double[n], 0, n);
        Span<double> probabilities = stackalloc double[BlockRows];
        var brier = 0.0;
        var (tn, fp, fn, tp) = (0L, 0L, 0L, 0L);
        Span<double> gaps = stackalloc double[CalibrationBins];
        for (var i = 0; i < n; i++)
        {
            if (i % BlockRows == 0)
                Elementwise.Apply<Sigmoid.Function, double>(margins.Slice(i, Math.Min(BlockRows, n - i)), probabilities, []);
            var p = probabilities[i % BlockRows];
            brier += (p - labels[i]) * (p - labels[i]);
            gaps[Math.Min((int)(p * CalibrationBins), CalibrationBins - 1)] += p - labels[i];
            ranked[labels[i] == 1 ? positives++ : --negatives] = p;
            switch (p >= 0.5, labels[i] == 1)
            {
                case (false, false): tn++; break;
                case (true, false): fp++; break;
                case (false, true): fn++; break;
                case (true, true): tp++; break;
            }
        }
        var calibration = 0.0;
        foreach (var gap in gaps)
            calibration += Math.Abs(gap);
        var (rocAuc, averagePrecision) = Ranking(ranked.AsSpan(0, positives), ranked.AsSpan(positives));
        var spread = Math.Sqrt((double)(tp + fp)) * Math.Sqrt((double)(tp + fn)) * Math.Sqrt((double)(tn + fp)) * Math.Sqrt((double)(tn + fn));
        return new ClassificationMetrics(LogisticLoss.Sum(margins, labels) / n, rocAuc, averagePrecision, brier / n, (double)(tp + tn) / n,
            Ratio(tp, tp + fp), Ratio(tp, tp + fn), Ratio(2.0 * tp, 2 * tp + fp + fn),
            Ratio((double)tp * tn - (double)fp * fn, spread), calibration / n, new ConfusionMatrix(tn, fp, fn, tp));
    }

    /// <summary>
    /// Goes from the highest probability down, a group of equal ones at a time. Sorts both spans: the probabilities of labels 1 and those of labels 0.
    /// </summary>
    private static (double RocAuc, double AveragePrecision) Ranking(Span<double> ofOnes, Span<double> ofZeros)
    {
        ofOnes.Sort();
        ofZeros.Sort();
        var (positives, negatives, area, precisionSum) = (0.0, 0.0, 0.0, 0.0);
        while (!ofOnes.IsEmpty || !ofZeros.IsEmpty)
        {
            var tied = ofOnes.IsEmpty || (!ofZeros.IsEmpty && ofZeros[^1] > ofOnes[^1]) ? ofZeros[^1] : ofOnes[^1];
            var (ones, zeros) = (TakeEqual(ref ofOnes, tied), TakeEqual(ref ofZeros, tied));
            area += zeros * (positives + ones / 2);
            positives += ones;
            negatives += zeros;
            precisionSum += ones * positives / (positives + negatives);
        }
        return (area / (positives * negatives), Ratio(precisionSum, positives));
    }

    /// <summary>Removes the elements at the end that equal <paramref name="value"/>, and returns their count.</summary>
    private static double TakeEqual(ref Span<double> sorted, double value)
    {
        var count = 0;
        while (count < sorted.Length && sorted[^(count + 1)].Equals(value))
            count++;
        sorted = sorted[..^count];
        return count;
    }

    private static double Ratio(double numerator, double denominator) => denominator == 0 ? 0 : numerator / denominator;
}
