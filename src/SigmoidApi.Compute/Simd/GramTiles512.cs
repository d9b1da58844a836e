using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SigmoidApi.Compute.Simd;

/// <summary>Register tiles for 32 registers of 512 bits. Four vectors wide takes 21: sixteen sums, four vectors of a row, a factor.</summary>
/// <remarks>
/// Written out for this width. One form for all widths over <see cref="ILanes{T}"/> was as fast in float64, but took 13 % longer in
/// float32 with 500 columns.
/// </remarks>
internal static class GramTiles512
{
    /// <summary>Four rows of sums, four vectors wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Four<T>(ref T left, ref T right, nuint stride, int count, ref T sums)
        where T : unmanaged
    {
        ref var row0 = ref sums;
        ref var row1 = ref Unsafe.Add(ref sums, stride);
        ref var row2 = ref Unsafe.Add(ref sums, 2 * stride);
        ref var row3 = ref Unsafe.Add(ref sums, 3 * stride);
        var s00 = Vector512.LoadUnsafe(ref row0);
        var s01 = Vector512.LoadUnsafe(ref row0, (nuint)Vector512<T>.Count);
        var s02 = Vector512.LoadUnsafe(ref row0, (nuint)(2 * Vector512<T>.Count));
        var s03 = Vector512.LoadUnsafe(ref row0, (nuint)(3 * Vector512<T>.Count));
        var s10 = Vector512.LoadUnsafe(ref row1);
        var s11 = Vector512.LoadUnsafe(ref row1, (nuint)Vector512<T>.Count);
        var s12 = Vector512.LoadUnsafe(ref row1, (nuint)(2 * Vector512<T>.Count));
        var s13 = Vector512.LoadUnsafe(ref row1, (nuint)(3 * Vector512<T>.Count));
        var s20 = Vector512.LoadUnsafe(ref row2);
        var s21 = Vector512.LoadUnsafe(ref row2, (nuint)Vector512<T>.Count);
        var s22 = Vector512.LoadUnsafe(ref row2, (nuint)(2 * Vector512<T>.Count));
        var s23 = Vector512.LoadUnsafe(ref row2, (nuint)(3 * Vector512<T>.Count));
        var s30 = Vector512.LoadUnsafe(ref row3);
        var s31 = Vector512.LoadUnsafe(ref row3, (nuint)Vector512<T>.Count);
        var s32 = Vector512.LoadUnsafe(ref row3, (nuint)(2 * Vector512<T>.Count));
        var s33 = Vector512.LoadUnsafe(ref row3, (nuint)(3 * Vector512<T>.Count));
        for (var k = 0; k < count; k++)
        {
            var x0 = Vector512.LoadUnsafe(ref right);
            var x1 = Vector512.LoadUnsafe(ref right, (nuint)Vector512<T>.Count);
            var x2 = Vector512.LoadUnsafe(ref right, (nuint)(2 * Vector512<T>.Count));
            var x3 = Vector512.LoadUnsafe(ref right, (nuint)(3 * Vector512<T>.Count));
            var w0 = Vector512.Create(left);
            s00 = MultiplyAdd(w0, x0, s00);
            s01 = MultiplyAdd(w0, x1, s01);
            s02 = MultiplyAdd(w0, x2, s02);
            s03 = MultiplyAdd(w0, x3, s03);
            var w1 = Vector512.Create(Unsafe.Add(ref left, 1));
            s10 = MultiplyAdd(w1, x0, s10);
            s11 = MultiplyAdd(w1, x1, s11);
            s12 = MultiplyAdd(w1, x2, s12);
            s13 = MultiplyAdd(w1, x3, s13);
            var w2 = Vector512.Create(Unsafe.Add(ref left, 2));
            s20 = MultiplyAdd(w2, x0, s20);
            s21 = MultiplyAdd(w2, x1, s21);
            s22 = MultiplyAdd(w2, x2, s22);
            s23 = MultiplyAdd(w2, x3, s23);
            var w3 = Vector512.Create(Unsafe.Add(ref left, 3));
            s30 = MultiplyAdd(w3, x0, s30);
            s31 = MultiplyAdd(w3, x1, s31);
            s32 = MultiplyAdd(w3, x2, s32);
            s33 = MultiplyAdd(w3, x3, s33);
            left = ref Unsafe.Add(ref left, 4);
            right = ref Unsafe.Add(ref right, stride);
        }
        s00.StoreUnsafe(ref row0);
        s01.StoreUnsafe(ref row0, (nuint)Vector512<T>.Count);
        s02.StoreUnsafe(ref row0, (nuint)(2 * Vector512<T>.Count));
        s03.StoreUnsafe(ref row0, (nuint)(3 * Vector512<T>.Count));
        s10.StoreUnsafe(ref row1);
        s11.StoreUnsafe(ref row1, (nuint)Vector512<T>.Count);
        s12.StoreUnsafe(ref row1, (nuint)(2 * Vector512<T>.Count));
        s13.StoreUnsafe(ref row1, (nuint)(3 * Vector512<T>.Count));
        s20.StoreUnsafe(ref row2);
        s21.StoreUnsafe(ref row2, (nuint)Vector512<T>.Count);
        s22.StoreUnsafe(ref row2, (nuint)(2 * Vector512<T>.Count));
        s23.StoreUnsafe(ref row2, (nuint)(3 * Vector512<T>.Count));
        s30.StoreUnsafe(ref row3);
        s31.StoreUnsafe(ref row3, (nuint)Vector512<T>.Count);
        s32.StoreUnsafe(ref row3, (nuint)(2 * Vector512<T>.Count));
        s33.StoreUnsafe(ref row3, (nuint)(3 * Vector512<T>.Count));
    }

