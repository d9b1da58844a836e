using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>
/// e^-z for z ≥ 0 as 2^k·(1 + r + t), with more bits than a float64 has. The relative error is about 2^-56, so a product or quotient of
/// such values is still accurate after rounding.
/// </summary>
/// <remarks>
/// The argument is reduced by k·ln 2 in two parts (W. J. Cody and W. Waite, "Software Manual for the Elementary Functions", 1980). The rounding
/// error of the reduced argument is kept as in P. T. P. Tang, "Table-driven implementation of the exponential function" (ACM TOMS 15, 1989), but
/// without a table. The polynomial is the minimax polynomial (Remez) for (e^r − 1 − r − r²/2)/r³ on |r| ≤ ln 2 / 2, weighted by r³. It adds an
/// error of 2^-57.
/// </remarks>
internal readonly struct Exp<T>
    where T : struct, ILanes<T>
{
    /// <summary>The largest useful z: from here on e^-z and z·e^-z are 0 in float64.</summary>
    public const double Limit = 800;

    private const double Log2E = 1.4426950408889634;

    // ln 2 in two parts. The high part has 42 bits, so its product with k is exact.
    private const double Ln2High = 0.6931471805598903;
    private const double Ln2Low = 5.497923018708371e-14;

    // From z = 708 on 2^k is subnormal or 0. It is kept as 2^(k + 200), which is normal up to Limit, so that a result is rounded only once, by
    // its last multiplication.
    private const double TwoToMinus200 = 6.223015277861142e-61;

    // Adding 1.5·2^52 rounds to an integer in the low bits. With the exponent's bias added and shifted left, these bits are the power.
    private const double RoundToPower = 6755399441055744 + 1023 + 200;

    private readonly T _biasedPower;

    /// <summary>r, at most ln 2 / 2 in magnitude. For k = 0 it is -z.</summary>
    public readonly T Reduced;

    /// <summary>t = e^r − 1 − r, plus the rounding error of r.</summary>
    public readonly T Tail;

    /// <param name="z">Between 0 and <see cref="Limit"/>, or NaN, which gives NaN.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Exp(T z)
    {
        var rounded = T.NegatedMultiplyAdd(z, Log2E, RoundToPower);
        _biasedPower = T.ShiftBitsLeft(rounded, 52);
        var k = rounded - RoundToPower;
        var exact = T.NegatedMultiplyAdd(k, Ln2High, -z);
        var r = T.NegatedMultiplyAdd(k, Ln2Low, exact);
        var dropped = T.NegatedMultiplyAdd(k, Ln2Low, exact - r);
        Reduced = r;

        var r2 = r * r;
        var even = T.MultiplyAdd(r2, 2.5115081438764208e-08, 2.7557226130388503e-06);
        var odd = T.MultiplyAdd(r2, 2.762540476335286e-07, 2.480150812587407e-05);
        even = T.MultiplyAdd(even, r2, 0.0001984126990484672);
        odd = T.MultiplyAdd(odd, r2, 0.0013888888927244588);
        even = T.MultiplyAdd(even, r2, 0.008333333333313958);
        odd = T.MultiplyAdd(odd, r2, 0.04166666666660285);
        even = T.MultiplyAdd(even, r2, 0.16666666666666685);
        var p = T.MultiplyAdd(odd, r, even);
        Tail = T.MultiplyAdd(T.MultiplyAdd(r, p, 0.5), r2, dropped);
    }

    /// <summary>1 + r + t, between 0.7 and 1.42.</summary>
    public Pair<T> Mantissa
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var sum = Pair<T>.Sum(1.0, Reduced);
            return Pair<T>.Sum(sum.High, sum.Low + Tail);
        }
    }

    /// <summary>2^k, rounded if it is subnormal.</summary>
    public T Power
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _biasedPower * TwoToMinus200;
    }

    /// <summary>value·2^k, rounded at most once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Scale(T value) => value * _biasedPower * TwoToMinus200;

    /// <summary>1 + value·2^k for a value below 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Pair<T> OnePlus(Pair<T> value)
    {
        var power = Power;
        var high = T.MultiplyAdd(value.High, power, 1.0);
        return new(high, T.MultiplyAdd(value.Low, power, T.MultiplyAdd(value.High, power, (T)1.0 - high)));
    }

    /// <summary>2^k·(1 + r + t) − 1, with a small relative error even near 0.</summary>
    public Pair<T> MinusOne
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            // |2^k − 1| is 0 or at least 1/2, so it is larger than the terms added to it.
            var power = Power;
            var start = Pair<T>.Sum(-1.0, power);
            var sum = Pair<T>.Sum(start.High, power * Reduced);
            return Pair<T>.Sum(sum.High, T.MultiplyAdd(power, Tail, sum.Low + start.Low));
        }
    }
}
