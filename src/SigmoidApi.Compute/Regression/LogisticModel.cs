using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Regression;

/// <summary>P(y = 1 | x) = σ(intercept + xᵀcoefficients), in the columns' original units. Immutable, and safe to use from many threads.</summary>
public sealed class LogisticModel
{
    private readonly double[] _coefficients;

    /// <param name="intercept">The margin of a row of zeros.</param>
    /// <param name="coefficients">One for each column, at least one.</param>
    public LogisticModel(double intercept, double[] coefficients)
    {
        ArgumentNullException.ThrowIfNull(coefficients);
        ArgumentOutOfRangeException.ThrowIfZero(coefficients.Length, nameof(coefficients));
        Intercept = intercept;
        _coefficients = (double[])coefficients.Clone();
    }

    public double Intercept { get; }

    public ReadOnlySpan<double> Coefficients => _coefficients;

    /// <summary>Margins (log-odds) of n row-major rows, with one column for each coefficient.</summary>
    /// <exception cref="ArgumentException"><paramref name="rows"/> is not n · columns long, with n the length of <paramref name="margins"/>.</exception>
    public void PredictMargins(ReadOnlySpan<double> rows, Span<double> margins)
    {
        var columns = _coefficients.Length;
        if (rows.Length != (long)margins.Length * columns)
            throw new ArgumentException($"Expected {margins.Length} rows of {columns} columns, got {rows.Length} values.", nameof(rows));
        for (var i = 0; i < margins.Length; i++)
            margins[i] = Intercept + DotProduct.Compute(rows.Slice(i * columns, columns), _coefficients);
    }

    /// <summary>Probabilities of label 1 for n row-major rows. Allocates nothing.</summary>
    /// <exception cref="ArgumentException"><paramref name="rows"/> is not n · columns long, with n the length of <paramref name="probabilities"/>.</exception>
    public void PredictProbabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        PredictMargins(rows, probabilities);
        Elementwise.Apply<Sigmoid.Function, double>(probabilities, probabilities, []);
    }

    /// <summary>The mean log loss on n row-major rows with labels 0 or 1. It is finite if the margins are, even where the sigmoid saturates.</summary>
    /// <exception cref="UntrainableDataException"><c>invalid_label</c>: a label is neither 0 nor 1.</exception>
    /// <exception cref="ArgumentException"><paramref name="rows"/> is not n · columns long, or there are no rows.</exception>
    public double MeanLogLoss(ReadOnlySpan<double> rows, ReadOnlySpan<double> labels)
    {
        ArgumentOutOfRangeException.ThrowIfZero(labels.Length, nameof(labels));
        BinaryLabels.RequireBinary(labels);
        var margins = new double[labels.Length];
        PredictMargins(rows, margins);
        return LogisticLoss.Sum(margins, labels) / labels.Length;
    }

    /// <summary>The usual threshold, 0.5: the label is that of the more probable class.</summary>
    public const double DefaultThreshold = 0.5;

    /// <summary>The label for each probability: the positive one if the probability is at least the threshold.</summary>
    public static double[] Labels(ReadOnlySpan<double> probabilities, double threshold, double negative, double positive)
    {
        var labels = new double[probabilities.Length];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = probabilities[i] >= threshold ? positive : negative;
        return labels;
    }

    /// <summary>Margins of every row of a matrix, in one pass.</summary>
    internal double[] PredictMargins(FeatureMatrix features, ThreadCrew crew, CancellationToken cancellationToken)
    {
        var margins = new double[features.Rows];
        DesignRows.Of(features, scaling: null, fitIntercept: true, crew).Margins([Intercept, .. _coefficients], margins, cancellationToken);
        return margins;
    }
}
