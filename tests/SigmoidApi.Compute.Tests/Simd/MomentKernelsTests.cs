using CsCheck;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Tests.Simd;

public class MomentKernelsTests
{
    /// <summary>Rows with a few values between them, and weights, of which some are 0; or none. The rows of weight 0 contain NaN.</summary>
    private static readonly Gen<(double[][] Rows, double[]? Weights)> Data =
        Gen.Select(Gen.Int[1, 35], Gen.Int[1, 40], Gen.Bool, Gen.Int[0, 1000]).Select((width, count, weighted, seed) =>
        {
            var random = new Random(seed);
            double[]? weights = weighted ? [.. Enumerable.Range(0, count).Select(_ => random.Next(3) * 0.7)] : null;
            var rows = Enumerable.Range(0, count).Select(k =>
                Enumerable.Range(0, width).Select(_ => weights?[k] == 0 ? double.NaN : random.NextDouble() * 8 - 4).ToArray());
            return (rows.ToArray(), weights);
        });

    [Fact]
    public void DifferencesAndExtremesAreThoseOfALoopOverRows() => Data.Sample(data =>
    {
        var (rows, weights) = data;
        var width = rows[0].Length;
        var shift = Enumerable.Range(0, width).Select(j => j / 7.0).ToArray();
        var (sums, minima, maxima) = (Filled(width, 0.1), Filled(width, 1), Filled(width, -1));
        var (expected, least, most) = ((double[])sums.Clone(), (double[])minima.Clone(), (double[])maxima.Clone());
        ForRows(data, (row, weight) =>
        {
            for (var j = 0; j < width; j++)
            {
                expected[j] = Math.FusedMultiplyAdd(weight, row[j] - shift[j], expected[j]);
                (least[j], most[j]) = (Math.Min(least[j], row[j]), Math.Max(most[j], row[j]));
            }
        });

        MomentKernels.AddShifted(Adjacent(rows, width + 3), width + 3, width, rows.Length, weights, shift, sums, minima, maxima);

        sums.ShouldBe(expected);
        minima.ShouldBe(least);
        maxima.ShouldBe(most);
    });

    [Fact]
    public void StandardizedSumsAreThoseOfALoopOverRows() => Data.Sample(data =>
    {
        var (rows, weights) = data;
        var width = rows[0].Length;
        var (means, reciprocals) = (Filled(width, 0.3), Filled(width, 1 / 3.0));
        var (sums, squares) = (Filled(width, 0.1), Filled(width, 0.2));
        var (expected, expectedSquares) = ((double[])sums.Clone(), (double[])squares.Clone());
        ForRows(data, (row, weight) =>
        {
            for (var j = 0; j < width; j++)
            {
                var z = (row[j] - means[j]) * reciprocals[j];
                expected[j] = Math.FusedMultiplyAdd(weight, z, expected[j]);
                expectedSquares[j] = Math.FusedMultiplyAdd(weight * z, z, expectedSquares[j]);
            }
        });

        MomentKernels.AddStandardized(Adjacent(rows, width + 3), width + 3, width, rows.Length, weights, means, reciprocals, sums, squares);

        sums.ShouldBe(expected);
        squares.ShouldBe(expectedSquares);
    });

    [Fact]
    public void TooFewNumbersAreRefused()
    {
        double[] two = [1, 2];
        Should.Throw<ArgumentOutOfRangeException>(() => MomentKernels.AddShifted(two, 2, 2, 2, null, two, two, two, two));
        Should.Throw<ArgumentOutOfRangeException>(() => MomentKernels.AddShifted(two, 2, 2, 1, null, two, [1], two, two));
        Should.Throw<ArgumentOutOfRangeException>(() => MomentKernels.AddStandardized(two, 1, 1, 2, [1], two, two, two, two));
    }

    private static void ForRows((double[][] Rows, double[]? Weights) data, Action<double[], double> action)
    {
        for (var k = 0; k < data.Rows.Length; k++)
        {
            if (data.Weights?[k] != 0)
                action(data.Rows[k], data.Weights?[k] ?? 1);
        }
    }

    /// <summary>The rows, <paramref name="stride"/> apart, with NaN between them.</summary>
    private static double[] Adjacent(double[][] rows, int stride)
    {
        var values = Filled(rows.Length * stride, double.NaN);
        for (var k = 0; k < rows.Length; k++)
            rows[k].CopyTo(values, k * stride);
        return values;
    }

    private static double[] Filled(int length, double value)
    {
        var values = new double[length];
        Array.Fill(values, value);
        return values;
    }
}
