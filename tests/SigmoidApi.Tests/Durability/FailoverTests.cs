using System.Diagnostics;
using System.Net;
using System.Text.Json;
using SigmoidApi.Tests.Database;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Durability;

/// <summary>
/// Two processes on one PostgreSQL: what the one that runs a job leaves, the other takes up. How long that took is written to the test's output, and beside
/// <c>FAILOVER_REPORT</c> to that file; the tests themselves do not hang on it.
/// </summary>
public sealed class FailoverTests(PostgresServer server) : IAsyncLifetime
{
    private const int Passes = 150_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("sigmoid-failover-").FullName;
    private readonly List<ServiceProcess> _replicas = [];

    public async ValueTask InitializeAsync()
    {
        var database = await server.CreateDatabase();
        for (var i = 0; i < 2; i++)
        {
            _replicas.Add(new ServiceProcess
            {
                StorageDirectory = _directory,
                Settings = { ["Storage:Provider"] = "Postgres", ["ConnectionStrings:Sigmoid"] = database, ["Training:Nice"] = "0" },
            });
        }

        await Task.WhenAll(_replicas.Select(replica => replica.Start()));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
            await replica.DisposeAsync();
    }

    [Fact]
    public async Task KilledProcessesJobGoesOnElsewhereFromItsCheckpoint()
    {
        var (id, dying, other) = await Running("killed");
        var at = Step(await Checkpointed(other, id));
        var watch = Stopwatch.StartNew();

        await dying.Kill();
        await GoesOnWith(other, id, at);

        Report("kill -9", watch);
        await EndsOnTheUndisturbedBits(other, id, "killed");
    }

    [Fact]
    public async Task StoppedProcessLosesItsJobAndWritesNothingWhenItWakesUp()
    {
        var (id, stopped, other) = await Running("suspended");
        var at = Step(await Checkpointed(other, id));
        var watch = Stopwatch.StartNew();

        await stopped.Suspend();
        await GoesOnWith(other, id, at);
        Report("SIGSTOP", watch);
        await stopped.Continue();

        await Eventually.True(() => stopped.Log.Any(line => line.Contains("was lost to another process", StringComparison.Ordinal)));
        await EndsOnTheUndisturbedBits(other, id, "suspended");
        (await other.Api.Job(id)).GetProperty("attempts").GetInt32().ShouldBe(2);
        // Who has lost a job takes the next one.
        (await stopped.Api.Train(LongFit.Quick)).GetProperty("status").GetString().ShouldBe("succeeded");
    }

    [Fact]
    public async Task ProcessThatIsToStopGivesItsJobBackAtOnce()
    {
        var (id, leaving, other) = await Running("drained");
        var at = Step(await Checkpointed(other, id));
        var watch = Stopwatch.StartNew();

        var end = leaving.Terminate();
        await GoesOnWith(other, id, at);

        Report("SIGTERM", watch);
        await end;
        leaving.ExitCode.ShouldBe(0);
        await EndsOnTheUndisturbedBits(other, id, "drained");
    }

    [Fact]
    public async Task EveryReplicaShowsStopsAndCancelsWhatAnyOneRuns()
    {
        var (id, runs, other) = await Running("remote");
        var seen = Step(await other.Api.Job(id));
        await Eventually.Get(() => other.Api.Job(id), job => Step(job) > seen);
        (await other.Api.Get($"training-jobs/{id}/history")).Json.GetProperty("points").GetArrayLength().ShouldBeGreaterThan(1);

        (await other.Api.Post($"training-jobs/{id}/stop", "")).Expect(HttpStatusCode.Accepted);
        (await other.Api.Ended(id)).GetProperty("status").GetString().ShouldBe("succeeded");

        // A prediction by the latest version hears of versions that others make.
        const string Features = """{ "features": [[1, 2, 3, 4, 5]] }""";
        (await other.Api.Post("models/remote/predict", Features)).Json.GetProperty("model").GetProperty("version").GetInt32().ShouldBe(1);
        await runs.Api.Train(LongFit.Request("remote", iterations: 10));
        await Eventually.Get(() => other.Api.Post("models/remote/predict", Features), answer => answer.Json.GetProperty("model").GetProperty("version").GetInt32() == 2);
        (await runs.Api.Delete("models/remote/versions/2")).Expect(HttpStatusCode.NoContent);
        await Eventually.Get(() => other.Api.Post("models/remote/predict", Features), answer => answer.Json.GetProperty("model").GetProperty("version").GetInt32() == 1);

        var (second, _, another) = await Running("canceled");
        (await another.Api.Post($"training-jobs/{second}/cancel", "")).Expect(HttpStatusCode.Accepted);
        (await another.Api.Ended(second)).GetProperty("status").GetString().ShouldBe("canceled");
    }

