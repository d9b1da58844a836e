using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace SigmoidApi.Tests.Functions;

[Trait("Speed", "Slow")]
public sealed class ActivationStreamTests(TestApplication application) : IClassFixture<TestApplication>
{
    private const string OctetStream = "application/octet-stream";
    private readonly ApiClient _api = application.Api;

    [Theory]
    [InlineData("sigmoid")]
    [InlineData("sigmoid/derivative")]
    [InlineData("activations/gelu")]
    [InlineData("activations/leaky_relu/derivative")]
    public async Task StreamHasTheSameBitsAsJson(string path)
    {
        var values = Numbers(20_001);

        var json = (await _api.Post(path, new { values })).Expect(HttpStatusCode.OK).Numbers("values");

        (await Stream<double>(path, values)).ShouldBe(json);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8_191)]
    [InlineData(8_192)]
    [InlineData(8_193)]
    [InlineData(50_000)]
    public async Task ValuesKeepTheirOrderInStreamsOfEveryLength(int count)
    {
        var values = Numbers(count);
        float[] singles = [.. values.Select(v => (float)v)];

        (await Stream<double>("activations/relu", values)).ShouldBe([.. values.Select(v => Math.Max(v, 0))]);
        (await Stream<float>("activations/relu?dtype=float32", singles)).ShouldBe([.. singles.Select(v => Math.Max(v, 0))]);
    }

    [Theory]
    [InlineData("sigmoid", 7, "Expected a whole number of values of 8 bytes each, got 7 bytes.")]
    [InlineData("sigmoid", 65_537, "Expected a whole number of values of 8 bytes each, got 65537 bytes.")]
    [InlineData("activations/mish/derivative?dtype=float32", 65_538, "Expected a whole number of values of 4 bytes each, got 65538 bytes.")]
    public async Task IncompleteLastValueIsRefused(string path, int bytes, string detail)
    {
        (await _api.PostBytes(path, new byte[bytes], OctetStream)).Problem(HttpStatusCode.BadRequest).Detail.ShouldBe(detail);
    }

    [Fact]
    public async Task UnknownTypeIsNamed()
    {
        (await _api.PostBytes("sigmoid?dtype=int8", new byte[8], OctetStream)).Error().ShouldBe(("dtype", "expected float64 or float32, got 'int8'"));
    }

    [Fact]
    public async Task StreamMayBeLongerThanOtherBodiesUpToItsOwnLimit()
    {
        await using var small = new TestApplication { Settings = { ["Limits:MaxBodyBytes"] = "1000", ["Limits:MaxStreamBytes"] = "200000" } };

        (await small.Api.PostBytes("sigmoid", new byte[200_000], OctetStream)).Expect(HttpStatusCode.OK).Content.Length.ShouldBe(200_000);
        (await small.Api.PostBytes("sigmoid", new byte[200_008], OctetStream)).Problem(HttpStatusCode.RequestEntityTooLarge);
        // Without a Content-Length, the service learns the length only by reading the body.
        using var chunked = new StreamContent(new MemoryStream(new byte[200_008]));
        chunked.Headers.ContentType = new(OctetStream);
        (await small.Api.Send(HttpMethod.Post, "sigmoid", new ChunkedContent(chunked))).Problem(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task AnswerIsDeletedFromDisk()
    {
        (await _api.PostBytes("sigmoid", new byte[8 << 20], OctetStream)).Expect(HttpStatusCode.OK);

        await Eventually.True(() => Directory.GetFiles(application.StorageDirectory, "*.tmp", SearchOption.AllDirectories).Length == 0);
    }

    [Fact]
    public async Task ClientThatSendsAllBeforeItReadsIsServed()
    {
        const int Length = 64 << 20;
        var address = _api.Http.BaseAddress!;
        using var connection = await RawConnection.Open(address);

        await connection.Send(
            $"POST /api/v1/sigmoid HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: {OctetStream}\r\nContent-Length: {Length}\r\n"
            + "Connection: close\r\n\r\n");
        var chunk = new byte[1 << 20];
        for (var sent = 0; sent < Length; sent += chunk.Length)
            await connection.Send(chunk);

        var bytes = await connection.ReadToEnd();
        Encoding.ASCII.GetString(bytes, 0, 15).ShouldBe("HTTP/1.1 200 OK");
        var values = MemoryMarshal.Cast<byte, double>(bytes.AsSpan(bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4).ToArray());
        values.Length.ShouldBe(Length / sizeof(double));
        values.IndexOfAnyExcept(0.5).ShouldBe(-1);
    }

    private async Task<T[]> Stream<T>(string path, T[] values)
        where T : unmanaged
    {
        var response = (await _api.PostBytes(path, MemoryMarshal.AsBytes<T>(values).ToArray(), OctetStream)).Expect(HttpStatusCode.OK);
        response.ContentHeaders.ContentType?.MediaType.ShouldBe(OctetStream);
        return MemoryMarshal.Cast<byte, T>(response.Content).ToArray();
    }

    private static double[] Numbers(int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ => 20 * random.NextDouble() - 10)];
    }

    /// <summary>Hides the length, so that the client sends the body in chunks.</summary>
    private sealed class ChunkedContent : HttpContent
    {
        private readonly HttpContent _inner;

        public ChunkedContent(HttpContent inner)
        {
            _inner = inner;
            Headers.ContentType = inner.Headers.ContentType;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _inner.CopyToAsync(stream, context);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
