using System.Globalization;
using System.Net;
using System.Text;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Serving;

/// <summary>The decimal sign of a file to predict is that of its own numbers, whatever sign its texts and the model's training data have.</summary>
[Trait("Speed", "Slow")]
public sealed class PredictedSignTests(TestApplication application) : IClassFixture<TestApplication>
{
    private const string Parquet = "application/vnd.apache.parquet";

    private ApiClient Api => application.Api;

    [Fact]
    public async Task CommasInTextsDoNotChangeHowNumbersAreRead()
    {
        var lines = Enumerable.Range(0, 20).Select(i => $$"""{"x":{{X(i)}},"code":"{{(i % 3 == 0 ? "size" : "2,50")}}","y":{{i * 7 % 5 % 2}}}""");
        var dataset = await Api.Upload("name=codes", Encoding.UTF8.GetBytes(string.Join('\n', lines)), "application/x-ndjson");
        dataset.GetProperty("origin").TryGetProperty("decimalPoint", out _).ShouldBeFalse();
        await Api.Train("""{ "datasetId": "codes", "target": "y", "modelName": "codes" }""");
        var expected = await Records("codes", i => X(i));

        (await Records("codes", i => $"\"{X(i)}\"")).ShouldBe(expected);
        var csv = string.Concat(Enumerable.Range(0, 20).Select(i => $"{X(i)},{(i % 3 == 0 ? "size" : "\"2,50\"")}\n").Prepend("x,code\n"));
        (await File("codes", Encoding.UTF8.GetBytes(csv), "text/csv", "csv")).ShouldBe(expected);
    }

    [Fact]
    public async Task NumbersInParquetTextsAreReadByTheirOwnSign()
    {
        var rows = Enumerable.Range(0, 20).Select(i => $"{X(i).Replace('.', ',')};{(i % 3 == 0 ? "size" : "fit")};{i * 7 % 5 % 2}\n");
        var csv = string.Concat(rows.Prepend("x;code;y\n"));
        await Api.Upload("name=commas", csv);
        await Api.Train("""{ "datasetId": "commas", "target": "y", "modelName": "commas" }""");
        var expected = await Records("commas", i => X(i), "fit");
        const string Rows = "select (5 + i * 1.125)::double::varchar as x, case when i % 3 = 0 then 'size' else 'fit' end as code from range(20) t(i)";

        (await File("commas", SampleFiles.Parquet(Rows), Parquet, "parquet")).ShouldBe(expected);
    }

    [Fact]
    public async Task ParquetTextsDeclaredAsNumbersAreReadByTheirSign()
    {
        var file = SampleFiles.Parquet("select unnest(['1.234,50', '2,5', '3', '1.234']) as x");

        var dataset = await Api.Upload("name=said&types=x:number", file, Parquet);

        dataset.GetProperty("origin").GetProperty("decimalPoint").GetString().ShouldBe(",");
    }

    /// <summary>Column a has commas, column b has points; each is read by its own sign.</summary>
    [Fact]
    public async Task EachColumnIsReadByTheSignThatItShows()
    {
        var csv = string.Concat(Enumerable.Range(0, 20).Select(i => $"{X(i)};{X(i * 3 % 7)};{i * 7 % 5 % 2}\n").Prepend("a;b;y\n"));
        await Api.Upload("name=both", csv);
        await Api.Train("""{ "datasetId": "both", "target": "y", "modelName": "both" }""");
        var expected = await File("both", Encoding.UTF8.GetBytes(csv), "text/csv", "csv", ", delim = ';'");

        var mixed = string.Concat(Enumerable.Range(0, 20).Select(i => $"{X(i).Replace('.', ',')};{X(i * 3 % 7)}\n").Prepend("a;b\n"));

        (await File("both", Encoding.UTF8.GetBytes(mixed), "text/csv", "csv", ", delim = ';'")).ShouldBe(expected);
    }

    // Most have three digits after the point, so that they could be read as thousands.
    private static string X(int i) => (5 + (i * 1.125)).ToString(CultureInfo.InvariantCulture);

    private async Task<double[]> Records(string model, Func<int, string> x, string code = "2,50")
    {
        var rows = Enumerable.Range(0, 20).Select(i => $$"""{"x":{{x(i)}},"code":"{{(i % 3 == 0 ? "size" : code)}}"}""");
        return (await Api.Post($"models/{model}/predict", $$"""{"rows":[{{string.Join(',', rows)}}]}""")).Expect(HttpStatusCode.OK).Numbers("probabilities");
    }

    private async Task<double[]> File(string model, byte[] file, string mediaType, string format, string options = "")
    {
        var answer = (await Api.PostBytes($"models/{model}/predict", file, mediaType)).Expect(HttpStatusCode.OK);
        var texts = await SampleFiles.Query(answer.Content, format, "select replace(probability::varchar, ',', '.')", options);
        return [.. texts.Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
    }
}
