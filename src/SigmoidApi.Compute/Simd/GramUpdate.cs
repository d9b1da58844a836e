using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SigmoidApi.Compute.Simd;

/// <summary>
/// Weighted sums over the rows of a tile: Σ wₖ·rowₖ and Σ wₖ·rowₖ·rowₖᵀ. Rows lie <c>stride</c> apart, a multiple of <see cref="Lanes"/>,
/// and their number is a multiple of <see cref="RowStep"/>; what pads them is zero. Hence no loop here has a tail.
/// </summary>
internal static class GramUpdate
{
    public const int Lanes = 8;

    /// <summary>Rows taken at once: four multiply-adds for each load and store of a sum.</summary>
    public const int RowStep = 4;

    /// <summary><paramref name="sums"/>[j] += Σ weights[k]·tile[k, j]; as long as <paramref name="stride"/>.</summary>
    public static void AddRows(ReadOnlySpan<double> tile, int stride, ReadOnlySpan<double> weights, Span<double> sums)
    {
        Require(tile, stride, weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(sums.Length, stride);
        for (var k = 0; k < weights.Length; k += RowStep)
            AddFourRows(tile.Slice(k * stride, RowStep * stride), stride, 0, weights[k], weights[k + 1], weights[k + 2], weights[k + 3], sums);
    }

    /// <summary>
    /// upper[i, j] += Σ weights[k]·tile[k, i]·tile[k, j] for j ≥ i, i below <paramref name="order"/>; rows of <paramref name="upper"/> lie
    /// <paramref name="stride"/> apart. Entries left of the diagonal hold no meaning.
    /// </summary>
    public static void AddOuterProducts(ReadOnlySpan<double> tile, int stride, int order, ReadOnlySpan<double> weights, Span<double> upper)
    {
        Require(tile, stride, weights);
        // A row of the sums stays in the first-level cache while the tile, in the first or second, goes by.
        for (var i = 0; i < order; i++)
        {
            var row = upper.Slice(i * stride, stride);
            for (var k = 0; k < weights.Length; k += RowStep)
            {
                var four = tile.Slice(k * stride, RowStep * stride);
                AddFourRows(four, stride, i & -Lanes, weights[k] * four[i], weights[k + 1] * four[stride + i],
                    weights[k + 2] * four[2 * stride + i], weights[k + 3] * four[3 * stride + i], row);
            }
        }
    }

    private static void AddFourRows(ReadOnlySpan<double> four, int stride, int start, double w0, double w1, double w2, double w3, Span<double> sums)
    {
        ref var row0 = ref MemoryMarshal.GetReference(four);
        ref var row1 = ref MemoryMarshal.GetReference(four[stride..]);
        ref var row2 = ref MemoryMarshal.GetReference(four[(2 * stride)..]);
        ref var row3 = ref MemoryMarshal.GetReference(four[(3 * stride)..]);
        ref var sum = ref MemoryMarshal.GetReference(sums);
        var v0 = Vector512.Create(w0);
        var v1 = Vector512.Create(w1);
        var v2 = Vector512.Create(w2);
        var v3 = Vector512.Create(w3);
        for (var j = (nuint)start; j < (nuint)stride; j += Lanes)
        {
            var s = Vector512.LoadUnsafe(ref sum, j);
            s = Vector512.FusedMultiplyAdd(v0, Vector512.LoadUnsafe(ref row0, j), s);
            s = Vector512.FusedMultiplyAdd(v1, Vector512.LoadUnsafe(ref row1, j), s);
            s = Vector512.FusedMultiplyAdd(v2, Vector512.LoadUnsafe(ref row2, j), s);
            s = Vector512.FusedMultiplyAdd(v3, Vector512.LoadUnsafe(ref row3, j), s);
            s.StoreUnsafe(ref sum, j);
        }
    }

    private static void Require(ReadOnlySpan<double> tile, int stride, ReadOnlySpan<double> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(stride % Lanes, 0, nameof(stride));
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length % RowStep, 0, nameof(weights));
        ArgumentOutOfRangeException.ThrowIfLessThan(tile.Length, weights.Length * stride, nameof(tile));
    }
}
