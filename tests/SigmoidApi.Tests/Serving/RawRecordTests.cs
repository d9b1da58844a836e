using System.Globalization;
using System.Net;
using System.Text;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Serving;

/// <summary>A record gets the same prediction as its row in the file that it came from.</summary>
public sealed class RawRecordTests(FilePredictionTests.Target target) : IClassFixture<FilePredictionTests.Target>
{
    private const string ExpectedDate =
        "expected a date as 2024-01-31 or 2024-01-31T12:00:00Z, because the model's training data do not show the order of day, month and year";

    private readonly ApiClient _api = target.Api;

    [Fact]
    public async Task EqualDatesAndMissingValuesPredictTheSameInEverySpelling()
    {
        var probabilities = (await _api.Post("models/raw/predict", """
            { "rows": [
                { "age": 30, "income": 1.5, "kind": "internal", "since": "2024-03-01", "member": true },
                { "age": 30, "income": 1.5, "kind": "internal", "since": "2024-03-01T00:00:00Z", "member": 1 },
                { "age": 30, "income": 1.5, "kind": "internal", "since": "2024-03-01T02:00:00+02:00", "member": true },
                { "age": 30, "income": 1.5, "kind": "internal", "since": null, "member": true },
                { "age": 30, "income": 1.5, "kind": "internal", "since": "", "member": true },
                { "age": 30, "income": 1.5, "kind": "", "since": "2024-03-01", "member": true },
                { "age": 30, "income": 1.5, "kind": null, "since": "2024-03-01", "member": true }] }
            """)).Expect(HttpStatusCode.OK).Numbers("probabilities");

        probabilities[1].ShouldBe(probabilities[0]);
        probabilities[2].ShouldBe(probabilities[0]);
        probabilities[3].ShouldNotBe(probabilities[0]);
        probabilities[4].ShouldBe(probabilities[3]);
        probabilities[6].ShouldBe(probabilities[5]);
        (await _api.Post("models/raw/predict", """{ "rows": [{ "age": 30, "income": 1.5, "kind": "a", "since": "03/01/2024", "member": true }] }""")).Error()
            .ShouldBe(("rows[0].since", $"{ExpectedDate}, got '03/01/2024'"));
        (await _api.PostBytes("models/raw/predict", "age,income,kind,since,member\n30,1.5,internal,03/01/2024,true\n"u8.ToArray(), "text/csv")).Error()
            .ShouldBe(("line 2, column since", $"{ExpectedDate} (dates=dmy or dates=mdy sets it); got '03/01/2024'"));
    }

    [Theory]
    [InlineData("dotted", "dd.MM.yyyy", "application/x-ndjson")]
    [InlineData("dotted-csv", "d.M.yyyy HH:mm", "text/csv")]
    [InlineData("named", "dd-MMM-yyyy", "application/x-ndjson")]
    public async Task RecordsAndFilesReadDatesLikeTheUpload(string name, string format, string mediaType)
    {
        string[] days = [.. Enumerable.Range(0, 60).Select(i => new DateTime(2024, 1, 1).AddDays(i * 7 % 300).ToString(format, CultureInfo.InvariantCulture))];
        var rows = days.Select((day, i) => (Day: day, Label: (i * 7 % 300 + i * i % 90) / 195));
        var file = Encoding.UTF8.GetBytes(mediaType == "text/csv"
            ? "day,y\n" + string.Concat(rows.Select(row => $"{row.Day},{row.Label}\n"))
            : string.Concat(rows.Select(row => $"{{\"day\":\"{row.Day}\",\"y\":{row.Label}}}\n")));
        (await _api.Upload($"name={name}", file, mediaType)).GetProperty("columns")[0].GetProperty("type").GetString().ShouldBe("datetime");
        await _api.Train($$"""{ "datasetId": "{{name}}", "target": "y", "modelName": "{{name}}" }""");

        var answer = (await _api.PostBytes($"models/{name}/predict", file, mediaType)).Expect(HttpStatusCode.OK);
        var predicted = await SampleFiles.Query(answer.Content, mediaType == "text/csv" ? "csv" : "ndjson", "select probability");

        var records = await _api.Post($"models/{name}/predict", new { columns = new { day = days } });
        records.Expect(HttpStatusCode.OK).Numbers("probabilities").ShouldBe(predicted.Select(text => double.Parse(text, CultureInfo.InvariantCulture)));
        records.Numbers("probabilities").Distinct().Count().ShouldBeGreaterThan(40);
    }

