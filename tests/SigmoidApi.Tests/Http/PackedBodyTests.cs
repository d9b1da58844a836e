using System.Net;
using System.Text;
using SigmoidApi.Tests.Datasets;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Http;

/// <summary>Bodies with a <c>Content-Encoding</c>, other than uploads, which <see cref="UploadTests"/> covers.</summary>
[Trait("Speed", "Slow")]
public sealed class PackedBodyTests(PackedBodyTests.Application application) : IClassFixture<PackedBodyTests.Application>
{
    private const int MaxBodyBytes = 100_000;
    private const string Sigmoid = """{ "values": [0, 1.5] }""";

    private readonly ApiClient _api = application.Service.Api;

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("GZIP")]
    [InlineData("zstd")]
    [InlineData("identity")]
    public async Task CompressedBodyIsReadLikeAPlainOne(string coding)
    {
        var plain = (await _api.Post("sigmoid", Sigmoid)).Expect(HttpStatusCode.OK).Text;

        (await Post("sigmoid", Pack(Encoding.UTF8.GetBytes(Sigmoid), coding), coding)).Expect(HttpStatusCode.OK).Text.ShouldBe(plain);
    }

    [Fact]
    public async Task EveryJsonRouteTakesCompressedBodies()
    {
        await _api.Upload("name=packed", "a,y\n1,0\n2,1\n3,0\n4,1\n");
        await _api.Train("""{ "datasetId": "packed", "target": "y", "modelName": "packed" }""");
        (string Path, string Body)[] calls =
        [
            ("models/packed/predict", """{ "rows": [{ "a": 2 }] }"""),
            ("models/packed/versions/1/predict", """{ "columns": { "a": [2] } }"""),
            ("datasets/packed/split", """{ "test": 0.5 }"""),
            ("training-jobs", """{ "datasetId": "packed", "target": "y", "modelName": "again" }"""),
            ("predict", """{ "weights": [1], "features": [[2]] }"""),
            ("activations/tanh", Sigmoid),
        ];

        foreach (var (path, body) in calls)
        {
            var plain = await _api.Post(path, body);
            ((int)plain.Status).ShouldBeInRange(200, 299, plain.Text);
            (await Post(path, SampleFiles.Gzip(Encoding.UTF8.GetBytes(body)), "gzip")).Status.ShouldBe(plain.Status, path);
        }
    }

    [Theory]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("gzip, gzip")]
    [InlineData("*")]
    public async Task UnknownCodingIsRefusedWithTheKnownOnes(string coding)
    {
        foreach (var (path, mediaType) in new[] { ("sigmoid", "application/json"), ("sigmoid", "application/octet-stream"),
            ("datasets?name=coding", "text/csv") })
        {
            var answer = await Post(path, Encoding.UTF8.GetBytes(Sigmoid), coding, mediaType);

            answer.Problem(HttpStatusCode.UnsupportedMediaType).Detail.ShouldBe($"Expected the Content-Encoding gzip or zstd, or none, got {coding}.");
            answer.Headers.GetValues("Accept-Encoding").ShouldBe(["gzip, zstd"]);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task BrokenCompressionIsABadRequest(string coding)
    {
        var plain = Encoding.UTF8.GetBytes(Sigmoid);
        var packed = Pack(plain, coding);
        byte[] damaged = [.. packed];
        // Changes the first byte. A later change might not be noticed, since a zstd frame may lack a checksum.
        damaged[0] ^= 0xFF;

        foreach (var body in new[] { packed[..^1], packed[..(packed.Length / 2)], damaged, [.. packed, 1, 2, 3], plain, [] })
        {
            foreach (var mediaType in new[] { "application/json", "application/octet-stream" })
            {
                (await Post("sigmoid", body, coding, mediaType))
                    .Problem(HttpStatusCode.BadRequest).Detail.ShouldStartWith("The body can't be unpacked as its Content-Encoding says");
            }
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task DecompressedBodyIsLimited(string coding)
    {
        var most = Encoding.UTF8.GetBytes(Sigmoid.PadRight(MaxBodyBytes));

        (await Post("sigmoid", Pack(most, coding), coding)).Expect(HttpStatusCode.OK);
        (await Post("sigmoid", Pack([.. most, (byte)' '], coding), coding)).Problem(HttpStatusCode.RequestEntityTooLarge).Detail
            .ShouldBe($"The body has more than {MaxBodyBytes} bytes when it is unpacked (Limits:MaxBodyBytes).");
        (await Post("sigmoid", Pack(new byte[MaxBodyBytes + 8], coding), coding, "application/octet-stream")).Problem(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task CompressedBinaryNumbersAreDecompressed()
    {
        var numbers = BitConverter.GetBytes(0.0);

        (await Post("sigmoid", SampleFiles.Gzip(numbers), "gzip", "application/octet-stream"))
            .Expect(HttpStatusCode.OK).Content.ShouldBe(BitConverter.GetBytes(0.5));
    }

    [Fact]
    public async Task SameRequestWithAnotherCompressionIsTheSameRequest()
    {
        await _api.Upload("name=keyed", "a,y\n1,0\n2,1\n3,0\n4,1\n");
        var body = Encoding.UTF8.GetBytes("""{ "test": 0.5 }""");
        var first = await Post("datasets/keyed/split", SampleFiles.Gzip(body), "gzip", headers: ("Idempotency-Key", "k"));

        var again = await Post("datasets/keyed/split", SampleFiles.Gzip([.. body]), "gzip", headers: ("Idempotency-Key", "k"));

        again.Expect(HttpStatusCode.Created).Text.ShouldBe(first.Expect(HttpStatusCode.Created).Text);
    }

    private static byte[] Pack(byte[] plain, string coding) => coding switch
    {
        "zstd" => SampleFiles.Zstd(plain),
        "identity" => plain,
        _ => SampleFiles.Gzip(plain),
    };

    private Task<ApiResponse> Post(string path, byte[] body, string coding, string mediaType = "application/json", params (string Name, string Value)[] headers)
    {
        var content = ApiClient.Bytes(body, mediaType);
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding).ShouldBeTrue();
        return _api.Send(HttpMethod.Post, path, content, headers);
    }

    public sealed class Application : IAsyncDisposable
    {
        public TestApplication Service { get; } =
            new() { Settings = { ["Limits:MaxBodyBytes"] = $"{MaxBodyBytes}", ["Limits:MaxStreamBytes"] = $"{MaxBodyBytes}" } };

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }
}
