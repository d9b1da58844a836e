using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Passes;
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

    /// <summary>Blocks that a thread takes at a time.</summary>
    private const int ChunkBlocks = 16;

    /// <summary>Scores the probabilities p = σ(m) of margins m.</summary>
    /// <exception cref="ArgumentException">The lengths differ or are 0.</exception>
    public static ClassificationMetrics FromMargins(ReadOnlySpan<double> labels, ReadOnlySpan<double> margins)
    {
        ArgumentOutOfRangeException.ThrowIfZero(labels.Length, nameof(labels));
        ArgumentOutOfRangeException.ThrowIfNotEqual(margins.Length, labels.Length, nameof(margins));
        using var crew = new ThreadCrew();
        return FromMargins(labels.ToArray(), margins.ToArray(), crew);
    }

    /// <summary>The same on the threads of a fit, with the same bits on any number of them. Overwrites <paramref name="margins"/>, to save memory.</summary>
    internal static ClassificationMetrics FromMargins(double[] labels, double[] margins, ThreadCrew crew)
    {
        var n = labels.Length;
        var logLoss = Score(labels, margins, crew);
        var probabilities = margins;
        // Probabilities of label 1 fill the array from its start, those of label 0 from its end.
        var (ranked, positives, negatives) = (new double[n], 0, n);
        var (brier, chosen, tp) = (0.0, 0, 0);
        Span<double> gaps = stackalloc double[CalibrationBins];
        for (var i = 0; i < n; i++)
        {
            var p = probabilities[i];
            var (isOne, isChosen) = (labels[i] == 1 ? 1 : 0, p >= 0.5 ? 1 : 0);
            brier += (p - labels[i]) * (p - labels[i]);
            gaps[Math.Min((int)(p * CalibrationBins), CalibrationBins - 1)] += p - labels[i];
            // Both ends are written and one of them counts: a branch would be mispredicted for every other row.
            (ranked[positives], ranked[negatives - 1]) = (p, p);
            positives += isOne;
            negatives += isOne - 1;
            chosen += isChosen;
            tp += isChosen & isOne;
        }

        var calibration = 0.0;
        foreach (var gap in gaps)
            calibration += Math.Abs(gap);
        Sort(ranked, positives, scratch: probabilities, crew);
        var (rocAuc, averagePrecision) = Ranking(ranked.AsSpan(0, positives), ranked.AsSpan(positives));
        var (fp, fn) = (chosen - tp, positives - tp);
        var tn = n - chosen - fn;
        var spread = Math.Sqrt((double)(tp + fp)) * Math.Sqrt((double)(tp + fn)) * Math.Sqrt((double)(tn + fp)) * Math.Sqrt((double)(tn + fn));
        return new ClassificationMetrics(logLoss / n, rocAuc, averagePrecision, brier / n, (double)(tp + tn) / n,
            Ratio.Of(tp, chosen), Ratio.Of(tp, positives), Ratio.Of(2.0 * tp, 2.0 * tp + fp + fn),
            Ratio.Of((double)tp * tn - (double)fp * fn, spread), calibration / n, new ConfusionMatrix(tn, fp, fn, tp));
    }

    /// <summary>Replaces margins by probabilities, and returns the sum of the log losses. Blocks are added in the order of the rows.</summary>
    private static double Score(double[] labels, double[] margins, ThreadCrew crew)
    {
        var losses = new double[(margins.Length - 1) / BlockRows + 1];
        var workspaces = new RowLosses?[crew.Size];
        crew.Run((losses.Length - 1) / ChunkBlocks + 1, (chunk, worker) =>
        {
            var rows = workspaces[worker] ??= new RowLosses(BlockRows);
            for (var block = chunk * ChunkBlocks; block < Math.Min((chunk + 1) * ChunkBlocks, losses.Length); block++)
            {
                var first = block * BlockRows;
                var count = Math.Min(BlockRows, margins.Length - first);
                var ofBlock = margins.AsSpan(first, count);
                ofBlock.CopyTo(rows.Margins);
                LogisticLoss.Evaluate(rows, count, labels.AsSpan(first, count), []);
                losses[block] = rows.Loss.Take();
                Elementwise.Apply<Sigmoid.Function, double>(ofBlock, ofBlock, []);
            }
        });
        var sum = 0.0;
        foreach (var loss in losses)
            sum += loss;
        return sum;
    }

    /// <summary>
    /// Sorts the numbers before <paramref name="middle"/>, and those from it on. <paramref name="scratch"/> is working memory of the same length.
    /// </summary>
    private static void Sort(double[] values, int middle, double[] scratch, ThreadCrew crew) => crew.Run(2, (part, _) =>
    {
        var range = part == 0 ? ..middle : middle..;
        NumberSort.Sort(values.AsSpan(range), scratch.AsSpan(range));
    });

    /// <summary>Goes from the highest probability down, a group of equal ones at a time.</summary>
    /// <param name="ofOnes">The probabilities of labels 1, in rising order.</param>
    /// <param name="ofZeros">The probabilities of labels 0, in rising order.</param>
    private static (double RocAuc, double AveragePrecision) Ranking(ReadOnlySpan<double> ofOnes, ReadOnlySpan<double> ofZeros)
    {
        var (positives, negatives, area, precisionSum) = (0.0, 0.0, 0.0, 0.0);
        while (!ofOnes.IsEmpty || !ofZeros.IsEmpty)
        {
            TakeDifferent(ref ofOnes, ref ofZeros, ref positives, ref negatives, ref area, ref precisionSum);
            var tied = ofOnes.IsEmpty || (!ofZeros.IsEmpty && ofZeros[^1] > ofOnes[^1]) ? ofZeros[^1] : ofOnes[^1];
            var (ones, zeros) = (TakeEqual(ref ofOnes, tied), TakeEqual(ref ofZeros, tied));
            area += zeros * (positives + ones / 2);
            positives += ones;
            negatives += zeros;
            precisionSum += ones * positives / (positives + negatives);
        }
        return (area / (positives * negatives), Ratio.Of(precisionSum, positives));
    }

    /// <summary>
    /// Goes on as long as no two probabilities are equal and both labels are left. A branch on which of the two is higher would be mispredicted for every
    /// other row, so both are added, one of them as 0.
    /// </summary>
    private static void TakeDifferent(
        ref ReadOnlySpan<double> ofOnes,
        ref ReadOnlySpan<double> ofZeros,
        ref double positives,
        ref double negatives,
        ref double area,
        ref double precisionSum)
    {
        var (i, j) = (ofOnes.Length - 1, ofZeros.Length - 1);
        var (ones, zeros, sum, precisions) = (positives, negatives, area, precisionSum);
        // The next lower values must exist, to see whether one is equal.
        while (i > 0 && j > 0)
        {
            var (one, zero) = (ofOnes[i], ofZeros[j]);
            if (one == zero || one == ofOnes[i - 1] || zero == ofZeros[j - 1])
                break;
            var isOne = one > zero ? 1 : 0;
            sum += (1 - isOne) * ones;
            ones += isOne;
            zeros += 1 - isOne;
            precisions += isOne * ones / (ones + zeros);
            i -= isOne;
            j -= 1 - isOne;
        }

        ofOnes = ofOnes[..(i + 1)];
        ofZeros = ofZeros[..(j + 1)];
        (positives, negatives, area, precisionSum) = (ones, zeros, sum, precisions);
    }

    /// <summary>Removes the elements at the end that equal <paramref name="value"/>, and returns their count.</summary>
    private static double TakeEqual(ref ReadOnlySpan<double> sorted, double value)
    {
        var count = 0;
        while (count < sorted.Length && sorted[^(count + 1)].Equals(value))
            count++;
        sorted = sorted[..^count];
        return count;
    }
}
