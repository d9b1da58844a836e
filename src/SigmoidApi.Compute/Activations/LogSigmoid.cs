using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The logarithm of the sigmoid, which is minus the log loss for label 1.</summary>
internal sealed class LogSigmoid : Activation<LogSigmoid.Function, LogSigmoid.Slope>
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
        public static T Invoke<T>(T x, Pair<T> begun, ReadOnlySpan<double> parameters)
            where T : struct, ILanes<T> => -Softplus.Function.Invoke(-x, begun, parameters);
    }

    internal readonly struct Slope : IOperator
    {
        public static bool InTwoSteps => true;

        public static bool InSingle => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Pair<T> Begin<T>(T x)
            where T : struct, ILanes<T> => Sigmoid.Function.Begin(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, ReadOnlySpan<double> parameters)
            where T : struct, ILanes<T> => Sigmoid.Function.Invoke(-x, begun, parameters);
    }
}
