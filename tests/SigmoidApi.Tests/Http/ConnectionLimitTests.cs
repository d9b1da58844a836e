using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SigmoidApi.Tests.Http;

/// <summary>Health checks are answered even when all connections are taken.</summary>
[Trait("Speed", "Slow")]
public sealed class ConnectionLimitTests
{
    private const string Live = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

    [Fact]
    public async Task HealthIsAnsweredWhenAllConnectionsAreTaken()
    {
        await using var service = await ServiceProcess.Started(("Limits:MaxConnections", "4"), ("Limits:ReservedConnections", "2"));
        service.Api.Http.Dispose();
        using var taken = await Taken(service, 4);

        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            var answer = await Answer(service, $"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
            answer.ShouldStartWith("HTTP/1.1 200 ");
            answer.ShouldContain("Connection: close");
            answer.ShouldContain("Healthy");
        }

        // A connection that is already open is still served.
        (await taken.Ask(0, Live)).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task RequestBeyondTheLimitIsRefusedWithRetryAfter()
    {
        await using var service = await ServiceProcess.Started(("Limits:MaxConnections", "4"));
        service.Api.Http.Dispose();
        using var taken = await Taken(service, 4);

        var answer = await Answer(service, "GET /api/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 503 ");
        answer.ShouldContain("Retry-After: 1");
        answer.ShouldContain("Connection: close");
        answer.ShouldContain("application/problem+json");
        answer.ShouldContain("Limits:MaxConnections");
    }

    [Fact]
    public async Task IdleConnectionsDoNotBlockTheReserve()
    {
        await using var service = await ServiceProcess.Started(("Limits:MaxConnections", "4"), ("Limits:ReservedConnections", "2"));
        service.Api.Http.Dispose();
        using var taken = await Taken(service, 4);
        var idle = new List<RawConnection>();
        try
        {
            for (var i = 0; i < 20; i++)
            {
                idle.Add(await RawConnection.Open(service.Address));
                (await Answer(service, Live)).ShouldStartWith("HTTP/1.1 200 ");
            }
        }
        finally
        {
            idle.ForEach(connection => connection.Dispose());
        }
    }

    [Theory]
    [InlineData("GET /health/live")]
    [InlineData("POST /api/v1/sigmoid")]
    public async Task UnsentBodiesDoNotBlockTheReserve(string request)
    {
        await using var service = await ServiceProcess.Started(("Limits:MaxConnections", "4"), ("Limits:ReservedConnections", "2"));
        service.Api.Http.Dispose();
        using var taken = await Taken(service, 4);
        using var answered = new KeptConnections();
        for (var i = 0; i < 6; i++)
        {
            await answered.Open(service.Address);
            (await answered.Ask(i, $"{request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"))
                .ShouldContain("Connection: close");
        }

        (await Answer(service, Live)).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task ServiceRecoversWhenTheConnectionsClose()
    {
        await using var service = await ServiceProcess.Started(("Limits:MaxConnections", "4"));
        service.Api.Http.Dispose();
        using (await Taken(service, 4))
            (await Answer(service, "GET /api/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n")).ShouldStartWith("HTTP/1.1 503 ");

        await Eventually.Get(() => Answer(service, "GET /api/v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
            answer => answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal));
        using var again = await Taken(service, 4);
        (await again.Ask(3, Live)).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task ReservedConnectionIsServedAfterAnotherOneCloses()
    {
        await using var service = await ServiceProcess.Started(("Limits:MaxConnections", "2"));
        service.Api.Http.Dispose();
        var taken = await Taken(service, 2);
        using var late = await RawConnection.Open(service.Address);
        (await Answer(service, "GET /api/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n")).ShouldStartWith("HTTP/1.1 503 ");
        taken.Dispose();
        await Eventually.Get(() => Answer(service, "GET /api/v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
            answer => answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal));

        await late.Send("GET /api/v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Encoding.ASCII.GetString(await late.ReadToEnd()).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task ManagementPortServesOnlyHealthAndVersion()
    {
        var port = FreePort();
        await using var service = await ServiceProcess.Started(("Limits:MaxConnections", "4"), ("Management:Port", $"{port}"));
        service.Api.Http.Dispose();
        using var taken = await Taken(service, 4);
        using var management = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Task<HttpResponseMessage> Get(string path) => management.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        for (var i = 0; i < 50; i++)
            (await Get("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Get("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { "/api/v1/models", "/", "/swagger/index.html", "/openapi/v1.json" })
            (await Get(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
    }

    private static async Task<string> Answer(ServiceProcess service, string request)
    {
        using var connection = await RawConnection.Open(service.Address);
        try
        {
            await connection.Send(request);
        }
        catch (IOException)
        {
            // Must be refused at once.
        }

        return Encoding.ASCII.GetString(await connection.ReadToEnd());
    }

    private static async Task<KeptConnections> Taken(ServiceProcess service, int count)
    {
        var kept = new KeptConnections();
        // The test's own probes may still be open for a moment.
        await Eventually.Get(() => kept.TryFill(service.Address, count), full => full);
        return kept;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Open connections, each of which was served once.</summary>
    private sealed class KeptConnections : IDisposable
    {
        private readonly List<NetworkStream> _streams = [];

        public async Task<bool> TryFill(Uri address, int count)
        {
            while (_streams.Count < count)
            {
                await Open(address);
                if ((await Ask(_streams.Count - 1, Live)).Contains("Connection: close", StringComparison.Ordinal))
                {
                    await _streams[^1].DisposeAsync();
                    _streams.RemoveAt(_streams.Count - 1);
                    return false;
                }
            }

            return true;
        }

        public async Task Open(Uri address)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
            _streams.Add(new NetworkStream(socket, ownsSocket: true));
        }

        public async Task<string> Ask(int connection, string request)
        {
            await _streams[connection].WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
            var answer = new StringBuilder();
            var buffer = new byte[4096];
            int read;
            // The body of /health/live is one word, in a chunk.
            while (!answer.ToString().EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal)
                && (read = await _streams[connection].ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0)
            {
                answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }

            return answer.ToString();
        }

        public void Dispose() => _streams.ForEach(stream => stream.Dispose());
    }
}
