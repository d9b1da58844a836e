using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SigmoidApi.Compute.Simd;

internal static class DotProduct
{
    /// <summary>
    /// Σ x[i]·y[i] with fused multiply-adds. The code uses Vector512 only. Where the machine's vectors are narrower, the JIT splits each
    /// operation, so the order of additions, and with it the result, is the same on all machines. Never NaN for finite input.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Compute(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y);
        var even = Vector512<double>.Zero;
        var odd = Vector512<double>.Zero;
        var i = 0;
        for (; i <= x.Length - 16; i += 16)
        {
            even = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref a, (nuint)i), Vector512.LoadUnsafe(ref b, (nuint)i), even);
            odd = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref a, (nuint)i + 8), Vector512.LoadUnsafe(ref b, (nuint)i + 8), odd);
        }
        if (i <= x.Length - 8)
        {
            even = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref a, (nuint)i), Vector512.LoadUnsafe(ref b, (nuint)i), even);
            i += 8;
        }
        var tail = 0.0;
        for (; i < x.Length; i++)
            tail = Math.FusedMultiplyAdd(x[i], y[i], tail);
        var sum = Vector512.Sum(even + odd) + tail;
        return double.IsFinite(sum) ? sum : ComputeScaled(x, y);
    }

    /// <summary>
    /// For sums with terms that overflow: adds up scaled terms, none of which overflows, then scales the sum back to a float64 or to an
    /// infinity of the right sign.
    /// </summary>
    private static double ComputeScaled(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
            sum += Math.ScaleB(x[i], -540) * Math.ScaleB(y[i], -540);
        return Math.ScaleB(sum, 1080);
    }
}
