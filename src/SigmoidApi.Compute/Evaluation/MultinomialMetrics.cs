using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Losses;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// Scores of the predicted probabilities of K classes, as scikit-learn defines them. The predicted label is the first class of greatest probability. A ratio
/// whose denominator is 0 counts as 0 (<c>zero_division=0</c>). Macro scores are means over the classes, weighted ones are weighted by the rows of each class.
/// </summary>
/// <param name="LogLoss">Mean log loss. It is computed from margins, so that it is finite even where a probability rounds to 0.</param>
/// <param name="Brier">Mean Σₖ (pₖ − [k = y])².</param>
/// <param name="Accuracy">Share of labels predicted correctly.</param>
/// <param name="BalancedAccuracy">Mean recall of the classes that have rows.</param>
/// <param name="MacroPrecision">Of a class: share of rows with that predicted label that have it.</param>
/// <param name="MacroRecall">Of a class: share of its rows that are predicted.</param>
/// <param name="MacroF1">Of a class: harmonic mean of precision and recall.</param>
/// <param name="MatthewsCorrelation">Correlation of predicted and true labels (Gorodkin, 2004).</param>
/// <param name="Kappa">Agreement of predicted and true labels beyond chance (Cohen, 1960).</param>
/// <param name="RocAuc">Areas under ROC curves.</param>
/// <param name="TopKAccuracy">
/// Entry k − 1 is the share of rows where fewer than k classes are strictly more probable than the true one, for k from 1 to min(5, K − 1).
/// </param>
/// <param name="Confusion">Counts of rows: entry [i][j] of class i and predicted label j.</param>
public sealed record MultinomialMetrics(double LogLoss, double Brier, double Accuracy, double BalancedAccuracy, double MacroPrecision, double WeightedPrecision,
    double MacroRecall, double WeightedRecall, double MacroF1, double WeightedF1, double MatthewsCorrelation, double Kappa, MultinomialAreas RocAuc,
    IReadOnlyList<double> TopKAccuracy, long[][] Confusion)
{
    private const int MostTop = 5;

    /// <summary>Scores the softmax of scores: the margins of softmax regression, or log σ of those of one-vs-rest.</summary>
    /// <param name="labels">The class of each of n rows.</param>
    /// <param name="scores">n × K, row-major.</param>
    /// <param name="classes">K, at least 2.</param>
    /// <exception cref="ArgumentException">The lengths do not agree, or there are no rows.</exception>
    public static MultinomialMetrics FromScores(ReadOnlySpan<double> labels, ReadOnlySpan<double> scores, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(labels.Length, nameof(labels));
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scores.Length, labels.Length * (long)classes, nameof(scores));
        var n = labels.Length;
        var probabilities = new double[scores.Length];
        Softmax.Values(scores, classes, probabilities);
        long[][] confusion = [.. Enumerable.Range(0, classes).Select(_ => new long[classes])];
        var top = new long[Math.Min(MostTop, classes - 1)];
        var brier = 0.0;
        var truth = new int[n];
        for (var i = 0; i < n; i++)
        {
            var p = probabilities.AsSpan(i * classes, classes);
            truth[i] = (int)labels[i];
            var (predicted, above, square) = (0, 0, 0.0);
            for (var k = 0; k < classes; k++)
            {
                predicted = p[k] > p[predicted] ? k : predicted;
                above += p[k] > p[truth[i]] ? 1 : 0;
                var error = p[k] - (k == truth[i] ? 1 : 0);
                square += error * error;
            }
            brier += square;
            confusion[truth[i]][predicted]++;
            for (var k = above; k < top.Length; k++)
                top[k]++;
        }
        return Of(confusion, n, SoftmaxLoss.Sum(scores, classes, labels) / n, brier / n, [.. top.Select(count => (double)count / n)],
            MultinomialAreas.Of(truth, probabilities, classes));
    }

    private static MultinomialMetrics Of(long[][] confusion, int n, double logLoss, double brier, double[] top, MultinomialAreas areas)
    {
        var classes = confusion.Length;
        var (rows, predicted) = (new double[classes], new double[classes]);
        var (precision, recall, f1) = (new double[classes], new double[classes], new double[classes]);
        var correct = 0.0;
        for (var k = 0; k < classes; k++)
        {
            (rows[k], predicted[k]) = (confusion[k].Sum(), confusion.Sum(row => row[k]));
            precision[k] = Ratio(confusion[k][k], predicted[k]);
            recall[k] = Ratio(confusion[k][k], rows[k]);
            f1[k] = Ratio(2.0 * confusion[k][k], rows[k] + predicted[k]);
            correct += confusion[k][k];
        }
        var (chance, ofRows, ofPredicted) = (Dot(rows, predicted), Dot(rows, rows), Dot(predicted, predicted));
        var count = (double)n;
        // The product of two roots may be below its true value by a rounding error.
        var correlation = Math.Clamp(Ratio(correct * count - chance, Math.Sqrt(count * count - ofPredicted) * Math.Sqrt(count * count - ofRows)), -1, 1);
        return new MultinomialMetrics(logLoss, brier, correct / n, recall.Where((_, k) => rows[k] > 0).Average(), precision.Average(), Dot(precision, rows) / n,
            recall.Average(), Dot(recall, rows) / n, f1.Average(), Dot(f1, rows) / n, correlation,
            Ratio(correct * count - chance, count * count - chance), areas, top, confusion);
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double Ratio(double numerator, double denominator) => denominator == 0 ? 0 : numerator / denominator;
}
