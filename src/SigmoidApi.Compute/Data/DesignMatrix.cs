using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Data;

/// <summary>
/// A dense rows × columns matrix of float64, row-major, kept in blocks of <see cref="BlockRows"/> rows, so that it may be
/// larger than an array can be. Blocks are also the unit in which a pass over the rows sums, checks for cancellation and is shared out.
/// </summary>
public sealed class DesignMatrix
{
    /// <summary>Rows in every block but the last. Fixed: the order in which sums are formed, and so their last bits, hangs on it.</summary>
    public const int BlockRows = 4096;

    private readonly double[][] _blocks;

    /// <summary>A matrix of zeros, to be filled through <see cref="Row"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Rows or columns below one, or a block larger than an array may be.</exception>
    public DesignMatrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, Array.MaxLength / BlockRows);
        Rows = rows;
        Columns = columns;
        _blocks = new double[(rows - 1) / BlockRows + 1][];
        for (var b = 0; b < _blocks.Length; b++)
            _blocks[b] = new double[Math.Min(BlockRows, rows - b * BlockRows) * columns];
    }

    public int Rows { get; }

    public int Columns { get; }

    internal int BlockCount => _blocks.Length;

    /// <summary>Copies row-major <paramref name="values"/> of length rows · columns.</summary>
    /// <exception cref="ArgumentException">The length is not rows · columns.</exception>
    public static DesignMatrix FromRows(ReadOnlySpan<double> values, int rows, int columns)
    {
        var matrix = new DesignMatrix(rows, columns);
        if (values.Length != (long)rows * columns)
            throw new ArgumentException($"Expected {rows} × {columns} values, got {values.Length}.", nameof(values));
        foreach (var block in matrix._blocks)
        {
            values[..block.Length].CopyTo(block);
            values = values[block.Length..];
        }
        return matrix;
    }

    /// <summary>The row at index <paramref name="row"/>, of length <see cref="Columns"/>, to read or to fill.</summary>
    public Span<double> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return _blocks[row / BlockRows].AsSpan(row % BlockRows * Columns, Columns);
    }

    /// <summary>A copy of the rows at these indices, in their order.</summary>
    public DesignMatrix Select(ReadOnlySpan<int> rows)
    {
        var selected = new DesignMatrix(rows.Length, Columns);
        for (var i = 0; i < rows.Length; i++)
            Row(rows[i]).CopyTo(selected.Row(i));
        return selected;
    }

    /// <summary>The rows of a block, row-major: <see cref="BlockRows"/> of them, fewer in the last.</summary>
    internal ReadOnlySpan<double> Block(int block) => _blocks[block];

    /// <exception cref="UntrainableDataException"><c>non_finite_value</c>: names the first cell that is NaN or infinite.</exception>
    internal void RequireFinite()
    {
        for (var b = 0; b < _blocks.Length; b++)
        {
            var index = FiniteCheck.IndexOfNonFinite(_blocks[b]);
            if (index >= 0)
            {
                throw new UntrainableDataException("non_finite_value",
                    $"Row {b * BlockRows + index / Columns}, column {index % Columns} is {_blocks[b][index]}; a fit needs finite numbers.");
            }
        }
    }
}
