using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Data;

/// <summary>A dense rows × columns matrix of float64.</summary>
public sealed class DesignMatrix : DenseMatrix<double>
{
    /// <summary>A matrix of zeros, to be filled through <see cref="DenseMatrix{T}.Row"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Rows or columns are below 1, or a block would be larger than the largest array.</exception>
    public DesignMatrix(int rows, int columns)
        : this(rows, columns, isFilled: false)
    {
    }

    private DesignMatrix(int rows, int columns, bool isFilled)
        : base(rows, columns, isFilled)
    {
    }

    /// <summary>A matrix whose values are undefined until the caller has written each of them.</summary>
    internal static DesignMatrix ToFill(int rows, int columns) => new(rows, columns, isFilled: true);

    /// <summary>Copies row-major <paramref name="values"/> of length rows · columns.</summary>
    /// <exception cref="ArgumentException">The length is not rows · columns.</exception>
    public static DesignMatrix FromRows(ReadOnlySpan<double> values, int rows, int columns)
    {
        var matrix = ToFill(rows, columns);
        matrix.Fill(values);
        return matrix;
    }

    /// <summary>A copy of the rows at these indices, in this order.</summary>
    public DesignMatrix Select(ReadOnlySpan<int> rows)
    {
        var selected = ToFill(rows.Length, Columns);
        selected.FillFrom(this, rows);
        return selected;
    }

    internal override void CopyColumn(int column, Span<double> target, CancellationToken cancellationToken)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] = Row(i)[column];
    }

    internal override void CopyRow(int row, Span<double> target) => CopyRows(row, 1, target, Columns);

    internal override void CopyRows(int first, int count, Span<double> target, int stride)
    {
        while (count > 0)
        {
            var inBlock = Math.Min(count, BlockRows - first % BlockRows);
            RowKernels.CopyRows(RowSpan(first, inBlock), Columns, target, stride);
            (first, count) = (first + inBlock, count - inBlock);
            if (count > 0)
                target = target[(inBlock * stride)..];
        }
    }
}
