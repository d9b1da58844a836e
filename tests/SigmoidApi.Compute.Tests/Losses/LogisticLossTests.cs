using CsCheck;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Tests.Losses;

public class LogisticLossTests
{
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
        var (loss, _, _) = At(margin, label);

        loss.ShouldBe(expected, 4e-16 * expected);
        LogisticLoss.Sum([margin], [label]).ShouldBe(loss);
    }

    [Theory]
    [InlineData(40, 1, -4.248354255291589e-18, 4.248354255291589e-18)]
    [InlineData(-40, 0, 4.248354255291589e-18, 4.248354255291589e-18)]
    [InlineData(40, 0, 1, 4.248354255291589e-18)]
    [InlineData(0, 1, -0.5, 0.25)]
    [InlineData(0, 0, 0.5, 0.25)]
    public void ResidualAndCurvatureDoNotCancel(double margin, double label, double residual, double curvature)
    {
        var (_, actualResidual, actualCurvature) = At(margin, label);

        actualResidual.ShouldBe(residual, 4e-16 * Math.Abs(residual));
        actualCurvature.ShouldBe(curvature, 4e-16 * curvature);
    }

    [Fact]
    public void ResidualIsTheDerivativeOfTheLossAndCurvatureOfTheResidual() =>
        Gen.Select(Gen.Double[-20, 20], Gen.Int[0, 1]).Sample((margin, label) =>
        {
            const double h = 1e-5;
            var (_, residual, curvature) = At(margin, label);
            var (above, residualAbove, _) = At(margin + h, label);
            var (below, residualBelow, _) = At(margin - h, label);
            residual.ShouldBe((above - below) / (2 * h), 1e-9);
            curvature.ShouldBe((residualAbove - residualBelow) / (2 * h), 1e-9);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(3 * 512 + 5)]
    public void SumIsTheSumOverTheRows(int rows)
    {
        var margins = Enumerable.Range(0, rows).Select(i => (i - 20) / 7.0).ToArray();
        var labels = Enumerable.Range(0, rows).Select(i => (double)(i % 2)).ToArray();

        var expected = margins.Zip(labels, (m, y) => At(m, y).Loss).Sum();
        LogisticLoss.Sum(margins, labels).ShouldBe(expected, 1e-15 * expected);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryWidthGivesTheSameBits(bool weighted)
    {
        var random = new Random(7);
        var margins = Enumerable.Range(0, 61).Select(i => i == 0 ? 0 : (random.NextDouble() - 0.5) * Math.Pow(10, i % 5)).ToArray();
        var labels = margins.Select(_ => (double)random.Next(2)).ToArray();
        var weights = weighted ? margins.Select((_, i) => (double)(i % 3)).ToArray() : [];

        var results = new[] { Width.Scalar, Width.Vector128, Width.Vector256, Width.Vector512 }.Select(width =>
        {
            var rows = new RowLosses(64);
            margins.CopyTo(rows.Margins, 0);
            LogisticLoss.Evaluate(rows, margins.Length, labels, weights, width);
            return (double[])[.. rows.Residuals, .. rows.Curvatures, rows.Loss.Take()];
        }).ToArray();

        results[1..].ShouldAllBe(result => result.SequenceEqual(results[0]));
    }

    [Fact]
    public void WeightsMultiplyLossResidualAndCurvature()
    {
        var (loss, residual, curvature) = At(1.5, 0);

        var (twice, residualTwice, curvatureTwice) = At(1.5, 0, weight: 2);

        twice.ShouldBe(2 * loss, 1e-15);
        residualTwice.ShouldBe(2 * residual);
        curvatureTwice.ShouldBe(2 * curvature);
    }

    [Fact]
    public void RowOfWeight0IsIgnored() => At(double.NaN, 1, weight: 0).ShouldBe((0, 0, 0));

    private static (double Loss, double Residual, double Curvature) At(double margin, double label, double? weight = null)
    {
        var rows = new RowLosses(8);
        rows.Margins[0] = margin;
        LogisticLoss.Evaluate(rows, 1, [label], weight is { } w ? [w] : []);
        return (rows.Loss.Take(), rows.Residuals[0], rows.Curvatures[0]);
    }
}
