using System.Runtime.InteropServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Tests.Database;
using SigmoidApi.TrainingJobs.Fitting;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Tests.TrainingJobs.Queue;

public sealed class SqliteTrainingLeasesTests() : TrainingLeasesTests(new SqliteApplication());

[Trait("Speed", "Slow")]
public sealed class PostgresTrainingLeasesTests(PostgresServer server) : TrainingLeasesTests(new PostgresApplication(server));

/// <summary>What runs write to their jobs' rows, on each kind of store. A long fit keeps the service's own worker busy meanwhile.</summary>
public abstract class TrainingLeasesTests(StoreApplication store) : IAsyncLifetime
{
    private static readonly TrainingProgress Before = new(5, 10, 0.5, 0.1, 0.5, Step: 5);

    private TestApplication _application = null!;

    private TrainingLeases Leases => _application.Services.GetRequiredService<TrainingLeases>();

    private TrainingQueue Queue => _application.Services.GetRequiredService<TrainingQueue>();

    [Theory]
    [InlineData(nameof(TrainingLeases.BeatAsync))]
    [InlineData(nameof(TrainingLeases.ReleaseAsync))]
    [InlineData(nameof(TrainingLeases.CancelAsync))]
    [InlineData(nameof(TrainingLeases.FailAsync))]
    public async Task RunThatHasNotReadItsHistoryDoesNotOverwriteIt(string write)
    {
        var job = await Row(job => (job.Attempts, job.Progress) = (2, Before));
        await using (var db = await _application.Database())
        {
            db.TrainingHistories.Add(new TrainingHistory { JobId = job.Id, Points = [.. Points(0, 6)] });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        using var fit = new RunningFit(job, 100, TimeProvider.System);
        Task written = write switch
        {
            nameof(TrainingLeases.BeatAsync) => Leases.BeatAsync(fit, TestContext.Current.CancellationToken),
            nameof(TrainingLeases.ReleaseAsync) => Leases.ReleaseAsync(fit, isAttempt: true, TestContext.Current.CancellationToken),
            nameof(TrainingLeases.CancelAsync) => Leases.CancelAsync(fit, error: null, TestContext.Current.CancellationToken),
            _ => Leases.FailAsync(fit, new(), TestContext.Current.CancellationToken),
        };
        await written;

        (await Read(job.Id)).Progress.ShouldBe(Before);
        await using var after = await _application.Database();
        var history = await after.TrainingHistories.SingleAsync(h => h.JobId == job.Id, TestContext.Current.CancellationToken);
        LossHistory.FromBytes(history.Points).Select(point => point.Step).ShouldBe(Enumerable.Range(0, 6));
    }

    [Theory]
    [InlineData(1, false, 0)]
    [InlineData(1, true, 1)]
    [InlineData(2, false, 1)]
    public async Task RunEndedByAStorageErrorIsNotCountedUnlessItIsTheOnlyOneWithACheckpoint(int attempts, bool hasCheckpoint, int counted)
    {
        var job = await Row(job => job.Attempts = attempts);
        using var fit = new RunningFit(job, 100, TimeProvider.System);
        if (hasCheckpoint)
            fit.AddCheckpoint([new FitCheckpoint(0, IsFinal: false, [1])]);

        await Leases.ReleaseAsync(fit, isAttempt: false, TestContext.Current.CancellationToken);

        var released = await Read(job.Id);
        (released.Status, released.Attempts).ShouldBe((TrainingJobStatus.Queued, counted));
    }

    [Fact]
    public async Task CheckpointThatCouldNotBeWrittenIsWrittenByTheNextTry()
    {
        var job = await Row(_ => { });
        using var fit = new RunningFit(job, 100, TimeProvider.System);
        fit.AddCheckpoint([new FitCheckpoint(0, IsFinal: false, [1])]);

        await Should.ThrowAsync<OperationCanceledException>(Leases.ReleaseAsync(fit, isAttempt: true, new CancellationToken(canceled: true)));
        await Leases.ReleaseAsync(fit, isAttempt: true, TestContext.Current.CancellationToken);

        await using var db = await _application.Database();
        (await db.TrainingCheckpoints.SingleAsync(c => c.JobId == job.Id, TestContext.Current.CancellationToken)).State.ShouldBe([1]);
    }

    [Theory]
    [InlineData(MemoryMode.Waiting, TrainingJobStatus.Queued, 2)]
    [InlineData(MemoryMode.InMemory, TrainingJobStatus.Failed, 3)]
    [InlineData(null, TrainingJobStatus.Failed, 3)]
    public async Task CrashCountsUnlessTheRunWaitedForMemory(MemoryMode? mode, TrainingJobStatus status, int crashes)
    {
        var job = await Row(job => (job.Crashes, job.Memory) = (2, mode is { } known ? new(1_000, known) : null));
        var seen = (await Queue.RunsAsync(TestContext.Current.CancellationToken)).Single(run => run.Id == job.Id);

        (await Queue.TakeBackAsync(seen, TestContext.Current.CancellationToken)).ShouldBe(status);

        (await Read(job.Id)).Crashes.ShouldBe(crashes);
    }

    [Fact]
    public async Task ClaimSkipsPausedJobsAndClearsTheMemoryOfTheLastRun()
    {
        var jobs = new List<TrainingJob>();
        for (var i = 0; i < 3; i++)
            jobs.Add(await Row(job => (job.Status, job.Memory) = (TrainingJobStatus.Queued, new(1_000, MemoryMode.InMemory))));
        await using var db = await _application.Database();

        var claimed = await db.ClaimAsync("test", DateTimeOffset.UtcNow, [jobs[0].Id, jobs[1].Id], TestContext.Current.CancellationToken);
        var next = await db.ClaimAsync("test", DateTimeOffset.UtcNow, [], TestContext.Current.CancellationToken);
        var none = await db.ClaimAsync("test", DateTimeOffset.UtcNow, [jobs[1].Id], TestContext.Current.CancellationToken);

        (claimed!.Id, claimed.Memory, next!.Id, none).ShouldBe((jobs[2].Id, null, jobs[0].Id, null));
    }

    public async ValueTask InitializeAsync()
    {
        _application = await store.Another(("Training:LeaseSeconds", "3600"));
        await _application.Api.Running(await _application.Api.Enqueue(LongFit.Request()));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _application.DisposeAsync();
    }

    /// <summary>Stores a job. It is running, unless <paramref name="make"/> changes that.</summary>
    private async Task<TrainingJob> Row(Action<TrainingJob> make)
    {
        var job = new TrainingJob
        {
            Id = Guid.CreateVersion7(),
            Status = TrainingJobStatus.Running,
            Request = new TrainingRequest(),
            CreatedAt = DateTimeOffset.UtcNow,
            StartedAt = DateTimeOffset.UtcNow,
            Attempts = 1,
            Epoch = 1,
        };
        make(job);
        await using var db = await _application.Database();
        db.TrainingJobs.Add(job);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        return job;
    }

    private async Task<TrainingJob> Read(Guid id)
    {
        await using var db = await _application.Database();
        return await db.TrainingJobs.AsNoTracking().SingleAsync(j => j.Id == id, TestContext.Current.CancellationToken);
    }

    private static byte[] Points(int from, int count) =>
        MemoryMarshal.AsBytes(Enumerable.Range(from, count).Select(step => new LossPoint(step, 0, step, 0.5, 0.1)).ToArray().AsSpan()).ToArray();
}
