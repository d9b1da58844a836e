using System.Net;
using System.Text;
using System.Text.Json;

namespace SigmoidApi.Tests.Datasets;

/// <summary>Names that mean something to DuckDB are names of columns like any others.</summary>
public sealed class ReservedNameTests(TestApplication application) : IClassFixture<TestApplication>
{
    private static readonly string[] Names =
        ["file_row_number", "FileName", "file_index", "rowid", "c0", "c1", "stored", "value", "number", "row", "p", "r0", "json", "select"];

    private readonly ApiClient _api = application.Api;

    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("ndjson", "application/x-ndjson")]
    [InlineData("parquet", "application/vnd.apache.parquet")]
    public async Task AColumnMayHaveANameOfDuckDbs(string format, string mediaType)
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

    [Fact]
    public async Task ADirectoryWithAnEqualsSignIsNoColumn()
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
