using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>The sigmoid 1/(1 + e^-x) in float32: a quotient and its correction.</summary>
/// <remarks>
/// With e^-x = s·(1 + p) (<see cref="SingleExp{T}"/>), 1 + s is exact, and so is the rounding error of (1 + s) + s·p. Only p's own error remains,
/// about 0.4 ULP of the result, and the last rounding. Where |x| is above 16, 1 + s is rounded, or s would overflow. That takes more steps, which
/// leave the other values as they are.
/// </remarks>
internal readonly struct SingleLogistic<T>
    where T : struct, ILanes<T>
{
    private readonly T _x;
    private readonly bool _anyFar;
    private readonly T _sum;
    private readonly T _sumLow;

    /// <summary>The sigmoid, rounded three times, before <see cref="Scale"/>.</summary>
    public readonly T Quotient;

    /// <summary>What the quotient is short of, divided by it.</summary>
    public readonly T Rest;

    /// <param name="x">Any number. NaN gives NaN.</param>
    /// <param name="begun"><see cref="Begin"/> of x.</param>
    /// <param name="anyFar">What <see cref="Begin"/> found.</param>
    /// <param name="left">Whether every x is at most 0. Then 1 + s is corrected in all lanes, because that takes only three steps.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SingleLogistic(T x, Pair<T> begun, bool anyFar, bool left = false)
    {
        _x = x;
        _anyFar = anyFar;
        var exp = new SingleExp<T>(begun);
        var start = exp.Power + 1.0;
        _sum = T.MultiplyAdd(exp.Power, exp.Fraction, start);
        _sumLow = T.MultiplyAdd(exp.Power, exp.Fraction, start - _sum);
        if (left)
            _sumLow += (T)1.0 - (start - exp.Power);
        else if (anyFar)
            _sumLow += T.AtMost(exp.Power, 1.0) - (start - T.AtLeast(exp.Power, 1.0));
        Quotient = (T)1.0 / _sum;
        Rest = T.NegatedMultiplyAdd(Quotient, _sumLow, T.NegatedMultiplyAdd(Quotient, _sum, 1.0));
    }

    /// <summary>e^-x, but for x above 80 that of 80, because the sigmoid is 1 there.</summary>
    /// <param name="x">Any number. NaN gives NaN.</param>
    /// <param name="anyFar">Becomes true if an x needs the further steps.</param>
    /// <param name="left">Whether every x is at most 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Begin(T x, ref bool anyFar, bool left = false)
    {
        T roundToPower = SingleExp<T>.RoundToPower;
        if (left ? T.AnyGreater(-SingleExp<T>.Far, x) : T.AnyGreater(T.Abs(x), 16.0))
        {
            anyFar = true;
            roundToPower -= T.Select(x < -SingleExp<T>.Far, SingleExp<T>.FarShift, 0.0);
            x = T.AtLeast(T.AtMost(x, SingleExp<T>.Far), -SingleExp<T>.Limit);
        }

        return SingleExp<T>.OfMinus(x, default, roundToPower);
    }

    /// <summary>The sigmoid, rounded once.</summary>
    public T Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Scale(T.MultiplyAdd(Quotient, Rest, Quotient));
    }

    /// <summary>The sigmoid times (1 − the sigmoid) for x ≤ 0, before <see cref="Scale"/>.</summary>
    public T TimesOther
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var other = (T)1.0 - Quotient;
            var dropped = (T)1.0 - other - Quotient;
            var low = Quotient * Rest * (other - Quotient);
            return T.MultiplyAdd(Quotient, other, T.MultiplyAdd(Quotient, dropped, low));
        }
    }

    /// <summary>x times the sigmoid, rounded once.</summary>
    public T TimesX
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var x = _anyFar ? T.AtLeast(_x, -SingleExp<T>.Limit) : _x;
            var product = x * Quotient;
            var rest = T.NegatedMultiplyAdd(product, _sumLow, T.NegatedMultiplyAdd(product, _sum, x));
            var value = T.MultiplyAdd(rest, Quotient, product);
            return _anyFar ? T.Select(x > SingleExp<T>.Far, x, Scale(value)) : value;
        }
    }

    /// <summary>The value, without the factor that the quotient has for x below -<see cref="SingleExp{T}.Far"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Scale(T value) => _anyFar ? SingleExp<T>.Scale(value, -_x) : value;
}
