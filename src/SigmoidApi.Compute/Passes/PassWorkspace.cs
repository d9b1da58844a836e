using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Passes;

/// <summary>The memory that one thread of a pass works in.</summary>
internal sealed class PassWorkspace(RowTiles tiles)
{
    private AlignedBuffer? _tile;

    /// <summary>Room for a tile of copied rows.</summary>
    public AlignedBuffer Tile => _tile ??= new AlignedBuffer(tiles.TileRows * tiles.Stride);

    public RowLosses Losses { get; } = new(128);
}
