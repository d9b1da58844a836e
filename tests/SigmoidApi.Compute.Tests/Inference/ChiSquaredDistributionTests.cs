using SigmoidApi.Compute.Inference;

namespace SigmoidApi.Compute.Tests.Inference;

public class ChiSquaredDistributionTests
{
    [Fact]
    public void TailsHaveASmallRelativeError()
    {
        foreach (var point in ReferenceData.Json("distributions.json").GetProperty("chiSquared").EnumerateArray())
        {
            var (statistic, freedom) = (point.GetProperty("statistic").GetDouble(), point.GetProperty("degreesOfFreedom").GetDouble());
            var expected = point.GetProperty("upperTail").GetDouble();

            ChiSquaredDistribution.UpperTail(statistic, freedom)
                .ShouldBe(expected, freedom >= 1 ? 1e-12 * expected : 1e-14, $"statistic {statistic}, {freedom} degrees of freedom");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(3.841458820694124)]
    [InlineData(400)]
    public void OneDegreeOfFreedomIsASquaredNormal(double statistic)
    {
        var expected = NormalDistribution.TwoSidedPValue(Math.Sqrt(statistic));

        ChiSquaredDistribution.UpperTail(statistic, 1).ShouldBe(expected, 1e-12 * expected);
    }

    [Fact]
    public void LimitsAreExact()
    {
        ChiSquaredDistribution.UpperTail(0, 3).ShouldBe(1);
        ChiSquaredDistribution.UpperTail(-1, 3).ShouldBe(1);
        ChiSquaredDistribution.UpperTail(double.PositiveInfinity, 3).ShouldBe(0);
        ChiSquaredDistribution.UpperTail(1e5, 3).ShouldBe(0);
        ChiSquaredDistribution.UpperTail(0, 0).ShouldBe(1);
        ChiSquaredDistribution.UpperTail(1, 0).ShouldBe(0);
        ChiSquaredDistribution.UpperTail(double.NaN, 3).ShouldBe(double.NaN);
        ChiSquaredDistribution.UpperTail(double.NaN, 0).ShouldBe(double.NaN);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void InvalidDegreesOfFreedomAreRefused(double freedom) =>
        Should.Throw<ArgumentOutOfRangeException>(() => ChiSquaredDistribution.UpperTail(1, freedom));
}
