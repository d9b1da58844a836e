using System.Diagnostics;
using System.Globalization;
using System.Net;
using Npgsql;
using SigmoidApi.Tests.Database;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Operations;

public sealed class SqliteBackupTests() : BackupTests(new SqliteStore())
{
    [Fact]
    public async Task DataSetDeletedMeanwhileIsNotInTheBackup()
    {
        await using var service = await ServiceProcess.Started();
        var gone = (await service.Api.Upload("name=gone", Csv)).GetProperty("id").GetString();
        await service.Api.Upload("name=kept", Csv);
        File.Delete(Path.Combine(service.StorageDirectory, "datasets", $"{gone}.parquet"));
        await using var restored = new ServiceProcess();

        var (exitCode, output) = await Backup(service, restored.StorageDirectory);

        exitCode.ShouldBe(0, output);
        output.ShouldBe(
            $"Data set {gone} was deleted meanwhile, and is not in the backup.\n"
            + $"The database and the files of 1 data sets are in '{restored.StorageDirectory}'.\n");
        await restored.Start();
        (await restored.Api.Get("datasets")).Json.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("kept");
    }

    protected override Task BackUpDatabase(ServiceProcess service, string directory) => Task.CompletedTask;

    protected override Task RestoreDatabase(ServiceProcess service, string directory) => Task.CompletedTask;
}

[Trait("Speed", "Slow")]
public sealed class PostgresBackupTests(PostgresServer server) : BackupTests(new PostgresStore(server))
{
    private const string Dump = "sigmoid.dump";

    protected override async Task BackUpDatabase(ServiceProcess service, string directory)
    {
        Directory.CreateDirectory(directory + ".dump");
        await PostgresServer.Run("pg_dump", ["--format=custom", $"--file={Path.Combine(directory + ".dump", Dump)}", .. Connection(service)]);
    }

    protected override async Task RestoreDatabase(ServiceProcess service, string directory)
    {
        await PostgresServer.Run("pg_restore", ["--no-owner", "--exit-on-error", .. Connection(service), Path.Combine(directory + ".dump", Dump)]);
        Directory.Delete(directory + ".dump", recursive: true);
    }

    private static string[] Connection(ServiceProcess service)
    {
        var connection = new NpgsqlConnectionStringBuilder(service.Settings["ConnectionStrings:Sigmoid"]);
        return
        [
            $"--host={connection.Host}", $"--port={connection.Port.ToString(CultureInfo.InvariantCulture)}", $"--username={connection.Username}",
            $"--dbname={connection.Database}",
        ];
    }
}

/// <summary>Takes a backup of a running service by the program's verb, and restores it into another service, on each kind of store.</summary>
public abstract class BackupTests(TestStore store)
{
    protected const string Csv = "x,y\n1,0\n2,1\n3,0\n4,1\n";

    [Fact]
    public async Task RestoredBackupPredictsTheSameAndRunsQueuedJobs()
    {
        await using var service = new ServiceProcess();
        await using var restored = new ServiceProcess();
        foreach (var one in new[] { service, restored })
        {
            foreach (var (name, value) in await store.NewSettings())
                one.Settings[name] = value;
        }

        await service.Start();
        await service.Api.Upload("name=rows", Csv);
        await service.Api.Train("""{ "datasetId": "rows", "target": "y", "modelName": "kept" }""");
        var predicted = await Predict(service);
        var running = await service.Api.Enqueue(LongFit.Request());
        var queued = await service.Api.Enqueue("""{ "datasetId": "rows", "target": "y", "modelName": "later" }""");
        await service.Api.Running(running);

        await BackUpDatabase(service, restored.StorageDirectory);
        var (exitCode, output) = await Backup(service, restored.StorageDirectory);
        exitCode.ShouldBe(0, output);
        await service.Kill();
        await RestoreDatabase(restored, restored.StorageDirectory);
        await restored.Start();

        (await Predict(restored)).ShouldBe(predicted);
        (await restored.Api.Post($"training-jobs/{running}/cancel", "")).Expect(HttpStatusCode.Accepted);
        (await restored.Api.Ended(queued)).GetProperty("status").GetString().ShouldBe("succeeded");
        (await restored.Api.Get("models/later")).Expect(HttpStatusCode.OK);
        (await restored.Api.Get("datasets/rows/rows")).Json.GetProperty("total").GetInt64().ShouldBe(4);
    }

    [Fact]
    public async Task NonEmptyDirectoryIsRefused()
    {
        await using var service = new ServiceProcess();
        foreach (var (name, value) in await store.NewSettings())
            service.Settings[name] = value;
        Directory.CreateDirectory(service.StorageDirectory);
        await File.WriteAllTextAsync(Path.Combine(service.StorageDirectory, "mine"), "", TestContext.Current.CancellationToken);

        var (exitCode, output) = await Backup(service, service.StorageDirectory);

        exitCode.ShouldBe(1);
        output.ShouldBe($"'{service.StorageDirectory}' is not empty: name an empty or a new directory.\n");
        Directory.GetFileSystemEntries(service.StorageDirectory).Select(Path.GetFileName).ShouldBe(["mine"]);
    }

    protected abstract Task BackUpDatabase(ServiceProcess service, string directory);

    protected abstract Task RestoreDatabase(ServiceProcess service, string directory);

    protected static async Task<(int ExitCode, string Output)> Backup(ServiceProcess service, string directory)
    {
        string[] settings = [.. service.Settings.Select(setting => $"--{setting.Key}={setting.Value}"), $"--Storage:Directory={service.StorageDirectory}"];
        using var program = Process.Start(
            new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "backup", directory, .. settings]) { RedirectStandardOutput = true })!;
        var output = await program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (program.ExitCode, output);
    }

    private static async Task<string> Predict(ServiceProcess service) =>
        (await service.Api.Post("models/kept/predict", """{ "rows": [{ "x": 1.5 }, { "x": -2 }] }""")).Expect(HttpStatusCode.OK).Text;
}
