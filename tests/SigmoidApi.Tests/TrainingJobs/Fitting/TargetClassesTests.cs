using SigmoidApi.Tables.Rows;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.Tests.TrainingJobs.Fitting;

public sealed class TargetClassesTests
{
    [Theory]
    [InlineData(new double[0], new double[0])]
    [InlineData(new[] { 2.0, 2, 2 }, new[] { 2.0 })]
    [InlineData(new[] { 5.0, 5, -1, 5, -1 }, new[] { -1.0, 5 })]
    [InlineData(new[] { 0, -0.0, 1, -0.0 }, new[] { 0.0, 1 })]
    [InlineData(new[] { 1.0, 0, 1, 3, 0, 2 }, new[] { 0.0, 1, 2, 3 })]
    public void NumbersAreInAscendingOrder(double[] values, double[] classes)
    {
        TargetClasses.Of(new ColumnValues("y", values, null, [])).Select(label => label.Number).ShouldBe(classes);
    }

    [Theory]
    [InlineData(new[] { 1, 1 }, "a")]
    [InlineData(new[] { 0, 1, 0 }, "a b")]
    [InlineData(new[] { 2, 0, 1 }, "a b c")]
    public void TextsAreInOrdinalOrder(int[] codes, string classes)
    {
        var labels = TargetClasses.Of(new ColumnValues("y", null, codes, ["b", "a", "c"]));

        string.Join(' ', labels.Select(label => label.Text)).ShouldBe(classes);
    }
}
