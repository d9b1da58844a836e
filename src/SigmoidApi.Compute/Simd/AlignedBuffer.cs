using System.Runtime.CompilerServices;

namespace SigmoidApi.Compute.Simd;

/// <summary>An array of doubles, initially 0, that starts on a cache line, so that no vector load crosses two lines.</summary>
internal sealed class AlignedBuffer
{
    private const int LineBytes = 64;

    private readonly double[] _array;
    private readonly int _offset;

    public AlignedBuffer(int length)
    {
        // Pinned: the garbage collector could otherwise move the array, and the alignment would be lost.
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
