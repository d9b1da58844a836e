using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Passes;

/// <summary>The memory that one thread of <see cref="DenseGram"/> works in.</summary>
internal sealed class GramWorkspace
{
    private float[] _singles = [];

    /// <summary>A tile of standardised rows.</summary>
    public AlignedBuffer Tile { get; private set; } = new(0);

    /// <summary>The tile's columns that are in the subset.</summary>
    public AlignedBuffer Subset { get; private set; } = new(0);

    /// <summary>The workspace of <see cref="GramKernel"/>.</summary>
    public AlignedBuffer Panel { get; private set; } = new(0);

    /// <summary>Makes room for tiles of these dimensions.</summary>
    /// <param name="rows">Rows in a tile.</param>
    /// <param name="tileStride">The distance from one row of the tile to the next.</param>
    /// <param name="gramStride">The distance from one row of the sums to the next.</param>
    /// <param name="hasSubset">Whether the sums are over a subset of the parameters.</param>
    public void Reserve(int rows, int tileStride, int gramStride, bool hasSubset)
    {
        if (Tile.Length != rows * tileStride)
            Tile = new AlignedBuffer(rows * tileStride);
        if (Panel.Length != GramKernel.PanelLength(rows, gramStride))
            Panel = new AlignedBuffer(GramKernel.PanelLength(rows, gramStride));
        if (hasSubset && Subset.Length != rows * gramStride)
            Subset = new AlignedBuffer(rows * gramStride);
    }

    /// <summary>Room for a tile in float32 and for its panel.</summary>
    public (Memory<float> Tile, Memory<float> Panel) Singles(int tile, int panel)
    {
        if (_singles.Length < tile + panel)
            _singles = GC.AllocateUninitializedArray<float>(tile + panel, pinned: true);
        return (_singles.AsMemory(0, tile), _singles.AsMemory(tile, panel));
    }
}
