using System.Buffers;

namespace SigmoidApi.Compute.Data;

/// <summary>Enumerates copies of a matrix' rows, which the caller may overwrite. They are copied a block at a time.</summary>
internal ref struct RowSequence : IDisposable
{
    /// <summary>About how many numbers are copied at a time: 32 KB.</summary>
    private const int BlockNumbers = 4096;

    private readonly FeatureMatrix _matrix;
    private readonly int _blockRows;
    private readonly double[] _block;
    private readonly int _end;
    private int _next;
    private int _place;
    private int _inBlock;

    public RowSequence(FeatureMatrix matrix, int first, int count)
    {
        (_matrix, _next, _end, _blockRows) = (matrix, first, first + count, Math.Max(1, BlockNumbers / matrix.Columns));
        _block = ArrayPool<double>.Shared.Rent(_blockRows * matrix.Columns);
        _place = -1;
    }

    public readonly Span<double> Current => _block.AsSpan(_place * _matrix.Columns, _matrix.Columns);

    public readonly RowSequence GetEnumerator() => this;

    public bool MoveNext()
    {
        if (++_place < _inBlock)
            return true;
        _inBlock = Math.Min(_blockRows, _end - _next);
        if (_inBlock <= 0)
            return false;
        _matrix.CopyRows(_next, _inBlock, _block, _matrix.Columns);
        _next += _inBlock;
        _place = 0;
        return true;
    }

    public readonly void Dispose()
    {
        if (_block is not null)
            ArrayPool<double>.Shared.Return(_block);
    }
}
