using System.Net;
using System.Text;

namespace SigmoidApi.Tests.Http;

/// <summary>An unknown query parameter is refused, like an unknown field of a body.</summary>
public sealed class QueryParameterTests(TestApplication application) : IClassFixture<TestApplication>
{
    private readonly ApiClient _api = application.Api;

    [Theory]
    [InlineData("GET", "datasets?limt=1", "limt", "unknown query parameter: this path takes cursor, limit, name; did you mean 'limit'?")]
    [InlineData("GET", "datasets?Limit=1", "Limit", "unknown query parameter: this path takes cursor, limit, name; did you mean 'limit'?")]
    [InlineData("GET", "datasets?limit=1&limit=2", "limit", "expected once in the query, got more than once")]
    [InlineData("GET", "datasets?%6cimit=1&limit=2", "limit", "expected once in the query, got more than once")]
    [InlineData("GET", "datasets?limit=1&zzz", "zzz", "unknown query parameter: this path takes cursor, limit, name")]
    [InlineData("GET", "training-jobs/latest?wait=10", "wait", "unknown query parameter: this path takes none")]
    [InlineData("GET", "training-jobs?stat=queued", "stat", "unknown query parameter: this path takes cursor, limit, status")]
    [InlineData("GET", "datasets/none?targt=y", "targt", "unknown query parameter: this path takes target; did you mean 'target'?")]
    [InlineData("GET", "datasets/none/rows?ofset=1", "ofset", "unknown query parameter: this path takes limit, offset; did you mean 'offset'?")]
    [InlineData("GET", "sigmoid?X=1", "X", "unknown query parameter: this path takes x; did you mean 'x'?")]
    [InlineData("GET", "activations?a=1", "a", "unknown query parameter: this path takes none")]
    [InlineData("GET", "models/none?id=1", "id", "unknown query parameter: this path takes include")]
    [InlineData("GET", "models/none?name=1", "name", "unknown query parameter: this path takes include")]
    [InlineData("DELETE", "models/none?force=true", "force", "unknown query parameter: this path takes none")]
    [InlineData("POST", "training-jobs/none/cancel?now", "now", "unknown query parameter: this path takes none")]
    [InlineData("POST", "predict?threshold=0.9", "threshold", "unknown query parameter: this path takes none with a body of application/json")]
    [InlineData("POST", "models/none/predict?threshold=0.9", "threshold", "unknown query parameter: this path takes none with a body of application/json")]
    public async Task UnknownParameterIsAnsweredWithTheKnownOnes(string method, string path, string name, string message)
    {
        var content = method == "POST" ? ApiClient.Json("{}") : null;

        (await _api.Send(HttpMethod.Parse(method), path, content)).Error().ShouldBe((name, message));
    }

    [Fact]
    public async Task HeadRefusesAsGetDoes() =>
        (await _api.Send(HttpMethod.Head, "datasets?limt=1")).Expect(HttpStatusCode.BadRequest).Content.ShouldBeEmpty();

    [Fact]
    public async Task UploadTakesItsParametersAndListsThemForAnUnknownOne()
    {
        var file = "a;b;y\n1;NA;0\n2;-;1\n3;5;1\n4;6;0\n"u8.ToArray();

        (await _api.PostBytes("datasets?name=strict&delimitr=;", file, "text/csv")).Error().ShouldBe(("delimitr",
            "unknown query parameter: this path takes dates, decimal, delimiter, format, header, name, nullValue, quote, types; did you mean 'delimiter'?"));
        (await _api.PostBytes("datasets?name=strict&delimiter=;&delimiter=,", file, "text/csv")).Error().Path.ShouldBe("delimiter");
        await _api.Upload(
            "name=strict&delimiter=;&nullValue=NA&nullValue=-&types=a:number&types=b:number&header=true&quote=%22&decimal=.&dates=dmy&format=csv", file);
        (await _api.Get("datasets?name=strict")).Expect(HttpStatusCode.OK);
        (await _api.PostBytes("datasets?name=strict&format=parqet", file, "text/csv")).Error().Message.ShouldEndWith("got 'parqet'; did you mean 'parquet'?");
        (await _api.PostBytes("models/none/predict?treshold=1", file, "text/csv")).Error().Message.ShouldEndWith("did you mean 'threshold'?");
    }

