using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The hyperbolic tangent.</summary>
internal sealed class Tanh : Activation<Tanh.Function, Tanh.Slope, Tanh.Function, Tanh.SingleSlope>
{
    public override string Name => "tanh";

    public override string Formula => "tanh(x)";

    public override string DerivativeFormula => "1 - tanh(x)^2";

    public override string Range => "(-1, 1)";

    public override bool ZeroCentered => true;

    public override bool Monotonic => true;

    public override bool Saturates => true;

    // With e = e^-2|x| in the form of ExpQuotient, (1 − e)/(1 + e) is (2 (s − 1) − t (s + 1))/(2 (s + 1) − t (s − 1)), which is -t/2 for s = 1.
    internal readonly struct Function : IOperator
    {
        public static bool InTwoSteps => true;

        public static bool InSingle => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => ExpQuotient.Of(T.Abs(x + x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var t = begun.High;
            var less = begun.Low - 1.0;
            var more = begun.Low + 1.0;
            var (twiceLess, twiceMore) = (less + less, more + more);
            var product = t * less;
            var reciprocal = (T)1.0 / (twiceMore - product);
            var quotient = T.NegatedMultiplyAdd(t, more, twiceLess) * reciprocal;
            var rest = T.NegatedMultiplyAdd(t, more, T.NegatedMultiplyAdd(quotient, twiceMore, twiceLess));
            rest = T.MultiplyAdd(quotient, product, rest);
            return T.CopySign(T.MultiplyAdd(rest, reciprocal, quotient), x);
        }
    }

    // sech² x = 4 sigmoid′(2x).
    internal readonly struct Slope : IOperator
    {
        public static bool InTwoSteps => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => ExpQuotient.Of(T.Abs(x + x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var side = new SmallerSide<T>(begun);
            return side.Scale(side.TimesOther * 4.0, x + x);
        }
    }

    internal readonly struct SingleSlope : ISingleOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => SingleLogistic<T>.Begin(-T.Abs(x + x), ref anyFar, left: true);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var l = new SingleLogistic<T>(-T.Abs(x + x), begun, anyFar, left: true);
            return l.Scale(l.TimesOther * 4.0);
        }
    }
}
