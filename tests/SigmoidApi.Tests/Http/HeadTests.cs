using System.Net;
using System.Text.Json;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Http;

/// <summary>HEAD is answered like GET, without the body (RFC 9110, 9.3.2).</summary>
[Trait("Speed", "Slow")]
public sealed class HeadTests(TestApplication application) : IClassFixture<TestApplication>
{
    private readonly ApiClient _api = application.Api;

    [Fact]
    public async Task EveryGetRouteTakesHead()
    {
        await _api.Upload("name=mails", "a,y\n1,0\n2,1\n3,0\n4,1\n");
        var job = await _api.Train("""{ "datasetId": "mails", "target": "y", "modelName": "mails" }""");
        var document = (await _api.Get("/openapi/v1.json")).Json.GetProperty("paths");
        var paths = document.EnumerateObject().Where(path => path.Value.TryGetProperty("get", out _)).Select(path => path.Name).ToArray();
        paths.Length.ShouldBeGreaterThan(10);

        foreach (var template in (string[])[.. paths, "/", "/openapi/v1.json", "/swagger/index.html", "/health/live", "/health/ready"])
        {
            var path = template.Replace("{name}", "mails", StringComparison.Ordinal).Replace("{version}", "1", StringComparison.Ordinal)
                .Replace("{id}", template.Contains("training-jobs", StringComparison.Ordinal)
                    ? job.GetProperty("id").GetString() : "mails", StringComparison.Ordinal);
            var get = await _api.Get(path);
            var head = await _api.Send(HttpMethod.Head, path);

            head.Status.ShouldBe(get.Status, path);
            head.Content.ShouldBeEmpty(path);
            head.ContentHeaders.ContentType.ShouldBe(get.ContentHeaders.ContentType, path);
            head.Headers.ETag.ShouldBe(get.Headers.ETag, path);
        }
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("csv")]
    [InlineData("ndjson")]
    [InlineData("json")]
    public async Task ContentHasTheHeadersOfGet(string format)
    {
        await _api.Upload("name=content", "a,y\n1,0\n2,1\n");
        var get = (await _api.Get($"datasets/content/content?format={format}")).Expect(HttpStatusCode.OK);

        var head = (await _api.Send(HttpMethod.Head, $"datasets/content/content?format={format}")).Expect(HttpStatusCode.OK);

        head.Content.ShouldBeEmpty();
        head.ContentHeaders.ContentLength.ShouldBe(get.Content.Length);
        head.Headers.AcceptRanges.ShouldBe(["bytes"]);
        head.Headers.ETag.ShouldBe(get.Headers.ETag.ShouldNotBeNull());
        head.ContentHeaders.LastModified.ShouldBe(get.ContentHeaders.LastModified.ShouldNotBeNull());
        (await _api.Send(HttpMethod.Head, $"datasets/content/content?format={format}", content: null, ("If-None-Match", get.Headers.ETag.ToString())))
            .Expect(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task EventsOfARunningJobAnswerHeadAtOnce()
    {
        var id = await _api.Enqueue(LongFit.Request("head"));
        await _api.Running(id);

        var head = (await _api.Send(HttpMethod.Head, $"training-jobs/{id}/events")).Expect(HttpStatusCode.OK);

        head.ContentHeaders.ContentType?.MediaType.ShouldBe("text/event-stream");
        (await _api.Job(id)).GetProperty("finishedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        (await _api.Post($"training-jobs/{id}/cancel", "")).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("datasets/none", HttpStatusCode.NotFound)]
    [InlineData("datasets/none/content", HttpStatusCode.NotFound)]
    [InlineData("training-jobs/none/events", HttpStatusCode.NotFound)]
    [InlineData("datasets?limit=x", HttpStatusCode.BadRequest)]
    [InlineData("predict", HttpStatusCode.MethodNotAllowed)]
    public async Task AFailureHasTheStatusOfGet(string path, HttpStatusCode status)
    {
        (await _api.Get(path)).Expect(status);

        (await _api.Send(HttpMethod.Head, path)).Expect(status).Content.ShouldBeEmpty();
    }
}
