using System.Globalization;

namespace SigmoidApi.Tests.Hostile;

/// <summary>The process that is attacked: it has a model, so that no attack ends at a 404, and it must outlive all of them without a fault of its own.</summary>
public sealed class HostileTarget : IAsyncLifetime
{
    // The same attacks in every run; another seed is another run.
    private const int Seed = 20_260_101;

    public ServiceProcess Service { get; } = new();

    internal Attacks Attacks { get; private set; } = null!;

    /// <summary>How long the mixed attacks last; <c>HOSTILE_SECONDS=3600</c> makes an hour of it.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("HOSTILE_SECONDS") ?? "5", CultureInfo.InvariantCulture));

    public async ValueTask InitializeAsync()
    {
        await Service.Start();
        var operations = (await OpenApiOperation.Read(Service.Api)).ToArray();
        await Service.Api.Train("""{ "data": { "features": [[0.1, 3], [0.9, 1], [0.2, 2], [0.4, 4]], "labels": [0, 1, 1, 0] }, "modelName": "mails" }""");
        Attacks = new Attacks(Service, operations, new Random(Seed));
    }

    public ValueTask DisposeAsync() => Service.DisposeAsync();

    /// <summary>Holds after every attack: the process is there, answers as ever, and found nothing in its own doing to complain of.</summary>
    public async Task ShouldBeUnharmed()
    {
        Service.IsRunning.ShouldBeTrue(string.Join('\n', Service.Log.TakeLast(20)));
        (await Service.Api.Post("sigmoid", """{ "values": [0] }""")).Text.ShouldBe("""{"values":[0.5]}""");
        (await Service.Api.Get("/health/ready")).Expect(System.Net.HttpStatusCode.OK);
        var complaints = Service.Log.Where(line => line.Contains("\"@l\":\"Error\"", StringComparison.Ordinal) || line.Contains("\"@l\":\"Fatal\"", StringComparison.Ordinal));
        string.Join('\n', complaints.Take(3)).ShouldBeEmpty();
    }
}
