using System.Globalization;
using System.Net;
using System.Text;

namespace SigmoidApi.Tests.Datasets;

/// <summary>Wide files work with each kind of column, which differ in how they are read, profiled and predicted.</summary>
[Trait("Speed", "Slow")]
public sealed class WideFileTests(WideFileTests.Service service) : IClassFixture<WideFileTests.Service>
{
    private const int Columns = 1_500;

    private readonly ApiClient _api = service.Api;

    [Theory]
    [InlineData("text/csv", "1", "2")]
    [InlineData("text/csv", "?", "2.5", "7")]
    [InlineData("text/csv", "red", "green", "blue")]
    [InlineData("text/csv", " red", "green ")]
    [InlineData("text/csv", "True", "False")]
    [InlineData("text/csv", "2024-01-31", "2025-02-01")]
    [InlineData("application/x-ndjson", "1", "2")]
    [InlineData("application/x-ndjson", "0.5", "2")]
    [InlineData("application/x-ndjson", "9007199254740993", "9007199254740995")]
    [InlineData("application/x-ndjson", "[1,\"a\"]", "{\"b\":2.5}")]
    [InlineData("application/x-ndjson", "\"red\"", "\"green\"", "\"blue\"")]
    [InlineData("application/x-ndjson", "\"2024-01-31\"", "\"2025-02-01\"")]
    public async Task WideFileIsUploadedTrainedOnAndPredicted(string mediaType, params string[] values)
    {
        var file = Encoding.UTF8.GetBytes(mediaType == "text/csv" ? Csv(values) : NdJson(values));
        var dataset = await _api.Upload("name=wide", file, mediaType);
        dataset.GetProperty("columns").GetArrayLength().ShouldBe(Columns + 1);

        await _api.Train("""{ "datasetId": "wide", "target": "y", "modelName": "wide", "tolerance": 0.01 }""");

        (await _api.PostBytes("models/wide/predict", file, mediaType)).Expect(HttpStatusCode.OK);
        var parquet = (await _api.Get("datasets/wide/content?format=parquet")).Expect(HttpStatusCode.OK).Content;
        (await _api.Upload("name=again", parquet, "application/vnd.apache.parquet")).GetProperty("columns").GetRawText()
            .ShouldBe(dataset.GetProperty("columns").GetRawText());
        (await _api.PostBytes("models/wide/predict", parquet, "application/vnd.apache.parquet")).Expect(HttpStatusCode.OK);
    }

    private static string Csv(string[] values) =>
        $"{string.Join(',', Names)}\n" + string.Concat(Enumerable.Range(0, 30).Select(row => $"{string.Join(',', Row(values, row).Append($"{row % 2}"))}\n"));

    private static string NdJson(string[] values) => string.Concat(Enumerable.Range(0, 30).Select(row =>
        $"{{{string.Join(',', Names.Zip(Row(values, row).Append($"{row % 2}"), (name, value) => $"\"{name}\":{value}"))}}}\n"));

    private static IEnumerable<string> Names => Enumerable.Range(0, Columns).Select(i => string.Create(CultureInfo.InvariantCulture, $"x{i}")).Append("y");

    private static IEnumerable<string> Row(string[] values, int row) =>
        Enumerable.Range(0, Columns).Select(i => values[((i + 7) * (row + 3) + row * row) % 11 % values.Length]);

    public sealed class Service : IAsyncLifetime
    {
        private readonly TestApplication _application = new();

        public ApiClient Api => _application.Api;

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => _application.DisposeAsync();
    }
}
