using System.IO.Compression;
using System.Net;
using System.Text;

namespace SigmoidApi.Tests.Http;

/// <summary>Answers above 1 KB are compressed by Brotli or gzip for clients that ask for it.</summary>
[Trait("Speed", "Slow")]
public sealed class CompressionTests(TestApplication application) : IClassFixture<TestApplication>
{
    private readonly ApiClient _api = application.Api;

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip;q=1.0, br;q=0.5", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("*", "br")]
    [InlineData("identity;q=0, gzip", "gzip")]
    [InlineData("identity", null)]
    [InlineData("gzip;q=0", null)]
    [InlineData("zstd", null)]
    [InlineData("nonsense;;q=x", null)]
    [InlineData(null, null)]
    public async Task AnswerIsCompressedAsTheClientAsks(string? accept, string? coding)
    {
        var plain = (await Sigmoid(1000, null)).Text;

        var answer = await Sigmoid(1000, accept);

        answer.ContentHeaders.ContentEncoding.ShouldBe(coding is null ? [] : [coding]);
        if (coding is not null)
        {
            answer.Headers.Vary.ShouldBe(["Accept-Encoding"]);
            answer.Content.Length.ShouldBeLessThan(plain.Length / 10);
        }

        (await Unpack(answer)).ShouldBe(plain);
    }

    [Fact]
    public async Task AnswerIsCompressedAboveTheLimit()
    {
        foreach (var (bytes, isPacked) in new[] { (1023, false), (1024, false), (1025, true) })
        {
            var answer = await Exactly(bytes);
            answer.ContentHeaders.ContentEncoding.ShouldBe(isPacked ? ["gzip"] : [], $"{bytes}");
            (await Unpack(answer)).Length.ShouldBe(bytes);
        }
    }

    [Fact]
    public async Task SmallAnswerIsCompressedForAClientThatRefusesIdentity() =>
        (await Sigmoid(1, "gzip, identity;q=0")).ContentHeaders.ContentEncoding.ShouldBe(["gzip"]);

    [Fact]
    public async Task HeadHasTheHeadersOfGet()
    {
        await _api.Upload("name=head", "a,y\n" + string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i},{i % 2}\n")));

        string[] paths =
        [
            "datasets/head", "datasets/head/rows?limit=500", "datasets/head/content?format=csv", "datasets/head/content", "/openapi/v1.json", "activations",
        ];
        foreach (var path in paths)
        {
            var get = (await _api.Get(path, ("Accept-Encoding", "gzip"))).Expect(HttpStatusCode.OK);
            var head = (await _api.Send(HttpMethod.Head, path, content: null, ("Accept-Encoding", "gzip"))).Expect(HttpStatusCode.OK);

            head.ContentHeaders.ContentEncoding.ShouldBe(get.ContentHeaders.ContentEncoding, path);
            head.Headers.Vary.ShouldBe(get.Headers.Vary, path);
            head.Headers.ETag.ShouldBe(get.Headers.ETag, path);
            head.Content.ShouldBeEmpty(path);
        }
    }

