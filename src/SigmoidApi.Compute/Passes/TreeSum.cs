using System.Numerics;
using System.Runtime.InteropServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Passes;

/// <summary>
/// Adds up vectors of sums over all rows. Each chunk of rows is summed on its own, and the chunks' sums are added in a binary tree whose shape
/// depends on the number of rows only. Subtrees of it are groups, and threads take whole groups. So the result has the same bits on any number
/// of threads, and its rounding error grows with the height of the tree, not with the number of rows.
/// </summary>
internal sealed class TreeSum
{
    /// <summary>The most bytes for the groups' sums of a Gram matrix.</summary>
    private const int GramBytes = 2 << 20;

    private readonly int _rows;
    private readonly int _chunkRows;
    private readonly int _groupChunks;
    private readonly AlignedBuffer[] _groups;
    private readonly AlignedBuffer[][] _levels;
    private readonly ThreadCrew _crew;
    private readonly bool _single;

    /// <param name="rows">The number of rows.</param>
    /// <param name="chunkRows">Rows in every chunk but the last.</param>
    /// <param name="maxGroups">The most groups. Each has memory for its sums.</param>
    /// <param name="length">The number of sums.</param>
    /// <param name="crew">The threads.</param>
    /// <param name="single">Whether each of the sums is two float32 numbers.</param>
    public TreeSum(int rows, int chunkRows, int maxGroups, int length, ThreadCrew crew, bool single = false)
    {
        (_rows, _chunkRows, _crew, _single) = (rows, chunkRows, crew, single);
        var chunks = (rows - 1) / chunkRows + 1;
        _groupChunks = (int)BitOperations.RoundUpToPowerOf2((uint)((chunks - 1) / maxGroups + 1));
        _groups = [.. Enumerable.Range(0, (chunks - 1) / _groupChunks + 1).Select(_ => new AlignedBuffer(length))];
        _levels = new AlignedBuffer[crew.Size][];
    }

    /// <summary>For the sums of a Gram matrix. Each may be large, so there are few groups, and a group's rows are a single chunk.</summary>
    public static TreeSum OfGram(int rows, int tileRows, int length, ThreadCrew crew, bool single = false)
    {
        var groups = Math.Clamp(GramBytes / 8 / length, 2, 16);
        var chunkRows = ((rows - 1) / (groups * tileRows) + 1) * tileRows;
        return new TreeSum(rows, chunkRows, groups, length, crew, single);
    }

    /// <summary>Adds rows first … first + count − 1, all of one chunk, to <paramref name="sums"/>.</summary>
    public delegate void ChunkPass(int first, int count, int worker, Span<double> sums);

    /// <summary>Returns the sums over all rows, valid until the next call. The cancellation token is checked for every chunk.</summary>
    public ReadOnlySpan<double> Run(ChunkPass pass, CancellationToken cancellationToken)
    {
        var chunks = (_rows - 1) / _chunkRows + 1;
        _crew.Run(_groups.Length, (group, worker) =>
        {
            var first = group * _groupChunks;
            var count = Math.Min(_groupChunks, chunks - first);
            var levels = _levels[worker] ??=
                [.. Enumerable.Range(0, BitOperations.Log2((uint)_groupChunks)).Select(_ => new AlignedBuffer(_groups[0].Length))];
            SumChunks(pass, first, count, _groups[group].Span, levels, worker, cancellationToken);
        });
        Merge(0, _groups.Length);
        return Sums;
    }

    /// <summary>The sums of the last run.</summary>
    public ReadOnlySpan<double> Sums => _groups[0].Span;

    /// <summary>Sums chunks first … first + count − 1. The number of chunks in the left half is a power of two.</summary>
    private void SumChunks(
        ChunkPass pass, int first, int count, Span<double> sums, ReadOnlySpan<AlignedBuffer> levels, int worker, CancellationToken cancellationToken)
    {
        if (count == 1)
        {
            cancellationToken.ThrowIfCancellationRequested();
            sums.Clear();
            var row = first * _chunkRows;
            pass(row, Math.Min(_chunkRows, _rows - row), worker, sums);
            return;
        }
        var left = (int)BitOperations.RoundUpToPowerOf2((uint)count) / 2;
        SumChunks(pass, first, left, sums, levels[1..], worker, cancellationToken);
        SumChunks(pass, first + left, count - left, levels[0].Span, levels[1..], worker, cancellationToken);
        Add(levels[0].Span, sums);
    }

    private void Merge(int first, int count)
    {
        if (count == 1)
            return;
        var left = (int)BitOperations.RoundUpToPowerOf2((uint)count) / 2;
        Merge(first, left);
        Merge(first + left, count - left);
        Add(_groups[first + left].Span, _groups[first].Span);
    }

    private void Add(ReadOnlySpan<double> values, Span<double> sums)
    {
        if (_single)
            RowKernels.Add(MemoryMarshal.Cast<double, float>(values), MemoryMarshal.Cast<double, float>(sums));
        else
            RowKernels.Add(values, sums);
    }
}
