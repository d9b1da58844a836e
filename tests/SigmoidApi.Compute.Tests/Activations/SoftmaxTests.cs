using System.Numerics;
using CsCheck;
using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Tests.Activations;

/// <summary>Compares with arithmetic of 320 bits after the point.</summary>
public class SoftmaxTests
{
    private const int Bits = 320;

    private static readonly BigInteger One = BigInteger.One << Bits;

    private static readonly Gen<double> Sizes = Gen.OneOf(Gen.Const(1e-9), Gen.Const(1.0), Gen.Const(30.0), Gen.Const(700.0));

    private static readonly Gen<double[]> Rows = Gen.Select(Gen.Int[1, 40], Sizes, Gen.Int).Select((classes, size, seed) =>
    {
        var random = new Random(seed);
        var shift = random.Next(3) switch { 0 => 0.0, 1 => 100 * random.NextDouble(), _ => -1000 * random.NextDouble() };
        return Enumerable.Range(0, classes).Select(_ => random.Next(8) == 0 ? shift : shift + size * (2 * random.NextDouble() - 1)).ToArray();
    });

    [Fact]
    public void ValuesSlopesAndLogSumExpAreWithinTwoUlp() => Rows.Sample(row =>
    {
        var (values, slopes, sums) = (new double[row.Length], new double[row.Length], new double[1]);

        Softmax.Values(row, row.Length, values);
        Softmax.Slopes(row, row.Length, slopes);
        Softmax.LogSumExp(row, row.Length, sums);

        var max = row.Max();
        BigInteger[] powers = [.. row.Select(margin => Exponential(Exact(margin) - Exact(max)))];
        var total = powers.Aggregate(BigInteger.Zero, (sum, power) => sum + power);
        for (var k = 0; k < row.Length; k++)
        {
            Near(values[k], powers[k] * One / total);
            Near(slopes[k], powers[k] * (total - powers[k]) / total * One / total);
        }
        // Where the sum cancels, the error is that of a part of the greatest margin.
        var expected = Exact(max) + Logarithm(total);
        var ulp = Math.Max(Math.BitIncrement(Math.Abs(sums[0])) - Math.Abs(sums[0]), Math.BitIncrement(Math.Abs(max) / 16) - Math.Abs(max) / 16);
        Math.Abs(ToDouble(Exact(sums[0]) - expected)).ShouldBeLessThanOrEqualTo(2 * ulp);
    }, iter: 300);

    [Fact]
    public void ValuesSumToOneAndEachWidthGivesTheSameBits() => Rows.Sample(row =>
    {
        var (values, slopes, sums) = (new double[row.Length], new double[row.Length], new double[1]);
        Softmax.Values(row, row.Length, values, Width.Scalar);
        Softmax.Slopes(row, row.Length, slopes, Width.Scalar);
        Softmax.LogSumExp(row, row.Length, sums, Width.Scalar);

        values.Sum().ShouldBe(1, 1e-14);
        foreach (var width in new[] { Width.Vector128, Width.Vector256, Width.Vector512, Width.Widest })
        {
            var (others, otherSlopes, otherSums) = (new double[row.Length], new double[row.Length], new double[1]);
            Softmax.Values(row, row.Length, others, width);
            Softmax.Slopes(row, row.Length, otherSlopes, width);
            Softmax.LogSumExp(row, row.Length, otherSums, width);
            others.ShouldBe(values);
            otherSlopes.ShouldBe(slopes);
            otherSums.ShouldBe(sums);
        }
    }, iter: 200);

    [Fact]
    public void TwoClassesAreTheSigmoid() => Gen.Double[-700, 700].Sample(margin =>
    {
        var values = new double[2];

        Softmax.Values([0, margin], 2, values);

        var expected = ActivationCatalog.All.Single(activation => activation.Name == "sigmoid");
        var sigmoid = new double[1];
        expected.Apply([margin], sigmoid);
        Ulps(values[1], sigmoid[0]).ShouldBeLessThanOrEqualTo(1);
    });

