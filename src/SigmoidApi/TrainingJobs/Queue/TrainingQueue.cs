using System.Threading.Channels;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>The rows of the jobs as a queue, which every process on the store takes from.</summary>
internal sealed class TrainingQueue(IDbContextFactory<SigmoidDbContext> contexts, IOptions<TrainingOptions> options, TimeProvider time)
{
    // Only wakes a worker; what there is to do stands in the rows.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PausedJobs _paused = new(time);
    private readonly string _worker = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>Stores a job; when this returns <see cref="Enqueued.Yes"/>, it will run.</summary>
    /// <param name="db">Where to.</param>
    /// <param name="job">Queued.</param>
    /// <param name="data">What it trains on, where that is no data set.</param>
    /// <param name="isFirst">Asked within the transaction: whether no copy of the request has stored its job.</param>
    /// <param name="cancellationToken">Ends it before anything is stored.</param>
    public async Task<Enqueued> TryEnqueueAsync(SigmoidDbContext db, TrainingJob job, InlineRows? data, Func<Task<bool>> isFirst, CancellationToken cancellationToken)
    {
        await using (var transaction = await db.BeginAsync(cancellationToken))
        {
            if (await IsFullAsync(db, cancellationToken))
                return Enqueued.QueueIsFull;
            if (job.DatasetId is { } dataset && await db.HoldDataset(dataset, toDelete: false).Select(d => (Guid?)d.Id).SingleOrDefaultAsync(cancellationToken) is null)
                return Enqueued.DatasetIsGone;
            if (!await isFirst())
                return Enqueued.ByACopy;
            db.TrainingJobs.Add(job);
            if (data is not null)
                db.InlineRows.Add(data);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        Wake();
        return Enqueued.Yes;
    }

    /// <summary>Where the limit is near, one asks after another: of those at once each would count without the others.</summary>
    private async Task<bool> IsFullAsync(SigmoidDbContext db, CancellationToken cancellationToken)
    {
        // More than a server, by its own defaults, takes at once.
        const int MostAtOnce = 200;
        var queued = db.TrainingJobs.Where(j => j.Status == TrainingJobStatus.Queued);
        var room = options.Value.MaxQueueLength - await queued.CountAsync(cancellationToken);
        if (room is <= 0 or > MostAtOnce)
            return room <= 0;
        await db.LockAsync(StoreLock.TrainingQueue, cancellationToken);
        return await queued.CountAsync(cancellationToken) >= options.Value.MaxQueueLength;
    }

    /// <summary>Tells a worker that there may be a job to claim.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Ends when there may be a job to claim.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _wake.Reader.ReadAsync(cancellationToken);

    /// <summary>Leaves a job to others for a while.</summary>
    public void Pause(TrainingJob job, TimeSpan atMost) => _paused.Add(job.Id, atMost);

    /// <summary>Takes the oldest queued job for this process, or null when there is none.</summary>
    public async Task<TrainingJob?> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var job = await db.ClaimAsync(_worker, time.GetUtcNow(), _paused.Now(), cancellationToken);
        // There may be more than this one, and workers that sleep.
        if (job is not null)
            Wake();
        return job;
    }

    /// <summary>The runs of all processes on the store, as they stand.</summary>
    public async Task<IReadOnlyList<RunSeen>> RunsAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.TrainingJobs.Where(j => j.Status == TrainingJobStatus.Running)
            .Select(j => new RunSeen(j.Id, j.Epoch, j.Beat, j.Crashes, j.Memory, j.CancelRequested, j.StopRequested)).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Takes a job from a run that does not live any more: back into the queue, or to its end where it was to be canceled or has taken its process down too often.
    /// Nothing happens where the run has shown itself since <paramref name="job"/> was read, or somebody is writing to the row.
    /// </summary>
    /// <returns>What became of the job; null for nothing.</returns>
    public async Task<TrainingJobStatus?> TakeBackAsync(RunSeen job, CancellationToken cancellationToken)
    {
        // Who waits for memory has taken nothing down. Who has not said yet what it does counts: it may be reading its rows, and memory may not be enough for those.
        var crashes = job.Crashes + (job.Memory?.Mode == MemoryMode.Waiting ? 0 : 1);
        var (status, error) = job.CancelRequested ? (TrainingJobStatus.Canceled, null)
            : crashes >= options.Value.MaxCrashes ? (TrainingJobStatus.Failed, Problems.Details(StatusCodes.Status500InternalServerError,
                $"The process that ran this job ended {crashes} times in succession before the job came any further; its memory may not be enough for it."))
            : (TrainingJobStatus.Queued, (ProblemDetails?)null);
        DateTimeOffset? finishedAt = status == TrainingJobStatus.Queued ? null : time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginAsync(cancellationToken);
        if (!await db.TryLockJobAsync(job.Id, cancellationToken))
            return null;
        var taken = await db.TrainingJobs
            .Where(j => j.Id == job.Id && j.Epoch == job.Epoch && j.Beat == job.Beat && j.Status == TrainingJobStatus.Running && j.CancelRequested == job.CancelRequested)
            .ExecuteUpdateAsync(
                set => set.SetProperty(j => j.Status, status).SetProperty(j => j.Worker, (string?)null).SetProperty(j => j.Crashes, crashes)
                    .SetProperty(j => j.Error, error).SetProperty(j => j.FinishedAt, finishedAt),
                cancellationToken);
        if (taken == 0)
            return null;
        if (finishedAt is not null)
            await db.ForgetInputAsync(job.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (status == TrainingJobStatus.Queued)
            Wake();
        return status;
    }
}

/// <summary>What others see of a run.</summary>
internal sealed record RunSeen(Guid Id, long Epoch, long Beat, int Crashes, JobMemory? Memory, bool CancelRequested, bool StopRequested);

internal enum Enqueued
{
    Yes,
    DatasetIsGone,
    QueueIsFull,
    ByACopy,
}
