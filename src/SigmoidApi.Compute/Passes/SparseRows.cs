using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;

namespace SigmoidApi.Compute.Passes;

/// <summary>
/// The rows of a sparse matrix. A pass reads only the stored entries: instead of the rows, it standardises the parameters,
/// zᵀp = xᵀ(p/s) + b − mᵀ(p/s), and corrects the sums.
/// </summary>
internal sealed class SparseRows : DesignRows
{

    private readonly SparseMatrix _features;
    private readonly StandardScaling? _scaling;
    private readonly double[]? _reciprocals;
    private readonly double[] _weights;

    public SparseRows(SparseMatrix features, StandardScaling? scaling, bool fitIntercept, ThreadCrew crew)
        : base(features, scaling, fitIntercept, crew)
    {
        (_features, _scaling, _reciprocals, _weights) = (features, scaling, scaling?.Reciprocals, new double[features.Columns]);
        // A chunk's sums are as long as a row. There are few chunks, so that adding up their sums costs less than the entries do.
        ChunkRows = ((features.Rows - 1) / (Groups * RunRows) + 1) * RunRows;
    }

    private int Groups => (int)Math.Clamp(_features.NonZeros / (9L * Dimension), 2, 64);

    private int Lead => HasIntercept ? 1 : 0;

    public override LossTotals Losses(double[] parameters, RowLabels labels, int every, Span<double> gradient, CancellationToken cancellationToken)
    {
        var (weights, offset) = Unscaled(parameters);
        var columns = _features.Columns;
        var sums = VectorSum(columns + 3).Run((first, count, worker, sums) =>
        {
            var losses = WorkspaceOf(worker).Losses;
            for (var row = first; row < first + count; row += RunRows)
            {
                if (row / RunRows % every != 0)
                    continue;
                cancellationToken.ThrowIfCancellationRequested();
                var rows = Math.Min(RunRows, first + count - row);
                for (var k = 0; k < rows; k++)
                    losses.Margins[k] = offset + Product(row + k, weights);
                LogisticLoss.Evaluate(losses, rows, labels.Values.AsSpan(row, rows), labels.WeightsOf(row, rows));
                for (var k = 0; k < rows; k++)
                {
                    AddRow(row + k, losses.Residuals[k], sums);
                    sums[columns] += losses.Residuals[k];
                }
                sums[columns + 2] += labels.WeightOf(row, rows);
            }
            sums[columns + 1] += losses.Loss.Take();
        }, cancellationToken);
        Passes += 1.0 / every;
        Standardize(sums, gradient);
        return new LossTotals(sums[columns + 1], sums[columns + 2]);
    }

