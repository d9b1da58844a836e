using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Data;

/// <summary>A dense rows × columns matrix of float32. It takes half the memory and gives the results of the same numbers in float64.</summary>
public sealed class SingleMatrix : DenseMatrix<float>
{
    /// <summary>A matrix of zeros, to be filled through <see cref="DenseMatrix{T}.Row"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Rows or columns are below 1, or a block would be larger than the largest array.</exception>
    public SingleMatrix(int rows, int columns)
        : base(rows, columns)
    {
    }

    /// <summary>Copies row-major <paramref name="values"/> of length rows · columns.</summary>
    /// <exception cref="ArgumentException">The length is not rows · columns.</exception>
    public static SingleMatrix FromRows(ReadOnlySpan<float> values, int rows, int columns)
    {
        var matrix = new SingleMatrix(rows, columns);
        matrix.Fill(values);
        return matrix;
    }

    /// <summary>A copy of the rows at these indices, in this order.</summary>
    public SingleMatrix Select(ReadOnlySpan<int> rows)
    {
        var selected = new SingleMatrix(rows.Length, Columns);
        selected.FillFrom(this, rows);
        return selected;
    }

    internal override void CopyRow(int row, Span<double> target) => RowKernels.Widen(RowSpan(row, 1), target);
}
