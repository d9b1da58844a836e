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
    /// <summary>With fewer columns the loss of each row, and the hand-over to the threads, take as long as reading the rows.</summary>
    private const int LeastColumnsForRounding = 256;

    private const long LeastNumbersForRounding = 1 << 20;

    private readonly FeatureMatrix _matrix = features;
    private DenseGram? _gram;
    private RoundedRows? _rounded;
    private double[]? _padded;

    private DenseGram Gram => _gram ??= new DenseGram(Tiles, Rows, Crew);

    /// <summary>The memory for the rounded rows of a matrix that is in memory; 0 if passes over them are not faster.</summary>
    public static long RoundedBytes(long rows, long columns) =>
        columns >= LeastColumnsForRounding && rows * columns >= LeastNumbersForRounding ? sizeof(short) * rows * columns : 0;

    /// <summary>
    /// The rows rounded to 16 bits, if passes over them are faster and their values suit it as far as known; otherwise null. The answer does not depend on how
    /// the matrix is stored. The first pass that leaves a <see cref="ReferencePoint"/> rounds them.
    /// </summary>
    public RoundedRows? Rounded()
    {
        if (RoundedBytes(Rows, _matrix.Columns) == 0)
            return null;
        _rounded ??= new RoundedRows(Tiles, Rows, Dimension, ChunkRows, Crew, isKept: _matrix is not StreamedMatrix);
        return _rounded.AreSuitable == false ? null : _rounded;
    }

    public override LossTotals Losses(double[] parameters, RowLabels labels, int every, Span<double> gradient, CancellationToken cancellationToken) =>
        Losses(parameters, labels, every, gradient, point: null, cancellationToken);

    /// <summary>The same, and the margins and residuals of the rows in <paramref name="point"/>. Rounds the rows that are to be rounded.</summary>
    public LossTotals Losses(
        double[] parameters, RowLabels labels, int every, Span<double> gradient, ReferencePoint? point, CancellationToken cancellationToken)
    {
        var padded = Pad(parameters);
        var (outputs, stride) = (labels.Outputs, Tiles.Stride);
        var (lossPlace, weightPlace) = (outputs * stride, outputs * stride + 1);
        var rounded = point is not null && _rounded?.AreSuitable is null ? _rounded : null;
        var sums = Sum(outputs, (first, count, worker, sums) =>
        {
            var workspace = WorkspaceOf(worker);
            var losses = workspace.LossesOf(outputs);
            for (var row = first; row < first + count; row += Tiles.TileRows)
            {
                if (row / RunRows % every != 0)
                    continue;
                var tile = Tiles.Read(row, Math.Min(Tiles.TileRows, first + count - row), workspace);
                for (var o = 0; o < outputs; o++)
                    tile.Multiply(padded.AsSpan(o * stride, stride), losses.MarginsOf(o));
                labels.Evaluate(losses, row, tile.Count);
                for (var o = 0; o < outputs; o++)
                    tile.AddTo(sums.Slice(o * stride, stride), losses.ResidualsOf(o, tile.Count));
                if (point is not null)
                {
                    losses.Margins.AsSpan(0, tile.Count).CopyTo(point.Margins.AsSpan(row));
                    losses.Residuals.AsSpan(0, tile.Count).CopyTo(point.Residuals.AsSpan(row));
                }
                rounded?.Take(first, row, tile, worker);
                sums[weightPlace] += labels.WeightOf(row, tile.Count);
            }
            sums[lossPlace] += losses.Loss.Take();
            rounded?.Finish(first, count, worker);
        }, cancellationToken);
        rounded?.End();
        Passes += 1.0 / every;
        for (var o = 0; o < outputs; o++)
            sums.Slice(o * stride, Dimension).CopyTo(gradient.Slice(o * Dimension, Dimension));
        return new LossTotals(sums[lossPlace], sums[weightPlace]);
    }

    public override double Curvature(
        double[] parameters, RowLabels labels, int every, int[]? subset, bool single, SymmetricMatrix sums, CancellationToken cancellationToken)
    {
        var (outputs, stride) = (labels.Outputs, Tiles.Stride);
        var padded = Pad(parameters);
        Gram.Compute(every, new CurvatureBlocks(outputs, Dimension, subset), single, sums, (tile, first, worker) =>
        {
            var losses = WorkspaceOf(worker).LossesOf(outputs);
            for (var o = 0; o < outputs; o++)
                tile.Multiply(padded.AsSpan(o * stride, stride), losses.MarginsOf(o));
            labels.Evaluate(losses, first, tile.Count);
            losses.Loss.Take();
            return losses;
        }, cancellationToken);
        Passes += 1.0 / every;
        return PartWeight(labels, every);
    }

    public override void WeightedGram(ReadOnlyMemory<double> rowWeights, SymmetricMatrix sums, CancellationToken cancellationToken)
    {
        Gram.Compute(every: 1, new CurvatureBlocks(outputs: 1, Dimension, subset: null), single: false, sums, (tile, first, worker) =>
        {
            var losses = WorkspaceOf(worker).LossesOf(outputs: 1);
            rowWeights.Span.Slice(first, tile.Count).CopyTo(losses.Curvatures);
            return losses;
        }, cancellationToken);
        Passes++;
    }

    public override void Margins(ReadOnlySpan<double> parameters, Memory<double> margins, CancellationToken cancellationToken)
    {
        var padded = Pad(parameters);
        var (outputs, stride) = (parameters.Length / Dimension, Tiles.Stride);
        ForChunks((first, count, workspace) =>
        {
            for (var row = first; row < first + count; row += Tiles.TileRows)
            {
                var tile = Tiles.Read(row, Math.Min(Tiles.TileRows, first + count - row), workspace);
                if (outputs == 1)
                {
                    tile.Multiply(padded, margins.Span[row..]);
                    continue;
                }
                var ofOutput = workspace.LossesOf(outputs).Margins.AsSpan(0, tile.Count);
                for (var o = 0; o < outputs; o++)
                {
                    tile.Multiply(padded.AsSpan(o * stride, stride), ofOutput);
                    for (var k = 0; k < tile.Count; k++)
                        margins.Span[(row + k) * outputs + o] = ofOutput[k];
                }
            }
        }, cancellationToken);
    }

    public override void TransposedProduct(ReadOnlyMemory<double> rowValues, Span<double> sums, CancellationToken cancellationToken)
    {
        var totals = Sum(outputs: 1, (first, count, worker, sums) =>
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
        var totals = Sum(outputs: 1, (first, count, worker, sums) =>
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

    /// <summary>Sums over all rows: for each output one number for each parameter, and padding; then two numbers.</summary>
    private ReadOnlySpan<double> Sum(int outputs, TreeSum.ChunkPass pass, CancellationToken cancellationToken) =>
        VectorSum(outputs * Tiles.Stride + 2).Run(pass, cancellationToken);

    /// <summary>Each vector of parameters, padded to the stride of a tile.</summary>
    private double[] Pad(ReadOnlySpan<double> parameters)
    {
        var outputs = parameters.Length / Dimension;
        if (_padded?.Length != outputs * Tiles.Stride)
            _padded = new double[outputs * Tiles.Stride];
        for (var o = 0; o < outputs; o++)
            parameters.Slice(o * Dimension, Dimension).CopyTo(_padded.AsSpan(o * Tiles.Stride));
        return _padded;
    }
}
