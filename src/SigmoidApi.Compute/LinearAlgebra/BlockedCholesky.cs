using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.LinearAlgebra;

/// <summary>
/// The factorisation A = Uᵀ·U of a symmetric positive definite matrix, in the order of its columns. It is used instead of <see cref="Cholesky"/> where
/// dependent columns need not be found. Block by block, the rest of the matrix is updated by <see cref="GramKernel"/>, so that the speed is that of the
/// multipliers and not of the cache. The matrix is scaled to unit diagonal first, as there.
/// </summary>
internal sealed class BlockedCholesky
{
    /// <summary>Rows of U in a block, a multiple of <see cref="GramKernel.TileRows"/>.</summary>
    private const int BlockRows = 32;

    /// <summary>With fewer columns, <see cref="Cholesky"/> takes no longer than a millisecond.</summary>
    private const int LeastOrder = 256;

    private readonly SymmetricMatrix _upper;
    private readonly double[] _scale;
    private readonly double[] _weights = new double[BlockRows];
    private readonly double[] _panel;

    /// <param name="matrix">A at each call of <see cref="Factorize"/>, which writes U over it.</param>
    public BlockedCholesky(SymmetricMatrix matrix)
    {
        _upper = matrix;
        _scale = new double[matrix.Order];
        _panel = GC.AllocateUninitializedArray<double>(GramKernel.PanelLength(BlockRows, matrix.Stride), pinned: true);
    }

    /// <summary>Whether it is the faster factorisation.</summary>
    public static bool Suits(int order) => order >= LeastOrder;

    /// <summary>Factorises A; false if a pivot, 1 − R² of a column on the columns before it, is at most <paramref name="smallestPivot"/>.</summary>
    public bool Factorize(double smallestPivot)
    {
        var (order, stride) = (_upper.Order, _upper.Stride);
        if (!Scale())
            return false;
        for (var first = 0; first < order; first += BlockRows)
        {
            var rows = Math.Min(BlockRows, order - first);
            for (var k = first; k < first + rows; k++)
            {
                for (var i = first; i < k; i++)
                    _weights[i - first] = -_upper[i, k];
                var row = Row(k);
                RowKernels.AddRows(_upper.Values[(first * stride + k)..], stride, row.Length, _weights.AsSpan(0, k - first), row);
                var pivot = row[0];
                if (!(pivot > smallestPivot))
                    return false;
                var factor = 1 / Math.Sqrt(pivot);
                for (var j = 0; j < row.Length; j++)
                    row[j] *= factor;
            }
            var next = first + rows;
            if (next == order)
                break;
            _weights.AsSpan().Fill(-1);
            var block = _upper.Values.Slice(first * stride, rows * stride);
            GramKernel.AddOuterProducts<double>(block, stride, _weights, _panel, _upper.Values[(next * stride)..], first: next);
        }
        return true;
    }

    /// <summary>Solves A·x = b in place.</summary>
    public void Solve(double[] b)
    {
        for (var k = 0; k < b.Length; k++)
            b[k] *= _scale[k];
        for (var k = 0; k < b.Length; k++)
        {
            var row = Row(k)[..(b.Length - k)];
            b[k] /= row[0];
            RowKernels.AddScaled(row[1..], -b[k], b.AsSpan(k + 1));
        }
        for (var k = b.Length - 1; k >= 0; k--)
        {
            var row = Row(k)[..(b.Length - k)];
            b[k] = (b[k] - DotProduct.Compute(row[1..], b.AsSpan(k + 1))) / row[0];
        }
        for (var k = 0; k < b.Length; k++)
            b[k] *= _scale[k];
    }

    /// <summary>Scales A to unit diagonal and clears its padding. False if that isn't possible.</summary>
    private bool Scale()
    {
        for (var i = 0; i < _scale.Length; i++)
        {
            _scale[i] = 1 / Math.Sqrt(_upper[i, i]);
            if (!(_scale[i] > 0 && double.IsFinite(_scale[i])))
                return false;
        }
        for (var i = 0; i < _scale.Length; i++)
        {
            var row = Row(i);
            for (var j = i; j < _scale.Length; j++)
                row[j - i] *= _scale[i] * _scale[j];
            row[(_scale.Length - i)..].Clear();
        }
        return true;
    }

    /// <summary>Row i of the upper triangle from the diagonal on, with its padding.</summary>
    private Span<double> Row(int i) => _upper.Values.Slice(i * _upper.Stride + i, _upper.Stride - i);
}