    [Fact]
    public async Task JobThatTakesItsProcessDownThreeTimesFailsAndSaysSo()
    {
        foreach (var replica in _replicas)
        {
            await replica.Kill();
            // Nothing is kept of the fit, so that it never comes any further.
            replica.Settings["Training:CheckpointSeconds"] = "3600";
            await replica.Start();
        }

        var id = await _replicas[0].Api.Enqueue(LongFit.Request("poison"));
        for (var i = 1; i <= 3; i++)
        {
            var job = await Eventually.Get(() => _replicas[0].Api.Job(id), job => job.GetProperty("attempts").GetInt32() == i && job.GetProperty("status").GetString() == "running");
            var dying = RunnerOf(job);
            await dying.Kill();
            await dying.Start();
        }

        var failed = await _replicas[0].Api.Ended(id);
        failed.GetProperty("status").GetString().ShouldBe("failed");
        failed.GetProperty("error").GetProperty("detail").GetString().ShouldBe(
            "The process that ran this job ended 3 times in succession before the job came any further; its memory may not be enough for it.");
    }

    private async Task<(string Id, ServiceProcess Runner, ServiceProcess Other)> Running(string name)
    {
        var id = await _replicas[0].Api.Enqueue(LongFit.Request(name, Passes));
        var runner = RunnerOf(await _replicas[0].Api.Running(id));
        return (id, runner, _replicas.Single(replica => replica != runner));
    }

    private ServiceProcess RunnerOf(JsonElement job) => _replicas.Single(replica => job.GetProperty("worker").GetString() == $"{Environment.MachineName}:{replica.ProcessId}");

    /// <summary>The job as a process that does not run it sees it once a checkpoint has been kept.</summary>
    private static Task<JsonElement> Checkpointed(ServiceProcess other, string id) => Eventually.Get(() => other.Api.Job(id), job => Step(job) > 0);

    /// <summary>Waits until another process has come further with the job than the last that was seen of it.</summary>
    private static Task<JsonElement> GoesOnWith(ServiceProcess other, string id, int step) => Eventually.Get(
        () => other.Api.Job(id), job => job.GetProperty("worker").GetString() == $"{Environment.MachineName}:{other.ProcessId}" && Step(job) > step);

    private static int Step(JsonElement job) => job.GetProperty("progress") is { ValueKind: JsonValueKind.Object } progress ? progress.GetProperty("step").GetInt32() : 0;

    private static async Task EndsOnTheUndisturbedBits(ServiceProcess replica, string id, string name)
    {
        (await replica.Api.Ended(id)).GetProperty("status").GetString().ShouldBe("succeeded");
        await replica.Api.Train(LongFit.Request($"{name}-again", Passes));
        var (model, again) = ((await replica.Api.Get($"models/{name}")).Json, (await replica.Api.Get($"models/{name}-again")).Json);
        model.GetProperty("coefficients").GetRawText().ShouldBe(again.GetProperty("coefficients").GetRawText());
        (await replica.Api.Get($"models/{name}/versions")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
        // The loss curve has no gap and nothing twice.
        var history = (await replica.Api.Get($"training-jobs/{id}/history")).Json.GetProperty("points").GetRawText();
        var undisturbed = (await replica.Api.Get($"training-jobs/{again.GetProperty("jobId").GetString()}/history")).Json.GetProperty("points").GetRawText();
        history.ShouldBe(undisturbed);
    }

    private static void Report(string fault, Stopwatch watch)
    {
        var line = $"- After {fault} of the process that runs a job, another goes on with it after {watch.ElapsedMilliseconds} ms.";
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("FAILOVER_REPORT") is { Length: > 0 } report)
            File.AppendAllLines(Path.Combine(Repository.Root, report), [line]);
    }
}
