using System.Numerics;

namespace SigmoidApi.Compute.Tests.Activations;

/// <summary>Measures errors in fractions of an ULP, against fixed-point arithmetic with 1,300 fractional bits.</summary>
[Trait("Speed", "Slow")]
public class SigmoidAccuracyTests
{
    private const int Bits = 1300;
    private static readonly BigInteger One = BigInteger.One << Bits;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ErrorIsBelowOneUlpDownToTheSubnormals(bool isDerivative)
    {
        // Values near 0, in both tails, and where the left tail becomes subnormal.
        double[] x = [.. Spread(-2, 2, 400), .. Spread(-40, 40, 400), .. Spread(-745, -40, 300), .. Spread(-745, -708, 300)];
        var y = ActivationCase.Of("sigmoid", isDerivative).Apply(x);

        var worst = x.Zip(y, (x, y) => (Error: Error(y, isDerivative ? Derivative(x) : Sigmoid(x)), X: x)).Max();

        worst.Error.ShouldBeLessThan(1, $"worst at x = {worst.X:R}");
    }

    private static IEnumerable<double> Spread(double from, double to, int count) =>
        Enumerable.Range(0, count).Select(i => from + (to - from) * ((i + 0.381966) * 0.6180339887498949 % 1));

    private static double Error(double actual, BigInteger expected) =>
        (double)(BigInteger.Abs(Fixed(actual) - expected) * 100_000 / Fixed(Ulp.Of(actual))) / 100_000;

    private static BigInteger Sigmoid(double x)
    {
        var e = ExpOfMinus(Math.Abs(x));
        return (x < 0 ? e << Bits : One << Bits) / (One + e);
    }

    private static BigInteger Derivative(double x)
    {
        var e = ExpOfMinus(Math.Abs(x));
        return (e << (2 * Bits)) / ((One + e) * (One + e));
    }

    /// <summary>e^-z as (e^(-z/2^18))^(2^18), with the inner exponential by its series.</summary>
    private static BigInteger ExpOfMinus(double z)
    {
        const int halvings = 18;
        var argument = -Fixed(z) >> halvings;
        var (sum, term) = (One, One);
        for (var n = 1; !term.IsZero && term != BigInteger.MinusOne; n++)
        {
            term = (term * argument >> Bits) / n;
            sum += term;
        }

        for (var i = 0; i < halvings; i++)
            sum = sum * sum >> Bits;
        return sum;
    }

    /// <summary>value·2^1300, exactly.</summary>
    private static BigInteger Fixed(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52 & 0x7FF);
        var mantissa = bits & 0xFFFFFFFFFFFFF;
        if (exponent > 0)
            mantissa |= 1L << 52;
        var magnitude = (BigInteger)mantissa << Bits - 1074 + Math.Max(exponent, 1) - 1;
        return bits < 0 ? -magnitude : magnitude;
    }
}
