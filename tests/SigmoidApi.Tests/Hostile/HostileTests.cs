using System.Diagnostics;
using System.Net;

namespace SigmoidApi.Tests.Hostile;

[Trait("Speed", "Slow")]
public sealed class HostileTests(HostileTarget target) : IClassFixture<HostileTarget>
{
    private const int IdleConnections = 1_000;
    private const int SlowConnections = 100;
    private const long MemoryThatMayStay = 100L << 20;

    private static readonly string Work = $$"""{ "values": [{{string.Join(',', Enumerable.Repeat("0.125", 500_000))}}] }""";

    [Fact]
    public Task RandomBytesAreRefused() => Survives(attacks => attacks.RandomBytes());

    [Fact]
    public Task BrokenBodiesAreRefused() => Survives(attacks => attacks.BrokenExamples());

    [Fact]
    public Task WrongTypesAndFieldsAreRefused() => Survives(attacks => attacks.WrongTypes());

    [Fact]
    public Task DeepNestingIsRefused() => Survives(attacks => attacks.DeepNesting());

    [Fact]
    public Task WrongMediaTypesAreRefused() => Survives(attacks => attacks.MediaTypes());

    [Fact]
    public Task CutOffBodiesDoNoHarm() => Survives(attacks => attacks.CutOffBodies());

    [Fact]
    public Task InvalidHttpIsRefused() => Survives(attacks => attacks.InvalidHttp());

    [Fact]
    public Task HeaderFloodsAreRefused() => Survives(attacks => attacks.HeaderFloods());

    [Fact]
    public Task OddAddressesAreRefused() => Survives(attacks => attacks.OddAddresses());

    [Fact]
    public Task PackedBodiesAreUnpackedOrRefused() => Survives(attacks => attacks.PackedBodies());

    [Fact]
    public Task BrokenFilesAreRefused() => Survives(attacks => attacks.BrokenFiles());

    [Fact]
    public Task OddQueriesAreRefused() => Survives(attacks => attacks.OddQueries());

    [Fact]
    public Task OddHeadersDoNoHarm() => Survives(attacks => attacks.OddHeaders());

    [Fact]
    public Task OddMethodsAreRefused() => Survives(attacks => attacks.OddMethods());

    [Fact]
    public async Task IdleConnectionsDoNotBlockOthers()
    {
        var connections = new List<RawConnection>();
        try
        {
            for (var i = 0; i < IdleConnections; i++)
                connections.Add(await RawConnection.Open(target.Service.Address));
            const string Unfinished =
                "POST /api/v1/sigmoid HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
            for (var i = 0; i < SlowConnections; i++)
                await connections[i].Send(Unfinished);
            for (var i = SlowConnections; i < 2 * SlowConnections; i++)
                await connections[i].Send("GET /api/v1/acti");

            await target.ShouldBeUnharmed();
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }

        await target.ShouldBeUnharmed();
    }

    /// <summary>
    /// First, the largest bodies show how much memory the service uses. Then all attacks run in turn, the largest bodies first, for
    /// <see cref="HostileTarget.Duration"/>.
    /// </summary>
    [Fact]
    public async Task MemoryIsReleasedAfterTheAttacks()
    {
        await using var own = new HostileTarget();
        await own.InitializeAsync();
        await own.Attacks().ManyValues();
        for (var i = 0; i < 20; i++)
            await AfterWork(own.Service);
        var before = await AfterWork(own.Service);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 2 || watch.Elapsed < HostileTarget.Duration; i++)
        {
            var attacks = own.Attacks(round: i);
            Func<Task>[] all = [attacks.ManyValues, attacks.DeepNesting, .. attacks.All];
            await all[i % all.Length]();
        }

        await own.ShouldBeUnharmed();
        await Eventually.Get(() => AfterWork(own.Service), bytes => bytes < before + MemoryThatMayStay);
    }

    /// <summary>The memory in use after a request that is large enough to make the collector work.</summary>
    private static async Task<long> AfterWork(ServiceProcess service)
    {
        (await service.Api.Post("sigmoid", Work)).Expect(HttpStatusCode.OK);
        return service.ResidentBytes();
    }

    private async Task Survives(Func<Attacks, Task> attack)
    {
        await attack(target.Attacks());
        await target.ShouldBeUnharmed();
    }
}
