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
/// <param name="Confusion">Counts of rows, with weights of those of positive weight: entry [i][j] of class i and predicted label j.</param>
public sealed record MultinomialMetrics(double LogLoss, double Brier, double Accuracy, double BalancedAccuracy, double MacroPrecision, double WeightedPrecision,
    double MacroRecall, double WeightedRecall, double MacroF1, double WeightedF1, double MatthewsCorrelation, double Kappa, MultinomialAreas RocAuc,
    IReadOnlyList<double> TopKAccuracy, long[][] Confusion)
{
    private const int MostTop = 5;

    /// <summary>The weight of rows of class i and predicted label j at [i][j]; null without weights.</summary>
    public double[][]? WeightedConfusion { get; init; }

    /// <summary>Scores the softmax of scores: the margins of softmax regression, or log σ of those of one-vs-rest.</summary>
    /// <param name="labels">The class of each of n rows.</param>
    /// <param name="scores">n × K, row-major.</param>
    /// <param name="classes">K, at least 2.</param>
    /// <exception cref="ArgumentException">The lengths do not agree, or there are no rows.</exception>
    public static MultinomialMetrics FromScores(ReadOnlySpan<double> labels, ReadOnlySpan<double> scores, int classes) =>
        FromScores(labels, scores, classes, []);

    /// <summary>The same with weights: a row of weight 2 counts as two rows, one of weight 0 not at all.</summary>
    /// <param name="labels">The class of each of n rows.</param>
    /// <param name="scores">n × K, row-major.</param>
    /// <param name="classes">K, at least 2.</param>
    /// <param name="weights">n finite numbers of at least 0, not all 0; empty for 1.</param>
    /// <exception cref="ArgumentException">The lengths do not agree, there are no rows, or weights are not as described.</exception>
    public static MultinomialMetrics FromScores(ReadOnlySpan<double> labels, ReadOnlySpan<double> scores, int classes, ReadOnlySpan<double> weights)
    {
        RequireLengths(labels, scores, classes, weights);
        var rows = new MultinomialRows(labels, scores, classes);
        return Of(rows, weights, SoftmaxLoss.Sum(scores, classes, labels, weights));
    }

    /// <summary>The scores of rows under weights.</summary>
    /// <param name="rows">The scored rows.</param>
    /// <param name="weights">Of each row; empty for 1.</param>
    /// <param name="loss">The weighted sum of the rows' log losses.</param>
    internal static MultinomialMetrics Of(MultinomialRows rows, ReadOnlySpan<double> weights, double loss)
    {
        var classes = rows.Classes;
        long[][] counts = [.. Enumerable.Range(0, classes).Select(_ => new long[classes])];
        double[][] confusion = [.. Enumerable.Range(0, classes).Select(_ => new double[classes])];
        var top = new double[Math.Min(MostTop, classes - 1)];
        var (brier, total) = (0.0, 0.0);
        for (var i = 0; i < rows.Count; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            total += weight;
            brier += weight * rows.Squares[i];
            confusion[rows.Truth[i]][rows.Predicted[i]] += weight;
            counts[rows.Truth[i]][rows.Predicted[i]] += weight > 0 ? 1 : 0;
            for (var k = rows.Above[i]; k < top.Length; k++)
                top[k] += weight;
        }
        var metrics = Of(confusion, total, loss / total, brier / total, [.. top.Select(count => count / total)], rows.Areas(weights), counts);
        return weights.IsEmpty ? metrics : metrics with { WeightedConfusion = confusion };
    }

    /// <exception cref="ArgumentException">The lengths do not agree, there are no rows, or a label, score or weight is out of its range.</exception>
    internal static void Require(ReadOnlySpan<double> labels, ReadOnlySpan<double> scores, int classes, ReadOnlySpan<double> weights)
    {
        RequireLengths(labels, scores, classes, weights);
        ScoredRows.RequireLabels(labels, classes);
        for (var i = 0; i < scores.Length; i++)
        {
            if (double.IsNaN(scores[i]) || scores[i] == double.PositiveInfinity)
                throw new ArgumentException($"Expected finite scores, got {scores[i]} in row {i / classes}.");
        }
    }

    private static void RequireLengths(ReadOnlySpan<double> labels, ReadOnlySpan<double> scores, int classes, ReadOnlySpan<double> weights)
    {
        ArgumentOutOfRangeException.ThrowIfZero(labels.Length, nameof(labels));
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scores.Length, labels.Length * (long)classes, nameof(scores));
        if (weights.IsEmpty)
            return;
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, labels.Length, nameof(weights));
        ScoredRows.RequireWeights(weights);
    }

    private static MultinomialMetrics Of(
        double[][] confusion, double count, double logLoss, double brier, double[] top, MultinomialAreas areas, long[][] counts)
    {
        var classes = confusion.Length;
        var (rows, predicted) = (new double[classes], new double[classes]);
        var (precision, recall, f1) = (new double[classes], new double[classes], new double[classes]);
        var correct = 0.0;
        for (var k = 0; k < classes; k++)
        {
            (rows[k], predicted[k]) = (confusion[k].Sum(), confusion.Sum(row => row[k]));
            precision[k] = Ratio.Of(confusion[k][k], predicted[k]);
            recall[k] = Ratio.Of(confusion[k][k], rows[k]);
            f1[k] = Ratio.Of(2.0 * confusion[k][k], rows[k] + predicted[k]);
            correct += confusion[k][k];
        }
        var (chance, ofRows, ofPredicted) = (Dot(rows, predicted), Dot(rows, rows), Dot(predicted, predicted));
        // The product of two roots may be below its true value by a rounding error; with weights so may what is under a root.
        var spread = Math.Sqrt(Math.Max(count * count - ofPredicted, 0)) * Math.Sqrt(Math.Max(count * count - ofRows, 0));
        var correlation = Math.Clamp(Ratio.Of(correct * count - chance, spread), -1, 1);
        return new MultinomialMetrics(logLoss, brier, correct / count, recall.Where((_, k) => rows[k] > 0).Average(), precision.Average(),
            Dot(precision, rows) / count, recall.Average(), Dot(recall, rows) / count, f1.Average(), Dot(f1, rows) / count, correlation,
            Ratio.Of(correct * count - chance, count * count - chance), areas, top, counts);
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
