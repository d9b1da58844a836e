using System.Net;
using System.Text.Json;
using SigmoidApi.Tests.Database;

namespace SigmoidApi.Tests.TrainingJobs;

public sealed class SqliteDatasetFileTroubleTests() : DatasetFileTroubleTests(new SqliteApplication());

[Trait("Speed", "Slow")]
public sealed class PostgresDatasetFileTroubleTests(PostgresServer server) : DatasetFileTroubleTests(new PostgresApplication(server));

/// <summary>Jobs and requests while a data set's file is missing or damaged, on each kind of store.</summary>
public abstract class DatasetFileTroubleTests(StoreApplication store)
{
    [Fact]
    public async Task JobWithoutItsFileWaitsForItAndDoesNotBlockOthers()
    {
        await using var application = await store.Another();
        await application.Api.Upload("name=rows", "x,y\n1,0\n2,1\n3,0\n4,1\n");
        var file = Directory.GetFiles(Path.Combine(application.StorageDirectory, "datasets")).Single();
        var away = Path.Combine(application.StorageDirectory, "away.parquet");
        File.Move(file, away);

        var waiting = await application.Api.Enqueue("""{ "datasetId": "rows", "target": "y" }""");
        for (var i = 0; i < 3; i++)
            await application.Api.Train(LongFit.Quick);

        var job = await application.Api.Job(waiting);
        job.GetProperty("finishedAt").ValueKind.ShouldBe(JsonValueKind.Null, job.ToString());
        job.GetProperty("startedAt").ValueKind.ShouldBe(JsonValueKind.String);
        File.Move(away, file);
        var ended = await application.Api.Ended(waiting);
        (ended.GetProperty("status").GetString(), ended.GetProperty("attempts").GetInt32()).ShouldBe(("succeeded", 1), ended.ToString());
    }

    [Fact]
    public async Task DeadlineHoldsForAJobThatWaitsForItsFile()
    {
        await using var application = await store.Another();
        await application.Api.Upload("name=rows", "x,y\n1,0\n2,1\n3,0\n4,1\n");
        File.Delete(Directory.GetFiles(Path.Combine(application.StorageDirectory, "datasets")).Single());

        var job = await application.Api.Ended(await application.Api.Enqueue("""{ "datasetId": "rows", "target": "y", "timeoutSeconds": 0.3 }"""));

        job.GetProperty("status").GetString().ShouldBe("canceled", job.ToString());
        job.GetProperty("error").GetProperty("code").GetString().ShouldBe("timeout");
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("cut off")]
    [InlineData("overwritten")]
    public async Task DamagedFileIsAStorageErrorAndTheDataSetRemains(string damage)
    {
        await using var application = await store.Another();
        await application.Api.Upload("name=rows", string.Concat(Enumerable.Range(0, 5_000).Select(i => $"{i * 7919 % 10_007},{i % 2}\n").Prepend("x,y\n")));
        var file = Directory.GetFiles(Path.Combine(application.StorageDirectory, "datasets")).Single();
        var sound = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        if (damage == "gone")
            File.Delete(file);
        else
            await File.WriteAllBytesAsync(file, damage == "cut off" ? sound[..(sound.Length / 2)] : Overwritten(sound), TestContext.Current.CancellationToken);

        foreach (var path in new[] { "datasets/rows/rows", "datasets/rows?target=y", "datasets/rows/content?format=csv" })
        {
            var detail = (await application.Api.Get(path)).Problem(HttpStatusCode.ServiceUnavailable).Detail;
            detail.ShouldContain("The file of a data set is missing", Case.Sensitive, path);
        }

        (await application.Api.Post("datasets/rows/split", "{}")).Problem(HttpStatusCode.ServiceUnavailable);
        (await application.Api.Get("datasets/rows")).Expect(HttpStatusCode.OK);

        var waiting = await application.Api.Enqueue("""{ "datasetId": "rows", "target": "y" }""");
        await File.WriteAllBytesAsync(file, sound, TestContext.Current.CancellationToken);
        (await application.Api.Ended(waiting)).GetProperty("status").GetString().ShouldBe("succeeded");
    }

    /// <summary>The file with other bytes between its first and last hundred.</summary>
    private static byte[] Overwritten(byte[] file) => [.. file.Select((b, i) => i > 100 && i < file.Length - 100 ? (byte)(b ^ 0x55) : b)];
}
