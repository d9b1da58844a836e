using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The hyperbolic tangent.</summary>
internal sealed class Tanh : Activation<Tanh.Function, Tanh.Slope>
{
    public override string Name => "tanh";

    public override string Formula => "tanh(x)";

    public override string DerivativeFormula => "1 - tanh(x)^2";

    public override string Range => "(-1, 1)";

    public override bool ZeroCentered => true;

    public override bool Monotonic => true;

    public override bool Saturates => true;

    // With m = e^-2|x| − 1 it is -m/(2 + m) under the sign of x.
    internal readonly struct Function : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, ReadOnlySpan<double> parameters)
            where T : struct, ILanes<T>
        {
            var m = new Exp<T>(T.AtMost(T.Abs(x) * 2.0, Exp<T>.Limit)).MinusOne;
            var denominator = Pair<T>.Sum(2.0, m);
            return T.CopySign(Pair<T>.Quotient(m, denominator).Value, x);
        }
    }

    // sech² x = 4 sigmoid′(2x).
    internal readonly struct Slope : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, ReadOnlySpan<double> parameters)
            where T : struct, ILanes<T>
        {
            var l = new Logistic<T>(x * 2.0);
            var quotient = Pair<T>.Quotient(l.Mantissa, Pair<T>.Product(l.OnePlusE, l.OnePlusE)).Value;
            return l.E.Scale(quotient * 4.0);
        }
    }
}
