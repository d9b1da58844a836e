using CsCheck;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Tests.Simd;

public class GramUpdateTests
{
    /// <summary>Small integers: every sum is exact, so that results can be compared to the last bit.</summary>
    private static double[] Integers(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => (double)((i * 7919 + seed * 104729) % 23 - 11))];

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
    public void DotProductThatOverflowsOnTheWayIsNeverNaN(double x0, double y0, double x1, double y1, double expected)
    {
        var tailOnly = DotProduct.Compute([x0, x1], [y0, y1]);
        var vectorAndTail = DotProduct.Compute([x0, 0, 0, 0, 0, 0, 0, 0, x1], [y0, 0, 0, 0, 0, 0, 0, 0, y1]);

        vectorAndTail.ShouldBe(tailOnly);
        (tailOnly == expected || Math.Abs(tailOnly - expected) < 1e293).ShouldBeTrue($"got {tailOnly}");
    }

    [Fact]
    public void DotProductRefusesTwoLengths() => Should.Throw<ArgumentOutOfRangeException>(() => DotProduct.Compute([1, 2], [1]));

    [Fact]
    public void SumsAreThoseOfTheDefinition() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[0, 5], Gen.Int[0, 1000]).Sample((order, groups, seed) =>
        {
            var stride = (order + GramUpdate.Lanes - 1) / GramUpdate.Lanes * GramUpdate.Lanes;
            var rows = groups * GramUpdate.RowStep;
            var tile = Integers(rows * stride, seed);
            var weights = Integers(rows, seed + 1);
            var sums = Integers(stride, 3);
            var upper = Integers(order * stride, 4);
            var (expectedSums, expectedUpper) = ((double[])sums.Clone(), (double[])upper.Clone());
            for (var k = 0; k < rows; k++)
            {
                for (var i = 0; i < stride; i++)
                {
                    expectedSums[i] += weights[k] * tile[k * stride + i];
                    for (var j = i; i < order && j < order; j++)
                        expectedUpper[i * stride + j] += weights[k] * tile[k * stride + i] * tile[k * stride + j];
                }
            }

            GramUpdate.AddRows(tile, stride, weights, sums);
            GramUpdate.AddOuterProducts(tile, stride, order, weights, upper);

            sums.ShouldBe(expectedSums);
            for (var i = 0; i < order; i++)
                upper[(i * stride + i)..(i * stride + order)].ShouldBe(expectedUpper[(i * stride + i)..(i * stride + order)]);
        }, iter: 300);

    [Theory]
    [InlineData(7, 4, 28)]
    [InlineData(8, 3, 24)]
    [InlineData(8, 4, 31)]
    public void ATileThatIsNotPaddedIsRefused(int stride, int rows, int length) =>
        Should.Throw<ArgumentOutOfRangeException>(() => GramUpdate.AddRows(new double[length], stride, new double[rows], new double[stride]));
}
