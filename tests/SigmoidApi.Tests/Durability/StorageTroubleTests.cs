using System.Net;
using Microsoft.Data.Sqlite;
using SigmoidApi.Storage;
using SigmoidApi.Tests.Database;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Durability;

/// <summary>Storage errors: requests get a 503, jobs wait and continue, and one line of the log says what to do.</summary>
[Trait("Speed", "Slow")]
public sealed class StorageTroubleTests
{
    [Fact]
    public async Task PostgresThatIsDownForAWhileLosesNoJob()
    {
        await using var server = new PostgresServer();
        var settings = await new PostgresStore(server).NewSettings();
        await using var service = await ServiceProcess.Started([.. settings.Select(setting => (setting.Key, setting.Value)), ("Training:Nice", "0")]);
        await service.Api.Train(LongFit.Quick);
        const string Features = """{ "features": [[0.5, 2]] }""";
        var predicted = (await service.Api.Post("models/quick/predict", Features)).Expect(HttpStatusCode.OK).Text;
        var running = await service.Api.Enqueue(LongFit.Request("running", iterations: 150_000));
        var queued = await service.Api.Enqueue(LongFit.Quick);
        await service.Api.Running(running);

        await server.Stop();

        var refused = await Eventually.Get(
            () => service.Api.Post("training-jobs", LongFit.Quick), answer => answer.Status == HttpStatusCode.ServiceUnavailable);
        refused.Problem(HttpStatusCode.ServiceUnavailable).Detail.ShouldStartWith("The service stops, or can't use its storage now.");
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await service.Api.Get("/health/ready")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        // Requests that need no storage are still answered.
        (await service.Api.Post("models/quick/predict", Features)).Expect(HttpStatusCode.OK).Text.ShouldBe(predicted);
        (await service.Api.Post("sigmoid", """{ "values": 0 }""")).Expect(HttpStatusCode.OK);

        await server.Start();

        foreach (var id in new[] { running, queued })
        {
            var job = await Ended(service, id);
            job.GetProperty("status").GetString().ShouldBe("succeeded", job.ToString());
            job.GetProperty("attempts").GetInt32().ShouldBe(1);
        }

        await service.ShouldLogOnce("PostgreSQL can't be reached or refuses: check that it runs");
        service.Log.ShouldNotContain(line => line.Contains("StackTrace", StringComparison.Ordinal) || line.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DatabaseLockedByAnotherProgramRefusesRequestsAndLosesNoJob()
    {
        await using var service = await ServiceProcess.Started(("Training:Nice", "0"));
        var running = await service.Api.Enqueue(LongFit.Request("running", iterations: 150_000));
        await service.Api.Running(running);
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(service.StorageDirectory, "sigmoid.db")};Pooling=false"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var begin = other.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            await begin.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

            (await service.Api.Post("training-jobs", LongFit.Quick)).Problem(HttpStatusCode.ServiceUnavailable);
            (await service.Api.Job(running)).GetProperty("id").GetString().ShouldBe(running);
        }

        (await Ended(service, running)).GetProperty("status").GetString().ShouldBe("succeeded");
        (await service.Api.Train(LongFit.Quick)).GetProperty("attempts").GetInt32().ShouldBe(1);
        await service.ShouldLogOnce("The database is locked by another program: end whatever has sigmoid.db open.");
    }

    [Fact]
    public async Task DiskThatIsFullForAWhileLosesNoJob()
    {
        using var disk = new Tmpfs(Path.Combine(Path.GetTempPath(), $"sigmoid-disk-{Guid.NewGuid():n}"), "size=24m");
        await using var service = new ServiceProcess { StorageDirectory = Path.Combine(disk.Path, "data"), Settings = { ["Training:Nice"] = "0" } };
        await service.Start();
        await service.Api.Train(LongFit.Quick);
        var running = await service.Api.Enqueue(LongFit.Request("running", iterations: 150_000));
        await service.Api.Running(running);

        var filler = disk.Fill();

        // SQLite first uses up the room that its log already has.
        await Eventually.Get(() => service.Api.Post("training-jobs", LongFit.Quick), answer => answer.Status == HttpStatusCode.ServiceUnavailable);
        (await service.Api.Send(HttpMethod.Post, "datasets?name=rows", ApiClient.Bytes("a,b\n1,2\n"u8.ToArray(), "text/csv")))
            .Problem(HttpStatusCode.ServiceUnavailable);
        (await service.Api.Post("models/quick/predict", """{ "features": [[0.5, 2]] }""")).Expect(HttpStatusCode.OK);

        File.Delete(filler);

        var job = await Ended(service, running);
        (job.GetProperty("status").GetString(), job.GetProperty("attempts").GetInt32()).ShouldBe(("succeeded", 1), job.ToString());
        (await service.Api.Train(LongFit.Quick)).GetProperty("status").GetString().ShouldBe("succeeded");
        await service.Api.Upload("name=rows", "a,b\n1,2\n"u8.ToArray(), "text/csv");
        await service.ShouldLogOnce("The disk is full: free some space");
        service.Log.ShouldNotContain(line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("datasets?name=large", "text/csv")]
    [InlineData("sigmoid", "application/octet-stream")]
    public async Task BodyThatFillsTheDiskIsA503(string path, string mediaType)
    {
        using var disk = new Tmpfs(Path.Combine(Path.GetTempPath(), $"sigmoid-disk-{Guid.NewGuid():n}"), "size=16m");
        await using var service = new ServiceProcess { StorageDirectory = Path.Combine(disk.Path, "data") };
        await service.Start();
        var rows = new byte[24 << 20];
        Array.Fill(rows, (byte)'1');
        for (var i = 0; i < rows.Length; i += 8)
            rows[i + 7] = (byte)'\n';

        var answer = await service.Api.PostBytes(path, rows, mediaType);

        answer.Problem(HttpStatusCode.ServiceUnavailable).Detail
            .ShouldBe("The service's disk is full. Its operator has to free some space; then send the request again.");
        answer.Headers.RetryAfter.ShouldNotBeNull();
        (await service.Api.PostBytes(path, rows[..(1 << 20)], mediaType)).Status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Created);
        await service.ShouldLogOnce("The disk is full: free some space");
        service.Log.ShouldNotContain(line => line.Contains("   at ", StringComparison.Ordinal));
        Directory.GetFileSystemEntries(Path.Combine(service.StorageDirectory, "uploads")).ShouldBeEmpty();
    }

