using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The scaled exponential linear unit (Klambauer and others, "Self-normalizing neural networks", 2017).</summary>
internal sealed class Selu : Activation<Selu.Function, Selu.Slope, Selu.SingleFunction, Selu.SingleSlope>
{
    private const double Scale = 1.0507009873554805;

    // scale·alpha, and its rounding error.
    private const double Height = 1.7580993408473768;
    private const double HeightLow = 1.41535193800845e-17;

    public override string Name => "selu";

    public override string Formula => "scale * (x if x > 0 else alpha * (exp(x) - 1)), scale = 1.0507009873554805, alpha = 1.6732632423543772";

    public override string DerivativeFormula => "scale if x > 0 else scale * alpha * exp(x)";

    public override string Range => "(-1.7580993408473768, inf)";

    public override bool ZeroCentered => true;

    public override bool Monotonic => true;

    public override bool Saturates => false;

    internal readonly struct Function : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var left = new Exp<T>(T.AtMost(T.Abs(x), Exp<T>.Limit)).MinusOne;
            return T.Select(x > 0.0, x * Scale, T.CopySign(Times(left), x));
        }
    }

    // The left derivative, scale·alpha, at 0.
    internal readonly struct Slope : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var e = new Exp<T>(T.AtMost(T.Abs(x), Exp<T>.Limit));
            return T.Select(x > 0.0, Scale, e.Scale(Times(e.Mantissa)));
        }
    }

    internal readonly struct SingleFunction : ISingleOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => SingleExp<T>.OfMinus(T.AtMost(T.AtLeast(-x, 0.0), 40.0), default, SingleExp<T>.RoundToPower);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var value = new SingleExp<T>(begun).MinusOne;
            return T.Select(x > 0.0, x * Scale, T.CopySign(Times(value), x));
        }
    }

    internal readonly struct SingleSlope : ISingleOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => SingleExp<T>.Falling(T.AtLeast(-x, 0.0), default, ref anyFar);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var exp = new SingleExp<T>(begun);
            var value = Times(exp.Mantissa) * exp.Power;
            return T.Select(x > 0.0, Scale, anyFar ? SingleExp<T>.Scale(value, -x) : value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Times<T>(Pair<T> value)
        where T : struct, ILanes<T> =>
        T.MultiplyAdd(value.High, Height, T.MultiplyAdd(value.Low, Height, value.High * (T.IsSingle ? Height - (float)Height : HeightLow)));
}
