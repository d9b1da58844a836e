using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Datasets;

/// <summary>Names with a meaning in DuckDB work as column names.</summary>
[Trait("Speed", "Slow")]
public sealed class ReservedNameTests(TestApplication application) : IClassFixture<TestApplication>
{
    private static readonly string[] Names =
        ["file_row_number", "FileName", "file_index", "rowid", "c0", "c1", "stored", "value", "number", "row", "p", "r0", "json", "select"];

    private readonly ApiClient _api = application.Api;

    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("ndjson", "application/x-ndjson")]
    [InlineData("parquet", "application/vnd.apache.parquet")]
    public async Task AColumnMayHaveANameThatDuckDbUses(string format, string mediaType)
    {
        var rows = Enumerable.Range(0, 40).Select(i => Names.Select((_, k) => $"{i * (k + 3) % (7 + k)}").Append($"{i * i % 3 % 2}").ToArray()).ToArray();
        string[] header = [.. Names, "y"];
        var csv = string.Join('\n', rows.Select(row => string.Join(',', row)).Prepend(string.Join(',', header))) + "\n";
        var file = format switch
        {
            "csv" => Encoding.UTF8.GetBytes(csv),
            "ndjson" => Encoding.UTF8.GetBytes(string.Join(
                '\n', rows.Select(row => $"{{{string.Join(',', header.Zip(row, (name, cell) => $"\"{name}\":{cell}"))}}}"))),
            _ => SampleFiles.ParquetOf(csv, string.Join(", ", header.Select(name => $"'{name}': 'INTEGER'"))),
        };
        var dataset = await _api.Upload($"name=reserved-{format}", file, mediaType);
        dataset.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("name").GetString()).ShouldBe(header);

        var page = (await _api.Get($"datasets/reserved-{format}/rows?offset=10&limit=2")).Expect(HttpStatusCode.OK).Json.GetProperty("rows");
        page.EnumerateArray().Select(row => string.Join(',', row.EnumerateObject().Select(cell => cell.Value.ToString())))
            .ShouldBe(rows[10..12].Select(row => string.Join(',', row)));
        (await _api.Get($"datasets/reserved-{format}?target=y")).Expect(HttpStatusCode.OK);
        (await _api.Get($"datasets/reserved-{format}/content?format=csv")).Expect(HttpStatusCode.OK).Text.ShouldBe(csv);
        var parts = (await _api.Post($"datasets/reserved-{format}/split", """{ "test": 0.25 }""")).Expect(HttpStatusCode.Created).Json;
        parts.GetProperty("test").GetProperty("rows").GetInt64().ShouldBe(10);
        await _api.Train(JsonSerializer.Serialize(new { datasetId = $"reserved-{format}", target = "y", modelName = $"reserved-{format}" }));
        var predicted = (await _api.PostBytes($"models/reserved-{format}/predict", file, mediaType)).Expect(HttpStatusCode.OK);
        var columns = Names.Index().ToDictionary(
            name => name.Item, name => rows.Select(row => int.Parse(row[name.Index], System.Globalization.CultureInfo.InvariantCulture)));
        var records = JsonSerializer.Serialize(new { columns });
        var expected = (await _api.Post($"models/reserved-{format}/predict", records)).Expect(HttpStatusCode.OK).Numbers("probabilities");
        (await SampleFiles.Query(predicted.Content, format, "select probability"))
            .Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(expected);
    }

    /// <summary>Names that some step between a file and its prediction could misread.</summary>
    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("ndjson", "application/x-ndjson")]
    [InlineData("json", "application/octet-stream")]
    [InlineData("parquet", "application/vnd.apache.parquet")]
    public async Task AnyNameWorksInEveryStep(string format, string mediaType)
    {
        string[] names =
        [
            "probability", "label", "label_1", "filename", "_rowid_", "__internal_row", "__duckdb_internal", "year=2024", "column2", "x0", "intercept",
            "(intercept)", "features", "columns",
            "constructor", "__proto__", "toString", "hasOwnProperty", "$", "$ref", "a.b", "a['b']", "']['", "struct", "*", "COLUMNS(*)", "%s", "%00", "{0}",
            "a;b", "a:number", "a\"b", "a'b", "a\\b", "--", "/*",
            "a\tb", "\u202Eabc", "\u00e9", "\u0065\u0301", "\u00df", "\ud83c\udff3\ufe0f", "1", "-1", "1e5", "true", "null", "NaN", "2024-01-31", "#", "=1+1",
            new('n', 1_000),
        ];
        // A name with a line break can't be in a CSV header line.
        names = format == "csv" ? names : [.. names, "a\nb", "a\r\nb"];
        string[] header = [.. names, "y"];
        var rows = Enumerable.Range(0, 24).Select(i => names.Select((_, k) => $"{i * (k + 3) % (7 + k) + 0.5}").Append($"{i * i % 3 % 2}").ToArray()).ToArray();
        var records = rows.Select(row => $"{{{string.Join(',', header.Zip(row, (name, cell) => $"{JsonSerializer.Serialize(name)}:{cell}"))}}}").ToArray();
        var file = format switch
        {
            "csv" => Encoding.UTF8.GetBytes(
                string.Concat(rows.Select(row => string.Join(',', row)).Prepend(string.Join(',', header.Select(Quoted))).Select(line => line + "\n"))),
            "ndjson" => Encoding.UTF8.GetBytes(string.Join('\n', records)),
            "json" => Encoding.UTF8.GetBytes($"[{string.Join(',', records)}]"),
            _ => SampleFiles.Parquet(string.Join(" union all ", rows.Select(row =>
                $"select {string.Join(", ", header.Zip(row, (name, cell) => $"{cell}::double as {Quoted(name)}"))}"))),
        };
        var dataset = $"odd-{format}";

        (await _api.Upload($"name={dataset}&header=true&delimiter=,", file, mediaType)).GetProperty("columns").EnumerateArray()
            .Select(column => column.GetProperty("name").GetString()).ShouldBe(header);
        (await _api.Get($"datasets/{dataset}/rows?limit=1")).Expect(HttpStatusCode.OK).Json.GetProperty("rows")[0].EnumerateObject()
            .Select(cell => cell.Name).ShouldBe(header);
        (await _api.Get($"datasets/{dataset}?target=y")).Expect(HttpStatusCode.OK);
        foreach (var other in new[] { "csv", "parquet", "json", "ndjson" })
        {
            var content = (await _api.Get($"datasets/{dataset}/content?format={other}")).Expect(HttpStatusCode.OK).Content;
            var again = await _api.PostBytes($"datasets?name=again&format={other}&header=true&delimiter=,", content, "application/octet-stream");
            again.Expect(HttpStatusCode.Created).Json.GetProperty("columns").EnumerateArray()
                .Select(column => column.GetProperty("name").GetString()).ShouldBe(header, other);
        }

        (await _api.Post($"datasets/{dataset}/split", new { test = 0.25, stratifyBy = "y" })).Expect(HttpStatusCode.Created);
        await _api.Train(JsonSerializer.Serialize(new { datasetId = dataset, target = "y", features = names, modelName = dataset, c = 0.1 }));
        var answer = (await _api.Post($"models/{dataset}/predict", $"{{\"rows\":[{string.Join(',', records)}]}}")).Expect(HttpStatusCode.OK);
        answer.Json.TryGetProperty("unknownColumns", out _).ShouldBeFalse();
        var predicted = (await _api.PostBytes($"models/{dataset}/predict?header=true&delimiter=,", file, mediaType)).Expect(HttpStatusCode.OK);
        predicted.Headers.Contains("Unknown-Columns").ShouldBeFalse();
        // The file's own columns 'probability' and 'label' keep their names.
        (await SampleFiles.Query(predicted.Content, format, "select probability_1")).Select(text => double.Parse(text, CultureInfo.InvariantCulture))
            .ShouldBe(answer.Numbers("probabilities"), 1e-12);
        (await _api.Delete($"models/{dataset}")).Expect(HttpStatusCode.NoContent);

        static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>Invalid column names are refused with the reason, in every format.</summary>
    [Theory]
    [InlineData("n")]
    [InlineData("a,A")]
    [InlineData("é,É")]
    [InlineData("a\0b")]
    public async Task InvalidColumnNamesAreRefused(string text)
    {
        string[] names = text == "n" ? [new('n', 1_001)] : text.Split(',');
        (string, byte[])[] files =
        [
            ("csv", Encoding.UTF8.GetBytes($"{string.Join(',', names)}\n{string.Join(',', names.Select(_ => "1"))}\n")),
            ("ndjson", Encoding.UTF8.GetBytes($"{{{string.Join(',', names.Select(name => $"{JsonSerializer.Serialize(name)}:1"))}}}")),
        ];
        foreach (var (format, file) in files)
        {
            var answer = await _api.PostBytes($"datasets?name=bad&format={format}&header=true&delimiter=,", file, "application/octet-stream");
            answer.Problem(HttpStatusCode.BadRequest).Errors!.Keys.ShouldHaveSingleItem(format);
        }
    }

    [Fact]
    public async Task ADirectoryWithAnEqualsSignDoesNotBecomeAColumn()
    {
        using var store = new TemporaryStore(directory: "env=prod");
        (byte[], string)[] files =
        [
            ("a,b\n1,2\n"u8.ToArray(), "csv"),
            ("""{"a":1,"b":2}"""u8.ToArray(), "ndjson"),
            (SampleFiles.Parquet("select 1 as a, 2 as b"), "parquet"),
        ];
        foreach (var (file, format) in files)
            (await store.Rows(file, new(format, null, null, null, null, null, null))).ShouldBe([[1L, 2L]], format);
    }
}
