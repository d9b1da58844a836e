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
    private double[] _weights;
    private double[] _offsets = [0];

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
        var (weights, offsets) = Unscaled(parameters);
        var (columns, outputs) = (_features.Columns, labels.Outputs);
        var (lossPlace, weightPlace) = (outputs * (columns + 1), outputs * (columns + 1) + 1);
        var sums = VectorSum(outputs * (columns + 1) + 2).Run((first, count, worker, sums) =>
        {
            var losses = WorkspaceOf(worker).LossesOf(outputs);
            for (var row = first; row < first + count; row += RunRows)
            {
                if (row / RunRows % every != 0)
                    continue;
                cancellationToken.ThrowIfCancellationRequested();
                var rows = Math.Min(RunRows, first + count - row);
                SetMargins(losses, row, rows, weights, offsets);
                labels.Evaluate(losses, row, rows);
                for (var o = 0; o < outputs; o++)
                {
                    var ofOutput = sums.Slice(o * (columns + 1), columns + 1);
                    var residuals = losses.ResidualsOf(o, rows);
                    for (var k = 0; k < rows; k++)
                    {
                        SparseKernel.Add(_features, row + k, residuals[k], ofOutput);
                        ofOutput[columns] += residuals[k];
                    }
                }
                sums[weightPlace] += labels.WeightOf(row, rows);
            }
            sums[lossPlace] += losses.Loss.Take();
        }, cancellationToken);
        Passes += 1.0 / every;
        for (var o = 0; o < outputs; o++)
            Standardize(sums.Slice(o * (columns + 1), columns + 1), gradient.Slice(o * Dimension, Dimension));
        return new LossTotals(sums[lossPlace], sums[weightPlace]);
    }

    public override void Margins(ReadOnlySpan<double> parameters, Memory<double> margins, CancellationToken cancellationToken)
    {
        var (weights, offsets) = Unscaled(parameters);
        var columns = _features.Columns;
        Passes++;
        Crew.Run((Rows - 1) / ChunkRows + 1, (chunk, _) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var row = chunk * ChunkRows; row < Math.Min(Rows, (chunk + 1) * ChunkRows); row++)
            {
                for (var o = 0; o < offsets.Length; o++)
                    margins.Span[row * offsets.Length + o] = offsets[o] + SparseKernel.Product(_features, row, weights.AsSpan(o * columns, columns));
            }
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
                SparseKernel.Add(_features, row, value, sums);
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
        var (weights, offsets) = Unscaled(parameters);
        Gram(labels.Outputs, subset, sums, every, (row, count, losses) =>
        {
            SetMargins(losses, row, count, weights, offsets);
            labels.Evaluate(losses, row, count);
            losses.Loss.Take();
        }, cancellationToken);
        return PartWeight(labels, every);
    }

    public override void WeightedGram(ReadOnlyMemory<double> rowWeights, SymmetricMatrix sums, CancellationToken cancellationToken) =>
        Gram(outputs: 1, null, sums, 1, (row, count, losses) => rowWeights.Span.Slice(row, count).CopyTo(losses.Curvatures), cancellationToken);

    private void SetMargins(RowLosses losses, int first, int count, double[] weights, double[] offsets)
    {
        var columns = _features.Columns;
        for (var o = 0; o < offsets.Length; o++)
        {
            var margins = losses.MarginsOf(o);
            for (var k = 0; k < count; k++)
                margins[k] = offsets[o] + SparseKernel.Product(_features, first + k, weights.AsSpan(o * columns, columns));
        }
    }

    /// <summary>Computes the v of some rows: <see cref="RowLosses.CurvaturesOf"/>.</summary>
    private delegate void FillCurvatures(int row, int count, RowLosses losses);

    /// <summary>
    /// Σ v·z·zᵀ of the standardised rows for each pair of outputs, from the sums Σ v·x̃·x̃ᵀ over raw rows, where x̃ has a row's entries in the subset and a
    /// 1. The column of that 1, Σ v·x̃, corrects every other column for its mean.
    /// </summary>
    private void Gram(int outputs, int[]? parameters, SymmetricMatrix sums, int every, FillCurvatures curvatures, CancellationToken cancellationToken)
    {
        var blocks = new CurvatureBlocks(outputs, Dimension, parameters);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Order, blocks.TotalOrder);
        var (order, subset) = (blocks.Order, blocks.Columns);
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
        var tree = TreeSum.OfGram(Rows, RunRows, blocks.Count * stride * stride, Crew);
        tree.Run((first, count, worker, sums) =>
        {
            var losses = WorkspaceOf(worker).LossesOf(outputs);
            var (members, values) = (new int[stride], new double[stride]);
            for (var row = first; row < first + count; row += RunRows)
            {
                if (row / RunRows % every != 0)
                    continue;
                cancellationToken.ThrowIfCancellationRequested();
                var rows = Math.Min(RunRows, first + count - row);
                curvatures(row, rows, losses);
                for (var block = 0; block < blocks.Count; block++)
                {
                    var weights = losses.CurvaturesOf(blocks[block].A, blocks[block].B, rows);
                    var ofBlock = sums.Slice(block * stride * stride, stride * stride);
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
                            var weighted = weights[k] * values[a];
                            var target = ofBlock.Slice(members[a] * stride, stride);
                            for (var b = 0; b < entries; b++)
                                target[members[b]] += weighted * values[b];
                        }
                    }
                }
            }
        }, cancellationToken);
        Passes += 1.0 / every;

        blocks.Scatter(sums, (block, target) =>
        {
            var totals = tree.Sums.Slice(block * stride * stride, stride * stride);
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
                    target[i, j] = sum;
                }
            }
        });

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

    /// <summary>Weights and an offset for each output, with which raw rows have the margins of the standardised rows.</summary>
    private (double[] Weights, double[] Offsets) Unscaled(ReadOnlySpan<double> parameters)
    {
        var (columns, outputs) = (_features.Columns, parameters.Length / Dimension);
        if (_offsets.Length != outputs)
            (_weights, _offsets) = (new double[outputs * columns], new double[outputs]);
        for (var o = 0; o < outputs; o++)
        {
            var ofOutput = parameters.Slice(o * Dimension, Dimension);
            var weights = _weights.AsSpan(o * columns, columns);
            ofOutput[Lead..].CopyTo(weights);
            var offset = HasIntercept ? ofOutput[0] : 0;
            if (_scaling is not null)
            {
                for (var j = 0; j < weights.Length; j++)
                {
                    weights[j] *= _reciprocals![j];
                    offset -= weights[j] * _scaling.Means[j];
                }
            }
            _offsets[o] = offset;
        }
        return (_weights, _offsets);
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
}
