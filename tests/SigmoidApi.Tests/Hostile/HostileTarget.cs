using System.Globalization;

namespace SigmoidApi.Tests.Hostile;

/// <summary>The process that is attacked: it has a model, so that no attack ends at a 404, and it must outlive all of them without a fault of its own.</summary>
public sealed class HostileTarget : IAsyncLifetime
{
    private OpenApiOperation[] _operations = [];

    public ServiceProcess Service { get; } = new();

    /// <summary>Of the attacks, which are others in each run; <c>HOSTILE_SEED</c> repeats those of a run that failed.</summary>
    public static int Seed { get; } =
        Environment.GetEnvironmentVariable("HOSTILE_SEED") is { } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : Random.Shared.Next(1_000_000_000);

    /// <summary>How long the mixed attacks last; <c>HOSTILE_SECONDS=3600</c> makes an hour of it.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("HOSTILE_SECONDS") ?? "5", CultureInfo.InvariantCulture));

    public async ValueTask InitializeAsync()
    {
        await Service.Start();
        _operations = [.. await OpenApiOperation.Read(Service.Api)];
        await Service.Api.Train("""{ "data": { "features": [[0.1, 3], [0.9, 1], [0.2, 2], [0.4, 4]], "labels": [0, 1, 1, 0] }, "modelName": "mails" }""");
        await Service.Api.Upload("name=mails", "word_freq_free,char_freq_!,capital_run_length,spam\n0.9,0.4,60,1\n0,0,3,0\n0.5,0,20,1\n0,0.1,2,0\n");
    }

    /// <summary>Attacks that no others have a part in: their chance is the seed's alone.</summary>
    internal Attacks Attacks(int round = 0)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"HOSTILE_SEED={Seed} repeats these attacks.");
        return new(Service, _operations, new Random(Seed + round));
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
