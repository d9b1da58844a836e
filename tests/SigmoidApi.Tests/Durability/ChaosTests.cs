using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using SigmoidApi.Tests.Database;

namespace SigmoidApi.Tests.Durability;

/// <summary>
/// Every accepted job ends, whichever process dies. The default is a short form. The long form, with a report, is
/// <c>CHAOS=long CHAOS_REPORT=tests/SigmoidApi.Benchmarks/Results/chaos.md ./test.sh --filter-class '*ChaosTests'</c>.
/// <c>CHAOS_SEED</c> repeats the faults of a run.
/// </summary>
[CollectionDefinition(nameof(ChaosTests), DisableParallelization = true)]
[Collection(nameof(ChaosTests))]
[Trait("Speed", "Slow")]
public sealed class ChaosTests
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("CHAOS") == "long";
    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("CHAOS_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : Environment.TickCount & 0xFFFFFF;

    /// <summary>The jobs do not cause the crashes here: three crashes before the first checkpoint must not fail a job.</summary>
    private const string MaxCrashes = "100";

    [Fact]
    public async Task ThreeProcessesOnOnePostgresLoseNoJob()
    {
        await using var server = new PostgresServer();
        var database = await server.CreateDatabase();
        var directory = Directory.CreateTempSubdirectory("sigmoid-chaos-").FullName;
        var replicas = new List<ServiceProcess>();
        try
        {
            for (var i = 0; i < 3; i++)
            {
                replicas.Add(new ServiceProcess
                {
                    StorageDirectory = directory,
                    Settings =
                    {
                        ["Storage:Provider"] = "Postgres",
                        ["ConnectionStrings:Sigmoid"] = database,
                        ["Training:MaxCrashes"] = MaxCrashes,
                    },
                });
                await replicas[i].Start();
            }

            await Run("Three processes, one PostgreSQL", replicas, server, IsLong ? 500 : 45, IsLong ? 300 : 24, async () =>
            {
                await using var connection = new NpgsqlConnection(database);
                await connection.OpenAsync();
                return await Counts(connection);
            });
        }
        finally
        {
            foreach (var replica in replicas)
                await replica.DisposeAsync();
        }
    }

    [Fact]
    public async Task OneProcessOnSqliteLosesNoJob()
    {
        await using var service = await ServiceProcess.Started(("Training:MaxCrashes", MaxCrashes));
        await Run("One process, SQLite", [service], server: null, IsLong ? 200 : 25, IsLong ? 100 : 10, async () =>
        {
            var file = Path.Combine(service.StorageDirectory, "sigmoid.db");
            await using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=false");
            await connection.OpenAsync();
            return await Counts(connection);
        });
    }

    private static async Task Run(
        string title,
        List<ServiceProcess> replicas,
        PostgresServer? server,
        int jobs,
        int faults,
        Func<Task<(long Input, long Checkpoints, long Running)>> counts)
    {
        var watch = Stopwatch.StartNew();
        var chaos = new Chaos(replicas, server, jobs, faults, Seed);
        await chaos.Run();

        (await counts()).ShouldBe((0, 0, 0));
        var datasets = (await replicas[0].Api.Get("datasets")).Json.GetProperty("items").EnumerateArray()
            .Select(dataset => dataset.GetProperty("id").GetString()!);
        Directory.GetFiles(Path.Combine(replicas[0].StorageDirectory, "datasets")).Select(Path.GetFileNameWithoutExtension)
            .ShouldBe(datasets, ignoreOrder: true);
        Directory.GetFileSystemEntries(Path.Combine(replicas[0].StorageDirectory, "uploads")).ShouldBeEmpty();

        var end = $"- No row of input or checkpoints and no file was left over. {watch.Elapsed.TotalMinutes:F1} minutes.";
        string[] lines = [$"## {title}", "", .. chaos.Report.Select(line => $"- {line}"), end, ""];
        foreach (var line in lines)
            TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("CHAOS_REPORT") is { Length: > 0 } report)
            await File.AppendAllLinesAsync(Path.Combine(Repository.Root, report), lines);
    }

    private static async Task<(long Input, long Checkpoints, long Running)> Counts(System.Data.Common.DbConnection connection)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT (SELECT COUNT(*) FROM "TrainingData"), (SELECT COUNT(*) FROM "TrainingCheckpoints"),
                (SELECT COUNT(*) FROM "TrainingJobs" WHERE "FinishedAt" IS NULL)
            """;
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }
}
