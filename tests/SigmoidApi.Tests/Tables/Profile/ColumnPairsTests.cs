using System.Globalization;
using SigmoidApi.Tables;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Profile;

namespace SigmoidApi.Tests.Tables.Profile;

public sealed class ColumnPairsTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    [Theory]
    [InlineData("spambase", 0.5)]
    [InlineData("credit", 0)]
    public async Task CorrelationsAreThoseOfPandasAndCramersVThatOfSciPy(string name, double least)
    {
        var reference = ReferenceData.Json("target-profile.json");
        var (id, dataset) = await _store.Import(await File.ReadAllBytesAsync(ReferenceData.PathOf($"{name}.csv"), TestContext.Current.CancellationToken));
        var pairs = Find(id, dataset.Columns, least);
        var expected = reference.GetProperty(name).GetProperty("pairs").EnumerateArray().ToArray();
        pairs.Select(pair => (pair.First, pair.Second))
            .ShouldBe(expected.Select(pair => (pair.GetProperty("first").GetString()!, pair.GetProperty("second").GetString()!)));
        foreach (var (pair, wanted) in pairs.Zip(expected))
        {
            pair.Value.ShouldBe(wanted.GetProperty("value").GetDouble(), 1e-12, $"{pair.First} and {pair.Second}");
            pair.Rows.ShouldBe(wanted.GetProperty("rows").GetInt64());
            pair.Measure.ShouldBe(wanted.GetProperty("measure").GetString() == "pearson" ? PairMeasure.Pearson : PairMeasure.CramersV);
        }
    }

    [Fact]
    public async Task RenamedLevelsAreTheSameColumnHoweverManyThereAre()
    {
        var rows = Enumerable.Range(0, 4000).Select(i => (i * 7919 % 100).ToString(CultureInfo.InvariantCulture));
        var (id, dataset) = await _store.Import("city,code,other\n" + string.Concat(rows.Select((row, i) => $"city {row},c{row},x{i % 90}\n")));
        Find(id, dataset.Columns, 0.99).ShouldBe([new("city", "code", PairMeasure.CramersV, 1, 4000)]);
    }

    [Fact]
    public async Task NumbersOfTwoValuesAreComparedWithCategories()
    {
        // phi of the table [[45, 5], [0, 50]], which SciPy's association([[45, 5], [0, 50]], method="cramer") gives as well.
        var rows = Enumerable.Range(0, 100).Select(i => $"{(i < 45 ? 0 : 1)},{(i < 50 ? "no" : "yes")}\n");
        var (id, dataset) = await _store.Import("flag,word\n" + string.Concat(rows));
        var pair = Find(id, dataset.Columns, 0.5).ShouldHaveSingleItem();
        pair.Value.ShouldBe(0.9045340337332909, 1e-15);
        (pair.First, pair.Second, pair.Measure, pair.Rows).ShouldBe(("flag", "word", PairMeasure.CramersV, 100));
    }

    [Fact]
    public async Task ConstantsFewRowsAndLargeNumbersAreNoDuplicates()
    {
        // Where b has a value, a is constant; c is huge and its squares would overflow; d is its negative.
        var rows = Enumerable.Range(0, 60).Select(i => $"{(i < 30 ? 1 : i)},{(i < 30 ? $"{i}" : "")},{i}e200,-{i}e200\n");
        var (id, dataset) = await _store.Import("a,b,c,d\n" + string.Concat(rows));
        var pairs = Find(id, dataset.Columns, 0.99);
        pairs.Select(pair => (pair.First, pair.Second, Math.Round(pair.Value, 12))).ShouldBe([("b", "c", 1), ("b", "d", -1), ("c", "d", -1)]);
        var (few, fewColumns) = await _store.Import("a,b\n" + string.Concat(Enumerable.Range(0, 19).Select(i => $"{i},{i}\n")));
        Find(few, fewColumns.Columns, 0.99).ShouldBeEmpty();
    }

    public void Dispose() => _store.Dispose();

    private IReadOnlyList<ColumnPair> Find(Guid id, IReadOnlyList<ColumnProfile> columns, double least)
    {
        var path = _store.Files.ParquetPath(id);
        using var session = new DuckDbSession(_store.Files.Scratch.NewPath(), DuckDbLimits.Of(400, 1, 1 << 30), progress: null, path);
        return ColumnPairs.Find(
            session, path, columns, [.. columns.Where(column => ColumnPairs.Suits(column, 4000))], every: 1, least, TestContext.Current.CancellationToken);
    }
}
