using System.Text.Json;
using SigmoidApi.Datasets;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Import;

namespace SigmoidApi.Tests.Tables.Json;

[Trait("Speed", "Slow")]
public sealed class JsonFileTests : IDisposable
{
    private static readonly DatasetUploadQuery Json = new("json", null, null, null, null, null, null);
    private static readonly DatasetUploadQuery Lines = Json with { Format = "ndjson" };

    private readonly TemporaryStore _store = new();

    [Fact]
    public async Task ArrayAndLinesGiveTheSameRows()
    {
        const string Records = """{"a":1,"b":"x","c":true,"d":"2024-01-31","e":0.5}|{"a":2,"b":null,"c":false,"d":null,"e":2}|{"e":1,"b":"y"}""";

        var lines = await _store.Rows(Records.Replace('|', '\n'), Lines);
        var (id, dataset) = await _store.Import($"[{Records.Replace('|', ',')}]", Json);

        lines.ShouldBe([[1L, "x", true, "2024-01-31", 0.5], [2L, null, false, null, 2.0], [null, "y", null, null, 1.0]]);
        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 10, TestContext.Current.CancellationToken)).ShouldBe(lines);
        dataset.Columns.Select(column => column.Type)
            .ShouldBe([ColumnType.Number, ColumnType.Category, ColumnType.Boolean, ColumnType.DateTime, ColumnType.Number]);
        dataset.Columns.Select(column => column.Missing).ShouldBe([1, 1, 1, 2, 0]);
        dataset.Origin.Format.ShouldBe(DatasetFormat.Json);
        dataset.Origin.Delimiter.ShouldBeNull();
    }

    [Fact]
    public async Task NestedValuesAreKeptAsText()
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
    public async Task NameInALaterRecordIsAColumnToo()
    {
        var records = string.Join('\n', Enumerable.Range(0, 30_000).Select(i => i == 29_999 ? """{"a":0.5,"late":"x"}""" : """{"a":1}"""));

        var (_, dataset) = await _store.Import(records, Lines);

        dataset.Columns.Select(column => (column.Name, column.Type, column.Missing))
            .ShouldBe([("a", ColumnType.Number, 0), ("late", ColumnType.Category, 29_999)]);
        dataset.Columns[0].Minimum.ShouldBe(0.5);
    }

    /// <summary>The text of a nested value must not depend on other records or on the file, because a model knows it as a level.</summary>
    [Fact]
    public async Task TextOfANestedValueDoesNotDependOnOtherRecords()
    {
        (await _store.Rows("""[{"a":{"z": 1},"b":[1, 2]},{"a":{"w":[ ]},"b":[1.50]},{"a":{"z":"x","w":2},"b":["y"]}]""", Json))
            .ShouldBe([["""{"z":1}""", "[1,2]"], ["""{"w":[]}""", "[1.5]"], ["""{"z":"x","w":2}""", """["y"]"""]]);
    }

    [Theory]
    [InlineData("ndjson", "{\"a\":1}\n{\"a\":}\n{\"a\":3}\n", 2, "expected a JSON record on each line; this one is malformed at byte 6 of the line")]
    [InlineData("ndjson", "{\"a\":1}\n\n \r\n{\"a\":}\n", 4, "expected a JSON record on each line; this one is malformed at byte 6 of the line")]
    [InlineData("ndjson", "{\"a\":1}\n{\"a\":2\n", 3, "expected a JSON record on each line; this one is malformed at byte 1 of the line")]
    [InlineData("ndjson", "{\"a\":1}\n\n{\"a\":\n2}\n", 3, "expected a JSON record on each line; this one continues to line 4")]
    [InlineData("ndjson", "{\"a\":1}\n[1]\n", 2, "expected a JSON record on each line, got an array")]
    [InlineData("ndjson", "{\"a\":1}\n\n7\n", 3, "expected a JSON record on each line, got a number")]
    [InlineData("ndjson", "x", 1, "expected a JSON record on each line; this one is malformed at byte 1 of the line")]
    [InlineData("json", "[{\"a\":1},{\"a\":]", 1, "expected a JSON array of records; this one is malformed at byte 15 of the line")]
    [InlineData("json", "[{\"a\":1,\"b\":2},{\"a\":2,\"b\":3},{\"a\":3,\"b\":}]", 1,
        "expected a JSON array of records; this one is malformed at byte 41 of the line")]
    [InlineData("ndjson", "{\"a\":1}\n{\"a\":\"\\ud800\"}\n{\"a\":}\n", 2,
        "expected a JSON record on each line; a text of this one is not UTF-8, or has half of a surrogate pair")]
    [InlineData("json", "[\n  {\"a\":1},\n  [2]\n]", 3, "expected a JSON array of records, got an array")]
    [InlineData("json", "[{\"a\":1},", 1, "expected a JSON array of records; this one never ends")]
    [InlineData("json", "[{\"a\":1}\n\t \r\n", 1, "expected a JSON array of records; this one never ends")]
    [InlineData("json", "{", 1, "expected an array of records, or JSON lines (application/x-ndjson); this is one object")]
    [InlineData("json", " {\"a\":1}\n", 1, "expected an array of records, or JSON lines (application/x-ndjson); this is one object")]
    [InlineData("json", "{\"rows\":[{\"a\":1}]}", 1, "expected an array of records, or JSON lines (application/x-ndjson); this is one object")]
    [InlineData("json", "a,b\n1,2\n", 1, "expected a JSON array of records; this is not JSON")]
    [InlineData("json", " \n", 1, "expected a JSON array of records; the file is empty")]
    [InlineData("json", "{\"a\":1}\n{\"a\":}\n", 2, "expected a JSON record on each line; this one is malformed at byte 6 of the line")]
    public async Task ErrorIsNamedByItsLine(string format, string text, long line, string message)
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
        (await _store.Refusal(text, Json with { Format = format })).Errors
            .ShouldBe([new DatasetError(line, "a", $"expected a number of at most 1.8e308; got '{shown}'")]);
    }

    [Fact]
    public async Task JsonLinesAreReadWhereAnArrayIsDeclared()
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
        (string, DatasetUploadQuery)[] files =
        [
            ($"[{{\"id\":{first}}},{{\"id\": {second}}},{{\"id\":null}}]", Json),
            ($"{{\"id\":{first}}}\n{{\"id\":{second}}}\n{{}}\n", Lines),
        ];
        foreach (var (form, query) in files)
        {
            if (areText is null)
            {
                await Should.ThrowAsync<InvalidDatasetException>(_store.Import(form, query));
                continue;
            }

            var (id, dataset) = await _store.Import(form, query);
            (dataset.Columns[0].Type, dataset.Columns[0].Missing, dataset.Columns[0].Distinct)
                .ShouldBe((areText.Value ? ColumnType.Category : ColumnType.Number, 1, 2));
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
        const string Long = """{"a":1,"b":"a text that makes the file large enough for several buffers"}""";
        var records = string.Join('\n', Enumerable.Range(1, 60_000).Select(i => i == number ? """{"a":}""" : Long));

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
    public async Task FilesWithoutRecordsAreRefused(string format, string text)
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

    /// <summary>DuckDB would read these as UUIDs, times or dates, and so change the texts.</summary>
    [Theory]
    [InlineData("B7C1E4D0-52A9-4C3E-9F10-6D2A8E4B1C77", "0F3A9C55-8E21-4B67-A4D2-19C7E0B5D3AA")]
    [InlineData("8:00", "12:30")]
    [InlineData("24-11-05", "25-04-03")]
    [InlineData("24-11-2025", "03-04-2025")]
    [InlineData("1 day", "2 days")]
    [InlineData("{\"x\": 1}", "[1, 2]")]
    [InlineData(" x ", "\tx\n")]
    [InlineData("nulls", "x\0y")]
    [InlineData("0x10", "1_000")]
    public async Task StringsAreKeptAsSent(string first, string second)
    {
        string[] texts = [first, second, first, second];

        var records = string.Concat(texts.Select(text => $$"""{"k":{{JsonSerializer.Serialize(text)}},"y":1}""" + "\n"));
        (await _store.Rows(records, Lines)).Select(row => row[0]).ShouldBe(texts);
    }

    [Fact]
    public async Task MixedTypesBecomeTheirCommonType()
    {
        var (id, dataset) = await _store.Import("""
            {"number":1,"flag":true,"text":1,"whole":"7","day":"2024-01-31"}
            {"number":"2.5","flag":0,"text":"x","whole":8,"day":null}
            {"number":null,"flag":1,"text":1.50,"whole":9,"day":"2024-02-01T10:00:00Z"}
            {"flag":"FALSE","text":12345678901234567890,"whole":NaN}
            {"text":false}
            {"text":1e3}
            {"text":{"a": 1}}
            """, Lines);

        dataset.Columns.Select(column => column.Type)
            .ShouldBe([ColumnType.Number, ColumnType.Boolean, ColumnType.Category, ColumnType.Number, ColumnType.DateTime]);
        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 10, TestContext.Current.CancellationToken)).ShouldBe([
            [1.0, true, "1", 7L, "2024-01-31T00:00:00Z"],
            [2.5, false, "x", 8L, null],
            [null, true, "1.5", 9L, "2024-02-01T10:00:00Z"],
            [null, false, "12345678901234567890", null, null],
            [null, null, "false", null, null],
            [null, null, "1000", null, null],
            [null, null, """{"a":1}""", null, null]]);
    }

    /// <summary>Python writes NaN, although it is not JSON.</summary>
    [Fact]
    public async Task NaNIsMissing()
    {
        (await _store.Rows("""
            {"a":1.5,"b":7,"c":"x","d":NaN,"e":9007199254740993}
            {"a":NaN,"b":-nan,"c":NaN,"d":-NaN,"e":NaN}
            {"a":-nan,"b":NaN,"c":-nan,"d":nan,"e":-NaN}
            """, Lines)).ShouldBe([[1.5, 7L, "x", null, "9007199254740993"], [null, null, null, null, null], [null, null, null, null, null]]);
    }

    /// <summary>The same texts mean the same in separated values and in strings of JSON.</summary>
    [Theory]
    [InlineData("1", "2.5", "-3e2")]
    [InlineData("1", "+22", " 7 ")]
    [InlineData("0", "1", "1")]
    [InlineData("1.0", "0.0", "1.0")]
    [InlineData("true", "FALSE", "1")]
    [InlineData("007", "010", "1")]
    [InlineData("9007199254740993", "1", "2")]
    [InlineData("1,234.50", "$3", "(2)")]
    [InlineData("12,50 €", "1.234,5", "3")]
    [InlineData("1.234", "2.500", "3.000")]
    [InlineData("1,234", "2,500", "3,000")]
    [InlineData("1\u202f234,5", "2", "3")]
    [InlineData("12.5 %", "7%", "8%")]
    [InlineData("12.5 %", "7", "8")]
    [InlineData("31.01.2024", "1.2.2024", "2024. 2. 1.")]
    [InlineData("01/31/2024", "02/01/2024", "03/01/2024")]
    [InlineData("01/02/2024", "02/01/2024", "03/01/2024")]
    [InlineData("24-11-05", "25-04-03", "23-01-02")]
    [InlineData("2024-01-31 8:00", "2024-01-31T12:00:00+0200", "2024-01-31")]
    [InlineData("2024-01-31", "2024-02-01", "soon")]
    [InlineData("2024-01-31", "2024-02-01", "unknown")]
    [InlineData("1", "-", "3")]
    [InlineData("x", "-", "NA")]
    [InlineData("8:00", "12:30", "18:15")]
    [InlineData("true", "b", "1")]
    public async Task StringsGiveTheSameColumnsAsSeparatedValues(params string[] cells)
    {
        // Twice each, so that no single cell counts as a mistake.
        string[] all = [.. cells, .. cells];
        var (csvId, csv) = await _store.Import(
            "a\tb\n" + string.Concat(all.Select(cell => $"\"{cell}\"\tx\n")), new("csv", "tab", "\"", null, "true", null, null));
        var (id, json) = await _store.Import(string.Concat(all.Select(cell => $$"""{"a":"{{cell}}","b":"x"}""" + "\n")), Lines);

        var (found, expected) = (json.Columns[0], csv.Columns[0]);
        (found.Type, found.Missing, found.Distinct, found.DateOrder).ShouldBe((expected.Type, expected.Missing, expected.Distinct, expected.DateOrder));
        found.Warnings.ShouldBe(expected.Warnings);
        (await Rows(id, json)).ShouldBe(await Rows(csvId, csv));

        async Task<IEnumerable<object?>> Rows(Guid of, ImportedDataset dataset) =>
            (await _store.Engine.ReadRowsAsync(of, dataset.Columns, 0, 10, TestContext.Current.CancellationToken)).Select(row => row[0]);
    }

    [Fact]
    public async Task DecimalSignOfAFileIsThatOfItsStringsAndNeverOfItsNumbers()
    {
        const string Records = """
            {"price":"12,50 €","count":"1.234","weight":1.5,"mixed":2.5}
            {"price":"1.234,00","count":"2.500","weight":2.234,"mixed":"3,25"}
            """;

        (await _store.Rows(Records, Lines)).ShouldBe([[12.5, 1234L, 1.5, 2.5], [1234.0, 2500L, 2.234, 3.25]]);
        (await _store.Import(Records, Lines)).Dataset.Origin.DecimalPoint.ShouldBe(",");
        (await _store.Rows("""{"a":"1,234"}""" + "\n" + """{"a":"2,345"}""", Lines)).ShouldBe([[1234L], [2345L]]);
        (await _store.Rows("""{"a":"1,234"}""" + "\n" + """{"a":"2,345"}""", Lines with { Decimal = "," })).ShouldBe([[1.234], [2.345]]);
        (await _store.Import("""{"a":1.5,"b":"x"}""", Lines)).Dataset.Origin.DecimalPoint.ShouldBeNull();
    }

    [Fact]
    public async Task DatesAreInTheOrderThatTheUploadSays()
    {
        const string Records = """{"a":"01/02/2024","b":"24-11-05"}""" + "\n" + """{"a":"03/04/2024","b":"24-11-06"}""";

        (await _store.Import(Records, Lines)).Dataset.Columns[0].Type.ShouldBe(ColumnType.Category);
        (await _store.Rows(Records, Lines with { Dates = "mdy", Types = ["b:text"] })).ShouldBe([["2024-01-02", "24-11-05"], ["2024-03-04", "24-11-06"]]);
        (await _store.Rows(Records, Lines with { Dates = "dmy", Types = ["b:text"] })).ShouldBe([["2024-02-01", "24-11-05"], ["2024-04-03", "24-11-06"]]);
    }

    [Theory]
    [InlineData("a:datetime", "{\"a\":\"2024-01-31\"}\n{\"a\":19753}", 2, "expected a date as 2024-01-31 or 2024-01-31T12:00:00Z; got '19753'")]
    [InlineData("a:number", "{\"a\":1}\n{\"a\":true}", 2, "expected a number; got 'true'")]
    [InlineData("a:number", "{\"a\":1}\n{\"a\":\"x\"}", 2, "expected a number; got 'x'")]
    [InlineData("a:number", "{\"a\":1}\n{\"a\":[1]}", 2, "expected a number; got '[…]'")]
    [InlineData("a:boolean", "{\"a\":true}\n{\"a\":2}", 2, "expected true, false, 1 or 0; got '2'")]
    [InlineData("a:boolean", "{\"a\":true}\n{\"a\":1.0}\n{\"a\":0.5}", 3, "expected true, false, 1 or 0; got '0.5'")]
    public async Task ValueThatDoesNotFitTheSetTypeIsNamed(string types, string records, long line, string message)
    {
        (await _store.Refusal(records, Lines with { Types = [types] })).Errors.ShouldBe([new DatasetError(line, "a", message)]);
    }

    [Fact]
    public async Task MissingWordsAreThoseOfSeparatedValues()
    {
        const string Records = """
            {"a":"NA","b":"x","c":"1"}
            {"a":"-","b":"n.v.","c":"n.v."}
            {"a":"","b":" ","c":"2"}
            {"a":"y","b":"z","c":"-"}
            """;

        (await _store.Rows(Records, Lines with { Types = ["c:category"] }))
            .ShouldBe([[null, "x", "1"], ["-", "n.v.", "n.v."], [null, null, "2"], ["y", "z", "-"]]);
        (await _store.Rows(Records, Lines with { Types = ["c:category"], NullValue = ["n.v."] }))
            .ShouldBe([["NA", "x", "1"], ["-", null, null], [null, null, "2"], ["y", "z", "-"]]);
        (await _store.Rows(Records, Lines with { Types = ["c:category"], NullValue = [""] }))
            .ShouldBe([["NA", "x", "1"], ["-", "n.v.", "n.v."], [null, null, "2"], ["y", "z", "-"]]);
    }

    [Fact]
    public async Task CommaAfterTheLastValueIsAccepted()
    {
        (await _store.Rows("""[{"a":1,},{"a":2,"b":[1,2,],}]""", Json)).ShouldBe([[1L, null], [2L, "[1,2]"]]);
    }

    [Fact]
    public async Task LineEndsAndBlankLinesDoNotMatter()
    {
        (await _store.Rows("\uFEFF\r\n{\"a\":7}\r\n \t\r\n\r\n  {\"a\": 8 }  \r\n{\"a\":9}", Lines)).ShouldBe([[7L], [8L], [9L]]);
        (await _store.Rows("\uFEFF\n [\r\n{\"a\":7}\r\n,{\"a\": 8 }]\n\n", Json)).ShouldBe([[7L], [8L]]);
    }

    /// <summary>DuckDB uses these names for its own columns about a file and its rows.</summary>
    [Fact]
    public async Task NamesOfDuckDbAreNamesOfColumns()
    {
        var records = Enumerable.Range(0, 5)
            .Select(i => $$"""{"filename":"f{{i}}","FILE_ROW_NUMBER":{{10 * i}},"file_row_number_1":{{i}},"rowid":1,"json":2}""" + "\n");
        var (id, dataset) = await _store.Import(string.Concat(records), Lines);

        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 2, 2, TestContext.Current.CancellationToken))
            .ShouldBe([["f2", 20L, 2L, 1L, 2L], ["f3", 30L, 3L, 1L, 2L]]);
        _store.Numbers(id, dataset.Columns[1])[0].ShouldBe([0, 10, 20, 30, 40]);
    }

    public void Dispose() => _store.Dispose();
}
