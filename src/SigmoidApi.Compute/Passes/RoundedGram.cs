using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Passes;

/// <summary>
/// Σ v·z·zᵀ over chunks of rounded rows z, on one thread. The rows √v·z are rounded to 12 bits, so that sums of integers over a chunk do not overflow.
/// </summary>
internal sealed class RoundedGram
{
    /// <summary>The largest integer. Sums over 512 rows stay within 32 bits.</summary>
    private const float Largest = 2047;

    private const int MostRows = 512;

    /// <summary>Rows of sums that are integers at a time, so that these stay in the cache.</summary>
    private const int BandRows = 64;

    private readonly int _dimension;
    private readonly int _stride;
    private readonly PinnedBuffer<int> _pairs;
    private readonly PinnedBuffer<int> _panel;
    private readonly PinnedBuffer<int> _sums;
    private readonly double[] _ones;

    /// <param name="dimension">The length of z.</param>
    /// <param name="rows">The most rows of a chunk.</param>
    public RoundedGram(int dimension, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MostRows);
        (_dimension, _stride) = (dimension, Stride(dimension));
        var pairs = (rows + 1) / 2;
        _pairs = new PinnedBuffer<int>(pairs * _stride, isZero: true);
        _panel = new PinnedBuffer<int>(GramKernel.PanelLength(pairs, BandRows));
        _sums = new PinnedBuffer<int>(BandRows * _stride, isZero: true);
        _ones = new double[pairs];
        _ones.AsSpan().Fill(1);
        Roots = new float[rows];
    }

    /// <summary>√v for each row of the chunk.</summary>
    public float[] Roots { get; }

    /// <summary>The length of the sums, in float64 numbers that each hold two in float32.</summary>
    public static int Length(int dimension) => (dimension + GramKernel.TileRows - 1) / GramKernel.TileRows * GramKernel.TileRows * Stride(dimension) / 2;

    /// <summary>Copies the sums to a matrix.</summary>
    public static void CopyTo(ReadOnlySpan<float> sums, SymmetricMatrix matrix)
    {
        for (var i = 0; i < matrix.Order; i++)
            RowKernels.Widen(sums.Slice(i * Stride(matrix.Order), matrix.Stride), matrix.Values.Slice(i * matrix.Stride, matrix.Stride));
    }

    /// <summary>Adds a chunk, whose integers are in units of each column, to <paramref name="sums"/>.</summary>
    public void Add(ReadOnlySpan<short> rows, ReadOnlySpan<float> units, int count, Span<float> sums)
    {
        var largest = 0f;
        for (var k = 0; k < count; k++)
            largest = Math.Max(largest, Roots[k]);
        if (largest == 0)
            return;
        var (stride, length) = (units.Length, WholeVectors(_dimension));
        var factor = Largest / RoundedKernels.Largest / largest;
        for (var k = 0; k < count; k += 2)
        {
            var row = rows.Slice(k * stride, stride);
            var next = rows.Slice(Math.Min(k + 1, count - 1) * stride, stride);
            RoundedKernels.Pair(row, Roots[k] * factor, next, k + 1 < count ? Roots[k + 1] * factor : 0, _pairs.Span.Slice(k / 2 * _stride, length));
        }
        var height = sums.Length / _stride;
        for (var first = 0; first < height; first += BandRows)
        {
            var band = _sums.Span[..(Math.Min(BandRows, height - first) * _stride)];
            GramKernel.AddOuterProducts<int>(_pairs.Span, _stride, _ones.AsSpan(0, (count + 1) / 2), _panel.Span, band, first: first);
            for (var i = first; i < Math.Min(first + BandRows, _dimension); i++)
            {
                var from = i / GramKernel.Lanes<int>() * GramKernel.Lanes<int>();
                var values = band.Slice((i - first) * _stride + from, length - from);
                RoundedKernels.MoveScaled(values, units[i] / factor / factor, units[from..length], sums.Slice(i * _stride + from, length - from));
            }
        }
    }

    private static int WholeVectors(int dimension) => GramKernel.Stride<int>(dimension);

    /// <summary>
    /// An odd number of cache lines: at distances of a power of two, the rows of a register tile would compete for the same lines of the cache.
    /// </summary>
    private static int Stride(int dimension) => WholeVectors(dimension) / GramKernel.Lanes<int>() % 2 == 0
        ? WholeVectors(dimension) + GramKernel.Lanes<int>()
        : WholeVectors(dimension);
}
