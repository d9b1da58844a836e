using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SigmoidApi.Compute.Simd;

/// <summary>
/// Products and sums, in float32, of a few rows of 16-bit integers, which are whole vectors long: row k starts at k · stride. As in
/// <see cref="RowKernels"/>, the code uses Vector512 only, so that the order of additions is the same on all machines.
/// </summary>
internal static class RoundedKernels
{
    /// <summary>The largest integer that a number is rounded to.</summary>
    public const float Largest = short.MaxValue;

    /// <summary>1.5 · 2²³. A small number added to it is rounded to an integer, which is then in the low 16 bits of the sum.</summary>
    private const float RoundingOffset = 12582912;

    /// <summary>Numbers in 512 bits of float32. A stride is a multiple of twice as many.</summary>
    private const int Lanes = 16;

    /// <summary><paramref name="order"/> rounded up to whole vectors of integers.</summary>
    public static int Stride(int order) => (order + 2 * Lanes - 1) / (2 * Lanes) * (2 * Lanes);

    /// <summary><paramref name="products"/>[k] = rowₖ · <paramref name="vector"/>, which is as long as a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ReadOnlySpan<short> rows, ReadOnlySpan<float> vector, Span<double> products)
    {
        var stride = vector.Length;
        Require(rows.Length, stride, products.Length);
        ref var v = ref MemoryMarshal.GetReference(vector);
        var k = 0;
        for (; k <= products.Length - 4; k += 4)
        {
            ref var row0 = ref Unsafe.Add(ref MemoryMarshal.GetReference(rows), (nint)k * stride);
            ref var row1 = ref Unsafe.Add(ref row0, stride);
            ref var row2 = ref Unsafe.Add(ref row1, stride);
            ref var row3 = ref Unsafe.Add(ref row2, stride);
            var (sum0, sum1, sum2, sum3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            for (var j = 0; j < stride; j += Lanes)
            {
                var x = Vector512.LoadUnsafe(ref v, (nuint)j);
                sum0 = Vector512.FusedMultiplyAdd(Load(ref row0, j), x, sum0);
                sum1 = Vector512.FusedMultiplyAdd(Load(ref row1, j), x, sum1);
                sum2 = Vector512.FusedMultiplyAdd(Load(ref row2, j), x, sum2);
                sum3 = Vector512.FusedMultiplyAdd(Load(ref row3, j), x, sum3);
            }
            products[k] = Vector512.Sum(sum0);
            products[k + 1] = Vector512.Sum(sum1);
            products[k + 2] = Vector512.Sum(sum2);
            products[k + 3] = Vector512.Sum(sum3);
        }
        for (; k < products.Length; k++)
        {
            ref var row = ref Unsafe.Add(ref MemoryMarshal.GetReference(rows), (nint)k * stride);
            var sum = Vector512<float>.Zero;
            for (var j = 0; j < stride; j += Lanes)
                sum = Vector512.FusedMultiplyAdd(Load(ref row, j), Vector512.LoadUnsafe(ref v, (nuint)j), sum);
            products[k] = Vector512.Sum(sum);
        }
    }

    /// <summary><paramref name="sums"/>[j] += Σ <paramref name="weights"/>[k] · rowₖ[j], k rising.</summary>
    /// <param name="rows">One for each weight.</param>
    /// <param name="weights">For each row.</param>
    /// <param name="sums">As long as a row.</param>
    /// <param name="fetchNext">Whether to prefetch the next rows in memory, as many as these, while these are read from the cache.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows(ReadOnlySpan<short> rows, ReadOnlySpan<float> weights, Span<float> sums, bool fetchNext)
    {
        var stride = sums.Length;
        Require(rows.Length, stride, weights.Length);
        ref var first = ref MemoryMarshal.GetReference(rows);
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var s = ref MemoryMarshal.GetReference(sums);
        for (var j = 0; j < stride; j += 2 * Lanes)
        {
            ref var row = ref Unsafe.Add(ref first, j);
            var sum0 = Vector512.LoadUnsafe(ref s, (nuint)j);
            var sum1 = Vector512.LoadUnsafe(ref s, (nuint)j + Lanes);
            for (var k = 0; k < weights.Length; k++)
            {
                var weight = Vector512.Create(Unsafe.Add(ref w, k));
                sum0 = Vector512.FusedMultiplyAdd(weight, Load(ref row, 0), sum0);
                sum1 = Vector512.FusedMultiplyAdd(weight, Load(ref row, Lanes), sum1);
                if (fetchNext)
                    Fetch(ref Unsafe.Add(ref row, rows.Length));
                row = ref Unsafe.Add(ref row, stride);
            }
            sum0.StoreUnsafe(ref s, (nuint)j);
            sum1.StoreUnsafe(ref s, (nuint)j + Lanes);
        }
    }

    /// <summary>
    /// Rounds a row to float32, and <paramref name="maxima"/>[j] becomes |row[j]| if that is larger. NaN stays NaN: the bits of numbers from 0 on are ordered
    /// as integers, and those of NaN are the largest. The row is whole cache lines long.
    /// </summary>
    /// <remarks>
    /// Vector256 here and in <see cref="Round"/>: of Vector512 the JIT makes calls for each element where vectors are narrower, in these conversions.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(ReadOnlySpan<double> row, Span<float> target, Span<float> maxima)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length % 8, 0, nameof(row));
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, row.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxima.Length, row.Length);
        ref var x = ref MemoryMarshal.GetReference(row);
        ref var t = ref MemoryMarshal.GetReference(target);
        ref var most = ref MemoryMarshal.GetReference(maxima);
        for (var j = 0; j < row.Length; j += 8)
        {
            var narrow = Vector256.Narrow(Vector256.LoadUnsafe(ref x, (nuint)j), Vector256.LoadUnsafe(ref x, (nuint)j + 4));
            narrow.StoreUnsafe(ref t, (nuint)j);
            Vector256.Max(Vector256.Abs(narrow).AsInt32(), Vector256.LoadUnsafe(ref most, (nuint)j).AsInt32()).AsSingle().StoreUnsafe(ref most, (nuint)j);
        }
    }

    /// <summary><paramref name="maxima"/>[j] becomes <paramref name="values"/>[j], from 0 on or NaN, if that is larger or NaN.</summary>
    public static void Widen(ReadOnlySpan<float> values, Span<float> maxima)
    {
        for (var j = 0; j < maxima.Length; j++)
            maxima[j] = Math.Max(values[j], maxima[j]);
    }

    /// <summary>Rounds row[j] · <paramref name="factors"/>[j], which is at most <see cref="Largest"/>, to the nearest integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round(ReadOnlySpan<float> row, ReadOnlySpan<float> factors, Span<short> target)
    {
        Require(row.Length, factors.Length, 1);
        Require(target.Length, factors.Length, 1);
        ref var x = ref MemoryMarshal.GetReference(row);
        ref var f = ref MemoryMarshal.GetReference(factors);
        ref var t = ref MemoryMarshal.GetReference(target);
        for (var j = 0; j < factors.Length; j += Lanes)
            Vector256.Narrow(Rounded(ref x, ref f, j), Rounded(ref x, ref f, j + Lanes / 2)).StoreUnsafe(ref t, (nuint)j);
    }

    /// <summary><paramref name="products"/>[j] = <paramref name="x"/>[j] · <paramref name="y"/>[j], all of one length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> products)
    {
        Require(x.Length, products.Length, 1);
        Require(y.Length, products.Length, 1);
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y);
        ref var p = ref MemoryMarshal.GetReference(products);
        for (var j = 0; j < products.Length; j += Lanes)
            (Vector512.LoadUnsafe(ref a, (nuint)j) * Vector512.LoadUnsafe(ref b, (nuint)j)).StoreUnsafe(ref p, (nuint)j);
    }

    /// <summary><paramref name="sums"/>[j] += <paramref name="values"/>[j] · <paramref name="factors"/>[j] for every sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(ReadOnlySpan<float> values, ReadOnlySpan<float> factors, Span<double> sums)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, sums.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(factors.Length, sums.Length);
        ref var v = ref MemoryMarshal.GetReference(values);
        ref var f = ref MemoryMarshal.GetReference(factors);
        ref var s = ref MemoryMarshal.GetReference(sums);
        var j = 0;
        for (; j <= sums.Length - Lanes / 2; j += Lanes / 2)
        {
            var sum = Vector512.FusedMultiplyAdd(Wide(ref v, j), Wide(ref f, j), Vector512.LoadUnsafe(ref s, (nuint)j));
            sum.StoreUnsafe(ref s, (nuint)j);
        }
        for (; j < sums.Length; j++)
            sums[j] = Math.FusedMultiplyAdd(values[j], factors[j], sums[j]);
    }

    /// <summary>
    /// <paramref name="pairs"/>[j] holds two numbers of 16 bits: a[j] · <paramref name="factorA"/> and b[j] · <paramref name="factorB"/>, rounded to integers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pair(ReadOnlySpan<short> a, float factorA, ReadOnlySpan<short> b, float factorB, Span<int> pairs)
    {
        Require(a.Length, a.Length, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(b.Length, a.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pairs.Length % Lanes, 0, nameof(pairs));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pairs.Length, a.Length);
        ref var low = ref MemoryMarshal.GetReference(a);
        ref var high = ref MemoryMarshal.GetReference(b);
        ref var p = ref MemoryMarshal.GetReference(pairs);
        var offset = Vector512.Create(RoundingOffset);
        var (scaleLow, scaleHigh) = (Vector512.Create(factorA), Vector512.Create(factorB));
        for (var j = 0; j < pairs.Length; j += Lanes)
        {
            var lowBits = Vector512.FusedMultiplyAdd(Load(ref low, j), scaleLow, offset).AsInt32() & Vector512.Create(0xFFFF);
            var highBits = Vector512.FusedMultiplyAdd(Load(ref high, j), scaleHigh, offset).AsInt32() << 16;
            (lowBits | highBits).StoreUnsafe(ref p, (nuint)j);
        }
    }

    /// <summary>
    /// <paramref name="sums"/>[j] += <paramref name="values"/>[j] · factor · <paramref name="factors"/>[j], all of one length; then the values are 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MoveScaled(Span<int> values, float factor, ReadOnlySpan<float> factors, Span<float> sums)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length % Lanes, 0, nameof(values));
        ArgumentOutOfRangeException.ThrowIfNotEqual(factors.Length, values.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Length, values.Length);
        ref var v = ref MemoryMarshal.GetReference(values);
        ref var f = ref MemoryMarshal.GetReference(factors);
        ref var s = ref MemoryMarshal.GetReference(sums);
        var scale = Vector512.Create(factor);
        for (var j = 0; j < values.Length; j += Lanes)
        {
            var value = Vector512.ConvertToSingle(Vector512.LoadUnsafe(ref v, (nuint)j));
            var sum = Vector512.FusedMultiplyAdd(value, scale * Vector512.LoadUnsafe(ref f, (nuint)j), Vector512.LoadUnsafe(ref s, (nuint)j));
            sum.StoreUnsafe(ref s, (nuint)j);
            Vector512<int>.Zero.StoreUnsafe(ref v, (nuint)j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(ref short row, int j) =>
        Vector512.ConvertToSingle(Vector512.WidenLower(Vector256.LoadUnsafe(ref row, (nuint)j).ToVector512Unsafe()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Wide(ref float values, int j) =>
        Vector512.WidenLower(Vector256.LoadUnsafe(ref values, (nuint)j).ToVector512Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Rounded(ref float row, ref float factors, int j) => Vector256.FusedMultiplyAdd(
        Vector256.LoadUnsafe(ref row, (nuint)j), Vector256.LoadUnsafe(ref factors, (nuint)j), Vector256.Create(RoundingOffset)).AsInt32();

    /// <summary>Prefetches a cache line into the second level. It never faults, so the address may lie beyond the array.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Fetch(ref short address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(Unsafe.AsPointer(ref address));
    }

    private static void Require(int length, int stride, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(stride % (2 * Lanes), 0, nameof(stride));
        ArgumentOutOfRangeException.ThrowIfLessThan(length, (long)count * stride, nameof(length));
    }
}
