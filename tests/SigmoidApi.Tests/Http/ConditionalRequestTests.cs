using System.Net;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Http;

/// <summary>Models, data sets and jobs have tags, by which a client with a current answer gets a 304 (RFC 9110, 13.1.2).</summary>
[Trait("Speed", "Slow")]
public sealed class ConditionalRequestTests(TestApplication application) : IClassFixture<TestApplication>, IAsyncLifetime
{
    private readonly ApiClient _api = application.Api;
    private string _job = "";

    public async ValueTask InitializeAsync()
    {
        await _api.Upload("name=tagged", "a,y\n1,0\n2,1\n3,0\n4,1\n");
        _job = (await _api.Train("""{ "datasetId": "tagged", "target": "y", "modelName": "tagged", "penalty": "none" }""")).GetProperty("id").GetString()!;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("models/tagged")]
    [InlineData("models/tagged/versions/1")]
    [InlineData("models/tagged?include=covariance")]
    [InlineData("models/tagged/covariance")]
    [InlineData("models/tagged/versions/1/covariance")]
    [InlineData("models/tagged/summary")]
    [InlineData("models/tagged/summary?format=text")]
    [InlineData("models/tagged/influence?top=2")]
    [InlineData("models/tagged/versions/1/margins")]
    [InlineData("models/tagged/tests")]
    [InlineData("models/tagged/compare?with=1")]
    [InlineData("training-jobs/latest/history")]
    [InlineData("/openapi/v1.json")]
    [InlineData("datasets/tagged")]
    [InlineData("datasets/tagged@1")]
    [InlineData("datasets/tagged?target=y")]
    [InlineData("datasets/tagged/rows?limit=2")]
    [InlineData("datasets/tagged/content?format=csv")]
    [InlineData("datasets/tagged/content")]
    [InlineData("training-jobs/latest")]
    [InlineData("training-jobs/JOB")]
    public async Task CurrentTagIsAnsweredWithNotModified(string path)
    {
        path = path.Replace("JOB", _job, StringComparison.Ordinal);
        var first = (await _api.Get(path)).Expect(HttpStatusCode.OK);
        var tag = first.Headers.ETag.ShouldNotBeNull(path).ToString();
        first.Headers.CacheControl!.ToString().ShouldBe("no-cache, private");

        var otherStrength = tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : "W/" + tag;
        foreach (var seen in new[] { tag, $"\"other\", {tag}", $"W/\"other\",{tag}", "*", otherStrength })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
            {
                var again = (await _api.Send(method, path, content: null, ("If-None-Match", seen))).Expect(HttpStatusCode.NotModified);
                again.Content.ShouldBeEmpty();
                again.Headers.ETag!.Tag.ShouldBe(first.Headers.ETag.Tag);
                again.Headers.CacheControl!.ToString().ShouldBe("no-cache, private");
                again.Headers.Vary.ShouldBe(first.Headers.Vary);
                again.Headers.Vary.ShouldContain("Accept-Encoding");
            }
        }

        foreach (var other in new[] { "\"other\"", "W/\"\"", "nonsense", "" })
        {
            var whole = (await _api.Get(path, ("If-None-Match", other))).Expect(HttpStatusCode.OK);
            whole.Headers.ETag.ShouldBe(first.Headers.ETag);
            whole.Headers.Vary.ShouldBe(first.Headers.Vary);
        }
    }

    [Fact]
    public async Task NewVersionChangesTheTagOfItsName()
    {
        await _api.Upload("name=moving", "a,y\n1,0\n2,1\n3,0\n4,1\n");
        var tag = (await _api.Get("datasets/moving")).Headers.ETag!.ToString();
        await _api.Train("""{ "datasetId": "moving", "target": "y", "modelName": "moving" }""");
        var model = (await _api.Get("models/moving")).Headers.ETag!.ToString();

        await _api.Upload("name=moving", "a,y\n1,0\n2,1\n3,0\n5,1\n");
        await _api.Train("""{ "datasetId": "moving", "target": "y", "modelName": "moving" }""");

        (await _api.Get("datasets/moving", ("If-None-Match", tag))).Expect(HttpStatusCode.OK).Json.GetProperty("version").GetInt32().ShouldBe(2);
        (await _api.Get("datasets/moving@1", ("If-None-Match", tag))).Expect(HttpStatusCode.NotModified);
        (await _api.Get("models/moving", ("If-None-Match", model))).Expect(HttpStatusCode.OK).Json.GetProperty("version").GetInt32().ShouldBe(2);
        (await _api.Get("models/moving/versions/1", ("If-None-Match", model))).Expect(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData("models/none", HttpStatusCode.NotFound)]
    [InlineData("models/tagged/versions/999", HttpStatusCode.NotFound)]
    [InlineData("datasets/none", HttpStatusCode.NotFound)]
    [InlineData("training-jobs/none", HttpStatusCode.NotFound)]
    [InlineData("datasets/tagged?target=none", HttpStatusCode.BadRequest)]
    [InlineData("datasets/tagged/rows?limit=0", HttpStatusCode.BadRequest)]
    public async Task FailureIsAnsweredWithAnyTag(string path, HttpStatusCode status)
    {
        var refused = await _api.Get(path, ("If-None-Match", "*"));

        refused.Problem(status);
        refused.Headers.ETag.ShouldBeNull();
    }

    [Fact]
    public async Task CovarianceHasATagOfItsOwn()
    {
        var tags = new HashSet<string>();
        foreach (var path in new[] { "models/tagged", "models/tagged?include=covariance", "models/tagged/covariance" })
            tags.Add((await _api.Get(path)).Headers.ETag!.ToString());

        tags.Count.ShouldBe(3);
    }

    [Fact]
    public async Task WarningsOfATargetHaveATagOfTheirOwn()
    {
        var plain = (await _api.Get("datasets/tagged")).Headers.ETag!.ToString();

        (await _api.Get("datasets/tagged?target=y", ("If-None-Match", plain))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task PreferWaitTakesPrecedenceOverTheTag()
    {
        var id = await _api.Enqueue(LongFit.Request("waiting"));
        await _api.Running(id);
        var running = (await _api.Get($"training-jobs/{id}")).Expect(HttpStatusCode.OK).Headers.ETag!.ToString();

        var waiting = _api.Get($"training-jobs/{id}", ("Prefer", "wait=60"), ("If-None-Match", running));
        (await _api.Post($"training-jobs/{id}/cancel", "")).Expect(HttpStatusCode.Accepted);

        var ended = (await waiting).Expect(HttpStatusCode.OK);
        ended.Json.GetProperty("status").GetString().ShouldBe("canceled");
        (await _api.Get($"training-jobs/{id}", ("Prefer", "wait=60"), ("If-None-Match", ended.Headers.ETag!.ToString()))).Expect(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task CurrentModelIsNotReadFromTheDatabase()
    {
        var tag = (await _api.Get("models/tagged/versions/1")).Headers.ETag!.ToString();
        await _api.Train("""{ "datasetId": "tagged", "target": "y", "modelName": "unread" }""");
        var unread = (await _api.Get("models/unread")).Headers.ETag!.ToString();
        await using (var db = await application.Database())
        {
            // Makes a column unreadable, so that a query of it fails.
            await db.Database.ExecuteSqlRawAsync("update ModelVersions set Trained = 'damaged' where Name = 'unread'", TestContext.Current.CancellationToken);
        }

        (await _api.Get("models/unread", ("If-None-Match", unread))).Expect(HttpStatusCode.NotModified);
        (await _api.Get("models/unread", ("If-None-Match", tag))).Expect(HttpStatusCode.ServiceUnavailable);
    }
}
