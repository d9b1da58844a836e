using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>The normal distribution Φ(x) = 1/2 + x·g(x²) = (1 + erf(x/√2))/2 for |x| ≤ 1.</summary>
internal static class NormalCenter
{
    /// <summary>g: a polynomial of degree 10 at Chebyshev nodes for 0 ≤ x² ≤ 1, with a relative error below 2^-61.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Slope<T>(T x)
        where T : unmanaged, ILanes<T>
    {
        var w = x * x;
        var w2 = w * w;
        var w4 = w2 * w2;
        var g01 = T.MultiplyAdd(w, -0.06649038006690543, 0.3989422804014327);
        var g23 = T.MultiplyAdd(w, -0.0011873282154679372, 0.009973557010035015);
        var g45 = T.MultiplyAdd(w, -9.444655790392225e-06, 0.00011543468751588055);
        var g67 = T.MultiplyAdd(w, -4.122409771442576e-08, 6.659679814004385e-07);
        var g8 = T.MultiplyAdd(T.MultiplyAdd(w, 4.073407587674942e-12, -1.1063891133983584e-10), w, 2.2704049487367776e-09);
        var high = T.MultiplyAdd(g8, w4, T.MultiplyAdd(g67, w2, g45));
        return T.MultiplyAdd(high, w4, T.MultiplyAdd(g23, w2, g01));
    }
}
