using System.Net;
using SigmoidApi.Idempotency;
using SigmoidApi.Tests.Database;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Durability;

public sealed class SqliteKillTests() : KillTests(new SqliteStore())
{
    [Fact]
    public async Task SecondProcessOnTheSameDirectoryRefusesToStart()
    {
        await using var service = await ServiceProcess.Started();
        await using var second = new ServiceProcess { StorageDirectory = service.StorageDirectory };

        var exitCode = await second.StartInVain();

        exitCode.ShouldNotBe(0);
        second.Log.ShouldContain(line => line.Contains($"Storage:Directory '{service.StorageDirectory}' can't be used", StringComparison.Ordinal));
        (await service.Api.Get("/health/ready")).Expect(HttpStatusCode.OK);
    }
}

[Trait("Speed", "Slow")]
public sealed class PostgresKillTests(PostgresServer server) : KillTests(new PostgresStore(server));

/// <summary>Jobs, answers and uploads when the process of the service is killed or stopped. Each test runs real processes.</summary>
public abstract class KillTests(TestStore store)
{
    // A fit must take longer than the test needs to see that it runs, but not too long: so it gets its share of a busy machine.
    private const int Passes = 60_000;
    private static readonly (string, string) FairShare = ("Training:Nice", "0");

    [Fact]
    public async Task KilledFitRunsAgainAndMakesOneVersionAndQueuedJobsRunAfterIt()
    {
        await using var service = await Started(FairShare);
        var (before, _) = await Trained(service);
        var killed = await service.Api.Enqueue(LongFit.Request("killed", iterations: Passes));
        string[] queued = [.. await Enqueue(service, 3)];
        await service.Api.Running(killed);

        await service.Kill();
        await service.Start();

        var job = await service.Api.Ended(killed);
        job.GetProperty("status").GetString().ShouldBe("succeeded", job.ToString());
        job.GetProperty("attempts").GetInt32().ShouldBe(2);
        (await service.Api.Get("models/killed/versions")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
        foreach (var id in queued)
        {
            var later = await service.Api.Ended(id);
            later.GetProperty("status").GetString().ShouldBe("succeeded");
            later.GetProperty("attempts").GetInt32().ShouldBe(1);
            // The only process on a store takes the killed process's job back at once; among replicas that takes the length of a lease.
            if (store is SqliteStore)
                later.GetProperty("startedAt").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(job.GetProperty("finishedAt").GetDateTimeOffset());
        }

        // A job that ended before the kill is unchanged.
        (await service.Api.Job(before)).GetProperty("attempts").GetInt32().ShouldBe(1);
        (await service.Api.Get("models/quick/versions")).Json.GetProperty("items").GetArrayLength().ShouldBe(4);
    }

    [Fact]
    public async Task CancelThatWasAcceptedHoldsAfterAKill()
    {
        await using var service = await Started();
        var running = await service.Api.Enqueue(LongFit.Request());
        var queued = await service.Api.Enqueue(LongFit.Quick);
        await service.Api.Running(running);

        (await service.Api.Post($"training-jobs/{queued}/cancel", "")).Expect(HttpStatusCode.Accepted);
        (await service.Api.Post($"training-jobs/{running}/cancel", "")).Expect(HttpStatusCode.Accepted);
        await service.Kill();
        await service.Start();

        foreach (var (id, attempts) in new[] { (running, 1), (queued, 0) })
        {
            var job = await service.Api.Ended(id);
            job.GetProperty("status").GetString().ShouldBe("canceled");
            job.GetProperty("attempts").GetInt32().ShouldBe(attempts);
        }

        (await service.Api.Get("models")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task AnswerUnderAKeyIsTheSameAfterAKill()
    {
        await using var service = await Started();
        var job = (await Job()).Expect(HttpStatusCode.Accepted);
        var dataset = (await Upload()).Expect(HttpStatusCode.Created);

        await service.Kill();
        await service.Start();

        (await Job()).Expect(HttpStatusCode.Accepted).Content.ShouldBe(job.Content);
        (await Upload()).Expect(HttpStatusCode.Created).Content.ShouldBe(dataset.Content);
        (await service.Api.Get("training-jobs")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
        (await service.Api.Get("datasets")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);

        Task<ApiResponse> Job() => service.Api.Post("training-jobs", LongFit.Quick, (IdempotencyKey.Header, "k"));
        Task<ApiResponse> Upload() => service.Api.Send(
            HttpMethod.Post, "datasets?name=kept", ApiClient.Bytes("x,y\n1,0\n2,1\n"u8.ToArray(), "text/csv"), (IdempotencyKey.Header, "k"));
    }

    [Fact]
    public async Task OrderlyStopEndsInTimeAndGivesTheFitBack()
    {
        await using var service = await Started(FairShare);
        var (_, features) = await Trained(service);
        var predicted = (await service.Api.Post("models/quick/predict", features)).Expect(HttpStatusCode.OK).Text;
        var id = await service.Api.Enqueue(LongFit.Request("stopped", iterations: Passes));
        await service.Api.Running(id);

        var watch = System.Diagnostics.Stopwatch.StartNew();
        await service.Terminate();

        service.ExitCode.ShouldBe(0);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        await service.Start();
        var job = await service.Api.Ended(id);
        job.GetProperty("status").GetString().ShouldBe("succeeded", job.ToString());
        job.GetProperty("attempts").GetInt32().ShouldBe(2);
        (await service.Api.Post("models/quick/predict", features)).Expect(HttpStatusCode.OK).Text.ShouldBe(predicted);
    }

    [Fact]
    public async Task UploadInterruptedByAKillLeavesNoFileAndNoRow()
    {
        await using var service = await Started();
        var kept = (await service.Api.PostBytes("datasets?name=kept", "x,y\n1,0\n2,1\n"u8.ToArray(), "text/csv")).Expect(HttpStatusCode.Created).Json;
        using var upload = await RawConnection.Open(service.Address);
        await upload.Send("POST /api/v1/datasets?name=lost HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 1000000\r\n\r\nx,y\n");
        await upload.Send("1,0\n2,1\n");
        var uploads = Path.Combine(service.StorageDirectory, "uploads");
        await Eventually.True(() => Directory.GetFiles(uploads).Any(file => new FileInfo(file).Length > 0));

        await service.Kill();
        Directory.GetFiles(uploads).ShouldNotBeEmpty();
        await service.Start();

        Directory.GetFileSystemEntries(uploads).ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(service.StorageDirectory, "datasets")).Select(Path.GetFileNameWithoutExtension)
            .ShouldBe([kept.GetProperty("id").GetString()]);
        (await service.Api.Get("datasets")).Json.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("kept");
        (await service.Api.Get("datasets/lost")).Problem(HttpStatusCode.NotFound);
        (await service.Api.Get("datasets/kept/rows")).Expect(HttpStatusCode.OK).Json.GetProperty("rows").GetRawText()
            .ShouldBe("""[{"x":1,"y":0},{"x":2,"y":1}]""");
    }

    [Fact]
    public async Task ImportInterruptedByAKillLeavesNoWorkerNoFileAndNoRow()
    {
        await using var service = await Started();
        var rows = string.Concat(Enumerable.Range(0, 1_000_000).Select(i => $"{i},{i % 97}.25,text {i % 1000}\n"));
        var upload = service.Api.PostBytes("datasets?name=lost", System.Text.Encoding.ASCII.GetBytes("x,y,z\n" + rows), "text/csv");
        var uploads = Path.Combine(service.StorageDirectory, "uploads");
        // The import has begun when its file exists.
        await Eventually.True(() => Directory.GetFiles(uploads, "*.parquet").Length > 0);
        var workers = service.Children();
        workers.ShouldNotBeEmpty();

        await service.Kill();
        await Should.ThrowAsync<HttpRequestException>(upload);
        await Eventually.True(() => !workers.Any(worker => Directory.Exists($"/proc/{worker}")));
        await service.Start();

        Directory.GetFileSystemEntries(uploads).ShouldBeEmpty();
        Directory.GetFileSystemEntries(Path.Combine(service.StorageDirectory, "datasets")).ShouldBeEmpty();
        (await service.Api.Get("datasets/lost")).Problem(HttpStatusCode.NotFound);
        (await service.Api.Upload("name=lost", "x\n1\n")).GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task InterruptedStreamLeavesNoFile()
    {
        await using var service = await Started();
        using var socket = await RawConnection.Open(service.Address);
        await socket.Send("POST /api/v1/sigmoid HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: 100000000\r\n\r\n");
        await socket.Send(new byte[8 << 20]);
        await Eventually.True(() => Directory.GetFiles(service.StorageDirectory, "*.tmp", SearchOption.AllDirectories).Length > 0);

        await service.Kill();
        await service.Start();

        Directory.GetFiles(service.StorageDirectory, "*.tmp", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    private async Task<ServiceProcess> Started(params IEnumerable<(string, string)> settings) =>
        await ServiceProcess.Started([.. (await store.NewSettings()).Select(setting => (setting.Key, setting.Value)), .. settings]);

    private static async Task<List<string>> Enqueue(ServiceProcess service, int count)
    {
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
            ids.Add(await service.Api.Enqueue(LongFit.Quick));
        return ids;
    }

    private static async Task<(string Id, string Features)> Trained(ServiceProcess service) =>
        ((await service.Api.Train(LongFit.Quick)).GetProperty("id").GetString()!, """{ "features": [[0.5, 2], [0.1, 4]] }""");
}
