using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>The sigmoid of -z for z ≥ 0, at most 1/2: e^-z/(1 + e^-z), as a quotient q and what it lacks.</summary>
/// <remarks>
/// With e^-z as <see cref="ExpQuotient"/> has it, it is (2 + t)/(2 (s + 1) − t (s − 1)): one division, and one Newton step whose rest
/// 2 − 2q (s + 1) + t + q t (s − 1) is summed so that no term's rounding exceeds 0.22 ULP. In all the error stays below 0.99 ULP, the
/// last rounding included.
/// </remarks>
internal readonly struct SmallerSide<T>
    where T : struct, ILanes<T>
{
    private readonly bool _anyLarge;

    /// <summary>The quotient, within 3 ULP.</summary>
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

        // Here the sum has lost some of its 2.
        _anyLarge = T.AnyGreater(s, T.IsSingle ? 8388608.0 : 4503599627370496.0);
        if (_anyLarge)
            rest = T.NegatedMultiplyAdd(Quotient, (T)2.0 - (sum - twoS), rest);
        _rest = T.MultiplyAdd(Quotient, product, rest);
    }

    /// <summary>The quotient and what it lacks, rounded once.</summary>
    public T Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => T.MultiplyAdd(_rest, _reciprocal, Quotient);
    }

    /// <summary>The value times one minus it.</summary>
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

    /// <summary>The value with the scale that far lanes still lack.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Scale(T value, T x) => _anyLarge ? ExpQuotient.Scale(value, T.Abs(x)) : value;
}
