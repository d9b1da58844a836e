using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The smooth rectifier.</summary>
internal sealed class Softplus : Activation<Softplus.Function, Sigmoid.Function, Softplus.SingleFunction, Sigmoid.SingleFunction>
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
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var e = new Exp<T>(T.AtMost(T.Abs(x), Exp<T>.Limit));
            var m = e.Mantissa;
            var log = Log1p.Of(new Pair<T>(e.Scale(m.High), e.Scale(m.Low)));
            var sum = Pair<T>.SumInAnyOrder(T.Select(x > 0.0, x, 0.0), log.High);
            return T.Select(x > 40.0, x, sum.High + (sum.Low + log.Low));
        }
    }

    // log(1 + u) = u + u²·P(u), with the minimax polynomial P on [0, 1].
    internal readonly struct SingleFunction : ISingleOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => SingleExp<T>.Falling(T.Abs(x), default, ref anyFar);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var e = new SingleExp<T>(begun).Value;
            var u = e.High;
            var p = T.MultiplyAdd(u, -0.00329056475, 0.0200864784);
            p = T.MultiplyAdd(p, u, -0.0574574471);
            p = T.MultiplyAdd(p, u, 0.106611371);
            p = T.MultiplyAdd(p, u, -0.15344882);
            p = T.MultiplyAdd(p, u, 0.196921021);
            p = T.MultiplyAdd(p, u, -0.24958019);
            p = T.MultiplyAdd(p, u, 0.333304644);
            p = T.MultiplyAdd(p, u, -0.499999315);

            // The hinge is added before u, because a sum of hinge and logarithm would be rounded twice.
            var value = u + T.MultiplyAdd(u * u, p, e.Low + T.AtLeast(x, 0.0));
            return anyFar ? T.Select(x > SingleExp<T>.Far, x, SingleExp<T>.Scale(value, T.Abs(x))) : value;
        }
    }
}
