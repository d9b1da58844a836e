using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SigmoidApi.Compute.Simd;

/// <summary>
/// Σ wₖ·rowₖ·rowₖᵀ over the rows of a tile, by register tiles: four rows of sums, as many vectors wide as the machine has registers for,
/// stay in registers while the loop goes over the tile's rows. Every sum is one chain of fused multiply-adds over the rows in order, so
/// neither the width of a vector nor the shape of a register tile changes its bits.
/// <para>
/// With T = int, each number is a pair of 16-bit integers of two rows, whose products are added to 32 bits: twice as many products as in float32. The weights
/// must be 1.
/// </para>
/// </summary>
internal static class GramKernel
{
    /// <summary>Rows of sums in a register tile. The number of rows of sums is a multiple of it.</summary>
    public const int TileRows = 4;

    /// <summary>Numbers in a 512-bit register, 8 for float64, and 16 for float32 and pairs of integers. Strides are multiples of it.</summary>
    public static int Lanes<TElement>() => 64 / Unsafe.SizeOf<TElement>();

    /// <summary><paramref name="order"/> rounded up to whole registers.</summary>
    public static int Stride<TElement>(int order) => (order + Lanes<TElement>() - 1) / Lanes<TElement>() * Lanes<TElement>();

    /// <summary>The length of an array that holds the sums of a Gram matrix.</summary>
    public static int Length<TElement>(int order) => (order + TileRows - 1) / TileRows * TileRows * Stride<TElement>(order);

