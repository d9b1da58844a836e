using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Calibration;

/// <summary>
/// Calibrated probabilities of a model of two or more classes. A row of two classes has one score, the log-odds of the second class. A row of K classes has K
/// scores, whose softmax its probabilities are. Of K classes a temperature divides all scores (Guo et al., 2017); the other methods map the log-odds of each
/// class against the others on their own, and the probabilities are divided by their sum, or are 1/K where that is 0, as scikit-learn's
/// <c>CalibratedClassifierCV</c> does. scikit-learn maps the decision function instead, which depends on the base class.
/// </summary>
public sealed class ScoreCalibration
{
    /// <summary>The least probability of a class in a log loss: 2⁻⁵², scikit-learn's rule.</summary>
    internal const double LeastProbability = 2.220446049250313e-16;

    /// <param name="classes">K, at least 2.</param>
    /// <param name="maps">One map for two classes or a temperature; otherwise one for each class.</param>
    /// <exception cref="ArgumentException">The number of maps is not that of the classes, or the maps have different methods.</exception>
    public ScoreCalibration(int classes, IReadOnlyList<CalibrationMap> maps)
    {
        ArgumentNullException.ThrowIfNull(maps);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfZero(maps.Count, nameof(maps));
        (Classes, Maps) = (classes, [.. maps]);
        var expected = classes == 2 || Method == CalibrationMethod.Temperature ? 1 : classes;
        ArgumentOutOfRangeException.ThrowIfNotEqual(maps.Count, expected, nameof(maps));
        if (maps.Any(map => map.Method != Method))
            throw new ArgumentException("The maps of all classes have one method.", nameof(maps));
    }

    /// <summary>K</summary>
    public int Classes { get; }

    /// <summary>One map for two classes or a temperature; otherwise one for each class.</summary>
    public IReadOnlyList<CalibrationMap> Maps { get; }

    /// <summary>The method of the maps.</summary>
    public CalibrationMethod Method => Maps[0].Method;

    /// <summary>Fits the maps to rows that the model was not fitted to.</summary>
    /// <param name="method">The method.</param>
    /// <param name="classes">K, at least 2.</param>
    /// <param name="labels">The class of each row, from 0.</param>
    /// <param name="scores">One for each row of two classes; K for each row of more, row by row.</param>
    /// <param name="weights">One for each row, at least 0; null for 1.</param>
    /// <param name="threads">The most threads; 0 for one for each processor.</param>
    /// <param name="cancellationToken">Ends the fit within one pass over the rows.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    /// <exception cref="UntrainableDataException">The rows determine no map; see <see cref="CalibrationMap.Fit"/>.</exception>
    public static ScoreCalibration Fit(CalibrationMethod method, int classes, double[] labels, double[] scores, double[]? weights = null, int threads = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(scores);
        if (classes == 2)
            return new(classes, [CalibrationMap.Fit(method, labels, scores, weights, threads, cancellationToken)]);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scores.LongLength, (long)labels.Length * classes, nameof(scores));
        if (method == CalibrationMethod.Temperature)
            return new(classes, [new(method, [SoftmaxTemperature.Fit(classes, labels, scores, weights, cancellationToken)])]);
        var logOdds = new double[labels.Length];
        var row = new double[classes];
        var maps = new CalibrationMap[classes];
        for (var k = 0; k < classes; k++)
        {
            for (var i = 0; i < labels.Length; i++)
            {
                scores.AsSpan(i * classes, classes).CopyTo(row);
                logOdds[i] = LogOddsOf(row, k);
            }
            maps[k] = CalibrationMap.Fit(
                method, Array.ConvertAll(labels, label => label == k ? 1.0 : 0), logOdds, weights, threads, cancellationToken);
        }
        return new(classes, maps);
    }

    /// <summary>Replaces the scores of rows by their calibrated probabilities.</summary>
    /// <param name="scores">One for each row of two classes; K for each row of more, row by row.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of K.</exception>
    public void ToProbabilities(Span<double> scores)
    {
        if (Classes == 2)
        {
            Maps[0].Apply(scores, scores);
            return;
        }
        ArgumentOutOfRangeException.ThrowIfNotEqual(scores.Length % Classes, 0, nameof(scores));
        if (Method == CalibrationMethod.Temperature)
        {
            Maps[0].ApplyLogOdds(scores, scores);
            Softmax.Values(scores, Classes, scores);
            return;
        }
        Span<double> mapped = new double[Classes];
        for (var first = 0; first < scores.Length; first += Classes)
        {
            var row = scores.Slice(first, Classes);
            for (var k = 0; k < Classes; k++)
                mapped[k] = LogOddsOf(row, k);
            var sum = 0.0;
            for (var k = 0; k < Classes; k++)
            {
                Maps[k].Apply(mapped.Slice(k, 1), mapped.Slice(k, 1));
                sum += mapped[k];
            }
            for (var k = 0; k < Classes; k++)
                row[k] = sum > 0 ? Math.Min(1, mapped[k] / sum) : 1.0 / Classes;
        }
    }

    /// <summary>
    /// Replaces the scores of rows by calibrated ones, of which the probabilities are made as of the model's own: log-odds, or logarithms of probabilities.
    /// They are finite: a probability below 2⁻⁵² of an isotonic map or of K maps counts as that.
    /// </summary>
    /// <param name="scores">As for <see cref="ToProbabilities"/>.</param>
    public void ToScores(Span<double> scores)
    {
        if (Method == CalibrationMethod.Temperature || (Classes == 2 && Method != CalibrationMethod.Isotonic))
        {
            Maps[0].ApplyLogOdds(scores, scores);
            return;
        }
        ToProbabilities(scores);
        for (var i = 0; i < scores.Length; i++)
        {
            var p = Math.Clamp(scores[i], LeastProbability, 1 - LeastProbability);
            scores[i] = Classes == 2 ? Math.Log(p) - double.LogP1(-p) : Math.Log(Math.Max(scores[i], LeastProbability));
        }
    }

    /// <summary>log pₖ − log(1 − pₖ) of a softmax, without cancellation.</summary>
    private static double LogOddsOf(ReadOnlySpan<double> scores, int k)
    {
        var greatest = double.NegativeInfinity;
        for (var j = 0; j < scores.Length; j++)
            greatest = j == k ? greatest : Math.Max(greatest, scores[j]);
        var sum = 0.0;
        for (var j = 0; j < scores.Length; j++)
            sum += j == k ? 0 : Math.Exp(scores[j] - greatest);
        return scores[k] - greatest - Math.Log(sum);
    }
}
