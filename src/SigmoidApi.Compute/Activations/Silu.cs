using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The sigmoid linear unit, also called swish. At -∞ it is -0, the limit from below.</summary>
internal sealed class Silu : Activation<Silu.Function, Silu.Slope, Silu.SingleFunction, Silu.SingleSlope>
{
    public override string Name => "silu";

    public override string Formula => "x * sigmoid(x)";

    public override string DerivativeFormula => "sigmoid(x) * (1 + x * (1 - sigmoid(x)))";

    public override string Range => "[-0.2784645427610738, inf)";

    public override bool ZeroCentered => true;

    public override bool Monotonic => false;

    public override bool Saturates => false;

    internal readonly struct Function : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var l = new Logistic<T>(x);
            return l.TimesX(Pair<T>.Quotient(l.Either(new(1.0, 0.0), l.Mantissa), l.OnePlusE));
        }
    }

    // (1 + e + x e)/(1 + e)² on the right, e (1 + e + x)/(1 + e)² on the left, where the sum crosses 0 near x = -1.28.
    internal readonly struct Slope : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var l = new Logistic<T>(x);
            var right = Pair<T>.Sum(l.OnePlusE.High, l.Z * l.E.Scale(l.Mantissa.High));
            var left = Pair<T>.SumInAnyOrder(l.OnePlusE.High, -l.Z);
            right = new(right.High, right.Low + l.OnePlusE.Low);
            left = Pair<T>.Product(l.Mantissa, new(left.High, left.Low + l.OnePlusE.Low));
            return l.Scale(Pair<T>.Quotient(l.Either(right, left), Pair<T>.Product(l.OnePlusE, l.OnePlusE)).Value);
        }
    }

    internal readonly struct SingleFunction : ISingleOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => SingleLogistic<T>.Begin(x, ref anyFar);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T> => T.CopySign(new SingleLogistic<T>(x, begun, anyFar).TimesX, x);
    }

    // With z = |x| and q = sigmoid(-z) it is part = q (1 − z + z q) on the left and 1 − part on the right.
    internal readonly struct SingleSlope : ISingleOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => SingleLogistic<T>.Begin(-T.Abs(x), ref anyFar, left: true);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var z = T.AtMost(T.Abs(x), SingleExp<T>.Limit);
            var l = new SingleLogistic<T>(-z, begun, anyFar, left: true);
            var factor = T.MultiplyAdd(z, l.Quotient, (T)1.0 - z);
            var part = l.Scale(T.MultiplyAdd(l.Quotient, factor, l.Quotient * l.Rest * factor));
            return T.SelectBySign(x, part, (T)1.0 - part);
        }
    }
}
