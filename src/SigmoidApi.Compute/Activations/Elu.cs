using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The exponential linear unit.</summary>
internal sealed class Elu()
    : Activation<Elu.Function, Elu.Slope, Elu.SingleFunction, Elu.SingleSlope>(new ActivationParameter("alpha", 1, "Minus the limit on the left."))
{
    public override string Name => "elu";

    public override string Formula => "x if x > 0 else alpha * (exp(x) - 1)";

    public override string DerivativeFormula => "1 if x > 0 else alpha * exp(x)";

    public override string Range => "(-1, inf)";

    public override bool ZeroCentered => true;

    public override bool Monotonic => true;

    public override bool Saturates => false;

    internal readonly struct Function : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var left = new Exp<T>(T.AtMost(T.Abs(x), Exp<T>.Limit)).MinusOne.Value;
            return T.Select(x > 0.0, x, T.CopySign(left, x) * parameter.High);
        }
    }

    // The left derivative, alpha, at 0.
    internal readonly struct Slope : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var e = new Exp<T>(T.AtMost(T.Abs(x), Exp<T>.Limit));
            return T.Select(x > 0.0, 1.0, e.Scale(e.Mantissa.Value * parameter.High));
        }
    }

    internal readonly struct SingleFunction : ISingleOperator
    {
        public static bool Accepts(ReadOnlySpan<double> parameters) => IsModerate(parameters[0]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => SingleExp<T>.OfMinus(T.AtMost(T.AtLeast(-x, 0.0), 40.0), default, SingleExp<T>.RoundToPower);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var value = T.CopySign(new SingleExp<T>(begun).MinusOne.High, x);
            return T.Select(x > 0.0, x, T.MultiplyAdd(value, parameter.High, value * parameter.Low));
        }
    }

    internal readonly struct SingleSlope : ISingleOperator
    {
        public static bool Accepts(ReadOnlySpan<double> parameters) => IsModerate(parameters[0]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => SingleExp<T>.Falling(T.AtLeast(-x, 0.0), default, ref anyFar);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var exp = new SingleExp<T>(begun);
            var low = T.MultiplyAdd(parameter.High, exp.Fraction, T.MultiplyAdd(parameter.Low, exp.Fraction, parameter.Low));
            var value = (parameter.High + low) * exp.Power;
            return T.Select(x > 0.0, 1.0, anyFar ? SingleExp<T>.Scale(value, -x) : value);
        }
    }

    // With a larger alpha, alpha·e^x is still above 0 where e^x is 0 in float32.
    private static bool IsModerate(double alpha) => Math.Abs(alpha) <= 1 << 20;
}
