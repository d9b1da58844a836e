using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SigmoidApi.Compute.Simd;

/// <summary>Register tiles for 16 registers of 256 bits. Three vectors wide takes all 16: twelve sums, three vectors of a row, a factor.</summary>
/// <remarks>
/// Written out for this width. One form for all widths over <see cref="ILanes{T}"/> was as fast in float64, but took 13 % longer in
/// float32 with 500 columns.
/// </remarks>
internal static class GramTiles256
{
    /// <summary>Four rows of sums, three vectors wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Three<T>(ref T left, ref T right, nuint stride, int count, ref T sums)
        where T : unmanaged
    {
        ref var row0 = ref sums;
        ref var row1 = ref Unsafe.Add(ref sums, stride);
        ref var row2 = ref Unsafe.Add(ref sums, 2 * stride);
        ref var row3 = ref Unsafe.Add(ref sums, 3 * stride);
        var s00 = Vector256.LoadUnsafe(ref row0);
        var s01 = Vector256.LoadUnsafe(ref row0, (nuint)Vector256<T>.Count);
        var s02 = Vector256.LoadUnsafe(ref row0, (nuint)(2 * Vector256<T>.Count));
        var s10 = Vector256.LoadUnsafe(ref row1);
        var s11 = Vector256.LoadUnsafe(ref row1, (nuint)Vector256<T>.Count);
        var s12 = Vector256.LoadUnsafe(ref row1, (nuint)(2 * Vector256<T>.Count));
        var s20 = Vector256.LoadUnsafe(ref row2);
        var s21 = Vector256.LoadUnsafe(ref row2, (nuint)Vector256<T>.Count);
        var s22 = Vector256.LoadUnsafe(ref row2, (nuint)(2 * Vector256<T>.Count));
        var s30 = Vector256.LoadUnsafe(ref row3);
        var s31 = Vector256.LoadUnsafe(ref row3, (nuint)Vector256<T>.Count);
        var s32 = Vector256.LoadUnsafe(ref row3, (nuint)(2 * Vector256<T>.Count));
        for (var k = 0; k < count; k++)
        {
            var x0 = Vector256.LoadUnsafe(ref right);
            var x1 = Vector256.LoadUnsafe(ref right, (nuint)Vector256<T>.Count);
            var x2 = Vector256.LoadUnsafe(ref right, (nuint)(2 * Vector256<T>.Count));
            var w0 = Vector256.Create(left);
            s00 = MultiplyAdd(w0, x0, s00);
            s01 = MultiplyAdd(w0, x1, s01);
            s02 = MultiplyAdd(w0, x2, s02);
            var w1 = Vector256.Create(Unsafe.Add(ref left, 1));
            s10 = MultiplyAdd(w1, x0, s10);
            s11 = MultiplyAdd(w1, x1, s11);
            s12 = MultiplyAdd(w1, x2, s12);
            var w2 = Vector256.Create(Unsafe.Add(ref left, 2));
            s20 = MultiplyAdd(w2, x0, s20);
            s21 = MultiplyAdd(w2, x1, s21);
            s22 = MultiplyAdd(w2, x2, s22);
            var w3 = Vector256.Create(Unsafe.Add(ref left, 3));
            s30 = MultiplyAdd(w3, x0, s30);
            s31 = MultiplyAdd(w3, x1, s31);
            s32 = MultiplyAdd(w3, x2, s32);
            left = ref Unsafe.Add(ref left, 4);
            right = ref Unsafe.Add(ref right, stride);
        }
        s00.StoreUnsafe(ref row0);
        s01.StoreUnsafe(ref row0, (nuint)Vector256<T>.Count);
        s02.StoreUnsafe(ref row0, (nuint)(2 * Vector256<T>.Count));
        s10.StoreUnsafe(ref row1);
        s11.StoreUnsafe(ref row1, (nuint)Vector256<T>.Count);
        s12.StoreUnsafe(ref row1, (nuint)(2 * Vector256<T>.Count));
        s20.StoreUnsafe(ref row2);
        s21.StoreUnsafe(ref row2, (nuint)Vector256<T>.Count);
        s22.StoreUnsafe(ref row2, (nuint)(2 * Vector256<T>.Count));
        s30.StoreUnsafe(ref row3);
        s31.StoreUnsafe(ref row3, (nuint)Vector256<T>.Count);
        s32.StoreUnsafe(ref row3, (nuint)(2 * Vector256<T>.Count));
    }

