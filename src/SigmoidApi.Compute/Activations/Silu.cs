using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>The sigmoid linear unit, also called swish. At -∞ it is -0, the limit from below.</summary>
internal sealed class Silu : Activation<Silu.Function, Silu.Slope>
{
    public override string Name => "silu";

    public override string Formula => "x * sigmoid(x)";

    public override string DerivativeFormula => "sigmoid(x) * (1 + x * (1 - sigmoid(x)))";

    public override string Range => "[-0.2784645427610738, inf)";

    public override bool ZeroCentered => true;

    public override bool Monotonic => false;

    public override bool Saturates => false;

    internal readonly struct Function : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, ReadOnlySpan<double> parameters)
            where T : struct, ILanes<T>
        {
            var l = new Logistic<T>(x);
            return l.TimesX(Pair<T>.Quotient(l.Either(new(1.0, 0.0), l.Mantissa), l.OnePlusE));
        }
    }

    // (1 + e + x e)/(1 + e)² on the right, e (1 + e + x)/(1 + e)² on the left, where the sum crosses 0 near x = -1.28.
    internal readonly struct Slope : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, ReadOnlySpan<double> parameters)
            where T : struct, ILanes<T>
        {
            var l = new Logistic<T>(x);
            var right = Pair<T>.Sum(l.OnePlusE.High, l.Z * l.E.Scale(l.Mantissa.High));
            var left = Pair<T>.SumInAnyOrder(l.OnePlusE.High, -l.Z);
            right = new(right.High, right.Low + l.OnePlusE.Low);
            left = Pair<T>.Product(l.Mantissa, new(left.High, left.Low + l.OnePlusE.Low));
            return l.Scale(Pair<T>.Quotient(l.Either(right, left), Pair<T>.Product(l.OnePlusE, l.OnePlusE)).Value);
        }
    }
}
