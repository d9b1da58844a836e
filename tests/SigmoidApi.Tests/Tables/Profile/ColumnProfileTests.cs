using System.Globalization;
using SigmoidApi.Tables;

namespace SigmoidApi.Tests.Tables.Profile;

[Trait("Speed", "Slow")]
public sealed class ColumnProfileTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    [Fact]
    public async Task ProfileEqualsAPlainComputation()
    {
        var random = new Random(7);
        var columns = new double[][]
        {
            [.. Enumerable.Range(0, 10_000).Select(_ => random.NextDouble() - 0.5)],
            [.. Enumerable.Range(0, 10_000).Select(_ => (double)random.Next(50))],
            [.. Enumerable.Range(0, 10_000).Select(_ => (double)random.Next(2))],
            [.. Enumerable.Range(0, 10_000).Select(i => (double)i % 3)],
        };
        var rows = Enumerable.Range(0, 10_000).Select(i => string.Join(',', columns.Select(column => column[i].ToString("R", CultureInfo.InvariantCulture))));

        var (_, dataset) = await _store.Import("uniform,integers,flag,three\n" + string.Join('\n', rows));

        dataset.Columns.Select(column => column.Type).ShouldBe([ColumnType.Number, ColumnType.Number, ColumnType.Boolean, ColumnType.Number]);
        foreach (var (profile, values) in dataset.Columns.Zip(columns))
        {
            profile.Missing.ShouldBe(0);
            profile.Distinct.ShouldBe(values.Distinct().Count());
            profile.Minimum.ShouldBe(values.Min());
            profile.Maximum.ShouldBe(values.Max());
            profile.Mean!.Value.ShouldBe(values.Average(), 1e-12);
            profile.StandardDeviation!.Value.ShouldBe(Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2))), 1e-12);
        }
    }

    [Theory]
    [InlineData(new[] { "5" }, ColumnType.Number, 1, 5, 0)]
    [InlineData(new[] { "0", "0" }, ColumnType.Boolean, 1, 0, 0)]
    [InlineData(new[] { "1", "1" }, ColumnType.Boolean, 1, 1, 0)]
    [InlineData(new[] { "0", "-0", "1", "1.0" }, ColumnType.Boolean, 2, 0.5, 0.5)]
    [InlineData(new[] { "0.1", "0.1", "0.1" }, ColumnType.Number, 1, 0.1, 0)]
    [InlineData(new[] { "1000000000000.25", "1000000000000.75" }, ColumnType.Number, 2, 1000000000000.5, 0.25)]
    [InlineData(new[] { "-1.7976931348623157e308", "1.7976931348623157e308" }, ColumnType.Number, 2, 0, double.MaxValue)]
    [InlineData(new[] { "1e200", "3e200" }, ColumnType.Number, 2, 2e200, 1e200)]
    [InlineData(new[] { "1e-200", "3e-200" }, ColumnType.Number, 2, 2e-200, 1e-200)]
    [InlineData(new[] { "0", "1e-323" }, ColumnType.Number, 2, 5e-324, 5e-324)]
    public async Task ExtremeColumnsKeepTheirMoments(string[] cells, ColumnType type, long distinct, double mean, double standardDeviation)
    {
        var (_, dataset) = await _store.Import("a,b\n" + string.Join('\n', cells.Select(cell => $"{cell},1")));

        var profile = dataset.Columns[0];
        profile.Type.ShouldBe(type);
        profile.Distinct.ShouldBe(distinct);
        (profile.Mean == mean || Math.Abs(profile.Mean!.Value - mean) <= 1e-15 * Math.Abs(mean)).ShouldBeTrue($"mean {profile.Mean:R}");
        (profile.StandardDeviation == standardDeviation || Math.Abs(profile.StandardDeviation!.Value - standardDeviation) <= 1e-15 * standardDeviation)
            .ShouldBeTrue($"standard deviation {profile.StandardDeviation:R}");
    }

    [Fact]
    public async Task DeviationOfAConstantColumnIsZero()
    {
        var (_, dataset) = await _store.Import("a\n" + string.Concat(Enumerable.Repeat("0.1\n", 200_000)));

        var profile = dataset.Columns[0];
        (profile.Minimum, profile.Maximum, profile.Mean, profile.StandardDeviation).ShouldBe((0.1, 0.1, 0.1, 0));
        profile.Quantiles.ShouldBe(new Quantiles(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1));
        profile.Histogram!.Sum().ShouldBe(200_000);
        profile.Warnings.ShouldBe([ColumnWarning.Constant]);
    }

    [Fact]
    public async Task ASmallDeviationSurvivesALargeMean()
    {
        var (_, dataset) = await _store.Import("a\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => i % 2 == 0 ? "1000000000\n" : "1000000001\n")));

        dataset.Columns[0].Mean.ShouldBe(1_000_000_000.5);
        dataset.Columns[0].StandardDeviation!.Value.ShouldBe(0.5, 1e-12);
    }

    public void Dispose() => _store.Dispose();
}
