using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SigmoidApi.Compute.Simd;

/// <summary>
/// Products and sums of contiguous columns. The code uses Vector512 only, which the JIT splits where vectors are narrower: the order of additions,
/// and with it the result, is the same on all machines.
/// </summary>
internal static class ColumnKernels
{
    private const int Lanes = 8;

    /// <summary>Column · <paramref name="vector"/></summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> column, ReadOnlySpan<double> vector)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vector.Length, column.Length);
        ref var c = ref MemoryMarshal.GetReference(column);
        ref var v = ref MemoryMarshal.GetReference(vector);
        var (sum0, sum1, sum2, sum3) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
        var i = 0;
        for (; i <= column.Length - 4 * Lanes; i += 4 * Lanes)
        {
            sum0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref c, (nuint)i), Vector512.LoadUnsafe(ref v, (nuint)i), sum0);
            sum1 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref c, (nuint)i + 8), Vector512.LoadUnsafe(ref v, (nuint)i + 8), sum1);
            sum2 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref c, (nuint)i + 16), Vector512.LoadUnsafe(ref v, (nuint)i + 16), sum2);
            sum3 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref c, (nuint)i + 24), Vector512.LoadUnsafe(ref v, (nuint)i + 24), sum3);
        }
        for (; i <= column.Length - Lanes; i += Lanes)
            sum0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref c, (nuint)i), Vector512.LoadUnsafe(ref v, (nuint)i), sum0);
        var tail = 0.0;
        for (; i < column.Length; i++)
            tail = Math.FusedMultiplyAdd(Unsafe.Add(ref c, i), Unsafe.Add(ref v, i), tail);
        return Vector512.Sum((sum0 + sum1) + (sum2 + sum3)) + tail;
    }

    /// <summary>Four columns · <paramref name="vector"/>, which is read once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dot(ReadOnlySpan<double> column0, ReadOnlySpan<double> column1, ReadOnlySpan<double> column2, ReadOnlySpan<double> column3,
        ReadOnlySpan<double> vector, Span<double> products)
    {
        Require(column0, column1, column2, column3, vector.Length);
        ref var a = ref MemoryMarshal.GetReference(column0);
        ref var b = ref MemoryMarshal.GetReference(column1);
        ref var c = ref MemoryMarshal.GetReference(column2);
        ref var d = ref MemoryMarshal.GetReference(column3);
        ref var v = ref MemoryMarshal.GetReference(vector);
        var (sum0, sum1, sum2, sum3) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
        var i = 0;
        for (; i <= column0.Length - Lanes; i += Lanes)
        {
            var x = Vector512.LoadUnsafe(ref v, (nuint)i);
            sum0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref a, (nuint)i), x, sum0);
            sum1 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref b, (nuint)i), x, sum1);
            sum2 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref c, (nuint)i), x, sum2);
            sum3 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref d, (nuint)i), x, sum3);
        }
        var (tail0, tail1, tail2, tail3) = (0.0, 0.0, 0.0, 0.0);
        for (; i < column0.Length; i++)
        {
            var x = Unsafe.Add(ref v, i);
            tail0 = Math.FusedMultiplyAdd(Unsafe.Add(ref a, i), x, tail0);
            tail1 = Math.FusedMultiplyAdd(Unsafe.Add(ref b, i), x, tail1);
            tail2 = Math.FusedMultiplyAdd(Unsafe.Add(ref c, i), x, tail2);
            tail3 = Math.FusedMultiplyAdd(Unsafe.Add(ref d, i), x, tail3);
        }
        products[0] = Vector512.Sum(sum0) + tail0;
        products[1] = Vector512.Sum(sum1) + tail1;
        products[2] = Vector512.Sum(sum2) + tail2;
        products[3] = Vector512.Sum(sum3) + tail3;
    }

    /// <summary><paramref name="sums"/> += Σ factor · column, for four columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ReadOnlySpan<double> column0, ReadOnlySpan<double> column1, ReadOnlySpan<double> column2, ReadOnlySpan<double> column3,
        ReadOnlySpan<double> factors, Span<double> sums)
    {
        Require(column0, column1, column2, column3, sums.Length);
        ref var a = ref MemoryMarshal.GetReference(column0);
        ref var b = ref MemoryMarshal.GetReference(column1);
        ref var c = ref MemoryMarshal.GetReference(column2);
        ref var d = ref MemoryMarshal.GetReference(column3);
        ref var s = ref MemoryMarshal.GetReference(sums);
        var (factor0, factor1, factor2, factor3) = (factors[0], factors[1], factors[2], factors[3]);
        var i = 0;
        for (; i <= column0.Length - Lanes; i += Lanes)
        {
            var sum = Vector512.FusedMultiplyAdd(Vector512.Create(factor0), Vector512.LoadUnsafe(ref a, (nuint)i), Vector512.LoadUnsafe(ref s, (nuint)i));
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(factor1), Vector512.LoadUnsafe(ref b, (nuint)i), sum);
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(factor2), Vector512.LoadUnsafe(ref c, (nuint)i), sum);
            Vector512.FusedMultiplyAdd(Vector512.Create(factor3), Vector512.LoadUnsafe(ref d, (nuint)i), sum).StoreUnsafe(ref s, (nuint)i);
        }
        for (; i < column0.Length; i++)
        {
            var sum = Math.FusedMultiplyAdd(factor0, Unsafe.Add(ref a, i), sums[i]);
            sum = Math.FusedMultiplyAdd(factor1, Unsafe.Add(ref b, i), sum);
            sum = Math.FusedMultiplyAdd(factor2, Unsafe.Add(ref c, i), sum);
            sums[i] = Math.FusedMultiplyAdd(factor3, Unsafe.Add(ref d, i), sum);
        }
    }

    /// <summary><paramref name="sums"/>[i] += factor · weights[i] · column[i]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddProducts(ReadOnlySpan<double> column, ReadOnlySpan<double> weights, double factor, Span<double> sums)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, column.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(sums.Length, column.Length);
        ref var c = ref MemoryMarshal.GetReference(column);
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var s = ref MemoryMarshal.GetReference(sums);
        var factors = Vector512.Create(factor);
        var i = 0;
        for (; i <= column.Length - Lanes; i += Lanes)
        {
            var product = factors * Vector512.LoadUnsafe(ref c, (nuint)i);
            Vector512.FusedMultiplyAdd(product, Vector512.LoadUnsafe(ref w, (nuint)i), Vector512.LoadUnsafe(ref s, (nuint)i)).StoreUnsafe(ref s, (nuint)i);
        }
        for (; i < column.Length; i++)
            sums[i] = Math.FusedMultiplyAdd(factor * Unsafe.Add(ref c, i), Unsafe.Add(ref w, i), sums[i]);
    }

    /// <summary>Σ column[i] · weights[i] · (margins[i] − means[i])</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> column, ReadOnlySpan<double> weights, ReadOnlySpan<double> margins, ReadOnlySpan<double> means)
    {
        Require(column, weights, margins, means, column.Length);
        ref var c = ref MemoryMarshal.GetReference(column);
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var t = ref MemoryMarshal.GetReference(margins);
        ref var s = ref MemoryMarshal.GetReference(means);
        var (even, odd) = (Vector512<double>.Zero, Vector512<double>.Zero);
        var i = 0;
        for (; i <= column.Length - 2 * Lanes; i += 2 * Lanes)
        {
            var (first, second) = (Vector512.LoadUnsafe(ref t, (nuint)i) - Vector512.LoadUnsafe(ref s, (nuint)i),
                Vector512.LoadUnsafe(ref t, (nuint)i + 8) - Vector512.LoadUnsafe(ref s, (nuint)i + 8));
            even = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref c, (nuint)i) * Vector512.LoadUnsafe(ref w, (nuint)i), first, even);
            odd = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref c, (nuint)i + 8) * Vector512.LoadUnsafe(ref w, (nuint)i + 8), second, odd);
        }
        var tail = 0.0;
        for (; i < column.Length; i++)
            tail = Math.FusedMultiplyAdd(Unsafe.Add(ref c, i) * Unsafe.Add(ref w, i), Unsafe.Add(ref t, i) - Unsafe.Add(ref s, i), tail);
        return Vector512.Sum(even + odd) + tail;
    }

    /// <summary>margins[i] += factor · column[i], and means[i] += factor · probabilities[i] · column[i]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(ReadOnlySpan<double> column, double factor, Span<double> margins, ReadOnlySpan<double> probabilities, Span<double> means)
    {
        Require(column, margins, probabilities, means, column.Length);
        ref var c = ref MemoryMarshal.GetReference(column);
        ref var t = ref MemoryMarshal.GetReference(margins);
        ref var p = ref MemoryMarshal.GetReference(probabilities);
        ref var s = ref MemoryMarshal.GetReference(means);
        var factors = Vector512.Create(factor);
        var i = 0;
        for (; i <= column.Length - Lanes; i += Lanes)
        {
            var change = factors * Vector512.LoadUnsafe(ref c, (nuint)i);
            (Vector512.LoadUnsafe(ref t, (nuint)i) + change).StoreUnsafe(ref t, (nuint)i);
            Vector512.FusedMultiplyAdd(change, Vector512.LoadUnsafe(ref p, (nuint)i), Vector512.LoadUnsafe(ref s, (nuint)i)).StoreUnsafe(ref s, (nuint)i);
        }
        for (; i < column.Length; i++)
        {
            var change = factor * Unsafe.Add(ref c, i);
            margins[i] += change;
            means[i] = Math.FusedMultiplyAdd(change, Unsafe.Add(ref p, i), means[i]);
        }
    }

    /// <summary>Σ weights[i] · column[i]²</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double WeightedSquares(ReadOnlySpan<double> column, ReadOnlySpan<double> weights)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, column.Length);
        ref var c = ref MemoryMarshal.GetReference(column);
        ref var w = ref MemoryMarshal.GetReference(weights);
        var (even, odd) = (Vector512<double>.Zero, Vector512<double>.Zero);
        var i = 0;
        for (; i <= column.Length - 2 * Lanes; i += 2 * Lanes)
        {
            var (first, second) = (Vector512.LoadUnsafe(ref c, (nuint)i), Vector512.LoadUnsafe(ref c, (nuint)i + 8));
            even = Vector512.FusedMultiplyAdd(first * Vector512.LoadUnsafe(ref w, (nuint)i), first, even);
            odd = Vector512.FusedMultiplyAdd(second * Vector512.LoadUnsafe(ref w, (nuint)i + 8), second, odd);
        }
        var tail = 0.0;
        for (; i < column.Length; i++)
            tail = Math.FusedMultiplyAdd(Unsafe.Add(ref c, i) * Unsafe.Add(ref w, i), Unsafe.Add(ref c, i), tail);
        return Vector512.Sum(even + odd) + tail;
    }

    private static void Require(
        ReadOnlySpan<double> column0, ReadOnlySpan<double> column1, ReadOnlySpan<double> column2, ReadOnlySpan<double> column3, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(column1.Length, column0.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(column2.Length, column0.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(column3.Length, column0.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, column0.Length);
    }
}
