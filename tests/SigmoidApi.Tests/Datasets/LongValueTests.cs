using System.Net;
using System.Text;
using System.Text.Json;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Datasets;

/// <summary>Long values are stored whole, and shortened only where they are shown.</summary>
[Trait("Speed", "Slow")]
public sealed class LongValueTests(TestApplication application) : IClassFixture<TestApplication>
{
    private const int Characters = 100_000;

    private static readonly string Left = new string('x', Characters - 1) + "a";
    private static readonly string Right = new string('x', Characters - 1) + "b";

    private readonly ApiClient _api = application.Api;

    [Fact]
    public async Task LongLevelsAreShortenedInAnswersAndRemainDifferent()
    {
        string[] levels = [Left, Right, "short"];
        var csv = "k,n,y\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"{levels[i % 3]},{i},{(i % 3 == 0 ? i % 5 / 4 : (i + 1) % 4 / 2)}\n"));

        var dataset = await _api.Upload("name=long", csv);
        var shown = dataset.GetProperty("columns")[0].GetProperty("categories").EnumerateArray().Select(category => category.GetProperty("value").GetString()!)
            .ToArray();
        var preparation = new { columns = new { k = new { type = "category", reference = Left } } };
        await _api.Train(JsonSerializer.Serialize(new { datasetId = "long", target = "y", modelName = "long", preparation }));
        var model = (await _api.Get("models/long")).Expect(HttpStatusCode.OK);

        shown.Length.ShouldBe(3);
        shown.ShouldBeUnique();
        shown.Where(value => value.StartsWith("xxx", StringComparison.Ordinal))
            .ShouldAllBe(value => value.Length < 250 && value.Contains($"… ({Characters} characters, "));
        foreach (var path in new[] { "datasets", "datasets/long", "datasets/long?target=y", "models", "models/long/versions", "models/long" })
            (await _api.Get(path)).Expect(HttpStatusCode.OK).Content.Length.ShouldBeLessThan(Characters / 2, path);
        var column = model.Json.GetProperty("preparation")[0];
        column.GetProperty("levels").EnumerateArray().Select(level => level.GetString()!).ShouldBeUnique();
        shown.ShouldContain(column.GetProperty("reference").GetString());
        model.Json.GetProperty("coefficients").EnumerateArray().Select(coefficient => coefficient.GetProperty("term").GetString()!).ShouldBeUnique();
        // The rows have the whole values.
        (await _api.Get("datasets/long/rows?limit=2")).Json.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("k").GetString())
            .ShouldBe([Left, Right]);

        var answer = (await _api.Post("models/long/predict", new { rows = new[] { new { k = Left, n = 1 }, new { k = Right, n = 1 } } }))
            .Expect(HttpStatusCode.OK);
        answer.Json.TryGetProperty("unknownLevels", out _).ShouldBeFalse();
        var probabilities = answer.Numbers("probabilities");
        probabilities[0].ShouldNotBe(probabilities[1]);
        var file = (await _api.PostBytes("models/long/predict", Encoding.UTF8.GetBytes($"k,n\n{Left},1\n{Right},1\n"), "text/csv"))
            .Expect(HttpStatusCode.OK).Text.TrimEnd().Split('\n')[1..];
        file.Select(line => double.Parse(line.Split(',')[2], System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(probabilities);
    }

    [Fact]
    public async Task AnUnknownReferenceLevelIsRefusedWithAShortMessage()
    {
        await _api.Upload("name=reference", $"k,y\n{Left},0\n{Right},1\n{Left},1\n{Right},0\n");
        var preparation = new { columns = new { k = new { type = "category", reference = new string('x', Characters) } } };

        (await _api.Post("training-jobs", new { datasetId = "reference", target = "y", modelName = "reference", preparation }))
            .Problem(HttpStatusCode.UnprocessableEntity).Detail.Length.ShouldBeLessThan(2000);
    }

    [Fact]
    public async Task ATargetOfLongValuesIsRefused()
    {
        await _api.Upload("name=target", $"n,y\n1,{Left}\n2,{Right}\n3,{Left}\n4,{Right}\n");

        (await _api.Post("training-jobs", """{ "datasetId": "target", "target": "y", "modelName": "target" }""")).Error(HttpStatusCode.UnprocessableEntity)
            .ShouldBe(("target", "expected values of at most 200 characters, but 'y' has longer ones, which every prediction would repeat"));
    }

    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("ndjson", "application/x-ndjson")]
    [InlineData("parquet", "application/vnd.apache.parquet")]
    public async Task ALongColumnNameIsRefusedByItsPosition(string format, string mediaType)
    {
        foreach (var (length, status) in new[] { (1000, HttpStatusCode.Created), (1001, HttpStatusCode.BadRequest), (300_000, HttpStatusCode.BadRequest) })
        {
            var name = new string('n', length);
            var file = format switch
            {
                "csv" => Encoding.UTF8.GetBytes($"a,{name}\n1,2\n"),
                "ndjson" => Encoding.UTF8.GetBytes($$"""{"a":1,"{{name}}":2}"""),
                _ => SampleFiles.Parquet($"select 1 as a, 2 as {name}"),
            };
            var answer = (await _api.PostBytes($"datasets?name=names-{format}", file, mediaType)).Expect(status);
            answer.Content.Length.ShouldBeLessThan(5000);
            if (status == HttpStatusCode.BadRequest)
                answer.Error().ShouldBe(("line 1", $"expected names of at most 1000 characters; that of column 2 has {length}"));
        }
    }

