using System.Globalization;

namespace SigmoidApi.Tests.Hostile;

/// <summary>
/// The process that is attacked. It has a model and a data set, so that no attack ends with a 404. It must survive all attacks without an error of its own.
/// </summary>
public sealed class HostileTarget : IAsyncLifetime
{
    private OpenApiOperation[] _operations = [];

    public ServiceProcess Service { get; } = new();

    /// <summary>The seed of the attacks. Each run has different attacks; <c>HOSTILE_SEED</c> repeats those of a run that failed.</summary>
    public static int Seed { get; } =
        Environment.GetEnvironmentVariable("HOSTILE_SEED") is { } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : Random.Shared.Next(1_000_000_000);

    /// <summary>The duration of the mixed attacks; <c>HOSTILE_SECONDS=3600</c> makes it an hour.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("HOSTILE_SECONDS") ?? "5", CultureInfo.InvariantCulture));

    public async ValueTask InitializeAsync()
    {
        await Service.Start();
        _operations = [.. await OpenApiOperation.Read(Service.Api)];
        await Service.Api.Train("""{ "data": { "features": [[0.1, 3], [0.9, 1], [0.2, 2], [0.4, 4]], "labels": [0, 1, 1, 0] }, "modelName": "mails" }""");
        await Service.Api.Upload("name=mails", "word_freq_free,char_freq_!,capital_run_length,spam\n0.9,0.4,60,1\n0,0,3,0\n0.5,0,20,1\n0,0.1,2,0\n");
    }

    /// <summary>Attacks with their own random numbers, so that they depend only on the seed.</summary>
    internal Attacks Attacks(int round = 0)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"HOSTILE_SEED={Seed} repeats these attacks.");
        return new(Service, _operations, new Random(Seed + round));
    }

    public ValueTask DisposeAsync() => Service.DisposeAsync();

    /// <summary>Must hold after every attack: the process runs, answers correctly, and has logged no error.</summary>
    public async Task ShouldBeUnharmed()
    {
        Service.IsRunning.ShouldBeTrue(string.Join('\n', Service.Log.TakeLast(20)));
        (await Service.Api.Post("sigmoid", """{ "values": [0] }""")).Text.ShouldBe("""{"values":[0.5]}""");
        (await Service.Api.Get("/health/ready")).Expect(System.Net.HttpStatusCode.OK);
        string[] levels = ["\"@l\":\"Error\"", "\"@l\":\"Fatal\""];
        var errors = Service.Log.Where(line => Array.Exists(levels, level => line.Contains(level, StringComparison.Ordinal)));
        string.Join('\n', errors.Take(3)).ShouldBeEmpty();
    }
}
