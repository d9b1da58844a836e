using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The rectifier.</summary>
internal sealed class Relu : Activation<Relu.Function, Relu.Slope>
{
    public override string Name => "relu";

    public override string Formula => "max(0, x)";

    public override string DerivativeFormula => "1 if x > 0 else 0";

    public override string Range => "[0, inf)";

    public override bool ZeroCentered => false;

    public override bool Monotonic => true;

    public override bool Saturates => false;

    // Adding 0 turns -0 into 0.
    internal readonly struct Function : IOperator
    {
        public static bool InSingle => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T> => T.AtLeast(x, 0.0) + 0.0;
    }

    // The left derivative, 0, at 0. NaN stays NaN because both comparisons are false.
    internal readonly struct Slope : IOperator
    {
        public static bool InSingle => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T> => T.Select(x > 0.0, 1.0, T.Select(x <= 0.0, 0.0, x));
    }
}
