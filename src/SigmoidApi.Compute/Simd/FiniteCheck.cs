using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SigmoidApi.Compute.Simd;

internal static class FiniteCheck
{
    /// <summary>The index of the first NaN or infinity, or −1.</summary>
    public static int IndexOfNonFinite<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumberBase<T>
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (; i <= values.Length - Vector512<T>.Count; i += Vector512<T>.Count)
        {
            var v = Vector512.LoadUnsafe(ref first, (nuint)i);
            // x − x is 0 for a finite x, NaN for the others.
            if (!Vector512.EqualsAll(v - v, Vector512<T>.Zero))
                break;
        }
        for (; i < values.Length; i++)
        {
            if (!T.IsFinite(values[i]))
                return i;
        }
        return -1;
    }
}
