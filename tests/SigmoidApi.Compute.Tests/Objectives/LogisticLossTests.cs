using CsCheck;
using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Tests.Objectives;

public class LogisticLossTests
{
    /// <summary>log(1 + x) = 2 artanh(x / (2 + x)).</summary>
    [Fact]
    public void Log1PKeepsEveryBitOfATinyArgument() => Gen.Double[-300, 0].Sample(exponent =>
    {
        var x = Math.Pow(10, exponent);
        var expected = 2 * Math.Atanh(x / (2 + x));
        LogisticLoss.Log1P(x).ShouldBe(expected, 8e-16 * expected);
    });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5e-324, 5e-324)]
    [InlineData(1e-17, 1e-17)]
    [InlineData(1e-10, 9.9999999995e-11)]
    [InlineData(1, 0.69314718055994530942)]
    public void Log1PAtKnownPoints(double x, double expected) => LogisticLoss.Log1P(x).ShouldBe(expected, 2e-16 * expected);

    [Theory]
    [InlineData(800, 0, 800)]
    [InlineData(-800, 1, 800)]
    [InlineData(1e308, 0, 1e308)]
    [InlineData(800, 1, 0)]
    [InlineData(40, 1, 4.248354255291589e-18)]
    [InlineData(-40, 0, 4.248354255291589e-18)]
    [InlineData(0, 1, 0.69314718055994530942)]
    public void LossIsAccurateWhereTheSigmoidSaturates(double margin, double label, double expected)
    {
        LogisticLoss.Value(margin, label).ShouldBe(expected, 4e-16 * expected);
        LogisticLoss.Value(margin, label, out _, out _).ShouldBe(LogisticLoss.Value(margin, label));
    }

    [Theory]
    [InlineData(40, 1, -4.248354255291589e-18, 4.248354255291589e-18)]
    [InlineData(-40, 0, 4.248354255291589e-18, 4.248354255291589e-18)]
    [InlineData(40, 0, 1, 4.248354255291589e-18)]
    [InlineData(0, 1, -0.5, 0.25)]
    [InlineData(0, 0, 0.5, 0.25)]
    public void ResidualAndCurvatureDoNotCancel(double margin, double label, double residual, double curvature)
    {
        LogisticLoss.Value(margin, label, out var actualResidual, out var actualCurvature);

        actualResidual.ShouldBe(residual, 4e-16 * Math.Abs(residual));
        actualCurvature.ShouldBe(curvature, 4e-16 * curvature);
    }

    [Fact]
    public void ResidualIsTheDerivativeOfTheLossAndCurvatureOfTheResidual() =>
        Gen.Select(Gen.Double[-20, 20], Gen.Int[0, 1]).Sample((margin, label) =>
        {
            const double h = 1e-5;
            LogisticLoss.Value(margin, label, out var residual, out var curvature);
            var above = LogisticLoss.Value(margin + h, label, out var residualAbove, out _);
            var below = LogisticLoss.Value(margin - h, label, out var residualBelow, out _);
            residual.ShouldBe((above - below) / (2 * h), 1e-9);
            curvature.ShouldBe((residualAbove - residualBelow) / (2 * h), 1e-9);
            LogisticLoss.Probability(margin).ShouldBe(residual + label, 2e-16);
        });
}
