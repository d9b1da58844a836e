using CsCheck;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Tests.Simd;

public class RowKernelsTests
{
    /// <summary>Small integers. Their sums are exact, so results can be compared to the last bit.</summary>
    private static double[] Integers(int length, int seed) =>
        [.. Enumerable.Range(0, length).Select(i => (double)((i * 7919 + seed * 104729) % 23 - 11))];

    [Fact]
    public void DotProductIsTheSumOfProductsAtEveryLength()
    {
        for (var length = 0; length <= 70; length++)
        {
            var (x, y) = (Integers(length, 1), Integers(length, 2));
            DotProduct.Compute(x, y).ShouldBe(x.Zip(y, (a, b) => a * b).Sum(), $"length {length}");
        }
    }

    [Theory]
    [InlineData(1e308, 10, -1e308, 10, 0)]
    [InlineData(1e308, 10, -1e308, 5, double.PositiveInfinity)]
    [InlineData(-1e308, 10, 1e308, 5, double.NegativeInfinity)]
    [InlineData(1e308, 1.5, -1e308, 1.25, 2.5e307)]
    [InlineData(1e300, 1e300, 1, 1, double.PositiveInfinity)]
    public void DotProductWithOverflowingTermsIsNotNaN(double x0, double y0, double x1, double y1, double expected)
    {
        var tailOnly = DotProduct.Compute([x0, x1], [y0, y1]);
        var vectorAndTail = DotProduct.Compute([x0, 0, 0, 0, 0, 0, 0, 0, x1], [y0, 0, 0, 0, 0, 0, 0, 0, y1]);

        vectorAndTail.ShouldBe(tailOnly);
        (tailOnly == expected || Math.Abs(tailOnly - expected) < 1e293).ShouldBeTrue($"got {tailOnly}");
    }

    [Fact]
    public void DotProductRefusesVectorsOfDifferentLengths() => Should.Throw<ArgumentOutOfRangeException>(() => DotProduct.Compute([1, 2], [1]));

    [Fact]
    public void ProductsAndSumsMatchTheirDefinition() =>
        Gen.Select(Gen.Int[1, 75], Gen.Int[0, 9], Gen.Int[0, 3], Gen.Int[0, 1000]).Sample((width, rows, gap, seed) =>
        {
            var stride = width + gap;
            var tile = Integers(rows * stride, seed);
            var (vector, weights) = (Integers(width, seed + 1), Integers(rows, seed + 2));
            var (products, sums) = (new double[rows], Integers(width, 3));
            var expectedSums = (double[])sums.Clone();
            for (var k = 0; k < rows; k++)
            {
                for (var j = 0; j < width; j++)
                    expectedSums[j] += weights[k] * tile[k * stride + j];
            }

            RowKernels.Multiply(tile, stride, width, vector, 5, products);
            RowKernels.AddRows(tile, stride, width, weights, sums);

            for (var k = 0; k < rows; k++)
                products[k].ShouldBe(5 + tile.Skip(k * stride).Take(width).Zip(vector, (a, b) => a * b).Sum());
            sums.ShouldBe(expectedSums);
        }, iter: 300);

    [Fact]
    public void GramSumsMatchTheirDefinitionAtEveryWidth() =>
        Gen.Select(Gen.Int[1, 45], Gen.Int[0, 9], Gen.Int[0, 1000]).Sample((order, rows, seed) =>
        {
            var stride = (order + 7) / 8 * 8;
            var tile = Integers(rows * stride, seed);
            var weights = Integers(rows, seed + 1);
            var start = Integers((order + 3) / 4 * 4 * stride, 4);
            foreach (var width in new[] { Width.Scalar, Width.Vector128, Width.Vector256, Width.Vector512 })
            {
                var upper = (double[])start.Clone();
                GramKernel.AddOuterProducts<double>(tile, stride, weights, new double[GramKernel.PanelLength(rows, stride)], upper, width);
                for (var i = 0; i < order; i++)
                {
                    for (var j = i; j < order; j++)
                    {
                        var added = Enumerable.Range(0, rows).Sum(k => weights[k] * tile[k * stride + i] * tile[k * stride + j]);
                        upper[i * stride + j].ShouldBe(start[i * stride + j] + added);
                    }
                }
            }
        }, iter: 200);

