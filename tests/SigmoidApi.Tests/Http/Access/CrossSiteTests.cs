using System.Net;
using Microsoft.Playwright;

namespace SigmoidApi.Tests.Http.Access;

[Trait("Speed", "Slow")]
public sealed class CrossSiteTests(TestApplication application) : IClassFixture<TestApplication>
{
    private readonly ApiClient _api = application.Api;

    public static TheoryData<string, string> Foreign => new()
    {
        { "Origin", "http://evil.example" },
        { "Origin", "https://evil.example" },
        { "Origin", "null" },
        { "Origin", "" },
        { "Origin", "http://127.0.0.1" },
        { "Origin", "http://127.0.0.1.evil.example" },
        { "Sec-Fetch-Site", "cross-site" },
        { "Sec-Fetch-Site", "same-site" },
        { "Sec-Fetch-Site", "something-new" },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task RequestOfAnotherSiteChangesNothing(string header, string value)
    {
        var id = await _api.Enqueue(TrainingJobs.LongFit.Request("foreign"));
        await _api.Running(id);
        var name = $"uploaded-{Guid.NewGuid():n}";

        foreach (var (method, path, mediaType) in ((HttpMethod, string, string)[])
        [
            (HttpMethod.Post, $"datasets?name={name}", "text/plain"),
            (HttpMethod.Post, $"datasets?name={name}", "text/csv"),
            (HttpMethod.Post, $"datasets?name={name}", "application/x-www-form-urlencoded"),
            (HttpMethod.Post, $"training-jobs/{id}/cancel", ""),
            (HttpMethod.Post, $"training-jobs/{id}/stop", ""),
            (HttpMethod.Delete, "models/any", ""),
            (HttpMethod.Post, "predict", "application/json"),
            (HttpMethod.Put, "nothing", "text/plain"),
        ])
        {
            using var content = mediaType.Length == 0 ? null : ApiClient.Bytes("a,b\n1,2\n"u8.ToArray(), mediaType);
            (await _api.Send(method, path, content, (header, value))).Problem(HttpStatusCode.Forbidden).Detail.ShouldContain("Http:CorsOrigins");
        }

        (await _api.Get($"datasets/{name}")).Expect(HttpStatusCode.NotFound);
        (await _api.Job(id)).GetProperty("status").GetString().ShouldBe("running");
        (await _api.Post($"training-jobs/{id}/cancel", "")).Expect(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task OwnPagesAndProgramsAreServed()
    {
        var own = _api.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        foreach (var headers in ((string, string)[][])
        [
            [],
            [("Origin", own)],
            [("Origin", own.ToUpperInvariant()), ("Sec-Fetch-Site", "same-origin")],
            [("Sec-Fetch-Site", "same-origin")],
            [("Sec-Fetch-Site", "none")],
        ])
        {
            (await _api.Post("sigmoid", """{ "values": 0 }""", headers)).Expect(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task ContradictoryHeadersAreRefused()
    {
        var own = _api.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

        (await _api.Post("sigmoid", """{ "values": 0 }""", ("Origin", own), ("Sec-Fetch-Site", "cross-site"))).Problem(HttpStatusCode.Forbidden);
        (await _api.Post("sigmoid", """{ "values": 0 }""", ("Origin", "http://evil.example"), ("Sec-Fetch-Site", "same-origin")))
            .Problem(HttpStatusCode.Forbidden);
        (await _api.Post("sigmoid", """{ "values": 0 }""", ("Origin", own), ("Origin", "http://evil.example"))).Problem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task ReadsOfOtherSitesAreNotRefused() =>
        (await _api.Get("datasets", ("Origin", "http://evil.example"), ("Sec-Fetch-Site", "cross-site")))
            .Expect(HttpStatusCode.OK).Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();

    /// <summary>Requests that a page of another site can send without a preflight, in a real browser: forms, plain text, an empty body.</summary>
    [Fact]
    public async Task PageOfAnotherSiteChangesNothing()
    {
        var id = await _api.Enqueue(TrainingJobs.LongFit.Request("browser"));
        await _api.Running(id);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.Launch(playwright);
        var page = await browser.NewPageAsync();
        var service = _api.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        await using var site = await Site.Started($"<form method=post action='{service}/api/v1/training-jobs/{id}/stop'><button>go");
        await page.GotoAsync(site.Origin);

        await page.EvaluateAsync("""
            async ([service, id]) => {
              // The page can't even read that it was refused.
              await fetch(`${service}/api/v1/datasets?name=browser&header=true`, { method: 'POST', mode: 'no-cors', body: 'a,b\n1,2\n' }).catch(() => {});
              await fetch(`${service}/api/v1/training-jobs/${id}/cancel`, { method: 'POST', mode: 'no-cors' }).catch(() => {});
            }
            """, new[] { service, id });
        var answer = await page.RunAndWaitForResponseAsync(
            () => page.ClickAsync("button"), response => response.Url.EndsWith("/stop", StringComparison.Ordinal));

        answer.Status.ShouldBe(403);
        (await _api.Get("datasets/browser")).Expect(HttpStatusCode.NotFound);
        (await _api.Job(id)).GetProperty("status").GetString().ShouldBe("running");
        (await _api.Post($"training-jobs/{id}/cancel", "")).Expect(HttpStatusCode.Accepted);
    }
}
