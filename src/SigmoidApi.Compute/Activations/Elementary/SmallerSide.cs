using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>The sigmoid of -z for z ≥ 0 in float64, e^-z/(1 + e^-z), which is at most 1/2: a quotient q and its correction.</summary>
/// <remarks>
/// With e^-z in the form of <see cref="ExpQuotient"/> it is (2 + t)/(2 (s + 1) − t (s − 1)). It takes one division and one Newton step. The Newton
/// step's remainder 2 − 2q (s + 1) + t + q t (s − 1) is summed so that no term's rounding error exceeds 0.22 ULP. The total error is below
/// 0.99 ULP, including the last rounding.
/// </remarks>
internal readonly struct SmallerSide<T>
    where T : struct, ILanes<T>
{
    private readonly bool _anyLarge;

    /// <summary>The quotient before the correction, with an error of at most 3 ULP.</summary>
    public readonly T Quotient;

    private readonly T _rest;
    private readonly T _reciprocal;

    /// <param name="exp">e^-z.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SmallerSide(Pair<T> exp)
    {
        var t = exp.High;
        var s = exp.Low;
        var twoS = s + s;
        var sum = twoS + 2.0;
        var product = t * (s - 1.0);
        _reciprocal = (T)1.0 / (sum - product);
        Quotient = (t + 2.0) * _reciprocal;
        var rest = T.NegatedMultiplyAdd(Quotient, sum, 2.0) + t;

        // For such large s, 2s + 2 is rounded. The lost part of the 2 is added to the remainder.
        _anyLarge = T.AnyGreater(s, 4503599627370496.0);
        if (_anyLarge)
            rest = T.NegatedMultiplyAdd(Quotient, (T)2.0 - (sum - twoS), rest);
        _rest = T.MultiplyAdd(Quotient, product, rest);
    }

    /// <summary>The quotient with its correction, rounded once.</summary>
    public T Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => T.MultiplyAdd(_rest, _reciprocal, Quotient);
    }

    /// <summary>The value times (1 − the value).</summary>
    public T TimesOther
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var other = (T)1.0 - Quotient;
            var dropped = (T)1.0 - other - Quotient;
            var low = _rest * _reciprocal * (other - Quotient);
            return T.MultiplyAdd(Quotient, other, T.MultiplyAdd(Quotient, dropped, low));
        }
    }

    /// <summary>The value with the scale of <see cref="ExpQuotient.Scale"/> for lanes with large |x|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Scale(T value, T x) => _anyLarge ? ExpQuotient.Scale(value, T.Abs(x)) : value;
}
