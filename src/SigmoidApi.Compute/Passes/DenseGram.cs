using System.Runtime.InteropServices;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Passes;

/// <summary>Σ v·z·zᵀ over dense rows z, for each pair of outputs. The memory for the sums is kept from one pass to the next.</summary>
internal sealed class DenseGram(RowTiles tiles, int rows, ThreadCrew crew)
{
    private readonly GramWorkspace?[] _workspaces = new GramWorkspace?[crew.Size];
    private (int Length, bool Single, TreeSum Sum)? _kept;

    /// <summary>Computes the v of the rows of a tile, which starts with row <paramref name="first"/>: the curvatures of the result.</summary>
    public delegate RowLosses RowWeights(TileOfRows tile, int first, int worker);

    /// <summary>One pass.</summary>
    /// <param name="every">The sums are over every <paramref name="every"/>-th run of <see cref="DesignRows.RunRows"/> rows; 1 for all rows.</param>
    /// <param name="blocks">The pairs of outputs, and the parameters.</param>
    /// <param name="single">Whether products and their sums are float32.</param>
    /// <param name="sums">The result.</param>
    /// <param name="rowWeights">Called for each tile.</param>
    /// <param name="cancellationToken">Checked for each tile.</param>
    public void Compute(int every, CurvatureBlocks blocks, bool single, SymmetricMatrix sums, RowWeights rowWeights, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Order, blocks.TotalOrder);
        var (order, subset) = (blocks.Order, blocks.Columns);
        var (stride, singleStride) = (GramKernel.Stride<double>(order), GramKernel.Stride<float>(order));
        var tileRows = TileRows(stride);
        var blockLength = single ? GramKernel.Length<float>(order) / 2 : GramKernel.Length<double>(order);
        var length = blocks.Count * blockLength;
        if (_kept is null || _kept.Value.Length != length || _kept.Value.Single != single)
            _kept = (length, single, TreeSum.OfGram(rows, tileRows, length, crew, single));
        _kept.Value.Sum.Run((first, count, worker, sums) =>
        {
            var workspace = _workspaces[worker] ??= new GramWorkspace();
            workspace.Reserve(tileRows, tiles.Stride, Math.Max(stride, singleStride), subset is not null);
            for (var row = first; row < first + count; row += tileRows)
            {
                if (row / DesignRows.RunRows % every != 0)
                    continue;
                cancellationToken.ThrowIfCancellationRequested();
                var copied = tiles.Copy(row, Math.Min(tileRows, first + count - row), workspace.Tile.Span);
                var losses = rowWeights(copied, row, worker);
                var tile = copied.Values;
                if (subset is not null)
                {
                    tile = workspace.Subset.Span;
                    Gather(copied, subset, stride, workspace.Subset.Span);
                }
                if (single)
                {
                    var (narrow, panel) = workspace.Singles(copied.Count * singleStride, GramKernel.PanelLength(copied.Count, singleStride));
                    for (var k = 0; k < copied.Count; k++)
                        RowKernels.Narrow(tile.Slice(k * stride, stride), narrow.Span.Slice(k * singleStride, singleStride));
                    for (var block = 0; block < blocks.Count; block++)
                    {
                        var weights = losses.CurvaturesOf(blocks[block].A, blocks[block].B, copied.Count).AsSpan(0, copied.Count);
                        var ofBlock = MemoryMarshal.Cast<double, float>(sums.Slice(block * blockLength, blockLength));
                        GramKernel.AddOuterProducts<float>(narrow.Span, singleStride, weights, panel.Span, ofBlock);
                    }
                }
                else
                {
                    for (var block = 0; block < blocks.Count; block++)
                    {
                        var weights = losses.CurvaturesOf(blocks[block].A, blocks[block].B, copied.Count).AsSpan(0, copied.Count);
                        GramKernel.AddOuterProducts<double>(tile, stride, weights, workspace.Panel.Span, sums.Slice(block * blockLength, blockLength));
                    }
                }
            }
        }, cancellationToken);
        blocks.Scatter(sums, (block, target) =>
        {
            var ofBlock = _kept.Value.Sum.Sums.Slice(block * blockLength, blockLength);
            if (!single)
            {
                ofBlock.CopyTo(target.Values);
                return;
            }
            for (var i = 0; i < order; i++)
                RowKernels.Widen(MemoryMarshal.Cast<double, float>(ofBlock).Slice(i * singleStride, stride), target.Values.Slice(i * stride, stride));
        });
    }

    /// <summary>More rows than other passes take, because a register tile costs time at its start and end. Measured.</summary>
    private static int TileRows(int stride) => stride <= 128 ? 16 : 32;

    /// <summary>Copies the columns of the subset, rows <paramref name="stride"/> apart.</summary>
    private static void Gather(TileOfRows tile, int[] subset, int stride, Span<double> target)
    {
        for (var k = 0; k < tile.Count; k++)
        {
            var source = tile.Values.Slice(k * tile.Stride, tile.Width);
            var row = target.Slice(k * stride, stride);
            for (var j = 0; j < subset.Length; j++)
                row[j] = source[subset[j]];
        }
    }
}
