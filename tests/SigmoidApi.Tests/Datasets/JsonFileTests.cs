using SigmoidApi.Datasets;
using SigmoidApi.Datasets.Formats;

namespace SigmoidApi.Tests.Datasets;

public sealed class JsonFileTests : IDisposable
{
    private static readonly DatasetUploadQuery Json = new("json", null, null, null, null, null, null);
    private static readonly DatasetUploadQuery Lines = Json with { Format = "ndjson" };

    private readonly TemporaryStore _store = new();

    [Fact]
    public async Task AnArrayAndLinesAreTheSameRows()
    {
        const string Records = """{"a":1,"b":"x","c":true,"d":"2024-01-31","e":0.5}|{"a":2,"b":null,"c":false,"d":null,"e":2}|{"e":1,"b":"y"}""";

        var lines = await _store.Rows(Records.Replace('|', '\n'), Lines);
        var (id, dataset) = await _store.Import($"[{Records.Replace('|', ',')}]", Json);

        lines.ShouldBe([[1L, "x", true, "2024-01-31", 0.5], [2L, null, false, null, 2.0], [null, "y", null, null, 1.0]]);
        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 10, TestContext.Current.CancellationToken)).ShouldBe(lines);
        dataset.Columns.Select(column => column.Type).ShouldBe([ColumnType.Number, ColumnType.Category, ColumnType.Boolean, ColumnType.DateTime, ColumnType.Number]);
        dataset.Columns.Select(column => column.Missing).ShouldBe([1, 1, 1, 2, 0]);
        dataset.Origin.Format.ShouldBe(DatasetFormat.Json);
        dataset.Origin.Delimiter.ShouldBeNull();
    }

    [Fact]
    public async Task NestedValuesAreKeptAsTheirText()
    {
        (await _store.Rows("""
            {"a":[1,null],"b":{"x":1,"y":[2]}}
            {"a":[],"b":null}
            """, Lines)).ShouldBe([["[1,null]", """{"x":1,"y":[2]}"""], ["[]", null]]);
    }

    [Fact]
    public async Task MixedValuesAreText()
    {
        (await _store.Rows("""
            {"a":1,"b":true}
            {"a":"x","b":"2024-01-01"}
            {"a":false,"b":1.5}
            """, Lines)).ShouldBe([["1", "true"], ["x", "2024-01-01"], ["false", "1.5"]]);
    }

    [Fact]
    public async Task AValueOfALaterRecordIsAsMuchAValue()
    {
        var records = string.Join('\n', Enumerable.Range(0, 30_000).Select(i => i == 29_999 ? """{"a":0.5,"late":"x"}""" : """{"a":1}"""));

        var (_, dataset) = await _store.Import(records, Lines);

        dataset.Columns.Select(column => (column.Name, column.Type, column.Missing)).ShouldBe([("a", ColumnType.Number, 0), ("late", ColumnType.Category, 29_999)]);
        dataset.Columns[0].Minimum.ShouldBe(0.5);
    }

    /// <summary>The text of one must not hang on the others, nor on the file: a model knows it as a level.</summary>
    [Fact]
    public async Task ANestedValueHasItsOwnTextWhateverOthersHold()
    {
        (await _store.Rows("""[{"a":{"z": 1},"b":[1, 2]},{"a":{"w":[ ]},"b":[1.50]},{"a":{"z":"x","w":2},"b":["y"]}]""", Json))
            .ShouldBe([["""{"z":1}""", "[1,2]"], ["""{"w":[]}""", "[1.5]"], ["""{"z":"x","w":2}""", """["y"]"""]]);
    }

    [Theory]
    [InlineData("ndjson", "{\"a\":1}\n{\"a\":}\n{\"a\":3}\n", 2, "expected a JSON record on each line; this one is malformed at byte 6 of the line")]
    [InlineData("ndjson", "{\"a\":1}\n\n \r\n{\"a\":}\n", 4, "expected a JSON record on each line; this one is malformed at byte 6 of the line")]
    [InlineData("ndjson", "{\"a\":1}\n{\"a\":2\n", 3, "expected a JSON record on each line; this one is malformed at byte 1 of the line")]
    [InlineData("ndjson", "{\"a\":1}\n\n{\"a\":\n2}\n", 3, "expected a JSON record on each line; this one goes on to line 4")]
    [InlineData("ndjson", "{\"a\":1}\n[1]\n", 2, "expected a JSON record on each line, got an array")]
    [InlineData("ndjson", "{\"a\":1}\n\n7\n", 3, "expected a JSON record on each line, got a number")]
    [InlineData("ndjson", "x", 1, "expected a JSON record on each line; this one is malformed at byte 1 of the line")]
    [InlineData("json", "[{\"a\":1},{\"a\":]", 1, "expected a JSON array of records; this one is malformed at byte 15 of the line")]
    [InlineData("json", "[{\"a\":1,\"b\":2},{\"a\":2,\"b\":3},{\"a\":3,\"b\":}]", 1, "expected a JSON array of records; this one is malformed at byte 41 of the line")]
    [InlineData("ndjson", "{\"a\":1}\n{\"a\":\"\\ud800\"}\n{\"a\":}\n", 2, "expected a JSON record on each line; a text of this one is not UTF-8, or has half of a surrogate pair")]
    [InlineData("json", "[\n  {\"a\":1},\n  [2]\n]", 3, "expected a JSON array of records, got an array")]
    [InlineData("json", "[{\"a\":1},", 1, "expected a JSON array of records; this one never ends")]
    [InlineData("json", "[{\"a\":1}\n\t \r\n", 1, "expected a JSON array of records; this one never ends")]
    [InlineData("json", "{", 1, "expected an array of records, or JSON lines (application/x-ndjson); this is one object")]
    [InlineData("json", " {\"a\":1}\n", 1, "expected an array of records, or JSON lines (application/x-ndjson); this is one object")]
    [InlineData("json", "{\"rows\":[{\"a\":1}]}", 1, "expected an array of records, or JSON lines (application/x-ndjson); this is one object")]
    [InlineData("json", "a,b\n1,2\n", 1, "expected a JSON array of records; this is no JSON")]
    [InlineData("json", " \n", 1, "expected a JSON array of records; the file is empty")]
    [InlineData("json", "{\"a\":1}\n{\"a\":}\n", 2, "expected a JSON record on each line; this one is malformed at byte 6 of the line")]
    public async Task WhatIsWrongIsNamedByItsLine(string format, string text, long line, string message)
    {
        var error = (await _store.Refusal(text, Json with { Format = format })).Errors.ShouldHaveSingleItem();

        error.Message.ShouldBe(message);
        error.Line.ShouldBe(line);
    }

    [Theory]
    [InlineData("ndjson", "{\"a\":1}\n{\"a\":2}\n{\"a\":1e999}\n", 3, "1e999")]
    [InlineData("json", "[{\"b\":[1e999],\"a\":1},\n{\"a\":-1e400}]", 2, "-1e400")]
    public async Task ANumberBeyondFloat64IsNamedByItsLine(string format, string text, long line, string shown)
    {
        (await _store.Refusal(text, Json with { Format = format })).Errors.ShouldBe([new DatasetError(line, "a", $"expected a number of at most 1.8e308; got '{shown}'")]);
    }

    [Fact]
    public async Task LinesAreTakenWhereAnArrayIsSaid()
    {
        var (id, dataset) = await _store.Import("{\"a\":1,\"b\":\"x\"}\n\n{\"a\":2}\n", Json);

        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 10, TestContext.Current.CancellationToken)).ShouldBe([[1L, "x"], [2L, null]]);
        dataset.Origin.Format.ShouldBe(DatasetFormat.NdJson);
    }

    [Theory]
    [InlineData("12345678901234567890", "12345678901234567891", true)]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567891", true)]
    [InlineData("9007199254740993", "1", true)]
    [InlineData("-9007199254740993", "1", true)]
    [InlineData("1e400000", "9007199254740993", null)]
    [InlineData("9007199254740992", "-9007199254740992", false)]
    [InlineData("18014398509481984", "1", false)]
    [InlineData("9007199254740993", "0.5", false)]
    [InlineData("0.12345678901234568", "1", false)]
    public async Task WholeNumbersThatFloat64CannotHoldAreText(string first, string second, bool? areText)
    {
        foreach (var (form, query) in new[] { ($"[{{\"id\":{first}}},{{\"id\": {second}}},{{\"id\":null}}]", Json), ($"{{\"id\":{first}}}\n{{\"id\":{second}}}\n{{}}\n", Lines) })
        {
            if (areText is null)
            {
                await Should.ThrowAsync<InvalidDatasetException>(_store.Import(form, query));
                continue;
            }

            var (id, dataset) = await _store.Import(form, query);
            (dataset.Columns[0].Type, dataset.Columns[0].Missing, dataset.Columns[0].Distinct).ShouldBe((areText.Value ? ColumnType.Category : ColumnType.Number, 1, 2));
            if (areText.Value)
                (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 10, TestContext.Current.CancellationToken)).ShouldBe([[first], [second], [null]]);
            (await _store.Import(form, query with { Types = ["id:number"] })).Dataset.Columns[0].Type.ShouldBe(ColumnType.Number);
            var (asLevels, _) = await _store.Import(form, query with { Types = ["id:category"] });
            (await _store.Engine.ReadRowsAsync(asLevels, dataset.Columns, 0, 1, TestContext.Current.CancellationToken)).ShouldBe([[first]]);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(40_000)]
    [InlineData(59_999)]
    public async Task AMalformedRecordOfManyIsNamed(int number)
    {
        var records = string.Join('\n', Enumerable.Range(1, 60_000).Select(i => i == number ? """{"a":}""" : """{"a":1,"b":"a text that makes the file large enough for several buffers"}"""));

        (await _store.Refusal(records, Lines)).Errors.ShouldHaveSingleItem().Line.ShouldBe(number);
    }

    [Theory]
    [InlineData("ndjson", "")]
    [InlineData("ndjson", "\n\n")]
    [InlineData("json", "")]
    [InlineData("json", "[]")]
    [InlineData("json", "[1,2]")]
    [InlineData("json", "[{}]")]
    [InlineData("ndjson", "{}")]
    [InlineData("ndjson", "[1]")]
    [InlineData("ndjson", "1\n2\n")]
    [InlineData("ndjson", "{\"a\":1,\"A\":2}")]
    [InlineData("ndjson", "{\"\":1,\"b\":2}")]
    [InlineData("json", "[{\"a\":1},{\"b\":1,\"A\":2}]")]
    [InlineData("ndjson", "{\"a\":1,\"a\":2}")]
    [InlineData("ndjson", "{\"a\\u0000\":1}")]
    public async Task WhatHasNoRecordsIsRefused(string format, string text)
    {
        (await _store.Refusal(text, Json with { Format = format })).ErrorCount.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task NamesOfEveryKindAreKept()
    {
        var (_, dataset) = await _store.Import("""{"it's":1,"a\"b":2,"größe":3,"C1":4,"select":5,"a,b":6,"x_1":7,"x":8}""", Lines);

        dataset.Columns.Select(column => column.Name).ShouldBe(["it's", "a\"b", "größe", "C1", "select", "a,b", "x_1", "x"]);
        dataset.Columns.Select(column => column.Minimum).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
    }

    public void Dispose() => _store.Dispose();
}