    public override void Margins(ReadOnlySpan<double> parameters, Memory<double> margins, CancellationToken cancellationToken)
    {
        var (weights, offset) = Unscaled(parameters);
        Passes++;
        Crew.Run((Rows - 1) / ChunkRows + 1, (chunk, _) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var row = chunk * ChunkRows; row < Math.Min(Rows, (chunk + 1) * ChunkRows); row++)
                margins.Span[row] = offset + Product(row, weights);
        });
    }

    public override void TransposedProduct(ReadOnlyMemory<double> rowValues, Span<double> sums, CancellationToken cancellationToken)
    {
        var columns = _features.Columns;
        var totals = VectorSum(columns + 3).Run((first, count, _, sums) =>
        {
            for (var row = first; row < first + count; row++)
            {
                var value = rowValues.Span[row];
                AddRow(row, value, sums);
                sums[columns] += value;
            }
        }, cancellationToken);
        Passes++;
        Standardize(totals, sums);
    }

    /// <summary>Sums are float64, whatever <paramref name="single"/> allows.</summary>
    public override double Curvature(
        double[] parameters, RowLabels labels, int every, int[]? subset, bool single, SymmetricMatrix sums, CancellationToken cancellationToken)
    {
        var (weights, offset) = Unscaled(parameters);
        Gram(subset, sums, every, (row, count, losses) =>
        {
            for (var k = 0; k < count; k++)
                losses.Margins[k] = offset + Product(row + k, weights);
            LogisticLoss.Evaluate(losses, count, labels.Values.AsSpan(row, count), labels.WeightsOf(row, count));
            losses.Loss.Take();
        }, cancellationToken);
        return PartWeight(labels, every);
    }

    public override void WeightedGram(ReadOnlyMemory<double> rowWeights, SymmetricMatrix sums, CancellationToken cancellationToken) =>
        Gram(null, sums, 1, (row, count, losses) => rowWeights.Span.Slice(row, count).CopyTo(losses.Curvatures), cancellationToken);

    /// <summary>Writes the v of some rows to <see cref="RowLosses.Curvatures"/>.</summary>
    private delegate void FillCurvatures(int row, int count, RowLosses losses);

    /// <summary>
    /// Σ v·z·zᵀ of the standardised rows, from the sums Σ v·x̃·x̃ᵀ over raw rows, where x̃ has a row's entries in the subset and a 1. The
    /// column of that 1, Σ v·x̃, corrects every other column for its mean.
    /// </summary>
    private void Gram(int[]? subset, SymmetricMatrix sums, int every, FillCurvatures curvatures, CancellationToken cancellationToken)
    {
        var order = subset?.Length ?? Dimension;
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Order, order);
        // The place of each column in the subset, or −1. The 1 has the place of the intercept, or the last if there is none.
        var places = new int[_features.Columns];
        Array.Fill(places, -1);
        var intercept = order;
        for (var k = 0; k < order; k++)
        {
            var column = (subset is null ? k : subset[k]) - Lead;
            if (column < 0)
                intercept = k;
            else
                places[column] = k;
        }
        var stride = order + 1;
        var totals = TreeSum.OfGram(Rows, RunRows, stride * stride, Crew).Run((first, count, worker, sums) =>
        {
            var losses = WorkspaceOf(worker).Losses;
            var (members, values) = (new int[stride], new double[stride]);
            for (var row = first; row < first + count; row += RunRows)
            {
                if (row / RunRows % every != 0)
                    continue;
                cancellationToken.ThrowIfCancellationRequested();
                var rows = Math.Min(RunRows, first + count - row);
                curvatures(row, rows, losses);
                for (var k = 0; k < rows; k++)
                {
                    var entries = 0;
                    var columns = _features.Row(row + k, out var entryValues);
                    for (var e = 0; e < columns.Length; e++)
                    {
                        if (places[columns[e]] >= 0)
                            (members[entries], values[entries++]) = (places[columns[e]], entryValues.IsEmpty ? 1 : entryValues[e]);
                    }
                    (members[entries], values[entries++]) = (intercept, 1);
                    for (var a = 0; a < entries; a++)
                    {
                        var weighted = losses.Curvatures[k] * values[a];
                        var target = sums.Slice(members[a] * stride, stride);
                        for (var b = 0; b < entries; b++)
                            target[members[b]] += weighted * values[b];
                    }
                }
            }
        }, cancellationToken);
        Passes += 1.0 / every;

        var total = totals[intercept * stride + intercept];
        for (var i = 0; i < order; i++)
        {
            for (var j = i; j < order; j++)
            {
                var sum = totals[i * stride + j];
                if (_scaling is not null)
                {
                    var (meanI, reciprocalI) = Scale(i);
                    var (meanJ, reciprocalJ) = Scale(j);
                    sum -= meanI * totals[intercept * stride + j] + meanJ * totals[intercept * stride + i] - meanI * meanJ * total;
                    sum *= reciprocalI * reciprocalJ;
                }
                sums[i, j] = sum;
            }
        }

        (double Mean, double Reciprocal) Scale(int k)
        {
            var column = (subset is null ? k : subset[k]) - Lead;
            return column < 0 ? (0, 1) : (_scaling!.Means[column], _reciprocals![column]);
        }
    }

    public override void Squares(RowLabels labels, Span<double> sums, CancellationToken cancellationToken)
    {
        var columns = _features.Columns;
        var totals = VectorSum(columns + 3).Run((first, count, _, sums) =>
        {
            for (var row = first; row < first + count; row++)
            {
                var weight = labels.Weights is null ? 1 : labels.Weights[row];
                var indices = _features.Row(row, out var values);
                for (var k = 0; k < indices.Length; k++)
                    sums[indices[k]] += values.IsEmpty ? weight : weight * values[k] * values[k];
                sums[columns] += weight;
            }
        }, cancellationToken);
        var total = totals[columns];
        var squares = sums[Lead..];
        totals[..columns].CopyTo(squares);
        // Standardised, Σ w·z² = (Σ w·x² − m²·Σ w)/s². This is exact if the means m were taken with the same weights, and close otherwise.
        for (var j = 0; j < columns && _scaling is not null; j++)
            squares[j] = Math.Max(0, squares[j] - _scaling.Means[j] * _scaling.Means[j] * total) * _reciprocals![j] * _reciprocals[j];
        if (HasIntercept)
            sums[0] = total;
        Passes++;
    }

    /// <summary>Weights and an offset with which raw rows have the margins of the standardised rows.</summary>
    private (double[] Weights, double Offset) Unscaled(ReadOnlySpan<double> parameters)
    {
        var weights = _weights;
        parameters[Lead..].CopyTo(weights);
        var offset = HasIntercept ? parameters[0] : 0;
        if (_scaling is not null)
        {
            for (var j = 0; j < weights.Length; j++)
            {
                weights[j] *= _reciprocals![j];
                offset -= weights[j] * _scaling.Means[j];
            }
        }
        return (weights, offset);
    }

    /// <summary>The sums Σ v·z of the standardised rows, from the sums Σ v·x of raw rows and Σ v, which follows them.</summary>
    private void Standardize(ReadOnlySpan<double> totals, Span<double> sums)
    {
        var columns = _features.Columns;
        if (HasIntercept)
            sums[0] = totals[columns];
        var target = sums[Lead..];
        if (_scaling is null)
        {
            totals[..columns].CopyTo(target);
            return;
        }
        for (var j = 0; j < columns; j++)
            target[j] = (totals[j] - _scaling.Means[j] * totals[columns]) * _reciprocals![j];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Product(int row, double[] weights)
    {
        var columns = _features.Row(row, out var values);
        var (even, odd) = (0.0, 0.0);
        var k = 0;
        if (values.IsEmpty)
        {
            for (; k < columns.Length - 1; k += 2)
            {
                even += weights[columns[k]];
                odd += weights[columns[k + 1]];
            }
            if (k < columns.Length)
                even += weights[columns[k]];
        }
        else
        {
            for (; k < columns.Length; k++)
                even = Math.FusedMultiplyAdd(values[k], weights[columns[k]], even);
        }
        return even + odd;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRow(int row, double weight, Span<double> sums)
    {
        var columns = _features.Row(row, out var values);
        if (values.IsEmpty)
        {
            foreach (var column in columns)
                sums[column] += weight;
            return;
        }
        for (var k = 0; k < columns.Length; k++)
            sums[columns[k]] = Math.FusedMultiplyAdd(weight, values[k], sums[columns[k]]);
    }
}
