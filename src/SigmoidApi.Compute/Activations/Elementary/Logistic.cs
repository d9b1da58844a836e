using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>
/// What the sigmoid and its relatives are made of: e = e^-|x|, with which they are written so that neither side cancels or overflows,
/// each as a quotient that is left to be scaled by e's power of two on the left.
/// </summary>
internal readonly struct Logistic<T>
    where T : struct, ILanes<T>
{
    public readonly T X;

    /// <summary>|x|, cut off where e^-|x| is 0.</summary>
    public readonly T Z;

    /// <summary>Where x > 0.</summary>
    public readonly T Right;

    public readonly Exp<T> E;

    public readonly Pair<T> Mantissa;

    public readonly Pair<T> OnePlusE;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Logistic(T x)
    {
        X = x;
        Z = T.AtMost(T.Abs(x), Exp<T>.Limit);
        Right = x > 0.0;
        E = new(Z);
        Mantissa = E.Mantissa;
        OnePlusE = E.OnePlus(Mantissa);
    }

    /// <summary>One value where x > 0, another elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Pair<T> Either(Pair<T> right, Pair<T> left) =>
        new(T.Select(Right, right.High, left.High), T.Select(Right, right.Low, left.Low));

    /// <summary>The value as it is where x > 0, times e's power of two elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Scale(T value) => T.Select(Right, value, E.Scale(value));

    /// <summary>x·gate with the sign of x, for a gate that is 1 at +∞ and is scaled as above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T TimesX(Pair<T> gate)
    {
        var cut = T.CopySign(Z, X);
        var product = T.MultiplyAdd(T.Select(Right, X, cut), gate.High, cut * gate.Low);
        return T.CopySign(Scale(product), X);
    }
}