    [Fact]
    public async Task HeadersNameTheFirstUnknownColumnsAndTheirNumber()
    {
        await _api.Upload("name=header", "a,y\n1,0\n2,1\n3,1\n4,0\n");
        await _api.Train("""{ "datasetId": "header", "target": "y", "modelName": "header" }""");
        string[][] files =
        [
            [.. Enumerable.Range(0, 90).Select(i => $"{new string('가', 900)}{i}")],
            [.. Enumerable.Range(0, 1_000).Select(i => $"x{i}")],
            ["a\"b", "c\\d", "e\r\nX-Forged: 1", "100%", "é", "😀"],
        ];
        foreach (var names in files)
        {
            var header = string.Join(',', names.Select(name => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
            var file = Encoding.UTF8.GetBytes($"a,{header}\n1{string.Concat(names.Select(_ => ",1"))}\n");
            var answer = (await _api.PostBytes("models/header/predict?delimiter=,", file, "text/csv")).Expect(HttpStatusCode.OK);

            var named = answer.Headers.Where(field => field.Key.StartsWith("Unknown-", StringComparison.Ordinal)).ToArray();
            named.Sum(field => field.Key.Length + field.Value.Single().Length).ShouldBeLessThan(1_000);
            answer.Headers.GetValues("Unknown-Columns-Count").ShouldBe([$"{names.Length}"]);
            answer.Headers.Contains("X-Forged").ShouldBeFalse();
            if (names.Length < 10)
            {
                answer.Headers.GetValues("Unknown-Columns").ShouldBe(
                    ["\"a\\\"b\", \"c\\\\d\", %\"e%0d%0aX-Forged: 1\", \"100%\", %\"%c3%a9\", %\"%f0%9f%98%80\""]);
            }
            else
            {
                answer.Headers.GetValues("Unknown-Columns").Single().ShouldStartWith(names[0].Length > 60 ? "%\"%ea%b0%80" : "\"x0\", \"x1\", ");
            }
        }
    }

    [Fact]
    public async Task TheFirstHundredOfAMillionUnknownColumnsAreNamed()
    {
        await _api.Upload("name=names", "a,y\n1,0\n2,1\n3,1\n4,0\n");
        await _api.Train("""{ "datasetId": "names", "target": "y", "modelName": "names" }""");

        var names = string.Join(", ", Enumerable.Range(0, 1_000_000).Select(i => $"\"x{i}\": 1"));

        var answer = (await _api.Post("models/names/predict", $$"""{ "rows": [{ "a": 1, {{names}} }] }""")).Expect(HttpStatusCode.OK);

        answer.Read<string[]>("unknownColumns").ShouldBe([.. Enumerable.Range(0, 100).Select(i => $"x{i}")]);
        answer.Json.GetProperty("unknownColumnCount").GetInt32().ShouldBe(1_000_000);
    }

    [Fact]
    public void ALongValueIsShownByItsBeginning()
    {
        ShownText.Short(new string('a', 200)).ShouldBe(new string('a', 200));
        ShownText.Short(new string('a', 201)).ShouldStartWith(new string('a', 200) + "… (201 characters, ");
        // A surrogate pair is not split.
        ShownText.Short(new string('a', 199) + "😀😀").ShouldStartWith(new string('a', 199) + "… (203 characters, ");
        ShownText.Short(Left).ShouldNotBe(ShownText.Short(Right));
    }
}
