using System.Numerics;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Data;

/// <summary>
/// A dense matrix, row-major. It is stored in blocks of <see cref="BlockRows"/> rows, so it may be larger than the largest array.
/// </summary>
public abstract class DenseMatrix<T> : FeatureMatrix
    where T : unmanaged, INumberBase<T>
{
    /// <summary>Rows in every block but the last.</summary>
    public const int BlockRows = 4096;

    private readonly T[][] _blocks;

    /// <param name="isFilled">
    /// Whether the caller writes every value before any is read. Otherwise the matrix is zeros, which takes one thread 20 ms for 224 MB.
    /// </param>
    private protected DenseMatrix(int rows, int columns, bool isFilled = false)
        : base(rows, columns)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, Array.MaxLength / BlockRows);
        _blocks = new T[(rows - 1) / BlockRows + 1][];
        for (var b = 0; b < _blocks.Length; b++)
        {
            var length = Math.Min(BlockRows, rows - b * BlockRows) * columns;
            _blocks[b] = isFilled ? GC.AllocateUninitializedArray<T>(length) : new T[length];
        }
    }

    /// <summary>The row at index <paramref name="row"/>, of length <see cref="FeatureMatrix.Columns"/>, to read or to fill.</summary>
    public Span<T> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return _blocks[row / BlockRows].AsSpan(row % BlockRows * Columns, Columns);
    }

    /// <summary>Adjacent rows, row-major. All must be in one block.</summary>
    internal ReadOnlySpan<T> RowSpan(int first, int count) => _blocks[first / BlockRows].AsSpan(first % BlockRows * Columns, count * Columns);

    /// <summary>The same rows, writable.</summary>
    internal Span<T> RowsToFill(int first, int count) => _blocks[first / BlockRows].AsSpan(first % BlockRows * Columns, count * Columns);

    internal override void CopyCells(int first, int count, ReadOnlySpan<int> columns, Span<double> target, int stride)
    {
        for (var i = 0; i < count; i++)
        {
            var row = RowSpan(first + i, 1);
            for (var k = 0; k < columns.Length; k++)
                target[k * stride + i] = double.CreateTruncating(row[columns[k]]);
        }
    }

    internal override void RequireFinite()
    {
        for (var b = 0; b < _blocks.Length; b++)
        {
            var index = FiniteCheck.IndexOfNonFinite<T>(_blocks[b]);
            if (index >= 0)
                throw NonFinite(b * BlockRows + index / Columns, index % Columns, double.CreateChecked(_blocks[b][index]));
        }
    }

    private protected void Fill(ReadOnlySpan<T> values)
    {
        if (values.Length != (long)Rows * Columns)
            throw new ArgumentException($"Expected {Rows} × {Columns} values, got {values.Length}.", nameof(values));
        foreach (var block in _blocks)
        {
            values[..block.Length].CopyTo(block);
            values = values[block.Length..];
        }
    }

    private protected void FillFrom(DenseMatrix<T> source, ReadOnlySpan<int> rows)
    {
        for (var i = 0; i < rows.Length; i++)
            source.Row(rows[i]).CopyTo(Row(i));
    }
}
