using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SigmoidApi.Storage;
using SigmoidApi.Tests.Database;
using SigmoidApi.Tests.TrainingJobs;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Tests.Durability;

/// <summary>A damaged database: the service logs it in one line, answers nothing from it, and does not start with it.</summary>
[Trait("Speed", "Slow")]
public sealed class DamagedDatabaseTests
{
    private const int PageBytes = 4096;

    [Theory]
    [InlineData("header")]
    [InlineData("page in the middle")]
    [InlineData("cut off")]
    [InlineData("no database")]
    [InlineData("empty with a log")]
    [InlineData("empty")]
    [InlineData("gone")]
    [InlineData("newer version")]
    [InlineData("table gone")]
    [InlineData("column gone")]
    public async Task StartWithADamagedDatabaseFailsWithOneLineThatSaysToRestoreABackup(string damage)
    {
        await using var service = await ServiceProcess.Started();
        await service.Api.Upload("name=rows", "x,y\n1,0\n2,1\n3,0\n4,1\n");
        await service.Api.Train(LongFit.Quick);
        await service.Terminate();
        var file = Path.Combine(service.StorageDirectory, "sigmoid.db");
        await Damage(file, damage);
        var lines = service.Log.Count;

        (await service.StartInVain()).ShouldBe(1);

        var line = service.Log.Skip(lines).ShouldHaveSingleItem();
        line.ShouldContain("restore a backup");
        line.ShouldContain(service.StorageDirectory);
        line.ShouldNotContain("   at ");
        Directory.GetFiles(Path.Combine(service.StorageDirectory, "datasets")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task DatabaseDamagedWhileTheServiceRunsIsNotReadAnyMore()
    {
        await using var service = await ServiceProcess.Started();
        await service.Api.Train(LongFit.Quick);
        var file = Path.Combine(service.StorageDirectory, "sigmoid.db");
        await Checkpoint(file);
        await Damage(file, "header");

        (await service.Api.Get("/health/ready")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);

        foreach (var path in new[] { "models", "training-jobs", "datasets", "models/quick" })
            (await service.Api.Get(path)).Problem(HttpStatusCode.ServiceUnavailable).Detail.ShouldContain("restore a backup");
        (await service.Api.Post("training-jobs", LongFit.Quick)).Problem(HttpStatusCode.ServiceUnavailable);
        (await service.Api.Get("/health/live")).Status.ShouldBe(HttpStatusCode.OK);
        (await service.Api.Post("sigmoid", """{ "values": 0 }""")).Expect(HttpStatusCode.OK);
        // Meanwhile the database has been polled again.
        for (var i = 0; i < 5; i++)
            (await service.Api.Get("/health/ready")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await service.ShouldLogOnce("The database is damaged, sigmoid.db");
        service.Log.ShouldNotContain(line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("table gone", "models")]
    [InlineData("column gone", "datasets")]
    public async Task MissingPartOfTheDatabaseMakesTheServiceUnready(string damage, string path)
    {
        await using var service = await ServiceProcess.Started();
        await Damage(Path.Combine(service.StorageDirectory, "sigmoid.db"), damage);

        (await service.Api.Get("/health/ready")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);

        (await service.Api.Get(path)).Problem(HttpStatusCode.ServiceUnavailable).Detail.ShouldContain("restore a backup");
        await service.ShouldLogOnce("The database, or a table of it, is gone");
    }

    [Theory]
    [InlineData("the database")]
    [InlineData("the directory")]
    public async Task NothingIsAcceptedAfterTheDatabaseIsDeleted(string what)
    {
        await using var service = await ServiceProcess.Started();
        await service.Api.Train(LongFit.Quick);
        if (what == "the database")
            File.Delete(Path.Combine(service.StorageDirectory, "sigmoid.db"));
        else
            Directory.Delete(service.StorageDirectory, recursive: true);

        (await service.Api.Post("training-jobs", LongFit.Quick)).Problem(HttpStatusCode.ServiceUnavailable);

        (await service.Api.PostBytes("datasets?name=rows", "x,y\n1,0\n2,1\n"u8.ToArray(), "text/csv")).Problem(HttpStatusCode.ServiceUnavailable);
        (await service.Api.Get("models")).Problem(HttpStatusCode.ServiceUnavailable);
        (await service.Api.Get("/health/ready")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await service.ShouldLogOnce("sigmoid.db under Storage:Directory is missing");
        service.Log.ShouldNotContain(line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("header")]
    [InlineData("gone")]
    [InlineData("jobs gone")]
    public async Task StopDoesNotWaitForADamagedDatabase(string damage)
    {
        // A stop may take much longer than the test waits. Without heartbeats, no write restores the damaged page from the log.
        await using var service = await ServiceProcess.Started(("Limits:StopSeconds", "600"), ("Training:LeaseSeconds", "3600"));
        var running = await service.Api.Enqueue(LongFit.Request());
        await service.Api.Running(running);
        var file = Path.Combine(service.StorageDirectory, "sigmoid.db");
        await Checkpoint(file);
        await Damage(file, damage);
        await Eventually.Get(() => service.Api.Get("/health/ready"), answer => answer.Status == HttpStatusCode.ServiceUnavailable);

        await service.Terminate();

        service.ExitCode.ShouldBe(0);
        await service.ShouldLogOnce("is left as it is, because the service stops");
        service.Log.ShouldNotContain(line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task UnreadableRowIsA503OnlyForItsOwnRequests()
    {
        await using var service = await ServiceProcess.Started();
        var damaged = (await service.Api.Train(LongFit.Quick)).GetProperty("id").GetString()!;
        var sound = (await service.Api.Train(LongFit.Quick)).GetProperty("id").GetString()!;
        await Execute(
            Path.Combine(service.StorageDirectory, "sigmoid.db"),
            $"""UPDATE "TrainingJobs" SET "Request" = 'no json' WHERE "Id" = '{damaged.ToUpperInvariant()}'""");

        (await service.Api.Get($"training-jobs/{damaged}")).Problem(HttpStatusCode.ServiceUnavailable).Detail.ShouldContain("restore a backup");
        (await service.Api.Get("training-jobs")).Problem(HttpStatusCode.ServiceUnavailable);
        (await service.Api.Get($"training-jobs/{sound}")).Expect(HttpStatusCode.OK);
        (await service.Api.Get("/health/ready")).Expect(HttpStatusCode.OK);

        await service.ShouldLogOnce("A row of the database can't be read");
        service.Log.ShouldNotContain(line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Id", "'no id'")]
    [InlineData("CreatedAt", "'yesterday'")]
    [InlineData("Status", "'Dancing'")]
    [InlineData("Progress", "'[]'")]
    public async Task InvalidValueOfAColumnIsDamage(string column, string value)
    {
        await using var application = new TestApplication();
        await application.Api.Train(LongFit.Quick);
        await Execute(Path.Combine(application.StorageDirectory, "sigmoid.db"), $"""UPDATE "TrainingJobs" SET "{column}" = {value}""");
        await using var db = await application.Database();

        var failure = await Should.ThrowAsync<Exception>(() => db.TrainingJobs.AsNoTracking().ToListAsync(TestContext.Current.CancellationToken));

        TransientStorageErrors.AdviceFor(failure).ShouldNotBeNull(failure.ToString()).ShouldContain("A row of the database can't be read");
    }

    [Fact]
    public async Task MissingTableInPostgresMakesTheServiceUnready()
    {
        await using var server = new PostgresServer();
        var settings = await new PostgresStore(server).NewSettings();
        await using var service = await ServiceProcess.Started([.. settings.Select(setting => (setting.Key, setting.Value))]);
        await using (var connection = new NpgsqlConnection(settings["ConnectionStrings:Sigmoid"]))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var drop = new NpgsqlCommand("""DROP TABLE "Models", "TrainingJobs" CASCADE""", connection);
            await drop.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await Eventually.Get(() => service.Api.Get("/health/ready"), answer => answer.Status == HttpStatusCode.ServiceUnavailable);
        (await service.Api.Get("training-jobs")).Problem(HttpStatusCode.ServiceUnavailable);
        await service.ShouldLogOnce("The database, or a table of it, is gone");
        service.Log.ShouldNotContain(line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("XX001", "finds its data damaged")]
    [InlineData("XX002", "restore a backup")]
    [InlineData("42P01", "restore a backup")]
    [InlineData("3D000", "no such database or schema")]
    [InlineData("28P01", "refuses the user or the password")]
    [InlineData("28000", "correct ConnectionStrings:Sigmoid")]
    [InlineData("42501", "GRANT")]
    [InlineData("53300", "no connection left")]
    public void AdviceSaysWhatToDoAboutPostgres(string state, string advice) =>
        TransientStorageErrors.AdviceFor(new PostgresException("", "ERROR", "ERROR", state)).ShouldNotBeNull().ShouldContain(advice);

    [Theory]
    [InlineData(11)]
    [InlineData(26)]
    public void AdviceAboutADamagedFileSaysToRestoreABackup(int code)
    {
        TransientStorageErrors.AdviceFor(new SqliteException("", code)).ShouldNotBeNull().ShouldContain("restore a backup");
        TransientStorageErrors.IsDamage(new SqliteException("", code)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("42601")]
    [InlineData("23505")]
    public void ErrorInAStatementOfTheServiceIsNotAStorageError(string state) =>
        TransientStorageErrors.AdviceFor(new PostgresException("", "ERROR", "ERROR", state)).ShouldBeNull();

    private static async Task Damage(string file, string how)
    {
        switch (how)
        {
            case "header":
                Overwrite(file, 0, PageBytes);
                break;
            case "page in the middle":
                Overwrite(file, new FileInfo(file).Length / PageBytes / 2 * PageBytes, PageBytes);
                break;
            case "cut off":
                using (var cut = new FileStream(file, FileMode.Open))
                    cut.SetLength(cut.Length / 2);
                break;
            case "no database":
                await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat("This is a text.\n", 1000)), TestContext.Current.CancellationToken);
                break;
            case "empty with a log":
                await File.WriteAllBytesAsync(file, [], TestContext.Current.CancellationToken);
                await File.WriteAllBytesAsync(file + "-wal", new byte[PageBytes], TestContext.Current.CancellationToken);
                break;
            case "empty":
                await File.WriteAllBytesAsync(file, [], TestContext.Current.CancellationToken);
                break;
            case "gone":
                File.Delete(file);
                break;
            case "table gone":
                await Execute(file, """DROP TABLE "ListedModels" """);
                break;
            case "jobs gone":
                await Execute(file, """DROP TABLE "TrainingJobs" """);
                break;
            case "column gone":
                await Execute(file, """ALTER TABLE "Datasets" RENAME COLUMN "Rows" TO "Lines" """);
                break;
            case "newer version":
                await Execute(file, """INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_Later', '99.0')""");
                break;
        }
    }

    private static void Overwrite(string file, long at, int bytes)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Position = at;
        stream.Write(Enumerable.Range(0, bytes).Select(i => (byte)(i * 131 + 7)).ToArray());
    }

    /// <summary>Moves the whole log into the file. A reader may delay that for a moment, which SQLite does not report as an error.</summary>
    private static async Task Checkpoint(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        await Eventually.Get(async () => (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!, busy => busy == 0);
    }

    private static async Task Execute(string file, string statement)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // statements of this class
        command.CommandText = statement;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
