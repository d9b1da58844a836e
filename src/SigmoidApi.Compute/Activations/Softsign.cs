using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The sign, softened by a hyperbola.</summary>
internal sealed class Softsign : Activation<Softsign.Function, Softsign.Slope, Softsign.Function, Softsign.SingleSlope>
{
    public override string Name => "softsign";

    public override string Formula => "x / (1 + |x|)";

    public override string DerivativeFormula => "1 / (1 + |x|)^2";

    public override string Range => "(-1, 1)";

    public override bool ZeroCentered => true;

    public override bool Monotonic => true;

    public override bool Saturates => true;

    internal readonly struct Function : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var z = T.AtMost(T.Abs(x), double.MaxValue);
            return T.CopySign(z / (z + 1.0), x);
        }
    }

    // This is the square of the reciprocal. The square itself overflows from 1e154 on, where the slope is still a subnormal number.
    internal readonly struct Slope : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var z = T.AtMost(T.Abs(x), double.MaxValue);
            var root = Pair<T>.Quotient(new(1.0, 0.0), Pair<T>.SumInAnyOrder(1.0, z));
            return T.MultiplyAdd(root.High, root.High, root.High * root.Low * 2.0);
        }
    }

    // For float32 values, in float64: the square does not overflow, and three roundings are far below one of float32.
    internal readonly struct SingleSlope : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var sum = T.Abs(x) + 1.0;
            return (T)1.0 / (sum * sum);
        }
    }
}
