using System.Net;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Http.Access;

[Trait("Speed", "Slow")]
public sealed class AnswerHeadersTests
{
    [Fact]
    public async Task EveryAnswerHasTheSecurityHeaders()
    {
        await using var application = new TestApplication { Settings = { ["Limits:MaxBodyBytes"] = "1000" } };
        var api = application.Api;
        await api.Upload("name=mails", "a,y\n1,0\n2,1\n3,0\n4,1\n");
        var content = (await api.Get("datasets/mails/content?format=csv")).Expect(HttpStatusCode.OK);
        var answers = new Dictionary<string, (ApiResponse Answer, int Status)>(StringComparer.Ordinal)
        {
            ["JSON"] = (await api.Get("datasets"), 200),
            ["file"] = (content, 200),
            ["not modified"] = (await api.Get("datasets/mails/content?format=csv", ("If-None-Match", content.Headers.ETag!.ToString())), 304),
            ["part of a file"] = (await api.Get("datasets/mails/content?format=csv", ("Range", "bytes=0-3")), 206),
            ["HEAD"] = (await api.Send(HttpMethod.Head, "datasets"), 200),
            ["accepted"] = (await api.Post("training-jobs", LongFit.Quick), 202),
            ["no body"] = (await api.Delete("datasets/mails"), 204),
            ["health"] = (await api.Get("/health/ready"), 200),
            ["version"] = (await api.Get("/version"), 200),
            ["document"] = (await api.Get("/openapi/v1.json"), 200),
            ["Swagger UI"] = (await api.Get("/swagger/index.html"), 200),
            ["script of Swagger UI"] = (await api.Get("/swagger/swagger-ui-bundle.js"), 200),
            ["bad request"] = (await api.Post("sigmoid", """{ "values": "x" }"""), 400),
            ["foreign"] = (await api.Post("sigmoid", """{ "values": 0 }""", ("Origin", "null")), 403),
            ["not found"] = (await api.Get("/nothing"), 404),
            ["method not allowed"] = (await api.Delete("sigmoid"), 405),
            ["too large"] = (await api.Post("sigmoid", $$"""{ "values": [{{string.Join(',', Enumerable.Repeat(1, 1_000))}}] }"""), 413),
            ["media type"] = (await api.PostBytes("sigmoid", [1], "image/png"), 415),
            ["wrong host"] = (await api.Get("datasets", ("Host", "evil.example")), 400),
        };

        foreach (var (what, (answer, status)) in answers)
        {
            ((int)answer.Status).ShouldBe(status, what);
            Holds(answer, what);
        }

        answers["Swagger UI"].Answer.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("script-src 'self';");
        answers["JSON"].Answer.Headers.CacheControl!.NoCache.ShouldBeTrue();
        answers["accepted"].Answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task AnswersOfAFailingServiceHaveThemToo()
    {
        await using var broken = new TestApplication();
        (await broken.Api.Get("datasets")).Expect(HttpStatusCode.OK);

        var answer = await Eventually.Get(
            () =>
            {
                Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
                foreach (var file in Directory.EnumerateFiles(broken.StorageDirectory, "sigmoid.db*"))
                    File.Delete(file);
                return broken.Api.Get("datasets");
            },
            answer => answer.Status >= HttpStatusCode.InternalServerError);

        Holds(answer, answer.Text);
    }

    [Fact]
    public async Task EventsHaveTheSecurityHeaders()
    {
        await using var application = new TestApplication();
        var id = await application.Api.Enqueue(LongFit.Request());

        Holds((await application.Api.Send(HttpMethod.Head, $"training-jobs/{id}/events")).Expect(HttpStatusCode.OK), "events");
    }

    private static void Holds(ApiResponse answer, string what)
    {
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"], what);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"], what);
        answer.Headers.GetValues("Cross-Origin-Resource-Policy").ShouldBe(["same-origin"], what);
        answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem(what).ShouldContain("frame-ancestors 'none'", Case.Sensitive, what);
        answer.Headers.CacheControl.ShouldNotBeNull(what);
        answer.Headers.Contains("Server").ShouldBeFalse(what);
    }
}
