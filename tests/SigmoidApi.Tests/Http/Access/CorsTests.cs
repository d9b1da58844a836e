using System.Net;
using Microsoft.Playwright;
using SigmoidApi.Tests.Contract;

namespace SigmoidApi.Tests.Http.Access;

[Trait("Speed", "Slow")]
public sealed class CorsTests
{
    private const string App = "http://app.example:3000";

    [Fact]
    public async Task CorsIsOffByDefault()
    {
        await using var application = new TestApplication();

        var preflight = await Preflight(application.Api, App);
        preflight.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        (await application.Api.Get("datasets", ("Origin", App))).Expect(HttpStatusCode.OK).Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Theory]
    [InlineData(App)]
    [InlineData("https://bücher.example;http://app.example:3000/")]
    public async Task ListedOriginsMayCall(string setting)
    {
        await using var application = new TestApplication { Settings = { ["Http:CorsOrigins"] = setting } };
        var api = application.Api;

        var preflight = (await Preflight(api, App)).Expect(HttpStatusCode.NoContent);
        preflight.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([App]);
        preflight.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldContain("POST");
        preflight.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldContain("content-type");
        (await Preflight(api, "http://app.example:3001")).Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();

        var called = (await api.Post("training-jobs", TrainingJobs.LongFit.Quick, ("Origin", App), ("Sec-Fetch-Site", "cross-site")))
            .Expect(HttpStatusCode.Accepted);
        called.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([App]);
        var exposed = called.Headers.GetValues("Access-Control-Expose-Headers").Single().Split(',');
        // Headers that every page may read are not listed; X-Accel-Buffering is for proxies.
        exposed.Order().ShouldBe(
            OpenApiContract.OfRepository.Headers.Except(["Expires", "Last-Modified", "Pragma", "X-Accel-Buffering"]).Append("Allow").Order());
        called.Headers.GetValues("Cross-Origin-Resource-Policy").ShouldBe(["cross-origin"]);
        called.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();

        // A page can read failures too, also those of exceptions.
        foreach (var failed in new[] { await api.Get("datasets/none", ("Origin", App)), await api.Post("sigmoid", """{ "values": "x" }""", ("Origin", App)) })
            failed.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([App]);

        (await api.Post("sigmoid", """{ "values": 0 }""", ("Origin", "http://app.example:3001"))).Problem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task AnswersVaryByOrigin()
    {
        await using var application = new TestApplication { Settings = { ["Http:CorsOrigins"] = $"{App};https://two.example" } };

        (await application.Api.Get("datasets", ("Origin", App))).Headers.Vary.ShouldBe(["Origin"]);
        (await application.Api.Get("datasets")).Headers.Vary.ShouldBe(["Origin"]);
        (await application.Api.Get("datasets/none", ("Origin", App))).Headers.Vary.ShouldBe(["Origin"]);
        (await application.Api.Get("datasets", ("Origin", "https://three.example"))).Headers.Vary.ShouldBe(["Origin"]);
    }

    /// <summary>A page in a real browser, on another port: it uploads, reads a header of the answer, and trains.</summary>
    [Fact]
    public async Task PageOfAnAllowedOriginUploadsAndTrains()
    {
        await using var site = await Site.Started("<p>page");
        var origin = site.Origin;
        await using var application = new TestApplication { Settings = { ["Http:CorsOrigins"] = origin } };
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.Launch(playwright);
        var page = await browser.NewPageAsync();
        await page.GotoAsync(origin);

        var answers = await page.EvaluateAsync<string[]>("""
            async service => {
              const json = { 'Content-Type': 'application/json', 'Prefer': 'wait=60', 'Idempotency-Key': 'page' };
              const csv = { 'Content-Type': 'text/csv' };
              const upload = await fetch(`${service}api/v1/datasets?name=mails`, { method: 'POST', headers: csv, body: 'a,y\n1,0\n2,1\n3,0\n4,1\n' });
              const job = await fetch(`${service}api/v1/training-jobs`, { method: 'POST', headers: json, body: '{ "datasetId": "mails", "target": "y" }' });
              const gone = await fetch(`${service}api/v1/models/mails`, { method: 'DELETE' });
              return [upload.headers.get('Location'), (await job.json()).status, `${gone.status}`];
            }
            """, application.Api.Http.BaseAddress!.ToString());

        answers[0].ShouldStartWith("/api/v1/datasets/");
        answers[1..].ShouldBe(["succeeded", "204"]);
    }

    [Fact]
    public async Task PageOfAnotherOriginReadsNothing()
    {
        await using var site = await Site.Started("<p>page");
        await using var application = new TestApplication { Settings = { ["Http:CorsOrigins"] = App } };
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.Launch(playwright);
        var page = await browser.NewPageAsync();
        await page.GotoAsync(site.Origin);

        var answer = await page.EvaluateAsync<string>(
            "service => fetch(`${service}api/v1/datasets`).then(() => 'read', () => 'refused')", application.Api.Http.BaseAddress!.ToString());

        answer.ShouldBe("refused");
    }

    private static Task<ApiResponse> Preflight(ApiClient api, string origin) => api.Send(
        HttpMethod.Options, "training-jobs", content: null,
        ("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type,prefer"));
}
