using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The logarithm of the sigmoid: minus the log loss of a positive label.</summary>
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
        public static T Invoke<T>(T x, ReadOnlySpan<double> parameters)
            where T : struct, ILanes<T> => -Softplus.Function.Invoke(-x, parameters);
    }

    internal readonly struct Slope : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, ReadOnlySpan<double> parameters)
            where T : struct, ILanes<T> => Sigmoid.Function.Invoke(-x, parameters);
    }
}