    /// <summary>A simple reader of CSV returns each cell as text, and each name as it is in the header.</summary>
    [Fact]
    public async Task RecordsOfTextsAreReadLikeTheFile()
    {
        const string File = """
             age ,income,kind,since,member
            30, 1.50,internal,2024-03-01,TRUE
            +41,.5,external,2024-03-01T02:00:00+02:00,False
            NA,?,internal, ,true
            """;
        var file = (await _api.PostBytes("models/raw/predict", Encoding.UTF8.GetBytes(File), "text/csv")).Expect(HttpStatusCode.OK);
        var expected = (await SampleFiles.Query(file.Content, "csv", "select probability")).Select(text => double.Parse(text, CultureInfo.InvariantCulture));

        var answer = (await _api.Post("models/raw/predict", """
            { "rows": [
                { " age ": "30", "income": " 1.50", "kind": "internal", "since": "2024-03-01", "member": "TRUE" },
                { " age ": "+41", "income": ".5", "kind": "external", "since": "2024-03-01T02:00:00+02:00", "member": "False" },
                { " age ": "NA", "income": "?", "kind": "internal", "since": " ", "member": "true" }] }
            """)).Expect(HttpStatusCode.OK);

        answer.Numbers("probabilities").ShouldBe(expected);
        answer.Json.TryGetProperty("unknownColumns", out _).ShouldBeFalse();
        (await _api.Post("models/raw/predict", """{ "rows": [{ "age": "NaN", "income": 1, "kind": "a", "since": null, "member": "yes" }] }""")).Error()
            .ShouldBe(("rows[0].member", "expected true, false or a number, got 'yes'"));
    }

    [Fact]
    public async Task BlanksAroundANameAreIgnoredUnlessAnotherNameIsThenTheSame()
    {
        (await Unknown("""{ "age": 30, " age": 31, "income": 1.5, "kind": "a", "since": null, "member": true, " other ": 1 }""")).ShouldBe([" age", " other "]);
        (await Unknown("""{ "age": 30, "income\t": 1.5, "kind": "a", "since": null, "member": true, " outcome ": "good" }""")).ShouldBeNull();
        const string Both = """{ " age": 30, "age ": 31, "income": 1.5, "kind": "a", "since": null, "member": true }""";
        (await _api.Post("models/raw/predict", $$"""{ "rows": [{{Both}}] }""")).Error()
            .ShouldBe(("rows[0].age", "expected a number: the model needs this column, and the record lacks it; did you name it ' age'?"));

        async Task<string[]?> Unknown(string record)
        {
            var answer = (await _api.Post("models/raw/predict", $$"""{ "rows": [{{record}}] }""")).Expect(HttpStatusCode.OK);
            return answer.Json.TryGetProperty("unknownColumns", out var names) ? ApiResponse.Read<string[]>(names) : null;
        }
    }

    [Fact]
    public async Task NestedValuesAreLevelsByTheirText()
    {
        string[] records = [.. Enumerable.Range(0, 60).Select(i => (i % 3) switch
        {
            0 => $$"""{"tags": ["a", 1.0], "k": {"z": {{i % 2}}}, "y": "{{(i % 7 < 4 ? "p" : "q")}}"}""",
            1 => $$"""{"tags": [], "k": {"w":"größe\/","z":1e3}, "y": "{{(i % 7 < 3 ? "p" : "q")}}"}""",
            _ => $$"""{"tags": "a", "k": null, "y": "{{(i % 7 < 2 ? "p" : "q")}}"}""",
        })];
        await _api.Upload("name=nested", Encoding.UTF8.GetBytes(string.Join('\n', records)), "application/x-ndjson");
        await _api.Train("""{ "datasetId": "nested", "target": "y" }""");

        var body = (await _api.Post("models/nested/predict", $$"""{ "rows": [{{string.Join(',', records)}}] }""")).Expect(HttpStatusCode.OK);
        // The types of a part of the file differ from those of the whole.
        foreach (var part in new[] { records, records[..1], records[1..2], records[2..4] })
        {
            var file = (await _api.PostBytes("models/nested/predict", Encoding.UTF8.GetBytes(string.Join('\n', part)), "application/x-ndjson"))
                .Expect(HttpStatusCode.OK);
            file.Headers.Contains("Unknown-Levels").ShouldBeFalse();
            (await SampleFiles.Query(file.Content, "ndjson", "select probability::varchar")).Select(text => double.Parse(text, CultureInfo.InvariantCulture))
                .ShouldBe(part.Select(record => body.Numbers("probabilities")[Array.IndexOf(records, record)]));
        }

        body.Json.TryGetProperty("unknownLevels", out _).ShouldBeFalse();
    }
}
