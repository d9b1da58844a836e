using System.Net;
using System.Text;
using Microsoft.Playwright;
using SigmoidApi.Http.Access;

namespace SigmoidApi.Tests.Http.Access;

[Trait("Speed", "Slow")]
public sealed class HostTests(TestApplication application) : IClassFixture<TestApplication>
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:80")]
    [InlineData("LocalHost:5080")]
    [InlineData("localhost.")]
    [InlineData("localhost.:5080")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("[::1]:5080")]
    public async Task ServiceOnLoopbackServesLoopbackNames(string host) =>
        (await application.Api.Get("/version", ("Host", host))).Expect(HttpStatusCode.OK);

    [Fact]
    public async Task ServiceOnLoopbackServesTheMachineName() =>
        (await application.Api.Get("/version", ("Host", Environment.MachineName))).Expect(HttpStatusCode.OK);

    [Theory]
    [InlineData("x")]
    [InlineData("evil.example")]
    [InlineData("evil.example:5080")]
    [InlineData("localhost.evil.example")]
    [InlineData("evillocalhost")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("192.0.2.1")]
    [InlineData("[2001:db8::1]")]
    [InlineData("xn--bcher-kva.example")]
    [InlineData("evil.example.")]
    public async Task ServiceOnLoopbackRefusesOtherNamesAndSaysWhichSettingAddsThem(string host)
    {
        foreach (var path in (string[])["/", "/version", "/api/v1/datasets", "/openapi/v1.json", "/swagger/index.html", "/nothing"])
            (await application.Api.Get(path, ("Host", host))).Problem(HttpStatusCode.BadRequest).Detail.ShouldContain("AllowedHosts");
        (await application.Api.Post("training-jobs", TrainingJobs.LongFit.Quick, ("Host", host))).Problem(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("GET http://evil.example/version HTTP/1.1\r\nHost: evil.example", 400)]
    [InlineData("GET http://evil.example/version HTTP/1.1\r\nHost: localhost", 400)]
    [InlineData("GET http://localhost/version HTTP/1.1\r\nHost: localhost", 200)]
    [InlineData("GET /version HTTP/1.1", 400)]
    [InlineData("GET /version HTTP/1.1\r\nHost: localhost\r\nHost: evil.example", 400)]
    [InlineData("GET /version HTTP/1.1\r\nHost: localhost, evil.example", 400)]
    [InlineData("GET /version HTTP/1.1\r\nHost: evil.example@localhost", 400)]
    [InlineData("GET /version HTTP/1.1\r\nHost: evil.example#localhost", 400)]
    [InlineData("GET /version HTTP/1.1\r\nHost: localhost:port", 400)]
    [InlineData("GET /version HTTP/1.1\r\nHost: [::1", 400)]
    [InlineData("GET /version HTTP/1.1\r\nHost: ::1", 400)]
    // No browser sends these, so no page can be the cause.
    [InlineData("GET /version HTTP/1.0", 200)]
    [InlineData("GET /version HTTP/1.1\r\nHost:", 200)]
    public async Task UnusualHostHeadersDoNotBypassTheFilter(string request, int status)
    {
        using var connection = await RawConnection.Open(application.Api.Http.BaseAddress!);
        await connection.Send($"{request}\r\nConnection: close\r\n\r\n");

        Encoding.Latin1.GetString(await connection.ReadToEnd()).ShouldMatch($"^HTTP/1.1 {status} ");
    }

    [Fact]
    public async Task HealthIsServedUnderAnyHost() =>
        (await application.Api.Get("/health/live", ("Host", "10.1.2.3:8080"))).Expect(HttpStatusCode.OK).Text.ShouldBe("Healthy");

    [Fact]
    public async Task SettingLimitsTheHosts()
    {
        await using var named = new TestApplication { Settings = { ["AllowedHosts"] = "127.0.0.1; api.example ;*.wild.example;bücher.example" } };

        foreach (var host in (string[])["api.example", "API.example:443", "a.wild.example", "xn--bcher-kva.example"])
            (await named.Api.Get("/version", ("Host", host))).Expect(HttpStatusCode.OK);
        foreach (var host in (string[])["localhost", "wild.example", "b.api.example", "bucher.example"])
            (await named.Api.Get("/version", ("Host", host))).Problem(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task ServiceBeyondLoopbackServesAnyNameAndLogsTheSetting()
    {
        await using var service = await ServiceProcess.Started(("urls", "http://0.0.0.0:0"));

        (await service.Api.Get("/version", ("Host", "any.example"))).Expect(HttpStatusCode.OK);
        await service.ShouldLogOnce("AllowedHosts");
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080", true)]
    [InlineData("http://localhost:5080", true)]
    [InlineData("http://[::1]:5080", true)]
    [InlineData("http://127.0.0.7:5080", true)]
    [InlineData("http://unix:/run/sigmoid.sock", true)]
    [InlineData("http://0.0.0.0:5080", false)]
    [InlineData("http://[::]:8080", false)]
    [InlineData("http://*:8080", false)]
    [InlineData("http://+:8080", false)]
    [InlineData("http://192.0.2.7:8080", false)]
    [InlineData("http://name.example:8080", false)]
    public void NamesAreLimitedByDefaultOnLoopback(string address, bool limited)
    {
        Names(null, address).Contains("*").ShouldBe(!limited);
        Names(null, address, "http://0.0.0.0:8080").ShouldBe(["*"]);
        Names("a.example", address).ShouldBe(["a.example"]);
        Names("*", address).ShouldBe(["*"]);

        static string[] Names(string? setting, params string[] addresses) => [.. HostFilter.Allowed(setting, addresses).Select(name => name.ToString())];
    }

    /// <summary>
    /// DNS rebinding in a real browser: the page's name resolves to this machine when the page sends requests. The check that new browsers have is off here.
    /// </summary>
    [Fact]
    public async Task PageWithAReboundNameReadsAndChangesNothing()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.Launch(
            playwright, "--host-resolver-rules=MAP evil.example 127.0.0.1", "--disable-features=LocalNetworkAccessChecks");
        var page = await browser.NewPageAsync();
        var site = $"http://evil.example:{application.Api.Http.BaseAddress!.Port}";
        await page.RouteAsync($"{site}/page", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<p>evil" }));
        await page.GotoAsync($"{site}/page");

        var statuses = await page.EvaluateAsync<int[]>("""
            async () => [
              (await fetch('/api/v1/datasets')).status,
              (await fetch('/api/v1/datasets?name=rebound', { method: 'POST', headers: { 'Content-Type': 'text/csv' }, body: 'a,b\n1,2\n' })).status,
              (await fetch('/version', { headers: { 'X-Forwarded-Host': 'localhost' } })).status,
            ]
            """);

        statuses.ShouldBe([400, 400, 400]);
        (await application.Api.Get("datasets/rebound")).Expect(HttpStatusCode.NotFound);
    }
}
