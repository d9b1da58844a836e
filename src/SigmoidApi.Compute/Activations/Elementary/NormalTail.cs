using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>
/// The upper tail Q(z) = erfc(z/√2)/2 of the normal distribution for z ≥ 0.7, as <see cref="Ratio"/> times e^(-z²/2). In this form it keeps its
/// relative accuracy down to the subnormal numbers.
/// </summary>
/// <remarks>
/// The ratio falls like 1/z, so P = (z + 5)·Q(z)·e^(z²/2) is smooth in t = (z − 5)/(z + 5). This mapping is that of M. M. Shepherd and
/// J. G. Laframboise, "Chebyshev approximation of (1 + 2x) exp(x²) erfc x in 0 ≤ x &lt; ∞" (Mathematics of Computation 36, 1981).
/// The polynomial of degree 22 in t, interpolated at Chebyshev nodes for 0.7 ≤ z ≤ 40, has an error below 2^-59. The rounding errors of t, P and
/// the quotient are kept; without them the ratio had an error of 4 ULP.
/// </remarks>
internal readonly struct NormalTail<T>
    where T : struct, ILanes<T>
{
    /// <summary>The largest useful z: from here on z·Q(z) is 0 in float64.</summary>
    public const double Limit = 40;

    private readonly Exp<T> _exp;
    private readonly Pair<T> _mantissa;

    /// <summary>Q(z)·e^(z²/2) for z ≥ 0.7. For smaller z it is finite but has no meaning.</summary>
    public readonly Pair<T> Ratio;

    /// <param name="z">Between 0 and <see cref="Limit"/>, or NaN, which gives NaN.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public NormalTail(T z)
    {
        // e^-(w + d) = e^-w (1 − d), where d is the rounding error of w = z²/2, at most 2^-44.
        var half = z * 0.5;
        var w = half * z;
        var minusD = T.NegatedMultiplyAdd(half, z, w);
        _exp = new(w);
        var m = _exp.Mantissa;
        _mantissa = new(m.High, T.MultiplyAdd(minusD, m.High, m.Low));

        // The high part of z + 5 minus 10 is exact, so the numerator z − 5 and the denominator z + 5 have the same low part.
        var denominator = Pair<T>.SumInAnyOrder(z, 5.0);
        var reciprocal = (T)1.0 / denominator.High;
        var numerator = denominator.High - 10.0;
        var t = numerator * reciprocal;
        var rest = T.NegatedMultiplyAdd(t, denominator.Low, T.NegatedMultiplyAdd(t, denominator.High, numerator) + denominator.Low);
        var t2 = t * t;
        var t4 = t2 * t2;
        var t8 = t4 * t4;
        var q0 = T.MultiplyAdd(
            T.MultiplyAdd(t, -0.06911863870691003, 0.16502036617041108), t2, T.MultiplyAdd(t, -0.3135331566712868, 0.495305615969976));
        var q1 = T.MultiplyAdd(
            T.MultiplyAdd(t, 0.0005448989845389481, -0.0007978693880779196), t2, T.MultiplyAdd(t, -0.0029933767611736955, 0.02079506679916429));
        var q2 = T.MultiplyAdd(
            T.MultiplyAdd(t, 3.979538676726807e-06, 1.6681682992409026e-05), t2, T.MultiplyAdd(t, -4.976239757419584e-05, -5.937581649618004e-05));
        var q3 = T.MultiplyAdd(
            T.MultiplyAdd(t, 3.8654469853371166e-08, 4.3656379145257693e-07), t2, T.MultiplyAdd(t, -3.337842882841108e-07, -2.770854820371861e-06));
        var q4 = T.MultiplyAdd(
            T.MultiplyAdd(t, 9.487309109169628e-10, 1.1046730699788663e-08), t2, T.MultiplyAdd(t, -6.711583804907663e-09, -7.048635861765746e-08));
        var q5 = T.MultiplyAdd(t4, -1.2395951653928785e-09, q4);
        var q = T.MultiplyAdd(T.MultiplyAdd(q5, t8, T.MultiplyAdd(q3, t4, q2)), t8, T.MultiplyAdd(q1, t4, q0));

        // The first two terms are the largest, so the rounding errors of their coefficients and their product are kept. For the low part of t the
        // first terms of P′ are accurate enough.
        var linear = t * -0.6653825028900568;
        var start = Pair<T>.Sum(0.769193049750063, linear);
        var p = Pair<T>.Sum(start.High, q * t2);
        var slope = T.MultiplyAdd(T.MultiplyAdd(T.MultiplyAdd(t, 0.66, -0.94), t, 0.99), t, -0.665);
        var low = T.MultiplyAdd(rest * reciprocal, slope, T.MultiplySubtract(t, -0.6653825028900568, linear));
        low += T.MultiplyAdd(T.MultiplyAdd(T.MultiplyAdd(t, -1.52e-17, -1.01e-17), t, -7.04e-18), t, -1.41e-17);
        p = new(p.High, p.Low + start.Low + low);
        Ratio = Pair<T>.Quotient(p, denominator);
    }

    /// <summary>value·e^(-z²/2), rounded once at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Scale(Pair<T> value) => _exp.Scale(Pair<T>.Product(value, _mantissa).Value);
}
