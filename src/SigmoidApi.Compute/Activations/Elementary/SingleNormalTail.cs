using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>The upper tail Q(z) = erfc(z/√2)/2 of the normal distribution in float32 for z ≥ 0, as base·(1 + more)·e^(-z²/2)/2 with base = 1/(z + 1).</summary>
/// <remarks>
/// more is between -0.21 and 0.05, so the rounding errors of its quotient of polynomials are small in the result. The coefficients are those of the minimax
/// quotient (Remez, in 160 bits) of degrees 5 and 5 for 2·(z + 1)·Q(z)·e^(z²/2)·2^((c − log2(e)/2)·z²) − 1 on 0 ≤ z ≤ 14.3, divided by the highest one of the
/// denominator and rounded to float32. It adds a relative error of 2^-28. c is log2(e)/2 in float32: the last factor makes up for its rounding, so that
/// e^(-z²/2) may be 2^(-c·z²).
/// </remarks>
internal static class SingleNormalTail<T>
    where T : struct, ILanes<T>
{
    /// <summary>The largest useful z: from here on z·Q(z) is 0 in float32, and so is z·e^(-z²/2).</summary>
    public const double Limit = 15;

    /// <summary>For larger z the power of two may be subnormal. There it is 2^60 times as large until the last product but one.</summary>
    public const double Far = 12.5;

    private const double FarShift = 60;
    private const double TwoToMinusFarShift = 8.673617379884035e-19;
    private const double HalfLog2E = 0.7213475108146667;

    // What log2(e)/2 is above HalfLog2E, divided by it.
    private const double HalfLog2ELost = 1.33497582e-08;

    /// <summary>more as the high part and the base as the low part.</summary>
    /// <param name="z">Between 0 and <see cref="Limit"/>, or NaN, which gives NaN.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Ratio(T z)
    {
        var numerator = T.MultiplyAdd(z, -0.20212315, -0.991498649);
        numerator = T.MultiplyAdd(numerator, z, -1.48850691);
        numerator = T.MultiplyAdd(numerator, z, 3.83390117);
        numerator = T.MultiplyAdd(numerator, z, 14.5151157);
        numerator = T.MultiplyAdd(numerator, z, -2.57320721e-07);
        var denominator = T.MultiplyAdd(z + 8.85374641, z, 38.3736877);
        denominator = T.MultiplyAdd(denominator, z, 93.4229507);
        denominator = T.MultiplyAdd(denominator, z, 124.815361);
        denominator = T.MultiplyAdd(denominator, z, 71.8158417);
        return new(numerator / denominator, (T)1.0 / (z + 1.0));
    }

    /// <summary><see cref="Ratio"/>, where more also has the rounding error of the base.</summary>
    /// <inheritdoc cref="Ratio"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> ExactRatio(T z)
    {
        var ratio = Ratio(z);
        var sum = z + 1.0;
        var rest = T.NegatedMultiplyAdd(ratio.Low, z - (sum - 1.0), T.NegatedMultiplyAdd(ratio.Low, sum, 1.0));
        return new(ratio.High + rest, ratio.Low);
    }

    /// <summary>p and s of (1 + more)·e^(-z²/2)/2 = s·(1 + p), with the factor that <see cref="Shrink"/> takes away.</summary>
    /// <param name="z">Between 0 and <see cref="Limit"/>, or NaN.</param>
    /// <param name="more">A number between -0.5 and 0.5, at most 2^-24 in magnitude if <paramref name="exact"/> is true.</param>
    /// <param name="anyFar">Whether a z may be above <see cref="Far"/>.</param>
    /// <param name="exact">Whether the rounding of log2(e)/2 is corrected here, because the result is more than a multiple of <see cref="Ratio"/>.</param>
    /// <remarks>2^f = 1 + f·P(f), with the minimax polynomial P (Remez) of degree 5 on |f| ≤ 0.5. It adds an error of 2^-28.9.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Power(T z, T more, bool anyFar, bool exact = false)
    {
        T roundToPower = SingleExp<T>.RoundToPower - 1;
        if (anyFar)
            roundToPower += T.Select(z > Far, FarShift, 0.0);
        var square = z * z;
        var rounded = T.NegatedMultiplyAdd(square, HalfLog2E, roundToPower);
        var rest = T.MultiplySubtract(z, z, square);
        if (exact)
            rest = T.MultiplyAdd(square, HalfLog2ELost, rest);
        var f = T.NegatedMultiplyAdd(rest, HalfLog2E, T.NegatedMultiplyAdd(square, HalfLog2E, roundToPower - rounded));
        var p = T.MultiplyAdd(f, 0.000153533532, 0.00133988739);
        p = T.MultiplyAdd(p, f, 0.00961843785);
        p = T.MultiplyAdd(p, f, 0.0555033237);
        p = T.MultiplyAdd(p, f, 0.240226477);
        var scaled = exact ? f : T.MultiplyAdd(f, more, f);
        return new(T.MultiplyAdd(scaled, 0.693147182, T.MultiplyAdd(scaled * f, p, more)), T.ShiftBitsLeft(rounded, 23));
    }

    /// <summary>The value, without the factor that <see cref="Power"/> has for a far z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Shrink(T value, T z, bool anyFar) => anyFar ? value * T.Select(z > Far, TwoToMinusFarShift, 1.0) : value;
}
