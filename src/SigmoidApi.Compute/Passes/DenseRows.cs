using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;

namespace SigmoidApi.Compute.Passes;

/// <summary>
/// The rows of a dense matrix, read tile by tile. Each value is standardised. Sums of raw values, corrected for the means afterwards, would be
/// inaccurate for columns whose mean is much larger than their deviation.
/// </summary>
internal sealed class DenseRows(FeatureMatrix features, StandardScaling? scaling, bool fitIntercept, ThreadCrew crew)
    : DesignRows(features, scaling, fitIntercept, crew)
{
    private DenseGram? _gram;
    private double[]? _padded;

    private DenseGram Gram => _gram ??= new DenseGram(Tiles, Rows, Crew);

    public override LossTotals Losses(double[] parameters, RowLabels labels, int every, Span<double> gradient, CancellationToken cancellationToken)
    {
        var padded = Pad(parameters);
        var (lossPlace, weightPlace) = (Tiles.Stride, Tiles.Stride + 1);
        var sums = Sum((first, count, worker, sums) =>
        {
            var workspace = WorkspaceOf(worker);
            var losses = workspace.Losses;
            for (var row = first; row < first + count; row += Tiles.TileRows)
            {
                if (row / RunRows % every != 0)
                    continue;
                var tile = Tiles.Read(row, Math.Min(Tiles.TileRows, first + count - row), workspace);
                tile.Multiply(padded, losses.Margins);
                LogisticLoss.Evaluate(losses, tile.Count, labels.Values.AsSpan(row, tile.Count), labels.WeightsOf(row, tile.Count));
                tile.AddTo(sums, losses.Residuals.AsSpan(0, tile.Count));
                sums[weightPlace] += labels.WeightOf(row, tile.Count);
            }
            sums[lossPlace] += losses.Loss.Take();
        }, cancellationToken);
        Passes += 1.0 / every;
        sums[..Dimension].CopyTo(gradient);
        return new LossTotals(sums[lossPlace], sums[weightPlace]);
    }

    public override double Curvature(
        double[] parameters, RowLabels labels, int every, int[]? subset, bool single, SymmetricMatrix sums, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Order, subset?.Length ?? Dimension);
        var padded = Pad(parameters);
        Gram.Compute(every, subset, single, sums, (tile, first, worker) =>
        {
            var losses = WorkspaceOf(worker).Losses;
            tile.Multiply(padded, losses.Margins);
            LogisticLoss.Evaluate(losses, tile.Count, labels.Values.AsSpan(first, tile.Count), labels.WeightsOf(first, tile.Count));
            losses.Loss.Take();
            return losses.Curvatures;
        }, cancellationToken);
        Passes += 1.0 / every;
        return PartWeight(labels, every);
    }

    public override void WeightedGram(ReadOnlyMemory<double> rowWeights, SymmetricMatrix sums, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Order, Dimension);
        Gram.Compute(every: 1, subset: null, single: false, sums, (tile, first, worker) =>
        {
            var losses = WorkspaceOf(worker).Losses;
            rowWeights.Span.Slice(first, tile.Count).CopyTo(losses.Curvatures);
            return losses.Curvatures;
        }, cancellationToken);
        Passes++;
    }

    public override void Margins(ReadOnlySpan<double> parameters, Memory<double> margins, CancellationToken cancellationToken)
    {
        var padded = Pad(parameters);
        ForChunks((first, count, workspace) =>
        {
            for (var row = first; row < first + count; row += Tiles.TileRows)
                Tiles.Read(row, Math.Min(Tiles.TileRows, first + count - row), workspace).Multiply(padded, margins.Span[row..]);
        }, cancellationToken);
    }

    public override void TransposedProduct(ReadOnlyMemory<double> rowValues, Span<double> sums, CancellationToken cancellationToken)
    {
        var totals = Sum((first, count, worker, sums) =>
        {
            for (var row = first; row < first + count; row += Tiles.TileRows)
            {
                var tile = Tiles.Read(row, Math.Min(Tiles.TileRows, first + count - row), WorkspaceOf(worker));
                tile.AddTo(sums, rowValues.Span.Slice(row, tile.Count));
            }
        }, cancellationToken);
        Passes++;
        totals[..Dimension].CopyTo(sums);
    }

    public override void Squares(RowLabels labels, Span<double> sums, CancellationToken cancellationToken)
    {
        var totals = Sum((first, count, worker, sums) =>
        {
            for (var row = first; row < first + count; row += Tiles.TileRows)
            {
                var tile = Tiles.Read(row, Math.Min(Tiles.TileRows, first + count - row), WorkspaceOf(worker));
                for (var k = 0; k < tile.Count; k++)
                    tile.AddSquaresTo(sums, k, labels.Weights is null ? 1 : labels.Weights[row + k]);
            }
        }, cancellationToken);
        Passes++;
        totals[..Dimension].CopyTo(sums);
    }

    /// <summary>Sums over all rows: one number for each parameter, padding, and two numbers after these.</summary>
    private ReadOnlySpan<double> Sum(TreeSum.ChunkPass pass, CancellationToken cancellationToken) => VectorSum(Tiles.Stride + 2).Run(pass, cancellationToken);

    private double[] Pad(ReadOnlySpan<double> parameters)
    {
        _padded ??= new double[Tiles.Stride];
        parameters.CopyTo(_padded);
        return _padded;
    }
}
