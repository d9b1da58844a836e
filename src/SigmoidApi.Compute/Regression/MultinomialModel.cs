using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// P(y = k | x) of K classes from the margins mₖ = interceptₖ + xᵀcoefficientsₖ, in the columns' original units: their softmax, or with one-vs-rest
/// σ(mₖ) / Σ σ(m). Immutable, and safe to use from many threads.
/// </summary>
public sealed class MultinomialModel
{
    private readonly double[] _intercepts;
    private readonly double[][] _coefficients;

    /// <param name="intercepts">For each class the margin of a row of zeros.</param>
    /// <param name="coefficients">For each class one for each column, at least one.</param>
    /// <param name="multiClass">How margins become probabilities.</param>
    /// <exception cref="ArgumentException">There are fewer than two classes, no columns, or the numbers do not agree.</exception>
    public MultinomialModel(double[] intercepts, double[][] coefficients, MultiClass multiClass = MultiClass.Multinomial)
    {
        ArgumentNullException.ThrowIfNull(intercepts);
        ArgumentNullException.ThrowIfNull(coefficients);
        ArgumentOutOfRangeException.ThrowIfLessThan(intercepts.Length, 2, nameof(intercepts));
        ArgumentOutOfRangeException.ThrowIfNotEqual(coefficients.Length, intercepts.Length, nameof(coefficients));
        ArgumentOutOfRangeException.ThrowIfZero(coefficients[0].Length, nameof(coefficients));
        if (Array.Exists(coefficients, vector => vector.Length != coefficients[0].Length))
            throw new ArgumentException("Each class must have as many coefficients as there are columns.", nameof(coefficients));
        (_intercepts, _coefficients) = ((double[])intercepts.Clone(), [.. coefficients.Select(vector => (double[])vector.Clone())]);
        MultiClass = multiClass;
    }

    /// <summary>K</summary>
    public int Classes => _intercepts.Length;

    public int Columns => _coefficients[0].Length;

    public MultiClass MultiClass { get; }

    /// <summary>One for each class.</summary>
    public ReadOnlySpan<double> Intercepts => _intercepts;

    /// <summary>The coefficients of a class.</summary>
    public ReadOnlySpan<double> Coefficients(int label) => _coefficients[label];

    /// <summary>Margins of n row-major rows. Allocates nothing.</summary>
    /// <param name="rows">n × columns.</param>
    /// <param name="margins">Receives n × K, row-major.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public void PredictMargins(ReadOnlySpan<double> rows, Span<double> margins)
    {
        var count = margins.Length / Classes;
        if (margins.Length % Classes != 0 || rows.Length != (long)count * Columns)
        {
            throw new ArgumentException(
                $"Expected {count} rows of {Columns} columns and {Classes} margins, got {rows.Length} values and {margins.Length} margins.", nameof(rows));
        }
        for (var i = 0; i < count; i++)
        {
            var row = rows.Slice(i * Columns, Columns);
            for (var k = 0; k < Classes; k++)
                margins[i * Classes + k] = _intercepts[k] + DotProduct.Compute(row, _coefficients[k]);
        }
    }

    /// <summary>Probabilities of the classes for n row-major rows. Allocates nothing.</summary>
    /// <param name="rows">n × columns.</param>
    /// <param name="probabilities">Receives n × K, row-major.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public void PredictProbabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        PredictMargins(rows, probabilities);
        ToProbabilities(probabilities);
    }

    /// <summary>
    /// Turns margins, n × K row-major, into probabilities in place. With one-vs-rest they are the softmax of log σ(m), which is σ(mₖ) / Σ σ(m) even where
    /// every σ rounds to 0.
    /// </summary>
    public void ToProbabilities(Span<double> margins)
    {
        ToScores(margins, MultiClass);
        Softmax.Values(margins, Classes, margins);
    }

    /// <summary>
    /// Turns margins in place into what a softmax takes to the probabilities: the margins themselves, or with one-vs-rest their log σ, since
    /// σ(mₖ) / Σ σ(m) is the softmax of log σ(m).
    /// </summary>
    internal static void ToScores(Span<double> margins, MultiClass multiClass)
    {
        if (multiClass == MultiClass.OneVsRest)
            Elementwise.Apply<LogSigmoid.Function, double>(margins, margins, []);
    }

    /// <summary>The label of each row: the first class of greatest probability.</summary>
    /// <param name="probabilities">n × K, row-major.</param>
    /// <param name="classes">K</param>
    /// <param name="labels">Receives n classes.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static void Labels(ReadOnlySpan<double> probabilities, int classes, Span<int> labels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (probabilities.Length != (long)labels.Length * classes)
            throw new ArgumentException($"Expected {labels.Length} rows of {classes} probabilities, got {probabilities.Length}.", nameof(probabilities));
        for (var i = 0; i < labels.Length; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            labels[i] = 0;
            for (var k = 1; k < classes; k++)
                labels[i] = row[k] > row[labels[i]] ? k : labels[i];
        }
    }

    /// <summary>The mean log loss on n row-major rows. It is finite if the margins are, even where probabilities round to 0.</summary>
    /// <param name="rows">n × columns.</param>
    /// <param name="labels">The class of each row.</param>
    /// <exception cref="ArgumentException">The lengths do not agree, there are no rows, or a label is out of range.</exception>
    public double MeanLogLoss(ReadOnlySpan<double> rows, ReadOnlySpan<int> labels)
    {
        ArgumentOutOfRangeException.ThrowIfZero(labels.Length, nameof(labels));
        if (labels.ContainsAnyExceptInRange(0, Classes - 1))
            throw new ArgumentException($"Labels must be from 0 to {Classes - 1}.", nameof(labels));
        var margins = new double[labels.Length * Classes];
        PredictMargins(rows, margins);
        ToScores(margins, MultiClass);
        var values = new double[labels.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = labels[i];
        return SoftmaxLoss.Sum(margins, Classes, values) / labels.Length;
    }
}
