using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Passes;

/// <summary>The memory that one thread of a pass works in.</summary>
internal sealed class PassWorkspace(RowTiles tiles)
{
    private AlignedBuffer? _tile;

    /// <summary>Room for a tile of copied rows.</summary>
    public AlignedBuffer Tile => _tile ??= new AlignedBuffer(tiles.TileRows * tiles.Stride);

    private RowLosses? _losses;

    /// <summary>Room for the margins and residuals of a tile.</summary>
    public RowLosses LossesOf(int outputs)
    {
        if (_losses?.Outputs != outputs)
            _losses = new RowLosses(outputs == 1 ? 128 : DesignRows.RunRows, outputs);
        return _losses;
    }
}
