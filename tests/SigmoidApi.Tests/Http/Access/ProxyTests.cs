using System.Net;
using Microsoft.Playwright;
using SigmoidApi.Tests.OpenApi;

namespace SigmoidApi.Tests.Http.Access;

/// <summary>The service behind a real nginx, under a path prefix.</summary>
[Trait("Speed", "Slow")]
public sealed class ProxyTests
{
    private const string Csv = "a,spam\n1,0\n2,1\n3,0\n4,1\n";

    [Theory]
    [InlineData("/stripped")]
    [InlineData("/passed")]
    public async Task LocationsAndRedirectsHaveThePrefixOfTheProxy(string prefix)
    {
        await using var application = Service();
        await using var nginx = await Nginx.Started(application.Api.Http.BaseAddress!);
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://127.0.0.1:{nginx.Port}") };
        var api = new ApiClient(http);

        using var csv = ApiClient.Bytes(System.Text.Encoding.UTF8.GetBytes(Csv), "text/csv");
        var created = (await api.Send(HttpMethod.Post, $"{prefix}/api/v1/datasets?name=mails", csv)).Expect(HttpStatusCode.Created);
        var location = created.Headers.Location.ShouldNotBeNull().ToString();
        location.ShouldBe($"{prefix}/api/v1/datasets/{created.Json.GetProperty("id").GetString()}");
        (await api.Get(location)).Expect(HttpStatusCode.OK);

        var split = (await api.Post($"{prefix}/api/v1/datasets/mails/split", """{ "test": 0.5 }""")).Expect(HttpStatusCode.Created);
        (await api.Get(split.Headers.Location!.ToString())).Expect(HttpStatusCode.OK);

        var job = (await api.Post($"{prefix}/api/v1/training-jobs", TrainingJobs.LongFit.Request())).Expect(HttpStatusCode.Accepted);
        var at = job.Headers.Location!.ToString();
        at.ShouldStartWith($"{prefix}/api/v1/training-jobs/");
        (await api.Post($"{at}/cancel", "")).Expect(HttpStatusCode.Accepted).Headers.Location!.ToString().ShouldBe(at);

        (await api.Get($"{prefix}/")).Expect(HttpStatusCode.Found).Headers.Location!.ToString().ShouldBe($"{prefix}/swagger");
        var document = (await api.Get($"{prefix}/openapi/v1.json")).Expect(HttpStatusCode.OK).Json;
        document.GetProperty("servers")[0].GetProperty("url").GetString().ShouldBe(prefix);
    }

