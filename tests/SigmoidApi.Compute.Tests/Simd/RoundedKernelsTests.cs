using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Tests.Simd;

public class RoundedKernelsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 32)]
    [InlineData(16, 33)]
    [InlineData(7, 1000)]
    public void ProductsAndSumsAreThoseOfTheNaiveLoop(int rows, int columns)
    {
        var random = new Random(rows);
        var stride = RoundedKernels.Stride(columns);
        var values = new short[rows * stride];
        var (vector, weights, sums) = (new float[stride], new float[rows], new float[stride]);
        for (var k = 0; k < rows; k++)
        {
            weights[k] = random.NextSingle() - 0.5f;
            for (var j = 0; j < columns; j++)
                values[k * stride + j] = (short)random.Next(short.MinValue, short.MaxValue + 1);
        }
        for (var j = 0; j < columns; j++)
            (vector[j], sums[j]) = (random.NextSingle() - 0.5f, j);
        var products = new double[rows];

        RoundedKernels.Multiply(values, vector, products);
        RoundedKernels.AddRows(values, weights, sums, fetchNext: true);

        for (var k = 0; k < rows; k++)
        {
            var (expected, size) = (0.0, 0.0);
            for (var j = 0; j < columns; j++)
                (expected, size) = (expected + (double)values[k * stride + j] * vector[j], size + Math.Abs((double)values[k * stride + j] * vector[j]));
            products[k].ShouldBe(expected, 1e-6 * size);
        }
        for (var j = 0; j < columns; j++)
        {
            var expected = (double)j;
            for (var k = 0; k < rows; k++)
                expected += (double)values[k * stride + j] * weights[k];
            ((double)sums[j]).ShouldBe(expected, 1e-6 * (j + rows * 32768.0));
        }
    }

    [Fact]
    public void NumbersAreRoundedToTheNearestInteger()
    {
        var row = new float[32];
        (float, short)[] cases =
            [(0, 0), (-0f, 0), (0.4f, 0), (0.6f, 1), (-0.6f, -1), (1.5f, 2), (2.5f, 2), (-1234.7f, -1235), (32767, 32767), (-32767, -32767)];
        for (var i = 0; i < cases.Length; i++)
            row[i] = cases[i].Item1 / 4;
        var target = new short[32];

        RoundedKernels.Round(row, [.. Enumerable.Repeat(4f, 32)], target);

        target[..cases.Length].ShouldBe([.. cases.Select(rounded => rounded.Item2)]);
    }

    [Fact]
    public void MaximaKeepNaNAndInfinity()
    {
        var maxima = new float[32];
        var all = new float[32];
        var target = new float[32];
        double[] row = [-3, 2, double.NaN, double.NegativeInfinity, 1e300, 0.1, .. new double[26]];

        RoundedKernels.Narrow(row, target, maxima);
        RoundedKernels.Narrow([1, -5, 7, 7, .. new double[28]], target, maxima);
        RoundedKernels.Widen(maxima, all);
        RoundedKernels.Widen(new float[32], all);

        all[..7].ShouldBe([3, 5, float.NaN, float.PositiveInfinity, float.PositiveInfinity, 0.1f, 0]);
        target[..4].ShouldBe([1, -5, 7, 7]);
    }

    [Fact]
    public void ScaledSumsAreFloat64()
    {
        var sums = new double[35];
        float[] values = [.. Enumerable.Range(0, 64).Select(j => 1 + j * 1e-7f)], factors = [.. Enumerable.Range(0, 64).Select(j => j - 20f)];
        var products = new float[64];

        RoundedKernels.AddScaled(values, factors, sums);
        RoundedKernels.Multiply(values, factors, products);

        sums.ShouldBe([.. Enumerable.Range(0, 35).Select(j => (double)values[j] * factors[j])]);
        products.ShouldBe([.. Enumerable.Range(0, 64).Select(j => values[j] * factors[j])]);
    }
}
