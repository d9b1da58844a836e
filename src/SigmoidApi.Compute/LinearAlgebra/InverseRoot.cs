using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.LinearAlgebra;

/// <summary>
/// U with UᵀU = A⁻¹ over the columns that a factorisation took, and 0 on the others. With it zᵀA⁻¹z is |Uz|², which takes half the time and has
/// only the rounding error of a sum of squares. Row k belongs to the k-th column taken.
/// </summary>
internal sealed class InverseRoot
{
    private readonly int _order;
    private readonly AlignedBuffer _rows;
    private readonly AlignedBuffer _columns;
    private readonly double[] _factors;

    public InverseRoot(int order)
    {
        (_order, Stride, _factors) = (order, LengthKernel.Stride(order), new double[order]);
        (_rows, _columns) = (new AlignedBuffer(order * Stride), new AlignedBuffer(order * Stride));
        Depths = new int[Stride / LengthKernel.Block];
    }

    /// <summary>U, column-major: entry (i, j) is at j · <see cref="Stride"/> + i.</summary>
    public ReadOnlySpan<double> Columns => _columns.Span;

    public int Stride { get; }

    /// <summary>For each block of rows, how many columns there are up to the last one that is not 0.</summary>
    public int[] Depths { get; }

    /// <summary>Computes U for the matrix that <paramref name="factor"/> has factorised.</summary>
    public void Compute(Cholesky factor)
    {
        var rows = _rows.Span;
        var columns = _columns.Span;
        rows.Clear();
        columns.Clear();
        Array.Clear(Depths);
        var depth = 0;
        for (var k = 0; k < factor.Rank; k++)
        {
            // Row k of L·U = S, where S has the scales of the columns on its diagonal.
            var (column, scale, taken) = factor.Taken(k);
            var lower = taken.Span;
            var row = rows.Slice(k * Stride, Stride);
            for (var i = 0; i < k; i++)
                _factors[i] = -lower[i];
            row[column] = scale;
            RowKernels.AddRows(rows, Stride, Stride, _factors.AsSpan(0, k), row);
            for (var j = 0; j < Stride; j++)
                row[j] /= lower[k];
            depth = Math.Max(depth, column + 1);
            Depths[k / LengthKernel.Block] = depth;
            for (var j = 0; j < Math.Min(depth, _order); j++)
                columns[j * Stride + k] = row[j];
        }
    }
}
