using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SigmoidApi.Compute.Simd;

/// <summary>
/// Sums over a few rows from which means and deviations are computed. Row k starts at k · stride and is <c>width</c> long. Its weight is weights[k], or 1
/// without weights; rows of weight 0 are skipped. Each column is summed in the order of the rows. Like <see cref="RowKernels"/>, the code uses Vector512
/// only.
/// </summary>
internal static class MomentKernels
{
    private const int Lanes = 8;

    /// <summary><paramref name="sums"/>[j] += Σ weight · (row[j] − shift[j]). Also updates the minimum and maximum of each column; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddShifted(
        ReadOnlySpan<double> rows,
        int stride,
        int width,
        int count,
        ReadOnlySpan<double> weights,
        ReadOnlySpan<double> shift,
        Span<double> sums,
        Span<double> minima,
        Span<double> maxima)
    {
        Require(rows, stride, width, count, weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(shift.Length, width);
        ArgumentOutOfRangeException.ThrowIfLessThan(sums.Length, width);
        ArgumentOutOfRangeException.ThrowIfLessThan(minima.Length, width);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxima.Length, width);
        ref var first = ref MemoryMarshal.GetReference(rows);
        ref var w = ref MemoryMarshal.GetReference(weights);
        var weighted = !weights.IsEmpty;
        var j = 0;
        for (; j <= width - Lanes; j += Lanes)
        {
            var from = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(shift), (nuint)j);
            var sum = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(sums), (nuint)j);
            var least = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(minima), (nuint)j);
            var most = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(maxima), (nuint)j);
            ref var row = ref Unsafe.Add(ref first, j);
            for (var k = 0; k < count; k++, row = ref Unsafe.Add(ref row, stride))
            {
                var weight = weighted ? Unsafe.Add(ref w, k) : 1;
                if (weight == 0)
                    continue;
                var value = Vector512.LoadUnsafe(ref row);
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(weight), value - from, sum);
                least = Vector512.Min(value, least);
                most = Vector512.Max(value, most);
            }

            sum.StoreUnsafe(ref MemoryMarshal.GetReference(sums), (nuint)j);
            least.StoreUnsafe(ref MemoryMarshal.GetReference(minima), (nuint)j);
            most.StoreUnsafe(ref MemoryMarshal.GetReference(maxima), (nuint)j);
        }

        for (; j < width; j++)
        {
            for (var k = 0; k < count; k++)
            {
                var weight = weighted ? weights[k] : 1;
                if (weight == 0)
                    continue;
                var value = Unsafe.Add(ref first, (nint)k * stride + j);
                sums[j] = Math.FusedMultiplyAdd(weight, value - shift[j], sums[j]);
                (minima[j], maxima[j]) = (Math.Min(minima[j], value), Math.Max(maxima[j], value));
            }
        }
    }

    /// <summary>
    /// With z = (row[j] − means[j]) · reciprocals[j]: <paramref name="sums"/>[j] += Σ weight · z, and <paramref name="squares"/>[j] += Σ weight · z².
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddStandardized(
        ReadOnlySpan<double> rows,
        int stride,
        int width,
        int count,
        ReadOnlySpan<double> weights,
        ReadOnlySpan<double> means,
        ReadOnlySpan<double> reciprocals,
        Span<double> sums,
        Span<double> squares)
    {
        Require(rows, stride, width, count, weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(means.Length, width);
        ArgumentOutOfRangeException.ThrowIfLessThan(reciprocals.Length, width);
        ArgumentOutOfRangeException.ThrowIfLessThan(sums.Length, width);
        ArgumentOutOfRangeException.ThrowIfLessThan(squares.Length, width);
        ref var first = ref MemoryMarshal.GetReference(rows);
        ref var w = ref MemoryMarshal.GetReference(weights);
        var weighted = !weights.IsEmpty;
        var j = 0;
        for (; j <= width - Lanes; j += Lanes)
        {
            var mean = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(means), (nuint)j);
            var reciprocal = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(reciprocals), (nuint)j);
            var sum = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(sums), (nuint)j);
            var square = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(squares), (nuint)j);
            ref var row = ref Unsafe.Add(ref first, j);
            for (var k = 0; k < count; k++, row = ref Unsafe.Add(ref row, stride))
            {
                var weight = weighted ? Unsafe.Add(ref w, k) : 1;
                if (weight == 0)
                    continue;
                var value = (Vector512.LoadUnsafe(ref row) - mean) * reciprocal;
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(weight), value, sum);
                square = Vector512.FusedMultiplyAdd(Vector512.Create(weight) * value, value, square);
            }

            sum.StoreUnsafe(ref MemoryMarshal.GetReference(sums), (nuint)j);
            square.StoreUnsafe(ref MemoryMarshal.GetReference(squares), (nuint)j);
        }

        for (; j < width; j++)
        {
            for (var k = 0; k < count; k++)
            {
                var weight = weighted ? weights[k] : 1;
                if (weight == 0)
                    continue;
                var value = (Unsafe.Add(ref first, (nint)k * stride + j) - means[j]) * reciprocals[j];
                sums[j] = Math.FusedMultiplyAdd(weight, value, sums[j]);
                squares[j] = Math.FusedMultiplyAdd(weight * value, value, squares[j]);
            }
        }
    }

    private static void Require(ReadOnlySpan<double> rows, int stride, int width, int count, ReadOnlySpan<double> weights)
    {
        if (count > 0)
            ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, (count - 1) * stride + width, nameof(rows));
        if (!weights.IsEmpty)
            ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, count);
    }
}