    [Fact]
    public async Task CsvIsCompressedWhileItIsStreamedAndParquetIsNot()
    {
        await _api.Upload("name=streamed", "a,y\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i},{i % 2}\n")));
        var plain = (await _api.Get("datasets/streamed/content?format=csv")).Expect(HttpStatusCode.OK);
        var packed = (await _api.Get("datasets/streamed/content?format=csv", ("Accept-Encoding", "br"))).Expect(HttpStatusCode.OK);

        plain.ContentHeaders.ContentEncoding.ShouldBeEmpty();
        plain.Headers.ETag!.IsWeak.ShouldBeFalse();
        packed.ContentHeaders.ContentEncoding.ShouldBe(["br"]);
        (await Unpack(packed)).ShouldBe(plain.Text);
        // The bytes differ, so the tag is weak. A cache finds its copy by it.
        packed.Headers.ETag!.ToString().ShouldBe("W/" + plain.Headers.ETag);
        var known = (await _api.Get("datasets/streamed/content?format=csv", ("Accept-Encoding", "br"), ("If-None-Match", packed.Headers.ETag.ToString())))
            .Expect(HttpStatusCode.NotModified);
        known.Headers.ETag.ShouldBe(packed.Headers.ETag);
        (await _api.Get("datasets/streamed/content", ("Accept-Encoding", "br, gzip"))).ContentHeaders.ContentEncoding.ShouldBeEmpty();
        var part = (await _api.Get("datasets/streamed/content?format=csv", ("Accept-Encoding", "gzip"), ("Range", "bytes=0-1999")))
            .Expect(HttpStatusCode.PartialContent);
        part.ContentHeaders.ContentEncoding.ShouldBeEmpty();
        part.Text.ShouldBe(plain.Text[..2000]);
    }

    [Fact]
    public async Task DocumentIsCompressed()
    {
        var packed = (await _api.Get("/openapi/v1.json", ("Accept-Encoding", "br"))).Expect(HttpStatusCode.OK);

        packed.ContentHeaders.ContentEncoding.ShouldBe(["br"]);
        (await Unpack(packed)).ShouldBe((await _api.Get("/openapi/v1.json")).Text);
    }

    [Fact]
    public async Task EventsAndBinaryNumbersAreNotCompressed()
    {
        await _api.Upload("name=events", "a,y\n1,0\n2,1\n3,0\n4,1\n");
        await _api.Train("""{ "datasetId": "events", "target": "y" }""");

        var events = (await _api.Get("training-jobs/latest/events", ("Accept-Encoding", "gzip, br"))).Expect(HttpStatusCode.OK);
        events.ContentHeaders.ContentEncoding.ShouldBe(["identity"]);
        events.Text.Length.ShouldBeGreaterThan(1024);
        var numbers = await _api.Send(HttpMethod.Post, "sigmoid", ApiClient.Bytes(new byte[8000], "application/octet-stream"), ("Accept-Encoding", "gzip"));
        numbers.Expect(HttpStatusCode.OK).ContentHeaders.ContentEncoding.ShouldBeEmpty();
        numbers.Content.Length.ShouldBe(8000);
    }

    [Fact]
    public async Task ProblemIsCompleteWithAnyAcceptEncoding()
    {
        (await _api.Get("models/none", ("Accept-Encoding", "gzip"))).Problem(HttpStatusCode.NotFound);
        (await _api.Get("/nothing", ("Accept-Encoding", "gzip, identity;q=0"))).Problem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task SettingTurnsCompressionOff()
    {
        await using var plain = new TestApplication { Settings = { ["Http:CompressAboveBytes"] = "0" } };

        (await plain.Api.Get("/openapi/v1.json", ("Accept-Encoding", "gzip"))).Expect(HttpStatusCode.OK).ContentHeaders.ContentEncoding.ShouldBeEmpty();
    }

    private async Task<ApiResponse> Sigmoid(int count, string? accept)
    {
        var body = $$"""{ "values": [{{string.Join(',', Enumerable.Repeat("0", count))}}] }""";
        return (await _api.Post("sigmoid", body, accept is null ? [] : [("Accept-Encoding", accept)])).Expect(HttpStatusCode.OK);
    }

    /// <summary>An answer of this many bytes: 12 around the numbers, and two for each number and its comma.</summary>
    private async Task<ApiResponse> Exactly(int bytes)
    {
        var values = Enumerable.Repeat("1", (bytes - 12) / 2).ToArray();
        values[0] = bytes % 2 == 0 ? "1" : "10";
        var body = $$"""{ "values": [{{string.Join(',', values)}}] }""";
        return (await _api.Post("activations/relu", body, ("Accept-Encoding", "gzip"))).Expect(HttpStatusCode.OK);
    }

    private static async Task<string> Unpack(ApiResponse answer)
    {
        using var packed = new MemoryStream(answer.Content);
        await using Stream plain = answer.ContentHeaders.ContentEncoding.SingleOrDefault() switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Decompress),
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            _ => packed,
        };
        using var reader = new StreamReader(plain, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