    [Fact]
    public async Task ValuesOfASigmoidMayBeRepeated() => (await _api.Get("sigmoid?x=1&x=2")).Numbers("values").Length.ShouldBe(2);

    [Theory]
    [InlineData("sigmoid")]
    [InlineData("sigmoid/derivative")]
    [InlineData("activations/tanh")]
    [InlineData("activations/tanh/derivative")]
    public async Task DefaultOfAParameterForAnotherBodyIsAccepted(string path)
    {
        (await _api.Post(path + "?dtype=float64", """{ "values": 1 }""")).Expect(HttpStatusCode.OK);
        (await _api.Post(path + "?dtype=float32", """{ "values": 1 }""")).Error().ShouldBe(
            ("dtype", "expected float64, the type of numbers in JSON, got 'float32'; for float32 send application/octet-stream"));
    }

    [Fact]
    public async Task StreamOfTheSigmoidTakesNoName()
    {
        var zero = new byte[8];

        (await _api.PostBytes("sigmoid?name=tanh", zero, "application/octet-stream")).Error().ShouldBe(("name",
            "unknown query parameter: this path takes dtype with a body of application/octet-stream"));
        (await _api.PostBytes("sigmoid?dtype=float32", zero, "application/octet-stream")).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/health/live?probe=1")]
    [InlineData("/health/ready?probe=1")]
    [InlineData("/openapi/v1.json?v=2")]
    [InlineData("/swagger/index.html?v=2")]
    [InlineData("/api/v1/datasets?")]
    [InlineData("/api/v1/datasets?&")]
    public async Task OtherPathsAndEmptyQueriesAreAccepted(string path) => (await _api.Get(path)).Expect(HttpStatusCode.OK);

    [Fact]
    public async Task OnlyParametersOfTheDocumentAreAccepted()
    {
        var paths = (await _api.Get("/openapi/v1.json")).Json.GetProperty("paths");
        var count = 0;
        // Health routes accept any query, since probes may add one.
        foreach (var (path, method, operation) in paths.EnumerateObject().Where(path => !path.Name.StartsWith("/health", StringComparison.Ordinal))
            .SelectMany(path => path.Value.EnumerateObject().Select(one => (path.Name, one.Name, one.Value))))
        {
            string[] documented = operation.TryGetProperty("parameters", out var parameters)
                ? [.. parameters.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "query").Select(p => p.GetProperty("name").GetString()!)]
                : [];
            var bodies = operation.TryGetProperty("requestBody", out var body)
                ? body.GetProperty("content").EnumerateObject().Select(content => content.Name).ToArray()
                : [];
            var names = new HashSet<string>();
            foreach (var mediaType in bodies.DefaultIfEmpty())
            {
                var content = mediaType is null ? null : ApiClient.Bytes(Encoding.UTF8.GetBytes("{}"), mediaType);
                var address = path.Replace("{version}", "1", StringComparison.Ordinal)
                    .Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
                var message = (await _api.Send(HttpMethod.Parse(method.ToUpperInvariant()), $"{address}?no-such-parameter=1", content)).Error().Message;
                message.ShouldStartWith("unknown query parameter: this path takes ", Case.Sensitive, $"{method} {path}");
                names.UnionWith(message["unknown query parameter: this path takes ".Length..].Split(" with ")[0].Split("; did")[0].Split(", "));
            }

            names.Remove("none");
            // Parameters of other kinds of bodies are accepted too, although the document does not describe them.
            documented.ShouldBeSubsetOf(names, $"{method} {path}");
            count++;
        }

        count.ShouldBeGreaterThan(20);
    }
}
