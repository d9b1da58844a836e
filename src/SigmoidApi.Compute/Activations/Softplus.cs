using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The smooth rectifier.</summary>
internal sealed class Softplus : Activation<Softplus.Function, Sigmoid.Function>
{
    public override string Name => "softplus";

    public override string Formula => "log(1 + exp(x))";

    public override string DerivativeFormula => "sigmoid(x)";

    public override string Range => "(0, inf)";

    public override bool ZeroCentered => false;

    public override bool Monotonic => true;

    public override bool Saturates => false;

    // max(x, 0) + log(1 + e^-|x|); from 40 on the second term is below half an ULP of the first.
    internal readonly struct Function : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, ReadOnlySpan<double> parameters)
            where T : struct, ILanes<T>
        {
            var e = new Exp<T>(T.AtMost(T.Abs(x), Exp<T>.Limit));
            var m = e.Mantissa;
            var log = Log1p.Of(new Pair<T>(e.Scale(m.High), e.Scale(m.Low)));
            var sum = Pair<T>.SumInAnyOrder(T.Select(x > 0.0, x, 0.0), log.High);
            return T.Select(x > 40.0, x, sum.High + (sum.Low + log.Low));
        }
    }
}
