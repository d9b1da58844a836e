using SigmoidApi.Compute.Evaluation;

namespace SigmoidApi.Compute.Tests.Evaluation;

public sealed class ColumnRankingTests
{
    [Theory]
    [InlineData(2, 40, 5)]
    [InlineData(3, 60, 4)]
    [InlineData(7, 90, 1000)]
    public void AnAreaIsTheShareOfPairsRankedHigherWithTiesHalf(int classes, int rows, int values)
    {
        var random = new Random(classes);
        double[] numbers = [.. Enumerable.Range(0, rows).Select(i => i % 11 == 0 ? double.NaN : random.Next(values) - values / 2.0)];
        int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))];
        var ranking = ColumnRanking.OfNumbers(numbers, labels, classes);
        ranking.Rows.ShouldBe(numbers.Count(number => !double.IsNaN(number)));
        for (var k = 0; k < classes; k++)
        {
            double[] own = [.. numbers.Where((number, i) => labels[i] == k && !double.IsNaN(number))];
            double[] others = [.. numbers.Where((number, i) => labels[i] != k && !double.IsNaN(number))];
            ranking.Areas[k].ShouldBe(own.Average(a => others.Average(b => a > b ? 1 : a == b ? 0.5 : 0)), 1e-14);
            (ranking.Least[k], ranking.Most[k]).ShouldBe((own.Min(), own.Max()));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void LevelsRankByTheirShareOfTheClass(int classes)
    {
        var random = new Random(classes);
        int[] counts = [.. Enumerable.Range(0, 6 * classes).Select(_ => random.Next(5)), .. new int[classes]];
        var ranking = ColumnRanking.OfLevels(counts, classes);
        ranking.Rows.ShouldBe(counts.Sum());
        for (var k = 0; k < classes; k++)
        {
            // The same levels written out row by row, with the share as a number.
            var rows = counts.Chunk(classes)
                .SelectMany(level => level.SelectMany((count, label) => Enumerable.Repeat((Share: level[k] / (double)level.Sum(), label), count)))
                .ToArray();
            var numbers = ColumnRanking.OfNumbers([.. rows.Select(row => row.Share)], [.. rows.Select(row => row.label)], classes);
            ranking.Areas[k].ShouldBe(numbers.Areas[k], 1e-14);
        }
    }

    [Fact]
    public void TheMeanAreaTakesEachClassInItsBetterDirection()
    {
        // By value: class 0 has area 0, class 2 area 1, class 1 lies in the middle with 0.5.
        var ranking = ColumnRanking.OfNumbers([1, 2, 3, 4, 5, 6], [0, 0, 1, 1, 2, 2], 3);
        ranking.Areas.ShouldBe([0, 0.5, 1]);
        ranking.Area.ShouldBe(2.5 / 3, 1e-15);
        ranking.Changes.ShouldBe(2);
    }

    [Fact]
    public void WithoutTwoClassesThereIsNoArea()
    {
        ColumnRanking.OfNumbers([1, 2, 3], [1, 1, 1], 2).Area.ShouldBe(double.NaN);
        ColumnRanking.OfNumbers([double.NaN], [0], 2).Area.ShouldBe(double.NaN);
        ColumnRanking.OfNumbers([], [], 2).Area.ShouldBe(double.NaN);
        ColumnRanking.OfLevels([0, 3, 0, 2], 2).Area.ShouldBe(double.NaN);
        ColumnRanking.OfNumbers([7, 7, 7], [0, 1, 1], 2).Area.ShouldBe(0.5);
        ColumnRanking.OfNumbers([-0.0, 0.0], [0, 1], 2).Area.ShouldBe(0.5);
    }
}
