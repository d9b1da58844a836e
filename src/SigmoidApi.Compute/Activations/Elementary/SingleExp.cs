using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>e^y in float32 as s·(1 + p) with s = 2^k. p is rounded once, so 1 + p, s·p + (s − 1) and 1 + s·(1 + p) keep their last bit.</summary>
/// <remarks>
/// r = y − k·ln 2 is exact but for a small part of k·ln 2, for the same reason as in <see cref="ExpQuotient"/>. That part is added last but one, so
/// that p = r + r²·P(r) is rounded once. P is the minimax polynomial (Remez) of degree 4 on |r| ≤ ln 2 / 2, weighted by r²/e^r. It adds an error of 2^-28.
/// </remarks>
/// <param name="begun">p as the high part and s as the low part, from <see cref="OfMinus"/> or <see cref="Falling(T, T, bool)"/>.</param>
internal readonly struct SingleExp<T>(Pair<T> begun)
    where T : struct, ILanes<T>
{
    /// <summary>For larger |y|, s could overflow or be subnormal. There it is kept nearer to 1 by a factor of 2^<see cref="FarShift"/>.</summary>
    public const double Far = 80;

    /// <summary>Lanes with |y| above <see cref="Far"/> have s times 2 to this power, or divided by it.</summary>
    public const double FarShift = 60;

    /// <summary>From here on e^-|y| is 0 in float32, even after a multiplication by 2^20.</summary>
    public const double Limit = 120;

    private const double TwoToMinusFarShift = 8.673617379884035e-19;

    /// <summary>Adding 1.5·2^23 rounds to an integer in the low bits. With the exponent's bias added and shifted left, these bits are s.</summary>
    public const double RoundToPower = 12582912 + 127;

    /// <summary>p, between -0.3 and 0.42.</summary>
    public readonly T Fraction = begun.High;

    /// <summary>s, with the factor of far lanes.</summary>
    public readonly T Power = begun.Low;

    /// <summary>p and s for e^(rest − x)·2^shift.</summary>
    /// <param name="x">At most <see cref="Far"/> in magnitude, unless the shift makes up for it.</param>
    /// <param name="rest">A small number.</param>
    /// <param name="roundToPower"><see cref="RoundToPower"/> plus the shift.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> OfMinus(T x, T rest, T roundToPower)
    {
        var rounded = T.NegatedMultiplyAdd(x, 1.4426950408889634, roundToPower);
        var k = rounded - roundToPower;
        var exact = T.MultiplyAdd(k, 0.69314718246459961, x);
        var low = T.MultiplyAdd(k, 1.9046542121259336e-09, rest);
        var r = low - exact;
        var r2 = r * r;
        var p01 = T.MultiplyAdd(r, 0.166665167, 0.49999994);
        var p234 = T.MultiplyAdd(r2, 0.00138380285, T.MultiplyAdd(r, 0.0083691664, 0.0416681021));
        var p = T.MultiplyAdd(r2, p234, p01);
        return new(T.MultiplyAdd(r2, p, low) - exact, T.ShiftBitsLeft(rounded, 23));
    }

    /// <summary>p and s for e^(rest − z). s is too large by 2^<see cref="FarShift"/> where z is above <see cref="Far"/>.</summary>
    /// <param name="z">At least 0, or NaN, which gives NaN.</param>
    /// <param name="rest">A small number.</param>
    /// <param name="anyFar">Becomes true if a z is above <see cref="Far"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Falling(T z, T rest, ref bool anyFar)
    {
        var far = T.AnyGreater(z, Far);
        anyFar |= far;
        return Falling(z, rest, far);
    }

    /// <inheritdoc cref="Falling(T, T, ref bool)"/>
    /// <param name="anyFar">Whether a z may be above <see cref="Far"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Falling(T z, T rest, bool anyFar)
    {
        T roundToPower = RoundToPower;
        if (anyFar)
        {
            roundToPower += T.Select(z > Far, FarShift, 0.0);
            z = T.AtMost(z, Limit);
        }

        return OfMinus(z, rest, roundToPower);
    }

    /// <summary>The value, without the factor 2^<see cref="FarShift"/> where z is above <see cref="Far"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale(T value, T z) => value * T.Select(z > Far, TwoToMinusFarShift, 1.0);

    /// <summary>1 + p as the sum of two numbers.</summary>
    public Pair<T> Mantissa
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Pair<T>.Sum(1.0, Fraction);
    }

    /// <summary>s·(1 + p) as the sum of two numbers.</summary>
    public Pair<T> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var mantissa = Mantissa;
            return new(mantissa.High * Power, mantissa.Low * Power);
        }
    }

    /// <summary>s·(1 + p) − 1 as the sum of two numbers, for s ≤ 1.</summary>
    public Pair<T> MinusOne
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var start = Power - 1.0;
            var high = T.MultiplyAdd(Power, Fraction, start);
            return new(high, T.MultiplyAdd(Power, Fraction, start - high));
        }
    }
}
