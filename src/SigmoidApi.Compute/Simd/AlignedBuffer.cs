using System.Runtime.CompilerServices;

namespace SigmoidApi.Compute.Simd;

/// <summary>Zeroed doubles that start on a cache line, so that no whole vector straddles two.</summary>
internal sealed class AlignedBuffer
{
    private const int LineBytes = 64;

    private readonly double[] _array;
    private readonly int _offset;

    public AlignedBuffer(int length)
    {
        // Pinned, or the collector could move it off its line.
        _array = GC.AllocateArray<double>(length + LineBytes / sizeof(double), pinned: true);
        unsafe
        {
            var address = (nuint)Unsafe.AsPointer(ref _array[0]);
            _offset = (int)((LineBytes - address % LineBytes) % LineBytes / sizeof(double));
        }
        Length = length;
    }

    public int Length { get; }

    public Span<double> Span => _array.AsSpan(_offset, Length);
}
