using System.Runtime.CompilerServices;

namespace SigmoidApi.Compute.Simd;

/// <summary>An array that starts on a cache line, so that no vector load crosses two lines.</summary>
internal sealed class PinnedBuffer<T>
    where T : unmanaged
{
    private const int LineBytes = 64;

    private readonly T[] _array;
    private readonly int _offset;

    /// <param name="length">The number of values.</param>
    /// <param name="isZero">Whether they are 0 initially; otherwise they are undefined.</param>
    public PinnedBuffer(int length, bool isZero = false)
    {
        // Pinned: the garbage collector could otherwise move the array, and the alignment would be lost.
        var size = length + LineBytes / Unsafe.SizeOf<T>();
        _array = isZero ? GC.AllocateArray<T>(size, pinned: true) : GC.AllocateUninitializedArray<T>(size, pinned: true);
        unsafe
        {
            var address = (nuint)Unsafe.AsPointer(ref _array[0]);
            _offset = (int)((LineBytes - address % LineBytes) % LineBytes) / Unsafe.SizeOf<T>();
        }
        Length = length;
    }

    public int Length { get; }

    public Span<T> Span => _array.AsSpan(_offset, Length);
}
