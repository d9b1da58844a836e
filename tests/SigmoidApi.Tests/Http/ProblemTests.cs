using System.Net;
using System.Text;
using System.Text.Json;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Http;

[Trait("Speed", "Slow")]
public sealed class ProblemTests(TestApplication application) : IClassFixture<TestApplication>
{
    private const string Valid = """{ "values": [1] }""";
    private readonly ApiClient _api = application.Api;

    [Fact]
    public async Task UnknownPathIsAProblem()
    {
        foreach (var path in new[] { "/nothing", "/api/v2/sigmoid", "/api/v1" })
            (await _api.Get(path)).Problem(HttpStatusCode.NotFound).Detail.ShouldBe("There is nothing at this path; GET /openapi/v1.json lists what there is.");
    }

    [Theory]
    [InlineData("DELETE", "sigmoid", "GET, HEAD, POST")]
    [InlineData("PUT", "training-jobs", "GET, HEAD, POST")]
    [InlineData("GET", "predict", "POST")]
    [InlineData("GET", "training-jobs/latest/cancel", "POST")]
    [InlineData("POST", "models/a", "DELETE, GET, HEAD")]
    [InlineData("POST", "activations", "GET, HEAD")]
    public async Task WrongMethodIsAnsweredWithTheAllowedOnes(string method, string path, string allowed)
    {
        var response = await _api.Send(HttpMethod.Parse(method), path);

        response.Problem(HttpStatusCode.MethodNotAllowed);
        response.ContentHeaders.Allow.Order().ShouldBe(allowed.Split(", "));
    }