    [Fact]
    public async Task DirectoryThatIsReadOnlyForAWhileRefusesUploads()
    {
        await using var service = await ServiceProcess.Started();
        Task<ApiResponse> Upload() => service.Api.Send(HttpMethod.Post, "datasets?name=rows", ApiClient.Bytes("a,b\n1,2\n"u8.ToArray(), "text/csv"));
        using (new Tmpfs(Path.Combine(service.StorageDirectory, "uploads"), "ro"))
            (await Upload()).Problem(HttpStatusCode.ServiceUnavailable);
        using (new Tmpfs(Path.Combine(service.StorageDirectory, "datasets"), "ro"))
            (await Upload()).Problem(HttpStatusCode.ServiceUnavailable);

        (await Upload()).Expect(HttpStatusCode.Created);

        Directory.GetFileSystemEntries(Path.Combine(service.StorageDirectory, "uploads")).ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(service.StorageDirectory, "datasets")).Length.ShouldBe(1);
        await service.ShouldLogOnce("Storage:Directory can't be written to: check its permissions");
    }

    [Theory]
    [InlineData(5, "locked by another program")]
    [InlineData(8, "can't be written to")]
    [InlineData(13, "disk is full")]
    public void AdviceSaysWhatToDoAboutSqlite(int code, string advice) =>
        TransientStorageErrors.AdviceFor(new SqliteException("", code)).ShouldNotBeNull().ShouldContain(advice);

    [Theory]
    [InlineData(26, true)] // SQLITE_NOTADB
    [InlineData(14, true)] // SQLITE_CANTOPEN
    [InlineData(8, true)] // SQLITE_READONLY
    [InlineData(13, false)] // SQLITE_FULL
    [InlineData(5, false)] // SQLITE_BUSY
    public void StopWaitsForErrorsThatMayPass(int code, bool lasts) => TransientStorageErrors.NeedsAnOperator(new SqliteException("", code)).ShouldBe(lasts);

    [Fact]
    public void AdviceFindsTheInnerException()
    {
        var wrapped = new Microsoft.EntityFrameworkCore.DbUpdateException("", new SqliteException("", 13));
        var nested = new AggregateException(new OperationCanceledException(), new AggregateException(new IOException("", 28)));

        TransientStorageErrors.AdviceFor(wrapped).ShouldNotBeNull().ShouldContain("disk is full");
        TransientStorageErrors.AdviceFor(new IOException("No space left on device", 28)).ShouldNotBeNull().ShouldContain("disk is full");
        TransientStorageErrors.AdviceFor(new UnauthorizedAccessException()).ShouldNotBeNull().ShouldContain("can't be written to");
        TransientStorageErrors.AdviceFor(nested).ShouldNotBeNull().ShouldContain("disk is full");
        TransientStorageErrors.AdviceFor(new AggregateException(new InvalidOperationException())).ShouldBeNull();
        TransientStorageErrors.AdviceFor(new SqliteException("", 19)).ShouldBeNull();
        TransientStorageErrors.AdviceFor(new InvalidOperationException()).ShouldBeNull();
    }

    /// <summary>Waits for the end of a job, and asks again while the storage is not back.</summary>
    private static Task<System.Text.Json.JsonElement> Ended(ServiceProcess service, string id) => Eventually.Get(
        async () => await service.Api.Get($"training-jobs/{id}") is { Status: HttpStatusCode.OK } answer ? answer.Json : default,
        job => job.ValueKind != System.Text.Json.JsonValueKind.Undefined && job.GetProperty("finishedAt").ValueKind == System.Text.Json.JsonValueKind.String);
}