    [Fact]
    public void Float32GramSumsMatchTheirDefinitionAtEveryWidth() =>
        Gen.Select(Gen.Int[1, 45], Gen.Int[0, 9], Gen.Int[0, 1000]).Sample((order, rows, seed) =>
        {
            var stride = GramKernel.Stride<float>(order);
            var tile = Array.ConvertAll(Integers(rows * stride, seed), x => (float)x);
            var weights = Integers(rows, seed + 1);
            foreach (var width in new[] { Width.Scalar, Width.Vector128, Width.Vector256, Width.Vector512 })
            {
                var upper = new float[GramKernel.Length<float>(order)];
                GramKernel.AddOuterProducts<float>(tile, stride, weights, new float[GramKernel.PanelLength(rows, stride)], upper, width);
                for (var i = 0; i < order; i++)
                {
                    for (var j = i; j < order; j++)
                    {
                        var sum = Enumerable.Range(0, rows).Sum(k => weights[k] * tile[k * stride + i] * tile[k * stride + j]);
                        upper[i * stride + j].ShouldBe((float)sum);
                    }
                }
            }
        }, iter: 100);

    [Fact]
    public void GramSumsOfPairsMatchTheirDefinitionAtEveryWidth() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[0, 9], Gen.Int[0, 1000], Gen.Int[0, 2]).Sample((order, pairs, seed, firstBand) =>
        {
            var stride = GramKernel.Stride<int>(order);
            var random = new Random(seed);
            var rows = new short[2 * pairs * stride];
            for (var i = 0; i < rows.Length; i++)
                rows[i] = (short)random.Next(-2047, 2048);
            var tile = Enumerable.Range(0, pairs * stride)
                .Select(i => (rows[i / stride * 2 * stride + i % stride] & 0xFFFF) | (rows[(i / stride * 2 + 1) * stride + i % stride] << 16)).ToArray();
            double[] weights = [.. Enumerable.Repeat(1.0, pairs)];
            foreach (var width in new[] { Width.Scalar, Width.Vector128, Width.Vector256, Width.Vector512 })
            {
                var first = Math.Min(firstBand * GramKernel.TileRows, (order - 1) / GramKernel.TileRows * GramKernel.TileRows);
                var upper = new int[GramKernel.Length<int>(order) - first * stride];
                GramKernel.AddOuterProducts<int>(tile, stride, weights, new int[GramKernel.PanelLength(pairs, stride)], upper, width, first);
                for (var i = first; i < order; i++)
                {
                    for (var j = i; j < order; j++)
                        upper[(i - first) * stride + j].ShouldBe(Enumerable.Range(0, 2 * pairs).Sum(k => rows[k * stride + i] * rows[k * stride + j]));
                }
            }
        }, iter: 100);

    [Theory]
    [InlineData(0.1)]
    [InlineData(1e-9)]
    public void GramSumsHaveTheSameBitsAtEveryWidth(double scale)
    {
        var random = new Random(3);
        var tile = Enumerable.Range(0, 37 * 64).Select(_ => scale * (random.NextDouble() - 0.5)).ToArray();
        var weights = Enumerable.Range(0, 37).Select(_ => random.NextDouble()).ToArray();

        var results = new[] { Width.Scalar, Width.Vector128, Width.Vector256, Width.Vector512 }.Select(width =>
        {
            var upper = new double[60 * 64];
            GramKernel.AddOuterProducts<double>(tile, 64, weights, new double[GramKernel.PanelLength(37, 64)], upper, width);
            return Enumerable.Range(0, 60).SelectMany(i => upper[(i * 64 + i)..(i * 64 + 60)]).ToArray();
        }).ToArray();

        results[1..].ShouldAllBe(result => result.SequenceEqual(results[0]));
    }

    [Fact]
    public void ProductsWithOverflowingTermsAreNotNaN()
    {
        var products = new double[5];

        RowKernels.Multiply([1e308, -1e308, 1e308, -1e308, 1e308, -1e308, 1e308, -1e308, 1e308, -1e308], 2, 2, [10, 10], 1, products);

        products.ShouldAllBe(product => product == 1);
    }

    [Theory]
    [InlineData(7, 4, 28)]
    [InlineData(8, 4, 31)]
    public void UnpaddedGramTileIsRefused(int stride, int rows, int length) =>
        Should.Throw<ArgumentOutOfRangeException>(() => GramKernel.AddOuterProducts<double>(
            new double[length], stride, new double[rows], new double[GramKernel.PanelLength(rows, stride)], new double[8 * stride]));
}
