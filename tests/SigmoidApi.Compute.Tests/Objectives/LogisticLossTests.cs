using CsCheck;
using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Tests.Objectives;

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
    [InlineData(RowTile.MaxRows)]
    [InlineData(3 * RowTile.MaxRows + 5)]
    public void TheSumIsThatOfTheRows(int rows)
    {
        var margins = Enumerable.Range(0, rows).Select(i => (i - 20) / 7.0).ToArray();
        var labels = Enumerable.Range(0, rows).Select(i => (double)(i % 2)).ToArray();

        LogisticLoss.Sum(margins, labels).ShouldBe(margins.Zip(labels, (m, y) => At(m, y).Loss).Sum(), 1e-12);
    }

    private static (double Loss, double Residual, double Curvature) At(double margin, double label)
    {
        var (residual, curvature) = (new double[1], new double[1]);
        var loss = LogisticLoss.Sum([margin], [label], residual, curvature);
        return (loss, residual[0], curvature[0]);
    }
}