    [Fact]
    public void MarginsOfAnySizeDoNotOverflow()
    {
        double[] rows = [1e308, -1e308, 0, -1e308, -1e308, -1e308, double.MaxValue, double.MaxValue, -double.MaxValue];
        var (values, slopes, sums) = (new double[9], new double[9], new double[3]);

        Softmax.Values(rows, 3, values);
        Softmax.Slopes(rows, 3, slopes);
        Softmax.LogSumExp(rows, 3, sums);

        values.ShouldBe([1, 0, 0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 0.5, 0.5, 0]);
        slopes.ShouldBe([0, 0, 0, 2 / 9.0, 2 / 9.0, 2 / 9.0, 0.25, 0.25, 0], 1e-16);
        sums.ShouldBe([1e308, -1e308, double.MaxValue]);
    }

    [Fact]
    public void MinusInfinityHasProbability0AndNaNMakesItsRowNaN()
    {
        var values = new double[8];

        Softmax.Values([double.NegativeInfinity, 3, double.NaN, 1, double.PositiveInfinity, 1, double.NegativeInfinity, double.NegativeInfinity], 2, values);

        values[..2].ShouldBe([0, 1]);
        values[2..].ShouldAllBe(value => double.IsNaN(value));
    }

    [Fact]
    public void JacobianProductIsTheDerivativeAlongAVector() => Rows.Where(row => row.Length > 1 && row.Max() - row.Min() < 70).Sample(row =>
    {
        double[] vector = [.. row.Select((_, k) => Math.Sin(k))];
        var (product, above, below) = (new double[row.Length], new double[row.Length], new double[row.Length]);
        const double H = 1e-5;

        Softmax.JacobianProducts(row, row.Length, vector, product);

        Softmax.Values([.. row.Select((margin, k) => margin + H * vector[k])], row.Length, above);
        Softmax.Values([.. row.Select((margin, k) => margin - H * vector[k])], row.Length, below);
        for (var k = 0; k < row.Length; k++)
            product[k].ShouldBe((above[k] - below[k]) / (2 * H), 1e-8);
        product.Sum().ShouldBe(0, 1e-14);
    }, iter: 200);

    private static void Near(double actual, BigInteger expected)
    {
        if (actual > 1e-40)
            Ulps(actual, ToDouble(expected)).ShouldBeLessThanOrEqualTo(2);
        else
            Math.Abs(actual - ToDouble(expected)).ShouldBeLessThan(1e-54);
    }

    private static long Ulps(double a, double b) => Math.Abs(BitConverter.DoubleToInt64Bits(a) - BitConverter.DoubleToInt64Bits(b));

    /// <summary>A double as a fixed-point number; bits below the last are dropped.</summary>
    private static BigInteger Exact(double value)
    {
        if (value == 0)
            return 0;
        var exponent = Math.ILogB(value) - 52;
        var mantissa = new BigInteger(Math.ScaleB(value, -exponent));
        return Shift(mantissa, exponent + Bits);
    }

    private static BigInteger Shift(BigInteger value, int bits) => bits >= 0 ? value << bits : value >> -bits;

    private static double ToDouble(BigInteger value)
    {
        var excess = (int)Math.Max(0, (long)BigInteger.Abs(value).GetBitLength() - 64);
        return Math.ScaleB((double)(value >> excess), excess - Bits);
    }

    /// <summary>e^x for x ≤ 0: by the series at x/2¹⁰, squared ten times.</summary>
    private static BigInteger Exponential(BigInteger x)
    {
        if (x < -800 * One)
            return 0;
        var (reduced, term, sum) = (x >> 10, One, One);
        for (var k = 1; !term.IsZero && term != -1; k++)
        {
            term = (term * reduced >> Bits) / k;
            sum += term;
        }
        for (var k = 0; k < 10; k++)
            sum = sum * sum >> Bits;
        return sum;
    }

    /// <summary>log x for x ≥ 1 by Newton's method on e^-y·x = 1, from the logarithm in float64.</summary>
    private static BigInteger Logarithm(BigInteger x)
    {
        var y = Exact(Math.Log(ToDouble(x)));
        for (var step = 0; step < 4; step++)
            y += (Exponential(-y) * x >> Bits) - One;
        return y;
    }
}
