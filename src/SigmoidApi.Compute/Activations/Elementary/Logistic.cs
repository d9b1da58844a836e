using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations.Elementary;

/// <summary>
/// The parts of functions that contain the sigmoid. They are written with e = e^-|x|, so that nothing cancels or overflows for either sign of x,
/// as a quotient. For x ≤ 0 ("on the left") the quotient is multiplied by the power of two in e at the end.
/// </summary>
internal readonly struct Logistic<T>
    where T : struct, ILanes<T>
{
    public readonly T X;

    /// <summary>|x|, but at most <see cref="Exp{T}.Limit"/>.</summary>
    public readonly T Z;

    /// <summary>A mask of the lanes where x > 0.</summary>
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

    /// <summary>The first value where x > 0, the second elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Pair<T> Either(Pair<T> right, Pair<T> left) =>
        new(T.Select(Right, right.High, left.High), T.Select(Right, right.Low, left.Low));

    /// <summary>The value where x > 0, and the value times the power of two in e elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Scale(T value) => T.Select(Right, value, E.Scale(value));

    /// <summary>x·gate with the sign of x, for a gate that is 1 at +∞. The gate is scaled by <see cref="Scale"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T TimesX(Pair<T> gate)
    {
        var cut = T.CopySign(Z, X);
        var product = T.MultiplyAdd(T.Select(Right, X, cut), gate.High, cut * gate.Low);
        return T.CopySign(Scale(product), X);
    }
}
