using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Calibration;

/// <summary>A calibration, and what it is worth on rows that its map has not seen.</summary>
/// <param name="Calibration">Fitted to all rows.</param>
/// <param name="Rows">The rows of a weight above 0 that it was fitted to.</param>
/// <param name="LogLossBefore">The mean log loss of the model's own probabilities on these rows, by their weights.</param>
/// <param name="LogLossAfter">
/// The same of calibrated probabilities, where the map of each part of the rows is fitted to the other parts; null if they determine no map.
/// In both a probability below 2⁻⁵² counts as that.
/// </param>
public sealed record HeldOutCalibration(ScoreCalibration Calibration, int Rows, double LogLossBefore, double? LogLossAfter)
{
    /// <summary>Fits a calibration, and judges it by fits to all parts of the rows but one.</summary>
    /// <param name="method">The method.</param>
    /// <param name="classes">K, at least 2.</param>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <param name="scores">As for <see cref="ScoreCalibration.Fit"/>.</param>
    /// <param name="weights">One for each row, at least 0; null for 1.</param>
    /// <param name="foldOf">The part of each row, from 0; null if there are too few rows to judge by.</param>
    /// <param name="threads">The most threads; 0 for one for each processor.</param>
    /// <param name="cancellationToken">Ends the fit within one pass over the rows.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    /// <exception cref="UntrainableDataException">The rows determine no map; see <see cref="CalibrationMap.Fit"/>.</exception>
    public static HeldOutCalibration Fit(CalibrationMethod method, int classes, double[] labels, double[] scores, double[]? weights, int[]? foldOf,
        int threads = 1, CancellationToken cancellationToken = default)
    {
        var calibration = ScoreCalibration.Fit(method, classes, labels, scores, weights, threads, cancellationToken);
        var total = weights?.Sum() ?? labels.Length;
        double[] raw = [.. scores];
        if (classes == 2)
            Simd.Elementwise.Apply<Activations.Sigmoid.Function, double>(raw, raw, []);
        else
            Activations.Softmax.Values(raw, classes, raw);
        double? after = foldOf is null ? null : 0;
        for (var fold = 0; foldOf is not null && after is not null && fold <= foldOf.Max(); fold++)
            after += LossOfFold(method, classes, labels, scores, weights, foldOf, fold, threads, cancellationToken);
        var rows = weights is null ? labels.Length : weights.Count(weight => weight > 0);
        return new(calibration, rows, Loss(raw, classes, labels, weights) / total, after / total);
    }

    private static double? LossOfFold(CalibrationMethod method, int classes, double[] labels, double[] scores, double[]? weights, int[] foldOf, int fold,
        int threads, CancellationToken cancellationToken)
    {
        int[] others = [.. Enumerable.Range(0, labels.Length).Where(i => foldOf[i] != fold)];
        int[] own = [.. Enumerable.Range(0, labels.Length).Where(i => foldOf[i] == fold)];
        var width = classes == 2 ? 1 : classes;
        ScoreCalibration map;
        try
        {
            map = ScoreCalibration.Fit(
                method, classes, Of(labels, others, 1), Of(scores, others, width), weights is null ? null : Of(weights, others, 1), threads, cancellationToken);
        }
        catch (UntrainableDataException)
        {
            return null;
        }
        var probabilities = Of(scores, own, width);
        map.ToProbabilities(probabilities);
        return Loss(probabilities, classes, Of(labels, own, 1), weights is null ? null : Of(weights, own, 1));
    }

    private static double[] Of(double[] values, int[] rows, int width)
    {
        var selected = new double[rows.Length * width];
        for (var i = 0; i < rows.Length; i++)
            values.AsSpan(rows[i] * width, width).CopyTo(selected.AsSpan(i * width));
        return selected;
    }

    private static double Loss(double[] probabilities, int classes, double[] labels, double[]? weights)
    {
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            var p = classes > 2 ? probabilities[i * classes + (int)labels[i]] : probabilities[i];
            p = Math.Clamp(p, ScoreCalibration.LeastProbability, 1 - ScoreCalibration.LeastProbability);
            var isOther = classes == 2 && labels[i] == 0;
            sum -= (weights is null ? 1 : weights[i]) * (isOther ? double.LogP1(-p) : Math.Log(p));
        }
        return sum;
    }
}