    [Theory]
    [InlineData("sigmoid", "text/plain")]
    [InlineData("sigmoid", "application/xml")]
    [InlineData("sigmoid", null)]
    [InlineData("predict", "application/octet-stream")]
    [InlineData("training-jobs", "application/x-www-form-urlencoded")]
    [InlineData("training-jobs", null)]
    public async Task WrongMediaTypeIsAProblem(string path, string? mediaType)
    {
        (await _api.Send(HttpMethod.Post, path, ApiClient.Bytes(Encoding.UTF8.GetBytes(Valid), mediaType))).Problem(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("predict", "text/plain", "application/json")]
    [InlineData("predict", null, "application/json")]
    [InlineData("training-jobs", "application/x-www-form-urlencoded", "application/json")]
    [InlineData("sigmoid", "text/plain", "application/json, application/octet-stream")]
    [InlineData("sigmoid", null, "application/json, application/octet-stream")]
    [InlineData("activations/tanh/derivative", "application/xml", "application/json, application/octet-stream")]
    public async Task WrongMediaTypeIsAnsweredWithTheAcceptedOnes(string path, string? mediaType, string taken)
    {
        var answer = await _api.Send(HttpMethod.Post, path, ApiClient.Bytes(Encoding.UTF8.GetBytes(Valid), mediaType));

        answer.Problem(HttpStatusCode.UnsupportedMediaType).Detail.ShouldBe($"Expected a Content-Type of {taken}, got {mediaType ?? "none"}.");
        answer.Headers.GetValues("Accept").ShouldBe([taken]);
    }

    [Fact]
    public async Task WrongMediaTypeOfAFileIsAnsweredWithTheAcceptedOnes()
    {
        foreach (var path in new[] { "datasets?name=a", "models/none/predict" })
        {
            var answer = await _api.PostBytes(path, "a,b\n1,2\n"u8.ToArray(), "application/xml");
            var detail = answer.Problem(HttpStatusCode.UnsupportedMediaType).Detail;
            foreach (var mediaType in new[] { "text/csv", "application/vnd.apache.parquet", "application/x-ndjson", "multipart/form-data" })
            {
                detail.ShouldContain(mediaType, Case.Sensitive, path);
                answer.Headers.GetValues("Accept").Single().Split(", ").ShouldContain(mediaType, path);
            }
        }

        // An unknown coding is answered with the known ones, not with media types.
        var coded = await _api.Send(
            HttpMethod.Post, "sigmoid", new ByteArrayContent([1]) { Headers = { ContentType = new("application/json"), ContentEncoding = { "br" } } });
        coded.Problem(HttpStatusCode.UnsupportedMediaType).Detail.ShouldContain("gzip or zstd");
        coded.Headers.Contains("Accept").ShouldBeFalse();
    }

    /// <summary>If the answered fault is the key's, the headers don't describe the body's fault.</summary>
    [Theory]
    [InlineData("training-jobs", null, null)]
    [InlineData("datasets/none/split", null, null)]
    [InlineData("training-jobs", "application/json", "br")]
    [InlineData("datasets/none/split", "application/json", "br")]
    public async Task HeadersBelongToTheFaultThatIsAnswered(string path, string? mediaType, string? coding)
    {
        using var content = ApiClient.Bytes("{}"u8.ToArray(), mediaType);
        if (coding is not null)
            content.Headers.ContentEncoding.Add(coding);
        var answer = await _api.Send(HttpMethod.Post, path, content, ("Idempotency-Key", ""));

        answer.Error().Path.ShouldBe("Idempotency-Key");
        answer.Headers.Contains("Accept").ShouldBeFalse();
        answer.Headers.Contains("Accept-Encoding").ShouldBeFalse();
    }

    [Theory]
    [InlineData("sigmoid", "application/octet-stream", "Limits:MaxStreamBytes", "The body is larger than 1000 bytes (Limits:MaxStreamBytes).")]
    [InlineData("sigmoid", "application/json", "Limits:MaxBodyBytes", "The body is larger than 1000 bytes (Limits:MaxBodyBytes).")]
    [InlineData("datasets?name=large", "text/csv", "Datasets:MaxUploadBytes", "The upload is larger than 1000 bytes (Datasets:MaxUploadBytes).")]
    public async Task EveryBodyLimitNamesItsSetting(string path, string mediaType, string setting, string detail)
    {
        await using var small = new TestApplication { Settings = { [setting] = "1000" } };

        (await small.Api.PostBytes(path, new byte[4000], mediaType)).Problem(HttpStatusCode.RequestEntityTooLarge).Detail.ShouldBe(detail);
        // If the announced length exceeds the limit and the room for a form's other parts, the server refuses at once.
        // Expect: 100-continue keeps the refusal from breaking the connection while the client sends.
        var refused = await small.Api.Send(HttpMethod.Post, path, ApiClient.Bytes(new byte[3 << 20], mediaType), ("Expect", "100-continue"));
        var huge = refused.Problem(HttpStatusCode.RequestEntityTooLarge).Detail;
        huge.ShouldContain(" larger than 1000 bytes ");
        huge.ShouldContain(setting);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/vnd.anything+json")]
    [InlineData("APPLICATION/JSON")]
    public async Task EveryJsonMediaTypeIsAccepted(string mediaType)
    {
        (await _api.Send(HttpMethod.Post, "sigmoid", ApiClient.Bytes(Encoding.UTF8.GetBytes(Valid), mediaType))).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("training-jobs", "{ \"datasetId\": \"mails\", \"target\": \"s\u009fam\" }")]
    [InlineData("training-jobs", "{ \"datasetId\": \"mails\", \"modelName\": \"\u009cails\" }")]
    [InlineData("training-jobs", "{ \"data\u00ff\": 1 }")]
    [InlineData("models/none/predict", "{ \"rows\": [{ \"\u00ff\": 1 }] }")]
    [InlineData("sigmoid", "{ \"values\": [1], \"parameters\": { \"\u00ff\": 1 } }")]
    public async Task TextThatIsNotUtf8IsMalformed(string path, string latin1)
    {
        var answer = await _api.PostBytes(path, Encoding.Latin1.GetBytes(latin1), "application/json");

        answer.Problem(HttpStatusCode.BadRequest).Detail.ShouldContain("UTF-8");
    }

    [Fact]
    public async Task LongInvalidTextIsShortenedInTheProblem()
    {
        var endless = new string('x', 100_000);

        var name = await _api.Post("training-jobs", $$"""{ "data": { "features": [[1], [2]], "labels": [0, 1] }, "modelName": "{{endless}}" }""");
        name.Problem(HttpStatusCode.BadRequest);
        name.Text.Length.ShouldBeLessThan(3_000);
        var field = await _api.Post("sigmoid", $$"""{ "values": [1], "{{endless}}": 1 }""");
        field.Problem(HttpStatusCode.BadRequest);
        field.Text.Length.ShouldBeLessThan(3_000);
    }

    [Fact]
    public async Task BodyBeyondTheLimitIsTooLargeWithAndWithoutALength()
    {
        await using var small = new TestApplication { Settings = { ["Limits:MaxBodyBytes"] = "200" } };
        var long_ = $$"""{ "values": [{{string.Join(',', Enumerable.Repeat("0.5", 100))}}] }""";

        (await small.Api.Post("sigmoid", Valid)).Expect(HttpStatusCode.OK);
        (await small.Api.Post("sigmoid", long_)).Problem(HttpStatusCode.RequestEntityTooLarge).Detail
            .ShouldBe("The body is larger than 200 bytes (Limits:MaxBodyBytes).");
        var chunked = (await small.Api.Send(HttpMethod.Post, "sigmoid", ApiClient.Json(long_), ("Transfer-Encoding", "chunked")))
            .Problem(HttpStatusCode.RequestEntityTooLarge);
        chunked.Detail.ShouldBe("The body is larger than 200 bytes (Limits:MaxBodyBytes).");
    }

    [Theory]
    [InlineData("", "expected an object, got an empty body")]
    [InlineData("null", "expected an object, got null")]
    [InlineData("[]", "expected an object, got an array")]
    [InlineData("\"a\"", "expected an object, got the string \"a\"")]
    [InlineData("{", "malformed JSON at line 1, byte 2: ")]
    [InlineData("""{ "values": [1,] }""", "malformed JSON at line 1, byte 16: ")]
    [InlineData("""{ "values": 01 }""", "malformed JSON at line 1, byte 14: ")]
    [InlineData("""{ "values": 1 } x""", "malformed JSON at line 1, byte 17: ")]
    [InlineData("{\n\"values\": nul }", "malformed JSON at line 2, byte 14: ")]
    public async Task MalformedBodyIsReportedWithItsPlace(string body, string detail)
    {
        var problem = (await _api.Post("sigmoid", body)).Problem(HttpStatusCode.BadRequest);

        problem.Detail.ShouldStartWith(detail);
        problem.Errors.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{ "values": 1, "valeus": 2 }""", "valeus", "unknown field; did you mean 'values'?")]
    [InlineData("""{ "Values": 1 }""", "Values", "unknown field; did you mean 'values'?")]
    [InlineData("""{ "values": 1, "values": 2 }""", "values", "expected once, got more than once")]
    public async Task MissingOrRepeatedFieldIsNamed(string body, string path, string message)
    {
        (await _api.Post("sigmoid", body)).Error().ShouldBe((path, message));
    }

    [Fact]
    public async Task BrowserGetsAProblemNotAPage()
    {
        const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

        (await _api.Get("/nothing", ("Accept", Browser))).Problem(HttpStatusCode.NotFound);
        (await _api.Get("sigmoid?x=one", ("Accept", Browser))).Error().Path.ShouldBe("x");
        (await _api.Get("models/none", ("Accept", "text/html"))).Problem(HttpStatusCode.NotFound);
        (await _api.Post("sigmoid", "{", ("Accept", "text/plain"))).Problem(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task ConflictAndUnprocessableContentAreProblems()
    {
        var id = (await _api.Train(LongFit.Quick)).GetProperty("id").GetString();

        (await _api.Post($"training-jobs/{id}/cancel", "")).Problem(HttpStatusCode.Conflict).Title.ShouldBe("Conflict");
        (await _api.Post("training-jobs", """{ "data": { "features": [[1]], "labels": [0] } }""")).Problem(HttpStatusCode.UnprocessableEntity).Title
            .ShouldBe("Unprocessable Entity");
    }

    [Fact]
    public async Task ProblemAndLogLineHaveTheSameTraceId()
    {
        await using var service = await ServiceProcess.Started();

        var problem = (await service.Api.Post("predict", "{}")).Problem(HttpStatusCode.BadRequest);
        var given = (await service.Api.Post("predict", "{}", ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")))
            .Problem(HttpStatusCode.BadRequest);

        given.TraceId.ShouldBe("0af7651916cd43dd8448eb211c80319c");
        foreach (var traceId in new[] { problem.TraceId, given.TraceId })
        {
            var line = await Eventually.Get(
                () => Task.FromResult(service.Log.FirstOrDefault(l => l.Contains(traceId, StringComparison.Ordinal))), l => l is not null);
            var logged = JsonElement.Parse(line!);
            logged.GetProperty("@tr").GetString().ShouldBe(traceId);
            logged.GetProperty("RequestPath").GetString().ShouldBe("/api/v1/predict");
            logged.GetProperty("StatusCode").GetInt32().ShouldBe(400);
        }
    }
}
