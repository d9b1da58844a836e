using SigmoidApi.Compute.Inference;

namespace SigmoidApi.Compute.Tests.Inference;

public class NormalDistributionTests
{
    private const double RelativeError = 1e-15;

    [Fact]
    public void TailsAreAccurateToRounding()
    {
        foreach (var point in ReferenceData.Json("distributions.json").GetProperty("normal").EnumerateArray())
        {
            var z = point.GetProperty("z").GetDouble();
            var (tail, both) = (point.GetProperty("upperTail").GetDouble(), point.GetProperty("twoSided").GetDouble());

            NormalDistribution.UpperTail(z).ShouldBe(tail, RelativeError * tail, $"z = {z}");
            NormalDistribution.UpperTail(-z).ShouldBe(1 - tail, RelativeError, $"z = {-z}");
            NormalDistribution.TwoSidedPValue(z).ShouldBe(both, RelativeError * both, $"z = {z}");
            NormalDistribution.TwoSidedPValue(-z).ShouldBe(NormalDistribution.TwoSidedPValue(z));
        }
    }

    [Fact]
    public void QuantilesAreAccurateToRounding()
    {
        foreach (var point in ReferenceData.Json("distributions.json").GetProperty("quantiles").EnumerateArray())
        {
            var (tail, z) = (point.GetProperty("tail").GetDouble(), point.GetProperty("z").GetDouble());

            NormalDistribution.UpperQuantile(tail).ShouldBe(z, 4e-16 + RelativeError * z, $"tail = {tail}");
        }
    }

    [Fact]
    public void LimitsAreExact()
    {
        NormalDistribution.UpperTail(double.PositiveInfinity).ShouldBe(0);
        NormalDistribution.UpperTail(double.NegativeInfinity).ShouldBe(1);
        NormalDistribution.UpperTail(double.NaN).ShouldBe(double.NaN);
        NormalDistribution.TwoSidedPValue(double.NegativeInfinity).ShouldBe(0);
        NormalDistribution.TwoSidedPValue(0).ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(0.6)]
    [InlineData(double.NaN)]
    public void AQuantileOfAnInvalidTailIsRefused(double tail) =>
        Should.Throw<ArgumentOutOfRangeException>(() => NormalDistribution.UpperQuantile(tail));
}
