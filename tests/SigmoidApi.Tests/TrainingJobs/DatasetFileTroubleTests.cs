using System.Text.Json;
using SigmoidApi.Tests.Storage;

namespace SigmoidApi.Tests.TrainingJobs;

public sealed class SqliteDatasetFileTroubleTests() : DatasetFileTroubleTests(new SqliteApplication());

public sealed class PostgresDatasetFileTroubleTests(PostgresServer server) : DatasetFileTroubleTests(new PostgresApplication(server));

/// <summary>A data set's file that is out of reach for a while, on each kind of store.</summary>
public abstract class DatasetFileTroubleTests(StoreApplication store)
{
    [Fact]
    public async Task JobWhoseRowsAreOutOfReachWaitsForThemAndLetsOthersPass()
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
    public async Task DeadlineHoldsForAJobThatWaitsForItsRows()
    {
        await using var application = await store.Another();
        await application.Api.Upload("name=rows", "x,y\n1,0\n2,1\n3,0\n4,1\n");
        File.Delete(Directory.GetFiles(Path.Combine(application.StorageDirectory, "datasets")).Single());

        var job = await application.Api.Ended(await application.Api.Enqueue("""{ "datasetId": "rows", "target": "y", "timeoutSeconds": 0.3 }"""));

        job.GetProperty("status").GetString().ShouldBe("canceled", job.ToString());
        job.GetProperty("error").GetProperty("code").GetString().ShouldBe("timeout");
    }
}
