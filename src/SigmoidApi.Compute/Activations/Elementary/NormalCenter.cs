using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>The normal distribution Φ(x) = 1/2 + x·g(x²) = (1 + erf(x/√2))/2 for |x| ≤ 1.</summary>
internal static class NormalCenter
{
    private const double OneOverSqrtTwoPi = 0.3989422804014327;
    private const double OneOverSqrtTwoPiLow = -2.49232720227773e-17;

    /// <summary>
    /// Φ(x). The low part is not just a rounding error: it is up to 0.025. g is a polynomial of degree 10, interpolated at Chebyshev nodes for
    /// 0 ≤ x² ≤ 1, with a relative error below 2^-60. Its constant term 1/√(2π) has two parts, because for x &lt; 0 its product nearly cancels 1/2.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Of<T>(T x)
        where T : struct, ILanes<T>
    {
        var w = x * x;
        var w2 = w * w;
        var w4 = w2 * w2;
        var g12 = T.MultiplyAdd(w, 0.009973557010035015, -0.06649038006690543);
        var g34 = T.MultiplyAdd(w, 0.00011543468751588055, -0.0011873282154679372);
        var g56 = T.MultiplyAdd(w, 6.659679814004385e-07, -9.444655790392225e-06);
        var g78 = T.MultiplyAdd(w, 2.2704049487367776e-09, -4.122409771442576e-08);
        var g9 = T.MultiplyAdd(w, 4.073407587674942e-12, -1.1063891133983584e-10);
        var high = T.MultiplyAdd(g9, w4, T.MultiplyAdd(g78, w2, g56));
        var g = T.MultiplyAdd(high, w4, T.MultiplyAdd(g34, w2, g12));

        var linear = x * OneOverSqrtTwoPi;
        var low = T.MultiplyAdd(x, OneOverSqrtTwoPiLow, T.MultiplySubtract(x, OneOverSqrtTwoPi, linear));
        var sum = Pair<T>.Sum(0.5, linear);
        return new(sum.High, T.MultiplyAdd(w * x, g, sum.Low + low));
    }
}