    /// <summary>Four rows of sums, two vectors wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Two<T>(ref T left, ref T right, nuint stride, int count, ref T sums)
        where T : unmanaged
    {
        ref var row0 = ref sums;
        ref var row1 = ref Unsafe.Add(ref sums, stride);
        ref var row2 = ref Unsafe.Add(ref sums, 2 * stride);
        ref var row3 = ref Unsafe.Add(ref sums, 3 * stride);
        var s00 = Vector256.LoadUnsafe(ref row0);
        var s01 = Vector256.LoadUnsafe(ref row0, (nuint)Vector256<T>.Count);
        var s10 = Vector256.LoadUnsafe(ref row1);
        var s11 = Vector256.LoadUnsafe(ref row1, (nuint)Vector256<T>.Count);
        var s20 = Vector256.LoadUnsafe(ref row2);
        var s21 = Vector256.LoadUnsafe(ref row2, (nuint)Vector256<T>.Count);
        var s30 = Vector256.LoadUnsafe(ref row3);
        var s31 = Vector256.LoadUnsafe(ref row3, (nuint)Vector256<T>.Count);
        for (var k = 0; k < count; k++)
        {
            var x0 = Vector256.LoadUnsafe(ref right);
            var x1 = Vector256.LoadUnsafe(ref right, (nuint)Vector256<T>.Count);
            var w0 = Vector256.Create(left);
            s00 = MultiplyAdd(w0, x0, s00);
            s01 = MultiplyAdd(w0, x1, s01);
            var w1 = Vector256.Create(Unsafe.Add(ref left, 1));
            s10 = MultiplyAdd(w1, x0, s10);
            s11 = MultiplyAdd(w1, x1, s11);
            var w2 = Vector256.Create(Unsafe.Add(ref left, 2));
            s20 = MultiplyAdd(w2, x0, s20);
            s21 = MultiplyAdd(w2, x1, s21);
            var w3 = Vector256.Create(Unsafe.Add(ref left, 3));
            s30 = MultiplyAdd(w3, x0, s30);
            s31 = MultiplyAdd(w3, x1, s31);
            left = ref Unsafe.Add(ref left, 4);
            right = ref Unsafe.Add(ref right, stride);
        }
        s00.StoreUnsafe(ref row0);
        s01.StoreUnsafe(ref row0, (nuint)Vector256<T>.Count);
        s10.StoreUnsafe(ref row1);
        s11.StoreUnsafe(ref row1, (nuint)Vector256<T>.Count);
        s20.StoreUnsafe(ref row2);
        s21.StoreUnsafe(ref row2, (nuint)Vector256<T>.Count);
        s30.StoreUnsafe(ref row3);
        s31.StoreUnsafe(ref row3, (nuint)Vector256<T>.Count);
    }

    /// <summary>Four rows of sums, one vector wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One<T>(ref T left, ref T right, nuint stride, int count, ref T sums)
        where T : unmanaged
    {
        ref var row0 = ref sums;
        ref var row1 = ref Unsafe.Add(ref sums, stride);
        ref var row2 = ref Unsafe.Add(ref sums, 2 * stride);
        ref var row3 = ref Unsafe.Add(ref sums, 3 * stride);
        var s00 = Vector256.LoadUnsafe(ref row0);
        var s10 = Vector256.LoadUnsafe(ref row1);
        var s20 = Vector256.LoadUnsafe(ref row2);
        var s30 = Vector256.LoadUnsafe(ref row3);
        for (var k = 0; k < count; k++)
        {
            var x0 = Vector256.LoadUnsafe(ref right);
            var w0 = Vector256.Create(left);
            s00 = MultiplyAdd(w0, x0, s00);
            var w1 = Vector256.Create(Unsafe.Add(ref left, 1));
            s10 = MultiplyAdd(w1, x0, s10);
            var w2 = Vector256.Create(Unsafe.Add(ref left, 2));
            s20 = MultiplyAdd(w2, x0, s20);
            var w3 = Vector256.Create(Unsafe.Add(ref left, 3));
            s30 = MultiplyAdd(w3, x0, s30);
            left = ref Unsafe.Add(ref left, 4);
            right = ref Unsafe.Add(ref right, stride);
        }
        s00.StoreUnsafe(ref row0);
        s10.StoreUnsafe(ref row1);
        s20.StoreUnsafe(ref row2);
        s30.StoreUnsafe(ref row3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> MultiplyAdd<T>(Vector256<T> a, Vector256<T> b, Vector256<T> c)
    {
        if (typeof(T) == typeof(int))
        {
            if (AvxVnni.IsSupported)
                return AvxVnni.MultiplyWideningAndAdd(c.AsInt32(), a.AsInt16(), b.AsInt16()).As<int, T>();
            return (AddPairs(a.AsInt32(), b.AsInt32()) + c.AsInt32()).As<int, T>();
        }
        return typeof(T) == typeof(float)
            ? Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
    }

    /// <summary>The products of pairs of 16-bit integers, added: the low halves and the high ones. Without AVX2 it is slow, but the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> AddPairs(Vector256<int> a, Vector256<int> b) => Avx2.IsSupported
        ? Avx2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
        : (a << 16 >> 16) * (b << 16 >> 16) + (a >> 16) * (b >> 16);
}