    [Theory]
    [InlineData("/stripped/")]
    [InlineData("/passed/")]
    public async Task SwaggerUiWorksBehindTheProxy(string prefix)
    {
        await using var application = Service();
        await using var nginx = await Nginx.Started(application.Api.Http.BaseAddress!);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.Launch(playwright);
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 2000 } });
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                complaints.Add(message.Text);
        };

        await page.GotoAsync($"http://localhost:{nginx.Port}{prefix}");
        page.Url.ShouldContain($"{prefix}swagger/index.html");

        (await SwaggerUiTests.ExecuteAsync(page, "Functions", "Sigmoid")).ShouldContain("0.9999546021312976");
        (await SwaggerUiTests.ExecuteAsync(page, "Data_sets", "CreateDataset", "201")).ShouldContain("\"name\": \"mails\"");
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task HeadersOfAnUnknownProxyAreIgnored()
    {
        await using var application = new TestApplication();

        var created = (await application.Api.Post("training-jobs", TrainingJobs.LongFit.Quick,
            ("X-Forwarded-Prefix", "/elsewhere"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "1.2.3.4")))
            .Expect(HttpStatusCode.Accepted);

        created.Headers.Location!.ToString().ShouldStartWith("/api/v1/training-jobs/");
    }

    [Theory]
    [InlineData("/sigmoid", "/sigmoid/swagger")]
    [InlineData("/sigmoid/", "/sigmoid/swagger")]
    [InlineData("/outer, /inner/", "/inner/swagger")]
    [InlineData("/", "/swagger")]
    [InlineData("", "/swagger")]
    [InlineData("sigmoid", "/swagger")]
    [InlineData("//evil.example", "/swagger")]
    [InlineData("/\\evil.example", "/swagger")]
    [InlineData("https://evil.example", "/swagger")]
    [InlineData("/a b", "/swagger")]
    [InlineData("/a?b", "/swagger")]
    public async Task InvalidPrefixIsIgnored(string prefix, string location)
    {
        await using var application = Service(pathBase: "");
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = application.Api.Http.BaseAddress };

        (await new ApiClient(http).Get("/", ("X-Forwarded-Prefix", prefix))).Expect(HttpStatusCode.Found).Headers.Location!.ToString().ShouldBe(location);
    }

    [Fact]
    public async Task PathsInAProblemHaveThePrefix()
    {
        await using var application = Service(pathBase: "");

        (await application.Api.Get("/api/v1/modls", ("X-Forwarded-Prefix", "/outer"))).Problem(HttpStatusCode.NotFound).Detail.ShouldBe(
            "There is nothing at this path; did you mean /outer/api/v1/models? GET /outer/openapi/v1.json lists what there is.");
    }

    [Fact]
    public async Task ForwardedHostMustBeAllowedToo()
    {
        await using var application = Service();
        application.Settings["AllowedHosts"] = "localhost;127.0.0.1;sigmoid.example";

        (await application.Api.Get("/version", ("X-Forwarded-Host", "sigmoid.example"))).Expect(HttpStatusCode.OK);
        (await application.Api.Get("/version", ("X-Forwarded-Host", "evil.example"))).Problem(HttpStatusCode.BadRequest).Detail.ShouldContain("evil.example");
        // The request of a page whose own name resolves to this machine: it comes from the same address as the proxy.
        (await application.Api.Get("/version", ("Host", "evil.example"), ("X-Forwarded-Host", "sigmoid.example")))
            .Problem(HttpStatusCode.BadRequest).Detail.ShouldContain("evil.example");
    }

    [Fact]
    public async Task OwnOriginIsThatOfTheProxy()
    {
        await using var application = Service();
        application.Settings["AllowedHosts"] = "127.0.0.1;sigmoid.example";
        (string, string)[] forwarded = [("X-Forwarded-Host", "sigmoid.example"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "1.2.3.4")];

        (await application.Api.Post("sigmoid", """{ "values": 0 }""", [("Origin", "https://sigmoid.example"), .. forwarded])).Expect(HttpStatusCode.OK);
        (await application.Api.Post("sigmoid", """{ "values": 0 }""", [("Origin", "http://sigmoid.example"), .. forwarded])).Problem(HttpStatusCode.Forbidden);
        (await application.Api.Post("sigmoid", """{ "values": 0 }""", [("Origin", "https://evil.example"), .. forwarded])).Problem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task RepeatedAnswerHasThePrefixOfTheRepeatedRequest()
    {
        await using var application = Service();
        var key = ("Idempotency-Key", "prefix");

        var first = (await application.Api.Post("training-jobs", TrainingJobs.LongFit.Quick, key, ("X-Forwarded-Prefix", "/outside")))
            .Expect(HttpStatusCode.Accepted);
        var again = (await application.Api.Post("training-jobs", TrainingJobs.LongFit.Quick, key)).Expect(HttpStatusCode.Accepted);
        var passed = (await application.Api.Post("/passed/api/v1/training-jobs", TrainingJobs.LongFit.Quick, key)).Expect(HttpStatusCode.Accepted);

        var path = $"/api/v1/training-jobs/{first.Json.GetProperty("id").GetString()}";
        first.Headers.Location!.ToString().ShouldBe("/outside" + path);
        again.Headers.Location!.ToString().ShouldBe(path);
        passed.Headers.Location!.ToString().ShouldBe("/passed" + path);
    }

    private static TestApplication Service(string pathBase = "/passed") =>
        new() { Settings = { ["Http:KnownProxies"] = "127.0.0.1", ["Http:PathBase"] = pathBase } };
}
