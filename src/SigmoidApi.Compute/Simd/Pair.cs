using System.Runtime.CompilerServices;

namespace SigmoidApi.Compute.Simd;

/// <summary>
/// A number as the unevaluated sum of a float64 and a much smaller one, which is a rounding error kept until the last step.
/// The operations are those of T. J. Dekker, "A floating-point technique for extending the available precision" (1971), with
/// fused multiply-adds. They are exact to about 2^-100, unless their summaries say otherwise.
/// </summary>
internal readonly struct Pair<T>(T high, T low)
    where T : struct, ILanes<T>
{
    public readonly T High = high;
    public readonly T Low = low;

    /// <summary>Rounds to one float64.</summary>
    public T Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => High + Low;
    }

    /// <summary>a + b, exactly, for |a| ≥ |b| or a = 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Sum(T a, T b)
    {
        var high = a + b;
        return new(high, b - (high - a));
    }

    /// <summary>a + b for |a| ≥ |b| or a = 0. The only error is that of adding the low parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Sum(T a, Pair<T> b)
    {
        var sum = Sum(a, b.High);
        return new(sum.High, sum.Low + b.Low);
    }

    /// <summary>a + b, exactly, for finite a and b in any order (D. E. Knuth, "The Art of Computer Programming", volume 2, 4.2.2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> SumInAnyOrder(T a, T b)
    {
        var high = a + b;
        var part = high - a;
        return new(high, (a - (high - part)) + (b - part));
    }

    /// <summary>a·b. The error is the product of the low parts, which is left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Product(Pair<T> a, Pair<T> b)
    {
        var high = a.High * b.High;
        var low = -T.NegatedMultiplyAdd(a.High, b.High, high);
        return new(high, T.MultiplyAdd(a.High, b.Low, T.MultiplyAdd(a.Low, b.High, low)));
    }

    /// <summary>n / d by one division and one Newton correction, which is the low part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair<T> Quotient(Pair<T> n, Pair<T> d)
    {
        var reciprocal = (T)1.0 / d.High;
        var quotient = n.High * reciprocal;
        var rest = T.NegatedMultiplyAdd(quotient, d.High, n.High) + T.NegatedMultiplyAdd(quotient, d.Low, n.Low);
        return new(quotient, rest * reciprocal);
    }
}
