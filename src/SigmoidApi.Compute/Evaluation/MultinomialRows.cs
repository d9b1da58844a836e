using SigmoidApi.Compute.Activations;

namespace SigmoidApi.Compute.Evaluation;

/// <summary>What the scores of K classes need of each row, whatever the weights.</summary>
internal sealed class MultinomialRows
{
    private readonly double[] _probabilities;
    private RowOrder[]? _orders;

    public MultinomialRows(ReadOnlySpan<double> labels, ReadOnlySpan<double> scores, int classes)
    {
        (Classes, Truth, Predicted, Above) = (classes, new int[labels.Length], new int[labels.Length], new int[labels.Length]);
        (Squares, _probabilities) = (new double[labels.Length], new double[scores.Length]);
        Softmax.Values(scores, classes, _probabilities);
        for (var i = 0; i < labels.Length; i++)
        {
            var p = _probabilities.AsSpan(i * classes, classes);
            var truth = (int)labels[i];
            var (predicted, above, square) = (0, 0, 0.0);
            for (var k = 0; k < classes; k++)
            {
                predicted = p[k] > p[predicted] ? k : predicted;
                above += p[k] > p[truth] ? 1 : 0;
                var error = p[k] - (k == truth ? 1 : 0);
                square += error * error;
            }
            (Truth[i], Predicted[i], Above[i], Squares[i]) = (truth, predicted, above, square);
        }
    }

    public int Classes { get; }

    public int Count => Truth.Length;

    /// <summary>The class of each row.</summary>
    public int[] Truth { get; }

    /// <summary>The first class of greatest probability.</summary>
    public int[] Predicted { get; }

    /// <summary>How many classes are strictly more probable than the true one.</summary>
    public int[] Above { get; }

    /// <summary>Σₖ (pₖ − [k = y])² of each row.</summary>
    public double[] Squares { get; }

    /// <summary>The areas under weights; empty for 1. The rows are sorted once.</summary>
    public MultinomialAreas Areas(ReadOnlySpan<double> weights) => MultinomialAreas.Of(Truth, Orders(), weights);

    /// <summary>Sorts the rows by each class's probability, if that has not been done.</summary>
    public IReadOnlyList<RowOrder> Orders() => _orders ??= [.. Enumerable.Range(0, Classes).Select(k =>
    {
        var order = new RowOrder(new double[Count], new int[Count]);
        for (var i = 0; i < Count; i++)
            (order.Keys[i], order.Rows[i]) = (_probabilities[i * Classes + k], i);
        Array.Sort(order.Keys, order.Rows);
        return order;
    })];
}
