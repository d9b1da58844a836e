using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The rectifier with a small slope on the left.</summary>
internal sealed class LeakyRelu()
    : Activation<LeakyRelu.Function, LeakyRelu.Slope>(new ActivationParameter("alpha", 0.01, "The slope on the left of 0."))
{
    public override string Name => "leaky_relu";

    public override string Formula => "x if x > 0 else alpha * x";

    public override string DerivativeFormula => "1 if x > 0 else alpha";

    public override string Range => "(-inf, inf)";

    public override bool ZeroCentered => true;

    public override bool Monotonic => true;

    public override bool Saturates => false;

    internal readonly struct Function : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T> => T.Select(x > 0.0, x, x * parameter.High);
    }

    // The left derivative, alpha, at 0. NaN stays NaN because both comparisons are false.
    internal readonly struct Slope : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T> => T.Select(x > 0.0, 1.0, T.Select(x <= 0.0, parameter.High, x));
    }
}
