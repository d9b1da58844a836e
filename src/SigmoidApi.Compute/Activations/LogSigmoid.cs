using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The logarithm of the sigmoid, which is minus the log loss for label 1.</summary>
internal sealed class LogSigmoid : Activation<LogSigmoid.Function, LogSigmoid.Slope, LogSigmoid.SingleFunction, LogSigmoid.SingleSlope>
{
    public override string Name => "log_sigmoid";

    public override string Formula => "-log(1 + exp(-x))";

    public override string DerivativeFormula => "sigmoid(-x)";

    public override string Range => "(-inf, 0)";

    public override bool ZeroCentered => false;

    public override bool Monotonic => true;

    public override bool Saturates => false;

    internal readonly struct Function : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T> => -Softplus.Function.Invoke(-x, begun, anyFar, parameter);
    }

    internal readonly struct Slope : IOperator
    {
        public static bool InTwoSteps => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => Sigmoid.Function.Begin(x, ref anyFar);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T> => Sigmoid.Function.Invoke(-x, begun, anyFar, parameter);
    }

    internal readonly struct SingleFunction : ISingleOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => Softplus.SingleFunction.Begin(-x, ref anyFar);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T> => -Softplus.SingleFunction.Invoke(-x, begun, anyFar, parameter);
    }

    internal readonly struct SingleSlope : ISingleOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x, ref bool anyFar)
            where T : struct, ILanes<T> => Sigmoid.SingleFunction.Begin(-x, ref anyFar);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T> => Sigmoid.SingleFunction.Invoke(-x, begun, anyFar, parameter);
    }
}
