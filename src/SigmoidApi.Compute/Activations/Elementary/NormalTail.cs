using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>
/// The upper tail Q(z) = erfc(z/√2)/2 of the normal distribution for z ≥ 0, as <see cref="Ratio"/> times e^(-z²/2), so that
/// it keeps its relative accuracy down to the subnormals.
/// </summary>
/// <remarks>
/// The ratio, Mills' times the density at 0, falls like 1/z: (z + 5)·Q(z)·e^(z²/2) is smooth in t = (z − 5)/(z + 5), the mapping of
/// M. M. Shepherd and J. G. Laframboise, "Chebyshev approximation of (1 + 2x) exp(x²) erfc x in 0 ≤ x &lt; ∞" (Mathematics of Computation
/// 36, 1981). A polynomial of degree 24 in t at Chebyshev nodes for z ≤ 40 errs by less than 2^-60.
/// </remarks>
internal readonly struct NormalTail<T>
    where T : struct, ILanes<T>
{
    /// <summary>The largest z that is told apart: z·Q(z) is already 0 in float64 there.</summary>
    public const double Limit = 40;

    private readonly Exp<T> _exp;
    private readonly T _factor;

    public readonly T Z;

    /// <summary>Q(z)·e^(z²/2).</summary>
    public readonly T Ratio;

    /// <param name="z">At least 0, at most <see cref="Limit"/>; or NaN, which gives NaN.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public NormalTail(T z)
    {
        Z = z;

        // e^-(w + d) = e^-w (1 − d), with d what rounding w = z²/2 drops, at most 2^-44.
        var half = z * 0.5;
        var w = half * z;
        var d = -T.NegatedMultiplyAdd(half, z, w);
        _exp = new(w);
        var m = _exp.Mantissa;
        _factor = T.NegatedMultiplyAdd(d, m.High, m.Low) + m.High;

        var reciprocal = (T)1.0 / (z + 5.0);
        var t = (z - 5.0) * reciprocal;
        var t2 = t * t;
        var t4 = t2 * t2;
        var t8 = t4 * t4;
        var q0 = T.MultiplyAdd(T.MultiplyAdd(t, -0.3135331566712881, 0.495305615969976), t2, T.MultiplyAdd(t, -0.6653825028900568, 0.769193049750063));
        var q1 = T.MultiplyAdd(T.MultiplyAdd(t, -0.0029933767622323353, 0.020795066799200485), t2, T.MultiplyAdd(t, -0.06911863870685579, 0.16502036617040983));
        var q2 = T.MultiplyAdd(T.MultiplyAdd(t, -4.976247516686963e-05, -5.9375811494585084e-05), t2, T.MultiplyAdd(t, 0.0005448989960971598, -0.0007978693886321235));
        var q3 = T.MultiplyAdd(T.MultiplyAdd(t, -3.347456433999717e-07, -2.7707520210893634e-06), t2, T.MultiplyAdd(t, 3.979875146352331e-06, 1.6681654735816092e-05));
        var q4 = T.MultiplyAdd(T.MultiplyAdd(t, -8.83395147619223e-09, -7.012796329386927e-08), t2, T.MultiplyAdd(t, 4.0453499469914684e-08, 4.3632213903968043e-07));
        var q5 = T.MultiplyAdd(T.MultiplyAdd(t, -4.215048810150002e-10, -1.1003514880321343e-09), t2, T.MultiplyAdd(t, 2.380938735908965e-09, 1.0732670653455705e-08));
        var low = T.MultiplyAdd(q1, t4, q0);
        var middle = T.MultiplyAdd(q3, t4, q2);
        var high = T.MultiplyAdd(T.MultiplyAdd(t4, -1.9750205117389054e-11, q5), t4, q4);
        Ratio = T.MultiplyAdd(T.MultiplyAdd(high, t8, middle), t8, low) * reciprocal;
    }

    /// <summary>value·e^(-z²/2), rounded once at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Scale(T value) => _exp.Scale(value * _factor);
}
