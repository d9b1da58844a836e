using System.Buffers;

namespace SigmoidApi.Http.Json;

/// <summary>
/// The arrays that a request's bytes and numbers are held in: small ones from the shared pool, large ones from the heap. The shared pool keeps an
/// array of each size for every thread that has returned one: after some forty bodies of 10 MB, one at a time, the process stayed at 975 MB; so it
/// comes back to 288 MB.
/// </summary>
internal sealed class RequestArrays<T> : ArrayPool<T>
    where T : unmanaged
{
    /// <summary>Elements of the largest array that is pooled; a power of two, as the pool's own sizes are.</summary>
    private const int LargestPooled = 1 << 17;

    public static RequestArrays<T> Pool { get; } = new();

    public override T[] Rent(int minimumLength) =>
        minimumLength <= LargestPooled ? Shared.Rent(minimumLength) : GC.AllocateUninitializedArray<T>(minimumLength);

    public override void Return(T[] array, bool clearArray = false)
    {
        if (array.Length <= LargestPooled)
            Shared.Return(array, clearArray);
    }
}