    /// <summary>
    /// upper[i, j] += Σ weights[k]·tile[k, i]·tile[k, j] for j ≥ i. Rows of <paramref name="tile"/> and of
    /// <paramref name="upper"/> start <paramref name="stride"/> apart. Entries between order and stride must be finite. Entries left of the
    /// diagonal have no meaning.
    /// </summary>
    /// <param name="tile">count rows.</param>
    /// <param name="stride">The order, rounded up to whole registers.</param>
    /// <param name="weights">count weights.</param>
    /// <param name="panel">Workspace, overwritten with the weighted rows: their first four columns that are rows of sums, then the next four.</param>
    /// <param name="upper">The sums.</param>
    /// <param name="width">The width of vectors to use.</param>
    /// <param name="first">The row of sums that <paramref name="upper"/> starts with, a multiple of <see cref="TileRows"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddOuterProducts<T>(ReadOnlySpan<T> tile, int stride, ReadOnlySpan<double> weights, Span<T> panel, Span<T> upper,
        Width width = Width.Widest, int first = 0)
        where T : unmanaged, INumber<T>
    {
        var count = weights.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(stride % Lanes<T>(), 0, nameof(stride));
        ArgumentOutOfRangeException.ThrowIfLessThan(tile.Length, count * stride, nameof(tile));
        var height = upper.Length / stride;
        ArgumentOutOfRangeException.ThrowIfLessThan(panel.Length, PanelLength(count, height), nameof(panel));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + height, stride, nameof(first));
        ArgumentOutOfRangeException.ThrowIfNotEqual(upper.Length % (TileRows * stride), 0, nameof(upper));
        ArgumentOutOfRangeException.ThrowIfNotEqual(first % TileRows, 0, nameof(first));
        Pack(tile, stride, weights, panel, first, height);
        var vector = Hardware.Resolve(width) switch { Width.Vector512 => Vector512<T>.Count, Width.Vector256 => Vector256<T>.Count, _ => 1 };
        for (var i = first; i < first + height; i += TileRows)
        {
            ref var left = ref Unsafe.Add(ref MemoryMarshal.GetReference(panel), (i - first) / TileRows * BandLength(count));
            for (var j = i / Lanes<T>() * Lanes<T>(); j < stride;)
            {
                ref var right = ref Unsafe.Add(ref MemoryMarshal.GetReference(tile), j);
                ref var sums = ref Unsafe.Add(ref MemoryMarshal.GetReference(upper), (i - first) * stride + j);
                var vectors = (stride - j) / vector;
                if (vector == Vector512<T>.Count)
                    vectors = Add512(ref left, ref right, (nuint)stride, count, ref sums, vectors);
                else if (vector == Vector256<T>.Count)
                    vectors = Add256(ref left, ref right, (nuint)stride, count, ref sums, vectors);
                else
                    vectors = AddColumn(ref left, ref right, stride, count, ref sums);
                j += vectors * vector;
            }
        }
    }

    /// <summary>The length of the panel of <paramref name="count"/> rows for this many rows of sums.</summary>
    public static int PanelLength(int count, int height) => height / TileRows * BandLength(count);

    /// <summary>
    /// The length of a band, four columns of <paramref name="count"/> rows, and a cache line after it: bands at distances of a power of two
    /// would all compete for the same lines of the cache.
    /// </summary>
    private static int BandLength(int count) => count * TileRows + 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack<T>(ReadOnlySpan<T> tile, int stride, ReadOnlySpan<double> weights, Span<T> panel, int first, int height)
        where T : unmanaged, INumber<T>
    {
        var count = weights.Length;
        for (var k = 0; k < count; k++)
        {
            var weight = T.CreateTruncating(weights[k]);
            ref var row = ref Unsafe.Add(ref MemoryMarshal.GetReference(tile), k * stride + first);
            ref var packed = ref Unsafe.Add(ref MemoryMarshal.GetReference(panel), k * TileRows);
            for (var i = 0; i < height; i += TileRows)
            {
                if (Unsafe.SizeOf<T>() == sizeof(float))
                    (Vector128.LoadUnsafe(ref row, (nuint)i) * weight).StoreUnsafe(ref packed, (nuint)(i / TileRows * BandLength(count)));
                else
                    (Vector256.LoadUnsafe(ref row, (nuint)i) * weight).StoreUnsafe(ref packed, (nuint)(i / TileRows * BandLength(count)));
            }
        }
    }

    /// <summary>Adds to four rows of sums, at most four vectors wide. Returns how many vectors it has done.</summary>
    private static int Add512<T>(ref T left, ref T right, nuint stride, int count, ref T sums, int vectors)
        where T : unmanaged
    {
        switch (vectors)
        {
            case 1: GramTiles512.One(ref left, ref right, stride, count, ref sums); return 1;
            case 2: GramTiles512.Two(ref left, ref right, stride, count, ref sums); return 2;
            case 3: GramTiles512.Three(ref left, ref right, stride, count, ref sums); return 3;
            default: GramTiles512.Four(ref left, ref right, stride, count, ref sums); return 4;
        }
    }

    /// <summary>Adds to four rows of sums, at most three vectors wide. Returns how many vectors it has done.</summary>
    private static int Add256<T>(ref T left, ref T right, nuint stride, int count, ref T sums, int vectors)
        where T : unmanaged
    {
        switch (vectors)
        {
            case 1: GramTiles256.One(ref left, ref right, stride, count, ref sums); return 1;
            case 2: GramTiles256.Two(ref left, ref right, stride, count, ref sums); return 2;
            default: GramTiles256.Three(ref left, ref right, stride, count, ref sums); return 3;
        }
    }

    /// <summary>Adds to four rows of sums, one number wide: for machines without such vectors, and the reference in tests.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int AddColumn<T>(ref T left, ref T right, int stride, int count, ref T sums)
        where T : unmanaged, INumber<T>
    {
        for (var r = 0; r < TileRows; r++)
        {
            ref var sum = ref Unsafe.Add(ref sums, r * stride);
            for (var k = 0; k < count; k++)
            {
                var (a, b) = (Unsafe.Add(ref left, k * TileRows + r), Unsafe.Add(ref right, k * stride));
                sum = typeof(T) == typeof(int)
                    ? sum + T.CreateTruncating(AddPair(int.CreateTruncating(a), int.CreateTruncating(b)))
                    : typeof(T) == typeof(float)
                    ? T.CreateTruncating(MathF.FusedMultiplyAdd(float.CreateTruncating(a), float.CreateTruncating(b), float.CreateTruncating(sum)))
                    : T.CreateTruncating(Math.FusedMultiplyAdd(double.CreateTruncating(a), double.CreateTruncating(b), double.CreateTruncating(sum)));
            }
        }
        return 1;
    }

    private static int AddPair(int a, int b) => (short)a * (short)b + (a >> 16) * (b >> 16);
}
