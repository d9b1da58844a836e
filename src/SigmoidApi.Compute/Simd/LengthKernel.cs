using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SigmoidApi.Compute.Simd;

/// <summary>
/// The squared lengths of a tile's rows multiplied by a triangular matrix, by register tiles: four rows of products, two vectors wide, stay in
/// registers while the loop goes over the matrix. The code uses Vector512 only, which the JIT splits where vectors are narrower: the order of
/// additions, and with it the result, is the same on all machines.
/// </summary>
internal static class LengthKernel
{
    /// <summary>Products that are formed at once. The matrix' stride is a multiple of it.</summary>
    public const int Block = 16;

    /// <summary>Rows that are taken at once. A tile has room for a multiple of it.</summary>
    public const int TileRows = 4;

    private const int Lanes = 8;

    /// <summary><paramref name="order"/> rounded up to whole blocks.</summary>
    public static int Stride(int order) => (order + Block - 1) / Block * Block;

    /// <summary><paramref name="lengths"/>[k] = |U·rowₖ|².</summary>
    /// <param name="rows">As many rows as lengths, rounded up to a multiple of <see cref="TileRows"/>. The added rows are finite.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="columns">U, column-major: entry (i, j) is at j · <paramref name="columnStride"/> + i, and is 0 outside the triangle.</param>
    /// <param name="columnStride">A multiple of <see cref="Block"/>.</param>
    /// <param name="depths">For each block of rows of U, how many columns there are up to the last one that is not 0.</param>
    /// <param name="lengths">The result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SquaredLengths(
        ReadOnlySpan<double> rows, int stride, ReadOnlySpan<double> columns, int columnStride, ReadOnlySpan<int> depths, Span<double> lengths)
    {
        var tiles = (lengths.Length + TileRows - 1) / TileRows;
        ArgumentOutOfRangeException.ThrowIfNotEqual(columnStride, depths.Length * Block);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, tiles * TileRows * stride);
        Span<double> four = stackalloc double[TileRows];
        for (var tile = 0; tile < tiles; tile++)
        {
            ref var row0 = ref Unsafe.Add(ref MemoryMarshal.GetReference(rows), (nint)tile * TileRows * stride);
            ref var row1 = ref Unsafe.Add(ref row0, stride);
            ref var row2 = ref Unsafe.Add(ref row1, stride);
            ref var row3 = ref Unsafe.Add(ref row2, stride);
            var (sum0, sum1, sum2, sum3) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
            for (var block = 0; block < depths.Length; block++)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThan(depths[block], Math.Min(stride, columns.Length / columnStride));
                ref var column = ref Unsafe.Add(ref MemoryMarshal.GetReference(columns), block * Block);
                var (p00, p01, p10, p11) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
                var (p20, p21, p30, p31) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
                for (var j = 0; j < depths[block]; j++)
                {
                    var (u0, u1) = (Vector512.LoadUnsafe(ref column), Vector512.LoadUnsafe(ref column, Lanes));
                    var x0 = Vector512.Create(Unsafe.Add(ref row0, j));
                    (p00, p01) = (Vector512.FusedMultiplyAdd(x0, u0, p00), Vector512.FusedMultiplyAdd(x0, u1, p01));
                    var x1 = Vector512.Create(Unsafe.Add(ref row1, j));
                    (p10, p11) = (Vector512.FusedMultiplyAdd(x1, u0, p10), Vector512.FusedMultiplyAdd(x1, u1, p11));
                    var x2 = Vector512.Create(Unsafe.Add(ref row2, j));
                    (p20, p21) = (Vector512.FusedMultiplyAdd(x2, u0, p20), Vector512.FusedMultiplyAdd(x2, u1, p21));
                    var x3 = Vector512.Create(Unsafe.Add(ref row3, j));
                    (p30, p31) = (Vector512.FusedMultiplyAdd(x3, u0, p30), Vector512.FusedMultiplyAdd(x3, u1, p31));
                    column = ref Unsafe.Add(ref column, columnStride);
                }
                sum0 = Vector512.FusedMultiplyAdd(p00, p00, Vector512.FusedMultiplyAdd(p01, p01, sum0));
                sum1 = Vector512.FusedMultiplyAdd(p10, p10, Vector512.FusedMultiplyAdd(p11, p11, sum1));
                sum2 = Vector512.FusedMultiplyAdd(p20, p20, Vector512.FusedMultiplyAdd(p21, p21, sum2));
                sum3 = Vector512.FusedMultiplyAdd(p30, p30, Vector512.FusedMultiplyAdd(p31, p31, sum3));
            }
            (four[0], four[1], four[2], four[3]) = (Vector512.Sum(sum0), Vector512.Sum(sum1), Vector512.Sum(sum2), Vector512.Sum(sum3));
            var first = tile * TileRows;
            four[..Math.Min(TileRows, lengths.Length - first)].CopyTo(lengths[first..]);
        }
    }
}
