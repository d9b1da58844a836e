using CsCheck;
using SigmoidApi.Tables.Profile;

namespace SigmoidApi.Tests.Tables.Profile;

public sealed class SortedValuesTests
{
    private static readonly Gen<double[]> Sorted = Gen
        .OneOf(Gen.Double[-10, 10], Gen.Int[-3, 3].Select(i => (double)i), Gen.Const(double.MaxValue), Gen.Const(double.MinValue), Gen.Const(5e-324))
        .Array[1, 100]
        .Select(values => (double[])[.. values.Order()]);

    // The results of numpy.quantile, which interpolates in the same way.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.01, 1.04)]
    [InlineData(0.25, 2)]
    [InlineData(0.5, 4)]
    [InlineData(0.9, 14.8)]
    [InlineData(1, 18)]
    public void QuantilesAreThoseOfNumPy(double probability, double expected) =>
        SortedValues.Quantile([1, 2, 4, 10, 18], probability).ShouldBe(expected, 1e-14);

    [Fact]
    public void QuantilesLieBetweenTheirNeighboursAndAscend() => Sorted.Sample(sorted =>
    {
        var quantiles = Enumerable.Range(0, 101).Select(percent => SortedValues.Quantile(sorted, percent / 100.0)).ToArray();
        quantiles.ShouldBeInOrder();
        quantiles[0].ShouldBe(sorted[0]);
        quantiles[^1].ShouldBe(sorted[^1]);
    });

    [Fact]
    public void HistogramCountsEachValueOnceInItsBin() => Sorted.Sample(sorted =>
    {
        var (minimum, maximum) = (sorted[0], sorted[^1]);
        const int Bins = 7;
        var expected = new long[Bins];
        var edges = Enumerable.Range(1, Bins - 1).Select(bin => 2 * (minimum / 2 + (maximum / 2 - minimum / 2) / Bins * bin)).ToArray();
        foreach (var value in sorted)
            expected[edges.Count(edge => edge <= value)]++;

        SortedValues.Histogram(sorted, minimum, maximum, Bins).ShouldBe(expected);
    });

    [Fact]
    public void DistinctCountsLikeASet() =>
        Sorted.Sample(sorted => SortedValues.Distinct(sorted).ShouldBe(sorted.Select(value => value + 0.0).Distinct().Count()));
}
