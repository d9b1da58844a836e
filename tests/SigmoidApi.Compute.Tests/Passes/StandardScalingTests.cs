using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Tests.Passes;

public class StandardScalingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void MeansAndDeviationsMatchNumPy()
    {
        var (features, _) = ReferenceData.Csv("spambase.csv");
        var expected = ReferenceData.Json("spambase-fits.json");

        var scaling = StandardScaling.Fit(features, null, null, Token);

        var (means, deviations) = (expected.GetProperty("mean").Numbers(), expected.GetProperty("standard_deviation").Numbers());
        for (var j = 0; j < means.Length; j++)
        {
            scaling.Means[j].ShouldBe(means[j], 1e-13 * deviations[j]);
            scaling.Deviations[j].ShouldBe(deviations[j], 1e-13 * deviations[j]);
        }
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e-150)]
    [InlineData(1)]
    [InlineData(1e150)]
    [InlineData(1e307)]
    public void ScaleDoesNotMatter(double unit)
    {
        var scaling = StandardScaling.Fit(DesignMatrix.FromRows([unit, 2 * unit, 3 * unit, 6 * unit], 4, 1), null, null, Token);

        (scaling.Means[0] / unit).ShouldBe(3, 1e-14);
        (scaling.Deviations[0] / unit).ShouldBe(Math.Sqrt(3.5), 1e-14);
    }

    [Fact]
    public void ConstantColumnHasDeviation0WhateverItsValue()
    {
        var scaling = StandardScaling.Fit(DesignMatrix.FromRows([0.1, 1, 0.1, 2, 0.1, 3], 3, 2), null, null, Token);

        scaling.ConstantColumns().ShouldBe([0]);
        scaling.Means[0].ShouldBe(0.1);
        var (intercept, coefficients) = scaling.ToOwnUnits(0.5, [0, 0]);
        intercept.ShouldBe(0.5);
        coefficients.ShouldBe([0, 0]);
    }

    [Fact]
    public void CoefficientsSurviveTheConversionToStandardizedAndBack()
    {
        var scaling = StandardScaling.Fit(DesignMatrix.FromRows([1, -2, 3, 7, 4, 1], 3, 2), null, null, Token);

        var (intercept, coefficients) = scaling.ToStandardized(0.25, [1.5, -2]);
        var own = scaling.ToOwnUnits(intercept, coefficients);

        own.Intercept.ShouldBe(0.25, 1e-14);
        own.Coefficients[0].ShouldBe(1.5, 1e-14);
        own.Coefficients[1].ShouldBe(-2, 1e-14);
    }

    [Theory]
    [InlineData(-1.7e308, 1.7e308)]
    [InlineData(0, 1e-310)]
    public void RangeThatFloat64CannotStandardizeIsRefused(double first, double second)
    {
        var features = DesignMatrix.FromRows([0, first, 0, second], 2, 2);

        var problem = Should.Throw<UntrainableDataException>(() => StandardScaling.Fit(features, null, null, Token));

        problem.Code.ShouldBe("numeric_range_exceeded");
        problem.Message.ShouldStartWith("Column 1 ");
    }
}
