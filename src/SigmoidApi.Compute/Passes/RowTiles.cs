using System.Numerics;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Passes;

/// <summary>Reads the rows of a matrix tile by tile, standardised and with the intercept's 1 in front.</summary>
internal sealed class RowTiles
{
    /// <summary>About how many numbers a tile has: 8 KB. With 32 KB, and the other data of a pass, two threads were no faster than one.</summary>
    private const int TileNumbers = 1024;

    private readonly FeatureMatrix _features;
    private readonly bool _isPlain;
    private readonly int _lead;
    private readonly AlignedBuffer? _means;
    private readonly AlignedBuffer? _reciprocals;

    public RowTiles(FeatureMatrix features, StandardScaling? scaling, bool hasIntercept)
    {
        _features = features;
        _lead = hasIntercept ? 1 : 0;
        var dimension = features.Columns + _lead;
        Stride = GramKernel.Stride<double>(dimension);
        TileRows = (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)(TileNumbers / Stride + 1)) / 2, 8, 32);
        // Wide rows are read without a copy. Narrow ones gain more from whole vectors than the copy costs. Rows of a streamed matrix come in the
        // same layout as those in memory, because the last bits of the sums depend on it.
        _isPlain = scaling is null && features.Columns >= 64 && features is (DesignMatrix or StreamedMatrix);
        if (scaling is not null)
        {
            (_means, _reciprocals) = (new AlignedBuffer(Stride), new AlignedBuffer(Stride));
            _reciprocals.Span[..dimension].Fill(1);
            scaling.Means.CopyTo(_means.Span[_lead..]);
            scaling.Reciprocals.CopyTo(_reciprocals.Span[_lead..]);
        }
    }

    /// <summary>The number of parameters, rounded up to whole vectors: the length of a copied row.</summary>
    public int Stride { get; }

    /// <summary>Rows in every tile but the last of a chunk.</summary>
    public int TileRows { get; }

    /// <summary>Some rows in the layout that is fastest for this matrix: its own memory, or a copy in the workspace.</summary>
    public TileOfRows Read(int first, int count, PassWorkspace workspace)
    {
        if (!_isPlain)
            return Copy(first, count, workspace.Tile.Span);
        if (_features is DesignMatrix matrix)
            return new TileOfRows(matrix.RowSpan(first, count), _features.Columns, _features.Columns, count, _lead, inPlace: true);
        var tile = workspace.Tile.Span[..(count * _features.Columns)];
        _features.CopyRows(first, count, tile, _features.Columns);
        return new TileOfRows(tile, _features.Columns, _features.Columns, count, _lead);
    }

    /// <summary>A copy of some rows, <see cref="Stride"/> apart, with the intercept's 1 among the values.</summary>
    public TileOfRows Copy(int first, int count, Span<double> tile)
    {
        var columns = tile[_lead..];
        if (_means is null)
        {
            _features.CopyRows(first, count, columns, Stride);
        }
        else if (_features is DesignMatrix matrix)
        {
            var rows = matrix.RowSpan(first, count);
            RowKernels.CopyStandardized(rows, _features.Columns, columns, Stride, _means.Span[_lead..], _reciprocals!.Span[_lead..]);
        }
        else
        {
            _features.CopyRows(first, count, columns, Stride);
            for (var k = 0; k < count; k++)
                RowKernels.Standardize(columns.Slice(k * Stride, _features.Columns), _means.Span[_lead..], _reciprocals!.Span[_lead..]);
        }

        for (var k = 0; k < count && _lead == 1; k++)
            tile[k * Stride] = 1;
        return new TileOfRows(tile[..(count * Stride)], Stride, Stride, count, 0);
    }
}
