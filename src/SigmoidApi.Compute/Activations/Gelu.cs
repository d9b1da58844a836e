using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Activations;

/// <summary>
/// The Gaussian error linear unit x·Φ(x), with the normal distribution Φ (D. Hendrycks and K. Gimpel, 2016), computed exactly and not by the tanh
/// approximation. At -∞ it is -0, the limit from below.
/// </summary>
internal sealed class Gelu : Activation<Gelu.Function, Gelu.Slope, Gelu.SingleFunction, Gelu.SingleSlope>
{
    // Where the formula for the centre ends and that for the tails begins: beyond it 1/2 + x·g(x²) cancels, below it the tail formula does.
    private const double Center = 0.7;
    private const double OneOverSqrtTwoPi = 0.3989422804014327;
    private const double OneOverSqrtTwoPiLow = -2.49232720227773e-17;

    public override string Name => "gelu";

    public override string Formula => "x * (1 + erf(x / sqrt(2))) / 2";

    public override string DerivativeFormula => "(1 + erf(x / sqrt(2))) / 2 + x * exp(-x^2 / 2) / sqrt(2 * pi)";

    public override string Range => "[-0.16997120747990366, inf)";

    public override bool ZeroCentered => true;

    public override bool Monotonic => false;

    public override bool Saturates => false;

    // With z = |x| and the upper tail Q(z): x − z·Q(z) on the right, -z·Q(z) on the left, x·Φ(x) in the middle.
    internal readonly struct Function : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var z = T.AtMost(T.Abs(x), NormalTail<T>.Limit);
            var tail = new NormalTail<T>(z);
            var part = tail.Scale(Pair<T>.Product(new(z, 0.0), tail.Ratio));
            var outer = T.Select(x > 0.0, x - part, part);
            var middle = NormalCenter.Of(x);
            var center = T.MultiplyAdd(x, middle.High, x * middle.Low);
            return T.CopySign(T.Select(z < Center, center, outer), x);
        }
    }

    // Φ(x) + x φ(x): with q = Q(z) − z φ(z) it is 1 − q on the right and q on the left.
    internal readonly struct Slope : IOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var z = T.AtMost(T.Abs(x), NormalTail<T>.Limit);
            var tail = new NormalTail<T>(z);
            var product = z * OneOverSqrtTwoPi;
            var dropped = T.MultiplyAdd(z, OneOverSqrtTwoPiLow, T.MultiplySubtract(z, OneOverSqrtTwoPi, product));
            var difference = Pair<T>.SumInAnyOrder(tail.Ratio.High, -product);
            var q = tail.Scale(new(difference.High, difference.Low + tail.Ratio.Low - dropped));
            var outer = T.Select(x > 0.0, (T)1.0 - q, q);
            var density = tail.Scale(new(OneOverSqrtTwoPi, 0.0));
            var middle = NormalCenter.Of(x);
            var center = middle.High + T.MultiplyAdd(x, density, middle.Low);
            return T.Select(z < Center, center, outer);
        }
    }

    // With z = |x| it is max(x, 0) − z·Q(z). The product of z and the base is kept with its rounding error.
    internal readonly struct SingleFunction : IOperator
    {
        public static bool InSingle => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var z = Bounded(x, ref anyFar);
            var ratio = SingleNormalTail<T>.ExactRatio(z);
            var power = SingleNormalTail<T>.Power(z, ratio.High, anyFar);
            var product = z * ratio.Low;
            var low = T.MultiplySubtract(z, ratio.Low, product);
            var part = product + T.MultiplyAdd(product, power.High, T.MultiplyAdd(low, power.High, low));
            return T.NegatedMultiplyAdd(SingleNormalTail<T>.Shrink(part, z, anyFar), power.Low, T.AtLeast(x, -0.0));
        }
    }

    // With q = Q(z) − z φ(z) it is q on the left and 1 − q on the right.
    internal readonly struct SingleSlope : IOperator
    {
        // What the rounding of OneOverSqrtTwoPi adds to z φ(z), negated and relative.
        private const double Rest = -2.838e-08;

        public static bool InSingle => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Invoke<T>(T x, Pair<T> begun, bool anyFar, Pair<T> parameter)
            where T : struct, ILanes<T>
        {
            var z = Bounded(x, ref anyFar);
            var ratio = SingleNormalTail<T>.Ratio(z);
            var difference = T.NegatedMultiplyAdd(z, 2 * OneOverSqrtTwoPi, T.MultiplyAdd(ratio.Low, ratio.High, ratio.Low));
            var power = SingleNormalTail<T>.Power(z, Rest, anyFar, exact: true);
            var q = SingleNormalTail<T>.Shrink(T.MultiplyAdd(difference, power.High, difference), z, anyFar) * power.Low;
            return T.SelectBySign(x, q, (T)1.0 - q);
        }
    }

    /// <summary>|x|, but at most the largest useful number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Bounded<T>(T x, ref bool anyFar)
        where T : struct, ILanes<T>
    {
        var z = T.Abs(x);
        anyFar = T.AnyGreater(z, SingleNormalTail<T>.Far);
        return anyFar ? T.AtMost(z, SingleNormalTail<T>.Limit) : z;
    }
}
