using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The logistic function. Its error and that of its derivative are below 1 ULP for all values of float64 and float32.</summary>
/// <remarks>
/// In float64 the error is bounded by 0.99 ULP (<see cref="SmallerSide{T}"/>); the largest found is 0.95 over 480,000 values. In float32 it is at
/// most 0.92 ULP for all values (<see cref="SingleLogistic{T}"/>). System.Numerics.Tensors 10.0.15 has errors of 3 ULP, gives 0 below -709, and takes
/// 1.2 times as long in float64 and twice as long in float32 (tests/SigmoidApi.Benchmarks/Results/elementwise.md).
/// </remarks>
internal sealed class Sigmoid : Activation<Sigmoid.Function, Sigmoid.Slope, Sigmoid.SingleFunction, Sigmoid.SingleSlope>
{
    public override string Name => "sigmoid";

    public override string Formula => "1 / (1 + exp(-x))";

    public override string DerivativeFormula => "sigmoid(x) * (1 - sigmoid(x))";

    public override string Range => "(0, 1)";

    public override bool ZeroCentered => false;

    public override bool Monotonic => true;

    public override bool Saturates => true;

    // With q = sigmoid(-|x|), the sigmoid is q for x < 0 and 1 − q otherwise. For q ≥ 1/4 an ULP of q is half an ULP of 1 − q, so the subtraction
    // is a tie at worst. For smaller q the error of q matters even less.
    internal readonly struct Function : IOperator
    {
        public static bool InTwoSteps => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => ExpQuotient.Of(T.Abs(x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var side = new SmallerSide<T>(begun);
            var q = side.Scale(side.Value, x);
            return T.SelectBySign(x, q, (T)1.0 - q);
        }
    }

    // q (1 − q) for either sign of x.
    internal readonly struct Slope : IOperator
    {
        public static bool InTwoSteps => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => ExpQuotient.Of(T.Abs(x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var side = new SmallerSide<T>(begun);
            return side.Scale(side.TimesOther, x);
        }
    }

    internal readonly struct SingleFunction : ISingleOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => SingleLogistic<T>.Begin(x, ref anyFar);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T> => new SingleLogistic<T>(x, begun, anyFar).Value;
    }

    internal readonly struct SingleSlope : ISingleOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => SingleLogistic<T>.Begin(-T.Abs(x), ref anyFar, left: true);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var l = new SingleLogistic<T>(-T.Abs(x), begun, anyFar, left: true);
            return l.Scale(l.TimesOther);
        }
    }
}
