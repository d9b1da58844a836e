using System.Globalization;
using System.Net;
using System.Text.Json;
using CsCheck;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Serving;

/// <summary>The same values give the same columns in every format, and a model predicts them with the same bits.</summary>
[Trait("Speed", "Slow")]
public sealed class SameValuesTests : IAsyncLifetime
{
    private readonly TestApplication _application = new();

    private ApiClient Api => _application.Api;

    [Fact]
    public async Task ATableIsReadAndPredictedTheSameInEveryFormat()
    {
        var number = 0;
        await TypedTable.Any.SampleAsync(async table =>
        {
            var files = Files(table);
            var trained = number % files.Count;
            var ids = new List<string>();
            foreach (var (name, _, mediaType, bytes) in files)
            {
                var dataset = await Api.Upload($"name=t{number}-{ids.Count}", bytes, mediaType);
                ids.Add(dataset.GetProperty("id").GetString()!);
                await IsTable(table, dataset, name);
            }

            var model = $"m{number++}";
            await Api.Train($$"""
                { "datasetId": "{{ids[trained]}}", "target": "y", "modelName": "{{model}}", "preparation": { "numbers": { "missingIndicator": true } },
                  "features": ["size", "count", "seen", "returned", "member", "since", "sent", "account", "kind"] }
                """);

            var expected = (await Api.Post($"models/{model}/predict", $$"""{ "rows": {{table.Records(asTexts: false)}} }""")).Expect(HttpStatusCode.OK);
            expected.Json.TryGetProperty("unknownLevels", out _).ShouldBeFalse();
            var bits = Bits(expected.Numbers("probabilities"));
            Bits((await Api.Post($"models/{model}/predict", $$"""{ "rows": {{table.Records(asTexts: true)}} }""")).Expect(HttpStatusCode.OK)
                .Numbers("probabilities")).ShouldBe(bits, "records of texts");
            foreach (var (name, delimiter, mediaType, bytes) in files)
                (await Predicted(model, delimiter, mediaType, bytes)).ShouldBe(bits, $"{name}, trained on {files[trained].Name}");

            // The service reads its own output.
            var rows = (await Api.Get($"datasets/{ids[trained]}/rows?limit=1000")).Expect(HttpStatusCode.OK).Json.GetProperty("rows").GetRawText();
            Bits((await Api.Post($"models/{model}/predict", $$"""{ "rows": {{rows}} }""")).Expect(HttpStatusCode.OK).Numbers("probabilities"))
                .ShouldBe(bits, "its rows");
            foreach (var format in new[] { "csv", "ndjson", "json", "parquet" })
            {
                var content = (await Api.Get($"datasets/{ids[trained]}/content?format={format}")).Expect(HttpStatusCode.OK);
                (await Predicted(model, ',', content.ContentHeaders.ContentType!.MediaType!, content.Content))
                    .ShouldBe(bits, $"its content as {format}, trained on {files[trained].Name}");
            }
        }, iter: 3, threads: 1);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static List<(string Name, char Delimiter, string MediaType, byte[] Bytes)> Files(TypedTable table)
    {
        var files = CsvStyle.All.Select(style => ($"{style}", style.Delimiter, "text/csv", table.Csv(style))).ToList();
        files.Add(("JSON", ',', "application/json", table.Json(lines: false)));
        files.Add(("JSON lines", ',', "application/x-ndjson", table.Json(lines: true)));
        files.Add(("JSON lines of texts", ',', "application/x-ndjson", table.Json(lines: true, asTexts: true)));
        files.Add(("Parquet", ',', "application/vnd.apache.parquet", table.Parquet()));
        return files;
    }

    private async Task IsTable(TypedTable table, JsonElement dataset, string name)
    {
        var columns = dataset.GetProperty("columns").EnumerateArray().ToArray();
        string[] expected = ["number", "number", "number", "boolean", "boolean", "boolean", "datetime", "datetime", "category", "category", "category"];
        columns.Select(column => $"{column.GetProperty("name").GetString()} {column.GetProperty("type").GetString()}")
            .ShouldBe(TypedTable.Names.Zip(expected, (column, type) => $"{column} {type}"), name);
        columns.Select(column => column.GetProperty("missing").GetInt32()).ShouldBe(TypedTable.Names.Select(table.MissingOf), name);
        var rows = (await Api.Get($"datasets/{dataset.GetProperty("id").GetString()}/rows?limit=1000")).Expect(HttpStatusCode.OK).Json.GetProperty("rows")
            .EnumerateArray().ToArray();
        rows.Length.ShouldBe(table.Rows);
        for (var row = 0; row < rows.Length; row++)
        {
            for (var column = 0; column < columns.Length; column++)
            {
                var given = rows[row].GetProperty(TypedTable.Names[column]);
                TypedTable.IsSame(table[row, column], given)
                    .ShouldBeTrue($"{name}: row {row}, {TypedTable.Names[column]} is {given.GetRawText()}, not {table[row, column]:R}");
            }
        }
    }

    // As application/json, the body would have to be an object with the records in 'rows'.
    private async Task<long[]> Predicted(string model, char delimiter, string mediaType, byte[] file)
    {
        var answer = (await Api.PostBytes($"models/{model}/predict", file, mediaType == "application/json" ? "application/octet-stream" : mediaType))
            .Expect(HttpStatusCode.OK);
        answer.Headers.Contains("Unknown-Levels").ShouldBeFalse();
        var (format, options) = mediaType switch
        {
            "text/csv" => ("csv", $", delim = '{delimiter}', quote = '\"', escape = '\"'"),
            "application/vnd.apache.parquet" => ("parquet", ""),
            _ => ("json", ""),
        };
        return Bits((await SampleFiles.Query(answer.Content, format, "select replace(probability::varchar, ',', '.')", options))
            .Select(text => double.Parse(text, CultureInfo.InvariantCulture)));
    }

    private static long[] Bits(IEnumerable<double> values) => [.. values.Select(BitConverter.DoubleToInt64Bits)];
}
