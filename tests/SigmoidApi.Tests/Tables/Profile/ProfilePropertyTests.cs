using System.Globalization;
using System.Text;
using CsCheck;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Profile;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tests.Tables.Profile;

/// <summary>Checks profiles of random columns against a straightforward computation.</summary>
[Trait("Speed", "Slow")]
public sealed class ProfilePropertyTests
{
    private static readonly double[] Probabilities = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

    // Fractions, whole numbers with many ties, and extreme values, with some values missing.
    private static readonly Gen<double?[]> Columns = Gen.OneOf(
            Gen.Double[-1e6, 1e6],
            Gen.Int[-5, 5].Select(i => (double)i),
            Gen.Double[-1, 1].Select(x => x * Math.Pow(10, 12 * x)))
        .Select(Gen.Double[0, 1], (value, chance) => chance < 0.1 ? (double?)null : value).Array[1, 300];

    [Fact]
    public void NumbersAreProfiledAsNumPyWould()
    {
        using var store = new TemporaryStore(new DatasetOptions { MemoryMegabytes = 400, Threads = 1 });
        Columns.Where(column => column.Any(value => value is not null)).Sample(column =>
        {
            var csv = "a,b\n" + string.Concat(column.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value:R},0\n")));
            using var upload = store.Receive(new MemoryStream(Encoding.ASCII.GetBytes(csv))).GetAwaiter().GetResult();

            var profile = store.Import(upload, new("csv", ",", "\"", ".", "true", null, ["a:number"]), TestContext.Current.CancellationToken).Columns[0];

            double[] sorted = [.. column.Where(value => value is not null).Select(value => value!.Value).Order()];
            profile.Type.ShouldBe(ColumnType.Number);
            profile.Missing.ShouldBe(column.Length - sorted.Length);
            profile.Distinct.ShouldBe(sorted.Distinct().Count());
            (profile.Minimum, profile.Maximum).ShouldBe((sorted[0], sorted[^1]));
            var largest = Math.Max(Math.Abs(sorted[0]), Math.Abs(sorted[^1]));
            profile.Mean!.Value.ShouldBe(sorted.Average(), 1e-13 * largest);
            profile.StandardDeviation!.Value.ShouldBe(Math.Sqrt(sorted.Average(value => Math.Pow(value - sorted.Average(), 2))), 1e-12 * largest);
            foreach (var (probability, quantile) in Probabilities.Zip(Values(profile.Quantiles!)))
                quantile.ShouldBe(Quantile(sorted, probability), 1e-14 * largest);
            profile.Histogram!.Count.ShouldBe(ColumnProfiler.HistogramBins);
            profile.Histogram.Sum().ShouldBe(sorted.Length);
            Histogram(sorted).ShouldBe(profile.Histogram);
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void LevelsAreCountedMostFrequentFirst()
    {
        using var store = new TemporaryStore(new DatasetOptions { MemoryMegabytes = 400, Threads = 1 });
        Gen.Int[0, 40].Select(Gen.Int[0, 40], (a, b) => $"level {a * b / 40}").Array[1, 200].Sample(column =>
        {
            var csv = Encoding.ASCII.GetBytes("a,b\n" + string.Concat(column.Select(level => $"{level},0\n")));
            using var upload = store.Receive(new MemoryStream(csv)).GetAwaiter().GetResult();

            var profile = store.Import(upload, new("csv", ",", "\"", ".", "true", null, null), TestContext.Current.CancellationToken).Columns[0];

            var counts = column.GroupBy(level => level)
                .Select(group => new CategoryCount(group.Key, group.Count()))
                .OrderByDescending(count => count.Count)
                .ThenBy(count => count.Value, StringComparer.Ordinal)
                .ToArray();
            profile.Distinct.ShouldBe(counts.Length);
            profile.Type.ShouldBe(counts.Length > 20 && counts.Length > 0.9 * column.Length ? ColumnType.Text : ColumnType.Category);
            profile.Categories.ShouldBe(counts.Take(TextProfiler.MostCategories));
        }, iter: 40, threads: 1);
    }

    /// <summary>With more rows than <c>ExactProfileRows</c>, quantiles and histogram come from a part; counts, means and ranges come from all rows.</summary>
    [Fact]
    public async Task ManyRowsAreProfiledFromAPart()
    {
        const int Rows = 20_000;
        using var store = new TemporaryStore(new DatasetOptions { MemoryMegabytes = 400, ExactProfileRows = 1_000 });
        var random = new Random(3);
        double?[] values = [.. Enumerable.Range(0, Rows).Select(i => i % 10 == 3 ? (double?)null : 1e6 + random.NextDouble())];

        var rows = values.Select((value, i) => string.Create(
            CultureInfo.InvariantCulture, $"{value:R},{new DateOnly(2000, 1, 1).AddDays(i % 5000):yyyy-MM-dd}\n"));
        var (_, dataset) = await store.Import("a,day\n" + string.Concat(rows));

        var present = values.Where(value => value is not null).Select(value => value!.Value).ToArray();
        var profile = dataset.Columns[0];
        profile.Approximate.ShouldBeTrue();
        profile.Missing.ShouldBe(Rows / 10);
        (profile.Minimum, profile.Maximum).ShouldBe((present.Min(), present.Max()));
        var mean = 1e6 + present.Average(value => value - 1e6);
        profile.Mean!.Value.ShouldBe(mean, 1e-9);
        profile.StandardDeviation!.Value.ShouldBe(Math.Sqrt(present.Average(value => Math.Pow(value - mean, 2))), 1e-9);
        profile.Distinct.ShouldBeInRange(15_000, 21_000);
        // With a part of 1,000 rows, the mean error of a uniform quantile is at most 0.016.
        foreach (var (probability, quantile) in Probabilities.Zip(Values(profile.Quantiles!)))
            quantile.ShouldBe(1e6 + probability, 0.06);
        profile.Histogram!.Sum().ShouldBeInRange(800, 1_000);
        var first = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        (dataset.Columns[1].Earliest, dataset.Columns[1].Latest).ShouldBe((first, first.AddDays(4999)));
    }

    /// <summary>A profile once had 6,811,023 different values of 6,000,000 numbers, because the estimate was too large.</summary>
    [Fact]
    public async Task NoColumnHasMoreDifferentValuesThanRows()
    {
        using var store = new TemporaryStore(new DatasetOptions { MemoryMegabytes = 400, ExactProfileRows = 1_000 });
        var random = new Random(3);
        var rows = Enumerable.Range(0, 2_000)
            .Select(_ => string.Join(',', Enumerable.Range(0, 20).Select(_ => random.NextDouble().ToString("R", CultureInfo.InvariantCulture))));

        var (_, dataset) = await store.Import(string.Join(',', Enumerable.Range(0, 20).Select(i => $"c{i}")) + "\n" + string.Join('\n', rows));

        dataset.Columns.Max(column => column.Distinct).ShouldBe(2_000);
    }

    [Fact]
    public async Task ColumnsGetTheirWarnings()
    {
        using var store = new TemporaryStore();
        var rows = Enumerable.Range(0, 100).Select(i => $"{i + 1},{i * 7919 % 1009},same,{(i < 60 ? "" : "1.5")},{i % 4}.5,key {i}");

        var (_, dataset) = await store.Import("id,customer_id,one,rare,x,key\n" + string.Join('\n', rows));

        dataset.Columns.Select(column => $"{column.Name}: {string.Join(' ', column.Warnings!)}").ShouldBe(
            ["id: Identifier", "customer_id: Identifier", "one: Constant", "rare: Constant MostlyMissing", "x: ", "key: Identifier"]);
    }

    private static double[] Values(Quantiles quantiles) =>
        [quantiles.P01, quantiles.P05, quantiles.P25, quantiles.P50, quantiles.P75, quantiles.P95, quantiles.P99];

    private static double Quantile(double[] sorted, double probability)
    {
        var position = probability * (sorted.Length - 1);
        var below = (int)Math.Floor(position);
        return below + 1 < sorted.Length ? sorted[below] + (sorted[below + 1] - sorted[below]) * (position - below) : sorted[below];
    }

    /// <summary>A value at the edge between two bins is in the upper one; the largest value is in the last bin.</summary>
    private static long[] Histogram(double[] sorted)
    {
        var bins = new long[ColumnProfiler.HistogramBins];
        double[] edges = [.. Enumerable.Range(1, bins.Length - 1).Select(bin => 2 * (sorted[0] / 2 + (sorted[^1] / 2 - sorted[0] / 2) / bins.Length * bin))];
        foreach (var value in sorted)
            bins[edges.Count(edge => edge <= value)]++;
        return bins;
    }
}
