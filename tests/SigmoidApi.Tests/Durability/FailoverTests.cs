using System.Diagnostics;
using System.Net;
using System.Text.Json;
using SigmoidApi.Tests.Database;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Durability;

/// <summary>
/// Two processes on one PostgreSQL: when the process that runs a job ends, the other one continues the job. The time that this takes is written to the test's
/// output, and to the file <c>FAILOVER_REPORT</c> if that is set; no test depends on it.
/// </summary>
[Trait("Speed", "Slow")]
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
    public async Task JobOfAKilledProcessContinuesElsewhereFromItsCheckpoint()
    {
        var (id, dying, other) = await Running("killed");
        var at = Step(await Checkpointed(other, id));
        var watch = Stopwatch.StartNew();

        await dying.Kill();
        await Continues(other, id, at);

        Report("kill -9", watch);
        await EndsWithTheUndisturbedBits(other, id, "killed");
    }

    [Fact]
    public async Task SuspendedProcessLosesItsJobAndWritesNothingWhenItContinues()
    {
        var (id, suspended, other) = await Running("suspended");
        var at = Step(await Checkpointed(other, id));
        var watch = Stopwatch.StartNew();

        await suspended.Suspend();
        await Continues(other, id, at);
        Report("SIGSTOP", watch);
        await suspended.Continue();

        await Eventually.True(() => suspended.Log.Any(line => line.Contains("was lost to another process", StringComparison.Ordinal)));
        await EndsWithTheUndisturbedBits(other, id, "suspended");
        (await other.Api.Job(id)).GetProperty("attempts").GetInt32().ShouldBe(2);
        // The process that has lost a job runs the next one.
        (await suspended.Api.Train(LongFit.Quick)).GetProperty("status").GetString().ShouldBe("succeeded");
    }

    [Fact]
    public async Task ProcessThatStopsGivesItsJobBackAtOnce()
    {
        var (id, leaving, other) = await Running("drained");
        var at = Step(await Checkpointed(other, id));
        var watch = Stopwatch.StartNew();

        var end = leaving.Terminate();
        await Continues(other, id, at);

        Report("SIGTERM", watch);
        await end;
        leaving.ExitCode.ShouldBe(0);
        await EndsWithTheUndisturbedBits(other, id, "drained");
    }

    [Fact]
    public async Task EveryReplicaShowsStopsAndCancelsTheJobsOfOthers()
    {
        var (id, runner, other) = await Running("remote");
        var seen = Step(await other.Api.Job(id));
        await Eventually.Get(() => other.Api.Job(id), job => Step(job) > seen);
        (await other.Api.Get($"training-jobs/{id}/history")).Json.GetProperty("points").GetArrayLength().ShouldBeGreaterThan(1);

        (await other.Api.Post($"training-jobs/{id}/stop", "")).Expect(HttpStatusCode.Accepted);
        (await other.Api.Ended(id)).GetProperty("status").GetString().ShouldBe("succeeded");

        // A prediction by the latest version uses the versions that other replicas make.
        const string Features = """{ "features": [[1, 2, 3, 4, 5]] }""";
        (await other.Api.Post("models/remote/predict", Features)).Json.GetProperty("model").GetProperty("version").GetInt32().ShouldBe(1);
        await runner.Api.Train(LongFit.Request("remote", iterations: 10));
        await Eventually.Get(
            () => other.Api.Post("models/remote/predict", Features), answer => answer.Json.GetProperty("model").GetProperty("version").GetInt32() == 2);
        (await runner.Api.Delete("models/remote/versions/2")).Expect(HttpStatusCode.NoContent);
        await Eventually.Get(
            () => other.Api.Post("models/remote/predict", Features), answer => answer.Json.GetProperty("model").GetProperty("version").GetInt32() == 1);

        var (second, _, another) = await Running("canceled");
        (await another.Api.Post($"training-jobs/{second}/cancel", "")).Expect(HttpStatusCode.Accepted);
        (await another.Api.Ended(second)).GetProperty("status").GetString().ShouldBe("canceled");
    }

    [Fact]
    public async Task JobThatCrashesItsProcessThreeTimesFails()
    {
        foreach (var replica in _replicas)
        {
            await replica.Kill();
            // There is no checkpoint, so the fit never makes progress.
            replica.Settings["Training:CheckpointSeconds"] = "3600";
            await replica.Start();
        }

        var id = await _replicas[0].Api.Enqueue(LongFit.Request("poison"));
        for (var i = 1; i <= 3; i++)
        {
            var job = await Eventually.Get(
                () => _replicas[0].Api.Job(id), job => job.GetProperty("attempts").GetInt32() == i && job.GetProperty("status").GetString() == "running");
            var dying = RunnerOf(job);
            await dying.Kill();
            await dying.Start();
        }

        var failed = await _replicas[0].Api.Ended(id);
        failed.GetProperty("status").GetString().ShouldBe("failed");
        failed.GetProperty("error").GetProperty("detail").GetString().ShouldBe(
            "The process that ran this job ended 3 times in succession without any progress of the job; it may have too little memory.");
    }

    private async Task<(string Id, ServiceProcess Runner, ServiceProcess Other)> Running(string name)
    {
        var id = await _replicas[0].Api.Enqueue(LongFit.Request(name, Passes));
        var runner = RunnerOf(await _replicas[0].Api.Running(id));
        return (id, runner, _replicas.Single(replica => replica != runner));
    }

    private ServiceProcess RunnerOf(JsonElement job) =>
        _replicas.Single(replica => job.GetProperty("worker").GetString() == $"{Environment.MachineName}:{replica.ProcessId}");

    /// <summary>Waits until a process that does not run the job sees its first checkpoint.</summary>
    private static Task<JsonElement> Checkpointed(ServiceProcess other, string id) => Eventually.Get(() => other.Api.Job(id), job => Step(job) > 0);

    /// <summary>Waits until the other process runs the job and has passed this step.</summary>
    private static Task<JsonElement> Continues(ServiceProcess other, string id, int step) => Eventually.Get(
        () => other.Api.Job(id), job => job.GetProperty("worker").GetString() == $"{Environment.MachineName}:{other.ProcessId}" && Step(job) > step);

    private static int Step(JsonElement job) =>
        job.GetProperty("progress") is { ValueKind: JsonValueKind.Object } progress ? progress.GetProperty("step").GetInt32() : 0;

    private static async Task EndsWithTheUndisturbedBits(ServiceProcess replica, string id, string name)
    {
        (await replica.Api.Ended(id)).GetProperty("status").GetString().ShouldBe("succeeded");
        await replica.Api.Train(LongFit.Request($"{name}-again", Passes));
        var (model, again) = ((await replica.Api.Get($"models/{name}")).Json, (await replica.Api.Get($"models/{name}-again")).Json);
        model.GetProperty("coefficients").GetRawText().ShouldBe(again.GetProperty("coefficients").GetRawText());
        (await replica.Api.Get($"models/{name}/versions")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
        // The loss curve has neither gaps nor duplicates.
        var history = (await replica.Api.Get($"training-jobs/{id}/history")).Json.GetProperty("points").GetRawText();
        var undisturbed = (await replica.Api.Get($"training-jobs/{again.GetProperty("jobId").GetString()}/history")).Json.GetProperty("points").GetRawText();
        history.ShouldBe(undisturbed);
    }

    private static void Report(string fault, Stopwatch watch)
    {
        var line = $"- After {fault} of the process that runs a job, another continues the job after {watch.ElapsedMilliseconds} ms.";
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("FAILOVER_REPORT") is { Length: > 0 } report)
            File.AppendAllLines(Path.Combine(Repository.Root, report), [line]);
    }
}
