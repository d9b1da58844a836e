using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SigmoidApi.Compute.Simd;

internal static class FiniteCheck
{
    /// <summary>The index of the first NaN or infinity, or −1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<double> values)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (; i <= values.Length - Vector512<double>.Count; i += Vector512<double>.Count)
        {
            var v = Vector512.LoadUnsafe(ref first, (nuint)i);
            // x − x is 0 for a finite x, NaN for the others.
            if (!Vector512.EqualsAll(v - v, Vector512<double>.Zero))
                break;
        }
        for (; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
                return i;
        }
        return -1;
    }
}
