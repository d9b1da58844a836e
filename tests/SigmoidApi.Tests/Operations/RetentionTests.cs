using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SigmoidApi.Idempotency;
using SigmoidApi.Operations;
using SigmoidApi.Storage;
using SigmoidApi.Tests.Database;
using SigmoidApi.Tests.TrainingJobs;
using SigmoidApi.TrainingJobs.Fitting;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Tests.Operations;

[Trait("Speed", "Slow")]
public sealed class SqliteRetentionTests() : RetentionTests(new SqliteApplication());

public sealed class PostgresRetentionTests(PostgresServer server) : RetentionTests(new PostgresApplication(server));

/// <summary>What the sweep removes and what it keeps, on each kind of store.</summary>
public abstract class RetentionTests(StoreApplication store) : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private TestApplication Application => store.Application;

    [Fact]
    public async Task ExpiredJobsAndCurvesAreDeletedAndModelsStay()
    {
        await Application.Api.Upload("name=rows", "x,y\n1,0\n2,1\n3,0\n4,1\n");
        var job = (await Application.Api.Train("""{ "datasetId": "rows", "target": "y", "modelName": "kept" }""")).GetProperty("id").GetString()!;
        var model = (await Application.Api.Get("models/kept")).Expect(HttpStatusCode.OK).Text;

        await Sweep(DateTimeOffset.UtcNow.AddDays(89));
        (await Application.Api.Get($"training-jobs/{job}/history")).Json.GetProperty("points").GetArrayLength().ShouldBeGreaterThan(0);
        await Sweep(DateTimeOffset.UtcNow.AddDays(91));
        (await Application.Api.Get($"training-jobs/{job}/history")).Json.GetProperty("points").GetArrayLength().ShouldBe(0);
        await Sweep(DateTimeOffset.UtcNow.AddDays(364));
        (await Application.Api.Job(job)).GetProperty("status").GetString().ShouldBe("succeeded");
        await Sweep(DateTimeOffset.UtcNow.AddDays(366));

        (await Application.Api.Get($"training-jobs/{job}")).Problem(HttpStatusCode.NotFound);
        (await Application.Api.Get("models/kept")).Text.ShouldBe(model);
        (await Application.Api.Post("models/kept/predict", """{ "rows": [{ "x": 1 }] }""")).Expect(HttpStatusCode.OK);
        (await Application.Api.Get("datasets/rows/rows")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task ConcurrentSweepsDeleteEveryBatchAndNothingElse()
    {
        await using (var db = await Database())
        {
            for (var i = 0; i < 2_100; i++)
            {
                var job = Job(finishedAt: Start.AddSeconds(i));
                db.AddRange(job, new TrainingHistory { JobId = job.Id, Points = [1] });
            }

            foreach (var stays in new[] { Job(finishedAt: Start.AddYears(1)), Job(finishedAt: null) })
                db.AddRange(stays, new TrainingHistory { JobId = stays.Id, Points = [1] });
            db.Add(new TrainingHistory { JobId = Guid.CreateVersion7(), Points = [1] });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Sweep(Start.AddYears(1).AddDays(10))));

        await using var left = await Database();
        (await left.TrainingJobs.CountAsync(TestContext.Current.CancellationToken)).ShouldBe(2);
        (await left.TrainingHistories.CountAsync(TestContext.Current.CancellationToken)).ShouldBe(2);
    }

    [Fact]
    public async Task ZeroDaysKeepForever()
    {
        await using var application = await store.Another(("Retention:FinishedJobDays", "0"), ("Retention:HistoryDays", "0"));
        var job = (await application.Api.Train(LongFit.Quick)).GetProperty("id").GetString()!;

        await Sweep(DateTimeOffset.UtcNow.AddYears(50), application);

        (await application.Api.Job(job)).GetProperty("status").GetString().ShouldBe("succeeded");
        (await application.Api.Get($"training-jobs/{job}/history")).Json.GetProperty("points").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task SweepRunsAtIntervals()
    {
        var time = new FakeTimeProvider(Start);
        await using var application = await store.Another(("Retention:SweepMinutes", "1"), ("Idempotency:ExpiryHours", "1"));
        application.Time = time;
        foreach (var key in new[] { "first", "second" })
        {
            (await application.Api.Send(HttpMethod.Post, "datasets?name=rows", ApiClient.Bytes("x\n1\n"u8.ToArray(), "text/csv"), (IdempotencyKey.Header, key)))
                .Expect(HttpStatusCode.Created);
            var orphan = Path.Combine(application.StorageDirectory, "datasets", $"{Guid.CreateVersion7()}.parquet");
            await File.WriteAllTextAsync(orphan, "", TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromHours(1));
            // A sweep that began before may still be running.
            await Eventually.Get(
                async () =>
                {
                    time.Advance(TimeSpan.FromMinutes(1));
                    await using var db = await Database(application);
                    return await db.IdempotentAnswers.CountAsync(TestContext.Current.CancellationToken) + (File.Exists(orphan) ? 1 : 0);
                },
                left => left == 0);
        }
    }

    public ValueTask InitializeAsync() => store.InitializeAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return store.DisposeAsync();
    }

    private static TrainingJob Job(DateTimeOffset? finishedAt) => new()
    {
        Id = Guid.CreateVersion7(),
        // No worker claims it.
        Status = TrainingJobStatus.Canceled,
        Request = new TrainingRequest(),
        CreatedAt = Start,
        FinishedAt = finishedAt,
    };

    private Task Sweep(DateTimeOffset now, TestApplication? application = null) =>
        ActivatorUtilities.CreateInstance<Retention>((application ?? Application).Services, new FakeTimeProvider(now))
            .SweepAsync(TestContext.Current.CancellationToken);

    private Task<SigmoidDbContext> Database(TestApplication? application = null) => (application ?? Application).Database();
}
