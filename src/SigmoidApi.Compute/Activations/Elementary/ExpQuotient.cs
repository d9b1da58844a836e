using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>
/// e^-z for z ≥ 0 as the quotient (2 + t)/(s (2 − t)) with s = 2^k and t = 2 tanh(r/2), r = k ln 2 − z. A formula that divides anyway needs no
/// extra division, and t needs half as many terms as e^r.
/// </summary>
/// <remarks>
/// t = r + r³·P(r²), where P is the minimax polynomial (Remez) on |r| ≤ ln 2 / 2, weighted by r³. It adds an error of 2^-60 in float64 and 2^-34
/// in float32. Rounding t adds at most 0.19 ULP of e^-z. k·ln 2 − z is exact with a fused multiply-add, because both terms are multiples of the
/// same power of two and their difference is small.
/// </remarks>
internal static class ExpQuotient
{
    private const double Log2E = 1.4426950408889634;

    /// <summary>For larger z, s or the divisor could overflow. There s is kept too small by a factor of 2^<see cref="FarShift"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Far<T>()
        where T : struct, ILanes<T> => T.IsSingle ? 80.0 : 700.0;

    /// <summary>Returns t as the high part of the pair and s as the low part.</summary>
    /// <param name="z">At least 0, or NaN, which gives NaN.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Of<T>(T z)
        where T : struct, ILanes<T>
    {
        // Adding 1.5·2^52 (2^23 in float32) rounds to an integer in the low bits. With the exponent's bias added and shifted left, these bits are s.
        T roundToPower = T.IsSingle ? 12582912.0 + 127 : 6755399441055744.0 + 1023;
        if (T.AnyGreater(z, Far<T>()))
        {
            roundToPower -= T.Select(z > Far<T>(), FarShift<T>(), 0.0);
            z = T.AtMost(z, T.IsSingle ? 120.0 : 800.0);
        }

        var rounded = T.MultiplyAdd(z, Log2E, roundToPower);
        var k = rounded - roundToPower;
        var exact = T.MultiplySubtract(k, T.IsSingle ? 0.69314718246459961 : 0.6931471805599453, z);
        var low = k * (T.IsSingle ? -1.9046542121259336e-09 : 2.3190468138462996e-17);
        var r = exact + low;
        var w = r * r;
        T p;
        if (T.IsSingle)
        {
            p = T.MultiplyAdd(w, 2 * -0.0004112916774651488, 2 * 0.004165880366084238);
            p = T.MultiplyAdd(p, w, 2 * -0.04166664861600203);
        }
        else
        {
            p = T.MultiplyAdd(w, 2 * 4.1962151441606346e-07, 2 * -4.3245242326482424e-06);
            p = T.MultiplyAdd(p, w, 2 * 4.271356748670487e-05);
            p = T.MultiplyAdd(p, w, 2 * -0.0004216269717566677);
            p = T.MultiplyAdd(p, w, 2 * 0.004166666666402397);
            p = T.MultiplyAdd(p, w, 2 * -0.041666666666664645);
        }

        return new(exact + T.MultiplyAdd(r * w, p, low), T.ShiftBitsLeft(rounded, T.IsSingle ? 23 : 52));
    }

    /// <summary>In float64, value·2^-<see cref="FarShift"/> where z is above <see cref="Far"/>, to make up for the scale of s there; elsewhere value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(T value, T z)
        where T : struct, ILanes<T> =>
        value * T.Select(z > Far<T>(), 6.223015277861142e-61, 1.0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T FarShift<T>()
        where T : struct, ILanes<T> => T.IsSingle ? 60.0 : 200.0;
}
