using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>
/// D. Misra, "Mish: A Self Regularized Non-Monotonic Activation Function" (BMVC 2020). At -∞ it is -0, the limit from below.
/// </summary>
internal sealed class Mish : Activation<Mish.Function, Mish.Slope, Mish.SingleFunction, Mish.SingleSlope>
{
    public override string Name => "mish";

    public override string Formula => "x * tanh(log(1 + exp(x)))";

    public override string DerivativeFormula => "t + x * (1 - t^2) * sigmoid(x), t = tanh(log(1 + exp(x)))";

    public override string Range => "[-0.3088434130172504, inf)";

    public override bool ZeroCentered => true;

    public override bool Monotonic => false;

    public override bool Saturates => false;

    // With e = e^-|x| it is x (1 + 2e)/(1 + 2e + 2e²) on the right and x e (2 + e)/(2 + 2e + e²) on the left.
    internal readonly struct Function : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var l = new Logistic<T>(x);
            var left = Pair<T>.Sum(l.OnePlusE.High, 1.0);
            left = Pair<T>.Product(l.Mantissa, new(left.High, left.Low + l.OnePlusE.Low));
            return l.TimesX(Pair<T>.Quotient(l.Either(OnePlusTwoE(l), left), Denominator(l)));
        }
    }

    // The denominator is the square of the function's. The numerator is 1 + 4e + e² (4x + 6) + e³ (4x + 4) on the right and
    // e (4x + 4 + e (4x + 6) + 4e² + e³) on the left, where the sum crosses 0 near x = -1.19.
    internal readonly struct Slope : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var l = new Logistic<T>(x);
            var e = l.E.Scale(l.Mantissa.High);
            var x4 = T.CopySign(l.Z, x) * 4.0;
            var right = T.MultiplyAdd(T.MultiplyAdd(T.MultiplyAdd(e, x4 + 4.0, x4 + 6.0), e, 4.0), e, 1.0);
            var left = T.MultiplyAdd(T.MultiplyAdd(e + 4.0, e, x4 + 6.0), e, x4 + 4.0);
            var numerator = l.Either(new(right, 0.0), Pair<T>.Product(l.Mantissa, new(left, 0.0)));
            var denominator = Denominator(l);
            return l.Scale(Pair<T>.Quotient(numerator, Pair<T>.Product(denominator, denominator)).Value);
        }
    }

    // With z = |x| it is max(x, 0) − z·factor. The factor is 2e²/(1 + 2e + 2e²) on the right, and e − e²/2 + e⁴/(4 + 4e + 2e²) on the left.
    internal readonly struct SingleFunction : ISingleOperator
    {
        public static bool InPairs => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => SingleExp<T>.Falling(T.Abs(x), default, ref anyFar);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var z = T.AtMost(T.Abs(x), SingleExp<T>.Limit);
            var e = new SingleExp<T>(begun).Value;
            var square = e.High * e.High;
            var numerator = square * T.SelectBySign(x, square * 0.25, 2.0);
            var quotient = numerator / (T.MultiplyAdd(square, T.SelectBySign(x, 0.5, 2.0), T.SelectBySign(x, e.High, e.High + e.High)) + 1.0);

            // By a comparison, so that -0 gets 0 here and stays -0.
            var low = T.Select(x < 0.0, T.NegatedMultiplyAdd(e.High * 0.5, e.High, e.Low + quotient), 0.0);
            var factor = Pair<T>.Sum(T.SelectBySign(x, e.High, quotient), low);
            if (anyFar)
                z = SingleExp<T>.Scale(z, z);
            return T.NegatedMultiplyAdd(z, factor.High, T.NegatedMultiplyAdd(z, factor.Low, T.AtLeast(x, -0.0)));
        }
    }

    // With z = |x| and e = e^-z it is e·(1 − z + e·outer/sum²) with sum = 1 + e + e²/2 on the left. There 1 − z is exact where the result is small, and
    // the rest is small beside it. On the right it is 1 − e·(e·outer/sum²) with sum = 1 + 2e + 2e².
    internal readonly struct SingleSlope : ISingleOperator
    {
        public static bool InPairs => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => SingleExp<T>.Falling(T.Abs(x), default, ref anyFar);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var z = T.AtMost(T.Abs(x), SingleExp<T>.Limit);
            var exp = new SingleExp<T>(begun);
            var e = T.MultiplyAdd(exp.Power, exp.Fraction, exp.Power);
            var slope = T.MultiplyAdd(e, T.SelectBySign(x, 0.5, 2.0), T.SelectBySign(x, 1.0, 2.0));
            var more = e * slope;
            var sum = more + 1.0;
            var start = T.SelectBySign(x, 1.0, 0.5) - z;
            var inner = T.MultiplyAdd(e, T.MultiplyAdd(e, T.SelectBySign(x, 0.25, 0.0), 1.0), start + 0.5);
            var outer = T.SelectBySign(x, T.NegatedMultiplyAdd(start * slope, more + 2.0, inner), T.MultiplyAdd(e, inner, start) * 4.0);
            var factor = T.MultiplyAdd(e / (sum * sum), outer, T.SelectBySign(x, start, 0.0));
            var part = T.MultiplyAdd(factor, exp.Fraction, factor) * exp.Power;
            if (anyFar)
                part = SingleExp<T>.Scale(part, z);
            return T.SelectBySign(x, part, (T)1.0 - part);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Pair<T> OnePlusTwoE<T>(Logistic<T> l)
        where T : struct, ILanes<T>
    {
        var sum = Pair<T>.Sum(l.OnePlusE.High, l.E.Scale(l.Mantissa.High));
        return new(sum.High, sum.Low + T.MultiplyAdd(l.Mantissa.Low, l.E.Power, l.OnePlusE.Low));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Pair<T> Denominator<T>(Logistic<T> l)
        where T : struct, ILanes<T>
    {
        // The rounding error of the square and the low part of e are below 2^-54 of the sum, so both are left out.
        var e = l.E.Scale(l.Mantissa.High);
        var square = e * e;
        var linear = l.Either(OnePlusTwoE(l), new(l.OnePlusE.High * 2.0, l.OnePlusE.Low * 2.0));
        var sum = Pair<T>.Sum(linear.High, T.Select(l.Right, square * 2.0, square));
        return new(sum.High, sum.Low + linear.Low);
    }
}
