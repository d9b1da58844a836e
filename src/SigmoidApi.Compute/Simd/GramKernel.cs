using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SigmoidApi.Compute.Simd;

/// <summary>
/// Σ wₖ·rowₖ·rowₖᵀ over the rows of a tile, by register tiles: four rows of sums, as many vectors wide as the machine has registers for,
/// stay in registers while the tile's rows go by. Every sum is one chain of fused multiply-adds over the rows in their order, so that
/// neither the width of a vector nor the shape of a register tile changes its bits.
/// </summary>
internal static class GramKernel
{
    /// <summary>The number of rows of sums is a multiple of it.</summary>
    public const int TileRows = 4;

    /// <summary>Numbers in a register: what strides are multiples of, 8 for float64 and 16 for float32.</summary>
    public static int Lanes<TElement>() => typeof(TElement) == typeof(float) ? 16 : 8;

    /// <summary><paramref name="order"/> rounded up to whole registers.</summary>
    public static int Stride<TElement>(int order) => (order + Lanes<TElement>() - 1) / Lanes<TElement>() * Lanes<TElement>();

    /// <summary>The numbers that the sums of a Gram matrix take.</summary>
    public static int Length<TElement>(int order) => (order + TileRows - 1) / TileRows * TileRows * Stride<TElement>(order);

    /// <summary>
    /// upper[i, j] += Σ weights[k]·tile[k, i]·tile[k, j] for j ≥ i. Rows of <paramref name="tile"/> and of
    /// <paramref name="upper"/> lie <paramref name="stride"/> apart; what lies between order and stride is finite. Entries left of the diagonal
    /// hold no meaning.
    /// </summary>
    /// <param name="tile">count rows.</param>
    /// <param name="stride">The order, rounded up to whole registers.</param>
    /// <param name="weights">count weights.</param>
    /// <param name="panel">count · stride numbers, overwritten: the weighted rows, four columns of all rows after each other.</param>
    /// <param name="upper">The sums.</param>
    /// <param name="width">The vectors to use.</param>
    public static void AddOuterProducts(ReadOnlySpan<double> tile, int stride, ReadOnlySpan<double> weights, Span<double> panel,
        Span<double> upper, Width width = Width.Widest)
    {
        Require(tile, stride, weights.Length, panel, upper);
        Pack<Lanes4, double>(tile, stride, weights, panel);
        switch (width == Width.Widest ? Widest : width)
        {
            case Width.Vector512: AddBands<Lanes8, double>(tile, stride, weights.Length, panel, upper, 4); break;
            case Width.Vector256: AddBands<Lanes4, double>(tile, stride, weights.Length, panel, upper, 3); break;
            case Width.Vector128: AddBands<Lanes2, double>(tile, stride, weights.Length, panel, upper, 3); break;
            default: AddBands<Lanes1, double>(tile, stride, weights.Length, panel, upper, 2); break;
        }
    }

    /// <summary>The same in float32.</summary>
    public static void AddOuterProducts(ReadOnlySpan<float> tile, int stride, ReadOnlySpan<double> weights, Span<float> panel,
        Span<float> upper, Width width = Width.Widest)
    {
        Require(tile, stride, weights.Length, panel, upper);
        Pack<Singles4, float>(tile, stride, weights, panel);
        switch (width == Width.Widest ? Widest : width)
        {
            case Width.Vector512: AddBands<Singles16, float>(tile, stride, weights.Length, panel, upper, 4); break;
            case Width.Vector256: AddBands<Singles8, float>(tile, stride, weights.Length, panel, upper, 3); break;
            case Width.Vector128: AddBands<Singles4, float>(tile, stride, weights.Length, panel, upper, 3); break;
            default: AddBands<Singles1, float>(tile, stride, weights.Length, panel, upper, 2); break;
        }
    }

    private static Width Widest =>
        Lanes8.IsHardwareAccelerated ? Width.Vector512 : Lanes4.IsHardwareAccelerated ? Width.Vector256 : Width.Vector128;

