using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The exponential linear unit.</summary>
internal sealed class Elu()
    : Activation<Elu.Function, Elu.Slope>(new ActivationParameter("alpha", 1, "Minus the limit on the left."))
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
        public static T Invoke<T>(T x, Pair<T> begun, ReadOnlySpan<double> parameters)
            where T : struct, ILanes<T>
        {
            var left = new Exp<T>(T.AtMost(T.Abs(x), Exp<T>.Limit)).MinusOne.Value;
            return T.Select(x > 0.0, x, T.CopySign(left, x) * parameters[0]);
        }
    }

    // The left derivative, alpha, at 0.
    internal readonly struct Slope : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, ReadOnlySpan<double> parameters)
            where T : struct, ILanes<T>
        {
            var e = new Exp<T>(T.AtMost(T.Abs(x), Exp<T>.Limit));
            return T.Select(x > 0.0, 1.0, e.Scale(e.Mantissa.Value * parameters[0]));
        }
    }
}
