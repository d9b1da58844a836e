using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text;
using SigmoidApi.Http.Access;

namespace SigmoidApi.Tests.Http.Access;

[Trait("Speed", "Slow")]
public sealed class AddressTests
{
    /// <summary>Checks the options alone: the pipeline needs them before the start, where a whole service would fail in one of several ways.</summary>
    [Theory]
    [InlineData("sigmoid", "", "", "PathBase")]
    [InlineData("/sigmoid/", "", "", "PathBase")]
    [InlineData("//evil.example", "", "", "PathBase")]
    [InlineData("/sig moid", "", "", "PathBase")]
    [InlineData("", "127.0.0.1;proxy", "", "KnownProxies")]
    [InlineData("", "10.0.0.0/99", "", "KnownProxies")]
    [InlineData("", "", "*", "CorsOrigins")]
    [InlineData("", "", "https://*.example", "CorsOrigins")]
    [InlineData("", "", "app.example", "CorsOrigins")]
    [InlineData("", "", "https://app.example/page", "CorsOrigins")]
    [InlineData("", "", "https://user@app.example", "CorsOrigins")]
    [InlineData("", "", "null", "CorsOrigins")]
    [InlineData("", "", "file:///app", "CorsOrigins")]
    [InlineData("/sig/moid-1", "127.0.0.1; ::1;10.0.0.0/8", "https://app.example; http://[::1]:3000", null)]
    public void InvalidOptionIsNamed(string pathBase, string proxies, string origins, string? wrong)
    {
        var options = new HttpOptions { PathBase = pathBase, KnownProxies = proxies, CorsOrigins = origins };
        var results = new List<ValidationResult>();

        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);

        results.SelectMany(result => result.MemberNames).ShouldBe(wrong is null ? [] : [wrong]);
    }

    [Fact]
    public async Task WithoutSwaggerUiTheRootRedirectsToTheDocument()
    {
        await using var application = new TestApplication { Settings = { ["Http:SwaggerUi"] = "false" } };

        (await application.Api.Get("/")).Expect(HttpStatusCode.OK).Json.GetProperty("openapi").GetString().ShouldStartWith("3.");
        (await application.Api.Get("/swagger")).Problem(HttpStatusCode.NotFound);
        (await application.Api.Get("/swagger/index.html")).Problem(HttpStatusCode.NotFound);
        (await application.Api.Get("/swagger/swagger-ui-bundle.js")).Problem(HttpStatusCode.NotFound);
    }

    /// <summary>A client with prior knowledge uses HTTP/2 without TLS; the first port still serves HTTP/1.1.</summary>
    [Fact]
    public async Task Http2WithoutTlsServesAllRoutes()
    {
        var port = Nginx.FreePort();
        await using var service = await ServiceProcess.Started(("Http:Http2Port", $"{port}"));
        using var http = new HttpClient(new Http2Alone()) { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = ApiClient.Patience };
        var api = new ApiClient(http);

        await api.Upload("name=mails", "a,y\n1,0\n2,1\n3,0\n4,1\n");
        var job = await api.Train("""{ "datasetId": "mails", "target": "y" }""");
        var events = (await api.Get($"training-jobs/{job.GetProperty("id").GetString()}/events")).Expect(HttpStatusCode.OK);
        events.Text.ShouldContain("succeeded");
        (await api.PostBytes("models/mails/predict", Encoding.UTF8.GetBytes("a\n1\n2\n"), "text/csv"))
            .Expect(HttpStatusCode.OK).Text.ShouldContain("probability");
        (await api.Get("/version", ("Host", "evil.example"))).Problem(HttpStatusCode.BadRequest);
        (await api.Get("/nothing")).Problem(HttpStatusCode.NotFound);

        (await service.Api.Get("/version")).Expect(HttpStatusCode.OK);
    }

    private sealed class Http2Alone() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            var answer = await base.SendAsync(request, cancellationToken);
            answer.Version.ShouldBe(HttpVersion.Version20);
            return answer;
        }
    }
}