    /// <summary>Four rows of sums, three vectors wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Three<T>(ref T left, ref T right, nuint stride, int count, ref T sums)
        where T : unmanaged
    {
        ref var row0 = ref sums;
        ref var row1 = ref Unsafe.Add(ref sums, stride);
        ref var row2 = ref Unsafe.Add(ref sums, 2 * stride);
        ref var row3 = ref Unsafe.Add(ref sums, 3 * stride);
        var s00 = Vector512.LoadUnsafe(ref row0);
        var s01 = Vector512.LoadUnsafe(ref row0, (nuint)Vector512<T>.Count);
        var s02 = Vector512.LoadUnsafe(ref row0, (nuint)(2 * Vector512<T>.Count));
        var s10 = Vector512.LoadUnsafe(ref row1);
        var s11 = Vector512.LoadUnsafe(ref row1, (nuint)Vector512<T>.Count);
        var s12 = Vector512.LoadUnsafe(ref row1, (nuint)(2 * Vector512<T>.Count));
        var s20 = Vector512.LoadUnsafe(ref row2);
        var s21 = Vector512.LoadUnsafe(ref row2, (nuint)Vector512<T>.Count);
        var s22 = Vector512.LoadUnsafe(ref row2, (nuint)(2 * Vector512<T>.Count));
        var s30 = Vector512.LoadUnsafe(ref row3);
        var s31 = Vector512.LoadUnsafe(ref row3, (nuint)Vector512<T>.Count);
        var s32 = Vector512.LoadUnsafe(ref row3, (nuint)(2 * Vector512<T>.Count));
        for (var k = 0; k < count; k++)
        {
            var x0 = Vector512.LoadUnsafe(ref right);
            var x1 = Vector512.LoadUnsafe(ref right, (nuint)Vector512<T>.Count);
            var x2 = Vector512.LoadUnsafe(ref right, (nuint)(2 * Vector512<T>.Count));
            var w0 = Vector512.Create(left);
            s00 = MultiplyAdd(w0, x0, s00);
            s01 = MultiplyAdd(w0, x1, s01);
            s02 = MultiplyAdd(w0, x2, s02);
            var w1 = Vector512.Create(Unsafe.Add(ref left, 1));
            s10 = MultiplyAdd(w1, x0, s10);
            s11 = MultiplyAdd(w1, x1, s11);
            s12 = MultiplyAdd(w1, x2, s12);
            var w2 = Vector512.Create(Unsafe.Add(ref left, 2));
            s20 = MultiplyAdd(w2, x0, s20);
            s21 = MultiplyAdd(w2, x1, s21);
            s22 = MultiplyAdd(w2, x2, s22);
            var w3 = Vector512.Create(Unsafe.Add(ref left, 3));
            s30 = MultiplyAdd(w3, x0, s30);
            s31 = MultiplyAdd(w3, x1, s31);
            s32 = MultiplyAdd(w3, x2, s32);
            left = ref Unsafe.Add(ref left, 4);
            right = ref Unsafe.Add(ref right, stride);
        }
        s00.StoreUnsafe(ref row0);
        s01.StoreUnsafe(ref row0, (nuint)Vector512<T>.Count);
        s02.StoreUnsafe(ref row0, (nuint)(2 * Vector512<T>.Count));
        s10.StoreUnsafe(ref row1);
        s11.StoreUnsafe(ref row1, (nuint)Vector512<T>.Count);
        s12.StoreUnsafe(ref row1, (nuint)(2 * Vector512<T>.Count));
        s20.StoreUnsafe(ref row2);
        s21.StoreUnsafe(ref row2, (nuint)Vector512<T>.Count);
        s22.StoreUnsafe(ref row2, (nuint)(2 * Vector512<T>.Count));
        s30.StoreUnsafe(ref row3);
        s31.StoreUnsafe(ref row3, (nuint)Vector512<T>.Count);
        s32.StoreUnsafe(ref row3, (nuint)(2 * Vector512<T>.Count));
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
        var s00 = Vector512.LoadUnsafe(ref row0);
        var s01 = Vector512.LoadUnsafe(ref row0, (nuint)Vector512<T>.Count);
        var s10 = Vector512.LoadUnsafe(ref row1);
        var s11 = Vector512.LoadUnsafe(ref row1, (nuint)Vector512<T>.Count);
        var s20 = Vector512.LoadUnsafe(ref row2);
        var s21 = Vector512.LoadUnsafe(ref row2, (nuint)Vector512<T>.Count);
        var s30 = Vector512.LoadUnsafe(ref row3);
        var s31 = Vector512.LoadUnsafe(ref row3, (nuint)Vector512<T>.Count);
        for (var k = 0; k < count; k++)
        {
            var x0 = Vector512.LoadUnsafe(ref right);
            var x1 = Vector512.LoadUnsafe(ref right, (nuint)Vector512<T>.Count);
            var w0 = Vector512.Create(left);
            s00 = MultiplyAdd(w0, x0, s00);
            s01 = MultiplyAdd(w0, x1, s01);
            var w1 = Vector512.Create(Unsafe.Add(ref left, 1));
            s10 = MultiplyAdd(w1, x0, s10);
            s11 = MultiplyAdd(w1, x1, s11);
            var w2 = Vector512.Create(Unsafe.Add(ref left, 2));
            s20 = MultiplyAdd(w2, x0, s20);
            s21 = MultiplyAdd(w2, x1, s21);
            var w3 = Vector512.Create(Unsafe.Add(ref left, 3));
            s30 = MultiplyAdd(w3, x0, s30);
            s31 = MultiplyAdd(w3, x1, s31);
            left = ref Unsafe.Add(ref left, 4);
            right = ref Unsafe.Add(ref right, stride);
        }
        s00.StoreUnsafe(ref row0);
        s01.StoreUnsafe(ref row0, (nuint)Vector512<T>.Count);
        s10.StoreUnsafe(ref row1);
        s11.StoreUnsafe(ref row1, (nuint)Vector512<T>.Count);
        s20.StoreUnsafe(ref row2);
        s21.StoreUnsafe(ref row2, (nuint)Vector512<T>.Count);
        s30.StoreUnsafe(ref row3);
        s31.StoreUnsafe(ref row3, (nuint)Vector512<T>.Count);
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
        var s00 = Vector512.LoadUnsafe(ref row0);
        var s10 = Vector512.LoadUnsafe(ref row1);
        var s20 = Vector512.LoadUnsafe(ref row2);
        var s30 = Vector512.LoadUnsafe(ref row3);
        for (var k = 0; k < count; k++)
        {
            var x0 = Vector512.LoadUnsafe(ref right);
            var w0 = Vector512.Create(left);
            s00 = MultiplyAdd(w0, x0, s00);
            var w1 = Vector512.Create(Unsafe.Add(ref left, 1));
            s10 = MultiplyAdd(w1, x0, s10);
            var w2 = Vector512.Create(Unsafe.Add(ref left, 2));
            s20 = MultiplyAdd(w2, x0, s20);
            var w3 = Vector512.Create(Unsafe.Add(ref left, 3));
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
    private static Vector512<T> MultiplyAdd<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c)
    {
        if (typeof(T) == typeof(int))
            return (AddPairs(a.AsInt32(), b.AsInt32()) + c.AsInt32()).As<int, T>();
        return typeof(T) == typeof(float)
            ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
    }

    /// <summary>The products of pairs of 16-bit integers, added: the low halves and the high ones. Without AVX-512 it is slow, but the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> AddPairs(Vector512<int> a, Vector512<int> b) => Avx512BW.IsSupported
        ? Avx512BW.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
        : (a << 16 >> 16) * (b << 16 >> 16) + (a >> 16) * (b >> 16);
}
