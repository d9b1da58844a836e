using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Tests.Http;

public sealed class JsonBodyTests(JsonBodyTests.Server server) : IClassFixture<JsonBodyTests.Server>
{
    private const int MaxBodySize = 4096;

    private enum Penalty
    {
        None,
        ElasticNet,
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.OK)]
    [InlineData("application/json; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("application/vnd.sigmoid+json", HttpStatusCode.OK)]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(null, HttpStatusCode.UnsupportedMediaType)]
    public async Task OnlyJsonIsAccepted(string? mediaType, HttpStatusCode status)
    {
        (await PostAsync("""{"features":[[1]],"c":1}""", mediaType)).Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("windows-1252")]
    [InlineData("ISO-8859-1")]
    [InlineData("utf-16")]
    [InlineData("utf-16le")]
    public async Task JsonIsReadInTheCharsetThatIsNamed(string charset)
    {
        const string Json = """{"features":[[1]],"c":1,"name":"Zoë"}""";
        var encoding = charset.StartsWith("utf", StringComparison.Ordinal) ? Encoding.Unicode : Encoding.Latin1;

        var (status, text) = await PostAsync(encoding.GetBytes(Json), $"application/json; charset={charset}");

        status.ShouldBe(HttpStatusCode.OK);
        text.ShouldContain("Zoë");
    }

    [Theory]
    [InlineData("utf-16", "application/json")]
    [InlineData("utf-16BE", "application/json")]
    [InlineData("utf-32", "application/json")]
    [InlineData("utf-32BE", "application/json")]
    [InlineData("utf-8", "application/json")]
    [InlineData("utf-16", "application/json; charset=utf-8")]
    [InlineData("utf-16", "application/json; charset=windows-1252")]
    public async Task ByteOrderMarkOverridesTheCharset(string charset, string mediaType)
    {
        var encoding = Encoding.GetEncoding(charset);

        var (status, text) = await PostAsync([.. encoding.GetPreamble(), .. encoding.GetBytes("""{"features":[[1]],"c":1,"name":"Zoë"}""")], mediaType);

        status.ShouldBe(HttpStatusCode.OK);
        text.ShouldContain("Zoë");
    }

    [Fact]
    public async Task BytesOutsideTheCharsetAreReportedByLine()
    {
        byte[] body = [.. "{\"name\":\n\""u8, 0xFF, .. "\"}"u8];

        (await PostAsync(body, "application/json; charset=cp949")).ShouldBe((HttpStatusCode.BadRequest,
            ": line 2: expected text in EUC-KR as the request says, or the file's own charset in the Content-Type (charset=windows-1252); "
            + "got other bytes: FF at byte 10"));
        (await PostAsync("{}"u8.ToArray(), "application/json; charset=no-such")).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task ValueIsReadAndWrittenBack()
    {
        const string Json =
            """{"features":[[1,2],[3,"NaN"]],"c":0.5,"weights":[1,2],"iterations":7,"penalty":"elasticnet","name":"x","inner":{"flag":true,"weights":[3]}}""";
        (await PostAsync(Json)).ShouldBe((HttpStatusCode.OK, Json));
    }

    [Theory]
    [InlineData("", 400, ": expected an object, got an empty body")]
    [InlineData(" \n", 400, ": expected an object, got an empty body")]
    [InlineData("null", 400, ": expected an object, got null")]
    [InlineData("[1]", 400, ": expected an object, got an array")]
    [InlineData("{}", 400, "features: required, but missing (also missing: c)")]
    [InlineData("""{"c":1}""", 400, "features: required, but missing")]
    [InlineData("""{"features":[[1]],"c":"abc"}""", 400, "c: expected a number, got a string")]
    [InlineData("""{"features":[[1]],"c":null}""", 400, "c: expected a number, got null")]
    [InlineData("""{"features":[[1]],"c":1e999}""", 400, "c: 1e999 is beyond the range of a float64")]
    [InlineData("""{"features":null,"c":1}""", 400, "features: expected an array of arrays of numbers, got null")]
    [InlineData("""{"features":[[1],[2],[3],[null]],"c":1}""", 400, "features[3][0]: expected a number, got null")]
    [InlineData("""{"features":[[1]],"c":1,"wieghts":[1]}""", 400, "wieghts: unknown field; did you mean 'weights'?")]
    [InlineData("""{"features":[[1]],"C":1}""", 400, "C: unknown field; did you mean 'c'?")]
    [InlineData("""{"features":[[1]],"c":1,"c":2}""", 400, "c: expected once, got more than once")]
    [InlineData("""{"features":[[1]],"c":1,"iterations":1.5}""", 400, "iterations: expected an integer from -2147483648 to 2147483647, got 1.5")]
    [InlineData("""{"features":[[1]],"c":1,"iterations":3000000000}""", 400,
        "iterations: expected an integer from -2147483648 to 2147483647, got 3000000000")]
    [InlineData("""{"features":[[1]],"c":1,"iterations":"7"}""", 400,
        "iterations: expected an integer from -2147483648 to 2147483647, got the string \"7\"")]
    [InlineData("""{"features":[[1]],"c":1,"penalty":"l3"}""", 400, "penalty: expected one of none, elasticnet, got the string \"l3\"")]
    [InlineData("""{"features":[[1]],"c":1,"penalty":1}""", 400, "penalty: expected one of none, elasticnet, got 1")]
    [InlineData("""{"features":[[1]],"c":1,"name":{}}""", 400, "name: expected a string, got an object")]
    [InlineData("""{"features":[[1]],"c":1,"inner":[]}""", 400, "inner: expected an object, got an array")]
    [InlineData("""{"features":[[1]],"c":1,"inner":{"flag":1,"weights":[]}}""", 400, "inner.flag: expected true or false, got 1")]
    [InlineData("""{"features":[[1]],"c":1,"inner":{"flag":true,"weights":[1,{}]}}""", 400, "inner.weights[1]: expected a number, got an object")]
    [InlineData("""{"features":[[1]],"c":1,"inner":{"flag":true}}""", 400, "inner.weights: required, but missing")]
    [InlineData("""{"features":[[1]],"c":1,"inner":{"flag":true,"weights":[],"no":{"such":1}}}""", 400, "inner.no: unknown field")]
    [InlineData("""{"features":[[1]],"c":1,"list":[{"flag":true,"weights":[]},{"flag":2,"weights":[]}]}""", 400,
        "list[1].flag: expected true or false, got 2")]
    [InlineData("""{"features":[[1]],"c":1,"named":{"a b":"x"}}""", 400, "named['a b']: expected a number, got a string")]
    public async Task InvalidBodyIsDescribedInTheCallersTerms(string json, int status, string description)
    {
        (await PostAsync(json)).ShouldBe(((HttpStatusCode)status, description));
    }

    [Theory]
    [InlineData("""{"features":[[1]],"c":1""", ": malformed JSON at line 1, byte 24: ")]
    [InlineData("""{"features":[[1]],"c":1}}""", ": malformed JSON at line 1, byte 25: ")]
    [InlineData("{\"features\":[[1],\n[2]],\n\"c\":1;}", ": malformed JSON at line 3, byte 6: ")]
    [InlineData("{\"features\":[[1],\n[2 3]],\n\"c\":1;}", ": malformed JSON at line 2, byte 4: ")]
    [InlineData("{\"features\":[[1]],\"c\":1,}", ": malformed JSON at line 1, byte 25: ")]
    [InlineData("{\"features\":[[1]],\"c\":1,\"name\":\"\\ud800\"}", ": malformed JSON at byte 32: ")]
    public async Task MalformedBodyIsReportedWithLineAndByte(string json, string description)
    {
        var (status, text) = await PostAsync(json);
        status.ShouldBe(HttpStatusCode.BadRequest);
        text.ShouldStartWith(description);
        text.ShouldNotContain("reader");
        text.ShouldNotContain("LineNumber");
    }

    [Fact]
    public async Task MoreValuesThanTheLimitAreTooLarge()
    {
        var json = $$"""{"features":[[{{string.Join(',', Enumerable.Repeat(1, 101))}}]],"c":1}""";
        (await PostAsync(json)).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "features[0][100]: expected at most 100 values, got more (Limits:MaxValues)"));
    }

    [Fact]
    public async Task BodyBeyondTheServersLimitIsTooLarge()
    {
        (await PostAsync(new string(' ', MaxBodySize + 1)))
            .ShouldBe((HttpStatusCode.RequestEntityTooLarge, ": The body is larger than 4096 bytes (Limits:MaxBodyBytes)."));
    }

    [Fact]
    public async Task BodyOfMalformedChunksIsABadRequest()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2\r\n{\"\r\nno\r\n"),
            cancellationToken);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(cancellationToken);
        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.ShouldContain(": the body broke off, or its chunks are malformed");
    }

    private Task<(HttpStatusCode Status, string Text)> PostAsync(string json, string? mediaType = "application/json") =>
        PostAsync(Encoding.UTF8.GetBytes(json), mediaType);

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(byte[] json, string? mediaType)
    {
        using var content = new ByteArrayContent(json);
        content.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);
        using var client = new HttpClient();
        using var response = await client.PostAsync(server.Address, content, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>One endpoint on a real Kestrel, whose limits and handling of broken connections are tested too.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private WebApplication? _application;

        public Uri Address => new(_application!.Urls.Single());

        public async ValueTask InitializeAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.WebHost.ConfigureKestrel(o => o.Limits.MaxRequestBodySize = MaxBodySize);
            builder.Logging.ClearProviders();
            builder.Configuration["Limits:MaxBodyBytes"] = $"{MaxBodySize}";
            builder.Services.AddOptions<LimitOptions>().BindConfiguration(LimitOptions.Section);
            builder.Services.ConfigureHttpJsonOptions(o => JsonDefaults.Configure(o.SerializerOptions, new JsonLimits(MaxValues: 100)));
            _application = builder.Build();
            _application.MapPost("/", (JsonBody<Request> body) => body.Failure is { } failure
                ? Results.Text($"{failure.Path}: {failure.Message}", statusCode: failure.Status)
                : Results.Json(body.Value));
            await _application.StartAsync(TestContext.Current.CancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            if (_application is not null)
                await _application.DisposeAsync();
        }
    }

    private sealed record Request(
        Matrix Features, double C, double[]? Weights = null, int? Iterations = null, Penalty? Penalty = null, string? Name = null, Inner? Inner = null)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public List<Inner>? List { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public Dictionary<string, double>? Named { get; init; }
    }

    private sealed record Inner(bool Flag, double[] Weights);
}
