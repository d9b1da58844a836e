using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SigmoidApi.Compute.Simd;

/// <summary>
/// Products, sums and copies of a few rows. Row k starts at k · stride and is <c>width</c> long. The code uses Vector512 only, which the JIT
/// splits where vectors are narrower: the order of additions, and with it the result, is the same on all machines.
/// </summary>
internal static class RowKernels
{
    private const int Lanes = 8;

    /// <summary><paramref name="products"/>[k] = offset + rowₖ · <paramref name="vector"/>. Never NaN for finite input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(ReadOnlySpan<double> rows, int stride, int width, ReadOnlySpan<double> vector, double offset, Span<double> products)
    {
        Require(rows, stride, width, products.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(vector.Length, width);
        ref var v = ref MemoryMarshal.GetReference(vector);
        var k = 0;
        for (; k <= products.Length - 4; k += 4)
        {
            ref var row0 = ref Unsafe.Add(ref MemoryMarshal.GetReference(rows), (nint)k * stride);
            ref var row1 = ref Unsafe.Add(ref row0, stride);
            ref var row2 = ref Unsafe.Add(ref row1, stride);
            ref var row3 = ref Unsafe.Add(ref row2, stride);
            var (sum0, sum1, sum2, sum3) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
            var j = 0;
            for (; j <= width - Lanes; j += Lanes)
            {
                var x = Vector512.LoadUnsafe(ref v, (nuint)j);
                sum0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row0, (nuint)j), x, sum0);
                sum1 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row1, (nuint)j), x, sum1);
                sum2 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row2, (nuint)j), x, sum2);
                sum3 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row3, (nuint)j), x, sum3);
            }
            var (tail0, tail1, tail2, tail3) = (offset, offset, offset, offset);
            for (; j < width; j++)
            {
                var x = Unsafe.Add(ref v, j);
                tail0 = Math.FusedMultiplyAdd(Unsafe.Add(ref row0, j), x, tail0);
                tail1 = Math.FusedMultiplyAdd(Unsafe.Add(ref row1, j), x, tail1);
                tail2 = Math.FusedMultiplyAdd(Unsafe.Add(ref row2, j), x, tail2);
                tail3 = Math.FusedMultiplyAdd(Unsafe.Add(ref row3, j), x, tail3);
            }
            products[k] = Vector512.Sum(sum0) + tail0;
            products[k + 1] = Vector512.Sum(sum1) + tail1;
            products[k + 2] = Vector512.Sum(sum2) + tail2;
            products[k + 3] = Vector512.Sum(sum3) + tail3;
        }
        for (; k < products.Length; k++)
        {
            ref var row = ref Unsafe.Add(ref MemoryMarshal.GetReference(rows), (nint)k * stride);
            var sum = Vector512<double>.Zero;
            var j = 0;
            for (; j <= width - Lanes; j += Lanes)
                sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row, (nuint)j), Vector512.LoadUnsafe(ref v, (nuint)j), sum);
            var tail = offset;
            for (; j < width; j++)
                tail = Math.FusedMultiplyAdd(Unsafe.Add(ref row, j), Unsafe.Add(ref v, j), tail);
            products[k] = Vector512.Sum(sum) + tail;
        }
        for (k = 0; k < products.Length; k++)
        {
            if (!double.IsFinite(products[k]))
                products[k] = offset + DotProduct.Compute(rows.Slice(k * stride, width), vector[..width]);
        }
    }

    /// <summary><paramref name="sums"/>[j] += Σ <paramref name="weights"/>[k] · rowₖ[j], k rising.</summary>
    /// <param name="rows">One for each weight.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="weights">For each row.</param>
    /// <param name="sums">As wide as a row.</param>
    /// <param name="fetchNext">
    /// Whether to prefetch the next rows in memory, as many as these. These are in the cache already, so memory would be idle otherwise.
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows(ReadOnlySpan<double> rows, int stride, int width, ReadOnlySpan<double> weights, Span<double> sums, bool fetchNext = false)
    {
        Require(rows, stride, width, weights.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(sums.Length, width);
        ref var first = ref MemoryMarshal.GetReference(rows);
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var s = ref MemoryMarshal.GetReference(sums);
        var j = 0;
        for (; j <= width - 4 * Lanes; j += 4 * Lanes)
        {
            ref var row = ref Unsafe.Add(ref first, j);
            var sum0 = Vector512.LoadUnsafe(ref s, (nuint)j);
            var sum1 = Vector512.LoadUnsafe(ref s, (nuint)j + Lanes);
            var sum2 = Vector512.LoadUnsafe(ref s, (nuint)j + 2 * Lanes);
            var sum3 = Vector512.LoadUnsafe(ref s, (nuint)j + 3 * Lanes);
            for (var k = 0; k < weights.Length; k++)
            {
                var weight = Vector512.Create(Unsafe.Add(ref w, k));
                sum0 = Vector512.FusedMultiplyAdd(weight, Vector512.LoadUnsafe(ref row), sum0);
                sum1 = Vector512.FusedMultiplyAdd(weight, Vector512.LoadUnsafe(ref row, Lanes), sum1);
                sum2 = Vector512.FusedMultiplyAdd(weight, Vector512.LoadUnsafe(ref row, 2 * Lanes), sum2);
                sum3 = Vector512.FusedMultiplyAdd(weight, Vector512.LoadUnsafe(ref row, 3 * Lanes), sum3);
                if (fetchNext)
                {
                    Fetch(ref Unsafe.Add(ref row, rows.Length));
                    Fetch(ref Unsafe.Add(ref row, rows.Length + Lanes));
                    Fetch(ref Unsafe.Add(ref row, rows.Length + 2 * Lanes));
                    Fetch(ref Unsafe.Add(ref row, rows.Length + 3 * Lanes));
                }
                row = ref Unsafe.Add(ref row, stride);
            }
            sum0.StoreUnsafe(ref s, (nuint)j);
            sum1.StoreUnsafe(ref s, (nuint)j + Lanes);
            sum2.StoreUnsafe(ref s, (nuint)j + 2 * Lanes);
            sum3.StoreUnsafe(ref s, (nuint)j + 3 * Lanes);
        }
        for (; j <= width - Lanes; j += Lanes)
        {
            ref var row = ref Unsafe.Add(ref first, j);
            var sum = Vector512.LoadUnsafe(ref s, (nuint)j);
            for (var k = 0; k < weights.Length; k++)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(Unsafe.Add(ref w, k)), Vector512.LoadUnsafe(ref row), sum);
                row = ref Unsafe.Add(ref row, stride);
            }
            sum.StoreUnsafe(ref s, (nuint)j);
        }
        for (; j < width; j++)
        {
            var sum = sums[j];
            for (var k = 0; k < weights.Length; k++)
                sum = Math.FusedMultiplyAdd(weights[k], Unsafe.Add(ref first, (nint)k * stride + j), sum);
            sums[j] = sum;
        }
    }

    /// <summary><paramref name="sums"/>[j] += <paramref name="values"/>[j]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<T>(ReadOnlySpan<T> values, Span<T> sums)
        where T : unmanaged, IAdditionOperators<T, T, T>
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sums.Length, values.Length);
        ref var v = ref MemoryMarshal.GetReference(values);
        ref var s = ref MemoryMarshal.GetReference(sums);
        var j = 0;
        for (; j <= sums.Length - Vector512<T>.Count; j += Vector512<T>.Count)
            (Vector512.LoadUnsafe(ref s, (nuint)j) + Vector512.LoadUnsafe(ref v, (nuint)j)).StoreUnsafe(ref s, (nuint)j);
        for (; j < sums.Length; j++)
            sums[j] += values[j];
    }

    /// <summary><paramref name="sums"/>[j] += weight · <paramref name="row"/>[j]²</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSquares(ReadOnlySpan<double> row, double weight, Span<double> sums)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sums.Length, row.Length);
        ref var x = ref MemoryMarshal.GetReference(row);
        ref var s = ref MemoryMarshal.GetReference(sums);
        var j = 0;
        for (; j <= row.Length - Lanes; j += Lanes)
        {
            var value = Vector512.LoadUnsafe(ref x, (nuint)j);
            Vector512.FusedMultiplyAdd(Vector512.Create(weight) * value, value, Vector512.LoadUnsafe(ref s, (nuint)j)).StoreUnsafe(ref s, (nuint)j);
        }
        for (; j < row.Length; j++)
            sums[j] = Math.FusedMultiplyAdd(weight * row[j], row[j], sums[j]);
    }

    /// <summary><paramref name="sums"/>[j] += weight · <paramref name="row"/>[j]</summary>
    public static void AddScaled(ReadOnlySpan<double> row, double weight, Span<double> sums) => AddRows(row, row.Length, row.Length, [weight], sums);

    /// <summary>
    /// Copies adjacent rows of length <paramref name="width"/> to rows that start <paramref name="stride"/> apart. It also prefetches the rows
    /// after them: the caller computes with the copies next, and memory would be idle in the meantime.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyRows(ReadOnlySpan<double> rows, int width, Span<double> target, int stride)
    {
        var count = rows.Length / width;
        if (count == 0)
            return;
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, (count - 1) * stride + width);
        ref var source = ref MemoryMarshal.GetReference(rows);
        ref var destination = ref MemoryMarshal.GetReference(target);
        for (var k = 0; k < count; k++)
        {
            var j = 0;
            for (; j <= width - Lanes; j += Lanes)
            {
                Fetch(ref Unsafe.Add(ref source, rows.Length + j));
                Vector512.LoadUnsafe(ref source, (nuint)j).StoreUnsafe(ref destination, (nuint)j);
            }
            for (; j < width; j++)
                Unsafe.Add(ref destination, j) = Unsafe.Add(ref source, j);
            source = ref Unsafe.Add(ref source, width);
            destination = ref Unsafe.Add(ref destination, stride);
        }
    }

    /// <summary>
    /// The same with standardised values, (x[j] − means[j]) · reciprocals[j]. To write them at once takes half the time of a copy that is then changed: loads
    /// across two recent stores wait for both.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyStandardized(
        ReadOnlySpan<double> rows, int width, Span<double> target, int stride, ReadOnlySpan<double> means, ReadOnlySpan<double> reciprocals)
    {
        var count = rows.Length / width;
        if (count == 0)
            return;
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, (count - 1) * stride + width);
        ArgumentOutOfRangeException.ThrowIfLessThan(means.Length, width);
        ArgumentOutOfRangeException.ThrowIfLessThan(reciprocals.Length, width);
        ref var source = ref MemoryMarshal.GetReference(rows);
        ref var destination = ref MemoryMarshal.GetReference(target);
        ref var mean = ref MemoryMarshal.GetReference(means);
        ref var reciprocal = ref MemoryMarshal.GetReference(reciprocals);
        for (var k = 0; k < count; k++)
        {
            for (var j = 0; j <= width - Lanes; j += Lanes)
            {
                Fetch(ref Unsafe.Add(ref source, rows.Length + j));
                StandardizeLanes(ref source, ref destination, ref mean, ref reciprocal, (nuint)j);
            }

            // The last whole vector of a row may repeat some of its values.
            if (width >= Lanes)
            {
                StandardizeLanes(ref source, ref destination, ref mean, ref reciprocal, (nuint)(width - Lanes));
            }
            else
            {
                for (var j = 0; j < width; j++)
                    Unsafe.Add(ref destination, j) = (Unsafe.Add(ref source, j) - Unsafe.Add(ref mean, j)) * Unsafe.Add(ref reciprocal, j);
            }

            source = ref Unsafe.Add(ref source, width);
            destination = ref Unsafe.Add(ref destination, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StandardizeLanes(ref double source, ref double destination, ref double mean, ref double reciprocal, nuint j)
    {
        var centred = Vector512.LoadUnsafe(ref source, j) - Vector512.LoadUnsafe(ref mean, j);
        (centred * Vector512.LoadUnsafe(ref reciprocal, j)).StoreUnsafe(ref destination, j);
    }

    /// <summary>Prefetches a cache line. It never faults, so the address may lie beyond the array.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Fetch(ref double address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref address));
    }

    /// <summary>Copies float32 numbers as float64, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ReadOnlySpan<float> row, Span<double> target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, row.Length);
        ref var source = ref MemoryMarshal.GetReference(row);
        ref var destination = ref MemoryMarshal.GetReference(target);
        var j = 0;
        for (; j <= row.Length - Lanes; j += Lanes)
            Vector512.WidenLower(Vector256.LoadUnsafe(ref source, (nuint)j).ToVector512Unsafe()).StoreUnsafe(ref destination, (nuint)j);
        for (; j < row.Length; j++)
            target[j] = row[j];
    }

    /// <summary>Rounds to float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(ReadOnlySpan<double> row, Span<float> target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, row.Length);
        ref var source = ref MemoryMarshal.GetReference(row);
        ref var destination = ref MemoryMarshal.GetReference(target);
        var j = 0;
        for (; j <= row.Length - 2 * Lanes; j += 2 * Lanes)
        {
            var (lower, upper) = (Vector512.LoadUnsafe(ref source, (nuint)j), Vector512.LoadUnsafe(ref source, (nuint)j + Lanes));
            Vector512.Narrow(lower, upper).StoreUnsafe(ref destination, (nuint)j);
        }
        for (; j < row.Length; j++)
            target[j] = (float)row[j];
    }

    /// <summary>row[j] = (row[j] − means[j]) · reciprocals[j]</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Standardize(Span<double> row, ReadOnlySpan<double> means, ReadOnlySpan<double> reciprocals)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(means.Length, row.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(reciprocals.Length, row.Length);
        ref var x = ref MemoryMarshal.GetReference(row);
        ref var mean = ref MemoryMarshal.GetReference(means);
        ref var reciprocal = ref MemoryMarshal.GetReference(reciprocals);
        var j = 0;
        for (; j <= row.Length - Lanes; j += Lanes)
        {
            var centred = Vector512.LoadUnsafe(ref x, (nuint)j) - Vector512.LoadUnsafe(ref mean, (nuint)j);
            (centred * Vector512.LoadUnsafe(ref reciprocal, (nuint)j)).StoreUnsafe(ref x, (nuint)j);
        }
        for (; j < row.Length; j++)
            row[j] = (row[j] - means[j]) * reciprocals[j];
    }

    private static void Require(ReadOnlySpan<double> rows, int stride, int width, int count)
    {
        if (count > 0)
            ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, (count - 1) * stride + width, nameof(rows));
    }
}
