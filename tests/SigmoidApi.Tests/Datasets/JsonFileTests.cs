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

    [Theory]
    [InlineData("ndjson", "{\"a\":1}\n{\"a\":}\n{\"a\":3}\n", 2, "expected a JSON record on each line; this one is malformed")]
    [InlineData("ndjson", "{\"a\":1}\n{\"a\":2\n", 2, "expected a JSON record on each line; this one is malformed")]
    [InlineData("ndjson", "x", 1, "expected a JSON record on each line; this one is malformed")]
    [InlineData("json", "[{\"a\":1},{\"a\":]", 2, "expected a JSON array of records; this one is malformed")]
    [InlineData("json", "[{\"a\":1},", 1, "expected a JSON array of records; this one never ends")]
    [InlineData("json", "[{\"a\":1}\n\t \r\n", 1, "expected a JSON array of records; this one never ends")]
    [InlineData("json", "{", 1, "expected a JSON array of records; this one never ends")]
    public async Task AMalformedRecordIsNamed(string format, string text, long line, string message)
    {
        var error = (await _store.Refusal(text, Json with { Format = format })).Errors.ShouldHaveSingleItem();

        error.Message.ShouldBe(message);
        error.Line.ShouldBe(line);
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