    private static void Require<TElement>(ReadOnlySpan<TElement> tile, int stride, int count, ReadOnlySpan<TElement> panel, ReadOnlySpan<TElement> upper)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(stride % Lanes<TElement>(), 0, nameof(stride));
        ArgumentOutOfRangeException.ThrowIfLessThan(tile.Length, count * stride, nameof(tile));
        ArgumentOutOfRangeException.ThrowIfLessThan(panel.Length, count * stride, nameof(panel));
        ArgumentOutOfRangeException.ThrowIfNotEqual(upper.Length % (TileRows * stride), 0, nameof(upper));
    }

    /// <typeparam name="T">Four numbers.</typeparam>
    /// <typeparam name="TElement">float64 or float32.</typeparam>
    private static void Pack<T, TElement>(ReadOnlySpan<TElement> tile, int stride, ReadOnlySpan<double> weights, Span<TElement> panel)
        where T : unmanaged, ILanes<T>
        where TElement : unmanaged
    {
        var count = weights.Length;
        for (var k = 0; k < count; k++)
        {
            T weight = weights[k];
            ref var row = ref Unsafe.Add(ref MemoryMarshal.GetReference(tile), k * stride);
            ref var packed = ref Unsafe.Add(ref MemoryMarshal.GetReference(panel), k * TileRows);
            for (var i = 0; i < stride; i += TileRows)
                LaneMemory.Store(weight * LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row, i)), ref Unsafe.Add(ref packed, i * count));
        }
    }

    /// <summary>Four rows of the sums after four, each from the diagonal's vector to the right.</summary>
    private static void AddBands<T, TElement>(ReadOnlySpan<TElement> tile, int stride, int count, ReadOnlySpan<TElement> panel, Span<TElement> upper, int vectors)
        where T : unmanaged, ILanes<T>
        where TElement : unmanaged
    {
        for (var i = 0; i < upper.Length / stride; i += TileRows)
        {
            ref var left = ref Unsafe.Add(ref MemoryMarshal.GetReference(panel), i * count);
            for (var j = i / Lanes<TElement>() * Lanes<TElement>(); j < stride;)
            {
                var wide = Math.Min(vectors, (stride - j) / T.Count);
                ref var right = ref Unsafe.Add(ref MemoryMarshal.GetReference(tile), j);
                ref var sums = ref Unsafe.Add(ref MemoryMarshal.GetReference(upper), i * stride + j);
                switch (wide)
                {
                    case 4: Four<T, TElement>(ref left, ref right, stride, count, ref sums); break;
                    case 3: Three<T, TElement>(ref left, ref right, stride, count, ref sums); break;
                    case 2: Two<T, TElement>(ref left, ref right, stride, count, ref sums); break;
                    default: One<T, TElement>(ref left, ref right, stride, count, ref sums); break;
                }
                j += wide * T.Count;
            }
        }
    }

    /// <summary>A register tile of 4 rows and 4 vectors.</summary>
    private static void Four<T, TElement>(ref TElement left, ref TElement right, int stride, int count, ref TElement sums)
        where T : unmanaged, ILanes<T>
        where TElement : unmanaged
    {
        ref var row0 = ref sums;
        ref var row1 = ref Unsafe.Add(ref sums, 1 * stride);
        ref var row2 = ref Unsafe.Add(ref sums, 2 * stride);
        ref var row3 = ref Unsafe.Add(ref sums, 3 * stride);
        var s00 = LaneMemory.Load<TElement, T>(ref row0);
        var s01 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row0, 1 * T.Count));
        var s02 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row0, 2 * T.Count));
        var s03 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row0, 3 * T.Count));
        var s10 = LaneMemory.Load<TElement, T>(ref row1);
        var s11 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row1, 1 * T.Count));
        var s12 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row1, 2 * T.Count));
        var s13 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row1, 3 * T.Count));
        var s20 = LaneMemory.Load<TElement, T>(ref row2);
        var s21 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row2, 1 * T.Count));
        var s22 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row2, 2 * T.Count));
        var s23 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row2, 3 * T.Count));
        var s30 = LaneMemory.Load<TElement, T>(ref row3);
        var s31 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row3, 1 * T.Count));
        var s32 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row3, 2 * T.Count));
        var s33 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row3, 3 * T.Count));
        for (var k = 0; k < count; k++)
        {
            var x0 = LaneMemory.Load<TElement, T>(ref right);
            var x1 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref right, 1 * T.Count));
            var x2 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref right, 2 * T.Count));
            var x3 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref right, 3 * T.Count));
            var w0 = LaneMemory.Broadcast<TElement, T>(ref left);
            s00 = T.MultiplyAdd(w0, x0, s00);
            s01 = T.MultiplyAdd(w0, x1, s01);
            s02 = T.MultiplyAdd(w0, x2, s02);
            s03 = T.MultiplyAdd(w0, x3, s03);
            var w1 = LaneMemory.Broadcast<TElement, T>(ref Unsafe.Add(ref left, 1));
            s10 = T.MultiplyAdd(w1, x0, s10);
            s11 = T.MultiplyAdd(w1, x1, s11);
            s12 = T.MultiplyAdd(w1, x2, s12);
            s13 = T.MultiplyAdd(w1, x3, s13);
            var w2 = LaneMemory.Broadcast<TElement, T>(ref Unsafe.Add(ref left, 2));
            s20 = T.MultiplyAdd(w2, x0, s20);
            s21 = T.MultiplyAdd(w2, x1, s21);
            s22 = T.MultiplyAdd(w2, x2, s22);
            s23 = T.MultiplyAdd(w2, x3, s23);
            var w3 = LaneMemory.Broadcast<TElement, T>(ref Unsafe.Add(ref left, 3));
            s30 = T.MultiplyAdd(w3, x0, s30);
            s31 = T.MultiplyAdd(w3, x1, s31);
            s32 = T.MultiplyAdd(w3, x2, s32);
            s33 = T.MultiplyAdd(w3, x3, s33);
            left = ref Unsafe.Add(ref left, TileRows);
            right = ref Unsafe.Add(ref right, stride);
        }
        LaneMemory.Store(s00, ref row0);
        LaneMemory.Store(s01, ref Unsafe.Add(ref row0, 1 * T.Count));
        LaneMemory.Store(s02, ref Unsafe.Add(ref row0, 2 * T.Count));
        LaneMemory.Store(s03, ref Unsafe.Add(ref row0, 3 * T.Count));
        LaneMemory.Store(s10, ref row1);
        LaneMemory.Store(s11, ref Unsafe.Add(ref row1, 1 * T.Count));
        LaneMemory.Store(s12, ref Unsafe.Add(ref row1, 2 * T.Count));
        LaneMemory.Store(s13, ref Unsafe.Add(ref row1, 3 * T.Count));
        LaneMemory.Store(s20, ref row2);
        LaneMemory.Store(s21, ref Unsafe.Add(ref row2, 1 * T.Count));
        LaneMemory.Store(s22, ref Unsafe.Add(ref row2, 2 * T.Count));
        LaneMemory.Store(s23, ref Unsafe.Add(ref row2, 3 * T.Count));
        LaneMemory.Store(s30, ref row3);
        LaneMemory.Store(s31, ref Unsafe.Add(ref row3, 1 * T.Count));
        LaneMemory.Store(s32, ref Unsafe.Add(ref row3, 2 * T.Count));
        LaneMemory.Store(s33, ref Unsafe.Add(ref row3, 3 * T.Count));
    }

    /// <summary>A register tile of 4 rows and 3 vectors.</summary>
    private static void Three<T, TElement>(ref TElement left, ref TElement right, int stride, int count, ref TElement sums)
        where T : unmanaged, ILanes<T>
        where TElement : unmanaged
    {
        ref var row0 = ref sums;
        ref var row1 = ref Unsafe.Add(ref sums, 1 * stride);
        ref var row2 = ref Unsafe.Add(ref sums, 2 * stride);
        ref var row3 = ref Unsafe.Add(ref sums, 3 * stride);
        var s00 = LaneMemory.Load<TElement, T>(ref row0);
        var s01 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row0, 1 * T.Count));
        var s02 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row0, 2 * T.Count));
        var s10 = LaneMemory.Load<TElement, T>(ref row1);
        var s11 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row1, 1 * T.Count));
        var s12 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row1, 2 * T.Count));
        var s20 = LaneMemory.Load<TElement, T>(ref row2);
        var s21 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row2, 1 * T.Count));
        var s22 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row2, 2 * T.Count));
        var s30 = LaneMemory.Load<TElement, T>(ref row3);
        var s31 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row3, 1 * T.Count));
        var s32 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row3, 2 * T.Count));
        for (var k = 0; k < count; k++)
        {
            var x0 = LaneMemory.Load<TElement, T>(ref right);
            var x1 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref right, 1 * T.Count));
            var x2 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref right, 2 * T.Count));
            var w0 = LaneMemory.Broadcast<TElement, T>(ref left);
            s00 = T.MultiplyAdd(w0, x0, s00);
            s01 = T.MultiplyAdd(w0, x1, s01);
            s02 = T.MultiplyAdd(w0, x2, s02);
            var w1 = LaneMemory.Broadcast<TElement, T>(ref Unsafe.Add(ref left, 1));
            s10 = T.MultiplyAdd(w1, x0, s10);
            s11 = T.MultiplyAdd(w1, x1, s11);
            s12 = T.MultiplyAdd(w1, x2, s12);
            var w2 = LaneMemory.Broadcast<TElement, T>(ref Unsafe.Add(ref left, 2));
            s20 = T.MultiplyAdd(w2, x0, s20);
            s21 = T.MultiplyAdd(w2, x1, s21);
            s22 = T.MultiplyAdd(w2, x2, s22);
            var w3 = LaneMemory.Broadcast<TElement, T>(ref Unsafe.Add(ref left, 3));
            s30 = T.MultiplyAdd(w3, x0, s30);
            s31 = T.MultiplyAdd(w3, x1, s31);
            s32 = T.MultiplyAdd(w3, x2, s32);
            left = ref Unsafe.Add(ref left, TileRows);
            right = ref Unsafe.Add(ref right, stride);
        }
        LaneMemory.Store(s00, ref row0);
        LaneMemory.Store(s01, ref Unsafe.Add(ref row0, 1 * T.Count));
        LaneMemory.Store(s02, ref Unsafe.Add(ref row0, 2 * T.Count));
        LaneMemory.Store(s10, ref row1);
        LaneMemory.Store(s11, ref Unsafe.Add(ref row1, 1 * T.Count));
        LaneMemory.Store(s12, ref Unsafe.Add(ref row1, 2 * T.Count));
        LaneMemory.Store(s20, ref row2);
        LaneMemory.Store(s21, ref Unsafe.Add(ref row2, 1 * T.Count));
        LaneMemory.Store(s22, ref Unsafe.Add(ref row2, 2 * T.Count));
        LaneMemory.Store(s30, ref row3);
        LaneMemory.Store(s31, ref Unsafe.Add(ref row3, 1 * T.Count));
        LaneMemory.Store(s32, ref Unsafe.Add(ref row3, 2 * T.Count));
    }

    /// <summary>A register tile of 4 rows and 2 vectors.</summary>
    private static void Two<T, TElement>(ref TElement left, ref TElement right, int stride, int count, ref TElement sums)
        where T : unmanaged, ILanes<T>
        where TElement : unmanaged
    {
        ref var row0 = ref sums;
        ref var row1 = ref Unsafe.Add(ref sums, 1 * stride);
        ref var row2 = ref Unsafe.Add(ref sums, 2 * stride);
        ref var row3 = ref Unsafe.Add(ref sums, 3 * stride);
        var s00 = LaneMemory.Load<TElement, T>(ref row0);
        var s01 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row0, 1 * T.Count));
        var s10 = LaneMemory.Load<TElement, T>(ref row1);
        var s11 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row1, 1 * T.Count));
        var s20 = LaneMemory.Load<TElement, T>(ref row2);
        var s21 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row2, 1 * T.Count));
        var s30 = LaneMemory.Load<TElement, T>(ref row3);
        var s31 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref row3, 1 * T.Count));
        for (var k = 0; k < count; k++)
        {
            var x0 = LaneMemory.Load<TElement, T>(ref right);
            var x1 = LaneMemory.Load<TElement, T>(ref Unsafe.Add(ref right, 1 * T.Count));
            var w0 = LaneMemory.Broadcast<TElement, T>(ref left);
            s00 = T.MultiplyAdd(w0, x0, s00);
            s01 = T.MultiplyAdd(w0, x1, s01);
            var w1 = LaneMemory.Broadcast<TElement, T>(ref Unsafe.Add(ref left, 1));
            s10 = T.MultiplyAdd(w1, x0, s10);
            s11 = T.MultiplyAdd(w1, x1, s11);
            var w2 = LaneMemory.Broadcast<TElement, T>(ref Unsafe.Add(ref left, 2));
            s20 = T.MultiplyAdd(w2, x0, s20);
            s21 = T.MultiplyAdd(w2, x1, s21);
            var w3 = LaneMemory.Broadcast<TElement, T>(ref Unsafe.Add(ref left, 3));
            s30 = T.MultiplyAdd(w3, x0, s30);
            s31 = T.MultiplyAdd(w3, x1, s31);
            left = ref Unsafe.Add(ref left, TileRows);
            right = ref Unsafe.Add(ref right, stride);
        }
        LaneMemory.Store(s00, ref row0);
        LaneMemory.Store(s01, ref Unsafe.Add(ref row0, 1 * T.Count));
        LaneMemory.Store(s10, ref row1);
        LaneMemory.Store(s11, ref Unsafe.Add(ref row1, 1 * T.Count));
        LaneMemory.Store(s20, ref row2);
        LaneMemory.Store(s21, ref Unsafe.Add(ref row2, 1 * T.Count));
        LaneMemory.Store(s30, ref row3);
        LaneMemory.Store(s31, ref Unsafe.Add(ref row3, 1 * T.Count));
    }

    /// <summary>A register tile of 4 rows and 1 vector.</summary>
    private static void One<T, TElement>(ref TElement left, ref TElement right, int stride, int count, ref TElement sums)
        where T : unmanaged, ILanes<T>
        where TElement : unmanaged
    {
        ref var row0 = ref sums;
        ref var row1 = ref Unsafe.Add(ref sums, 1 * stride);
        ref var row2 = ref Unsafe.Add(ref sums, 2 * stride);
        ref var row3 = ref Unsafe.Add(ref sums, 3 * stride);
        var s00 = LaneMemory.Load<TElement, T>(ref row0);
        var s10 = LaneMemory.Load<TElement, T>(ref row1);
        var s20 = LaneMemory.Load<TElement, T>(ref row2);
        var s30 = LaneMemory.Load<TElement, T>(ref row3);
        for (var k = 0; k < count; k++)
        {
            var x0 = LaneMemory.Load<TElement, T>(ref right);
            var w0 = LaneMemory.Broadcast<TElement, T>(ref left);
            s00 = T.MultiplyAdd(w0, x0, s00);
            var w1 = LaneMemory.Broadcast<TElement, T>(ref Unsafe.Add(ref left, 1));
            s10 = T.MultiplyAdd(w1, x0, s10);
            var w2 = LaneMemory.Broadcast<TElement, T>(ref Unsafe.Add(ref left, 2));
            s20 = T.MultiplyAdd(w2, x0, s20);
            var w3 = LaneMemory.Broadcast<TElement, T>(ref Unsafe.Add(ref left, 3));
            s30 = T.MultiplyAdd(w3, x0, s30);
            left = ref Unsafe.Add(ref left, TileRows);
            right = ref Unsafe.Add(ref right, stride);
        }
        LaneMemory.Store(s00, ref row0);
        LaneMemory.Store(s10, ref row1);
        LaneMemory.Store(s20, ref row2);
        LaneMemory.Store(s30, ref row3);
    }
}
