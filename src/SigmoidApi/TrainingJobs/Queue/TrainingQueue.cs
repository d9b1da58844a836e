using System.Threading.Channels;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>The queue of jobs: their rows, from which every process on the store claims.</summary>
internal sealed class TrainingQueue(IDbContextFactory<SigmoidDbContext> contexts, IOptions<TrainingOptions> options, TimeProvider time)
{
    // Only wakes a worker. The work itself is in the rows.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PausedJobs _paused = new(time);
    private readonly string _worker = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>Stores a job. If this returns <see cref="EnqueueResult.Stored"/>, the job will run.</summary>
    /// <param name="db">The store.</param>
    /// <param name="job">The job, with the status queued.</param>
    /// <param name="data">The inline data; null if the job trains on a data set.</param>
    /// <param name="isFirst">Called within the transaction. False if a copy of the request has stored its job already.</param>
    /// <param name="cancellationToken">Ends the call before anything is stored.</param>
    public async Task<EnqueueResult> TryEnqueueAsync(
        SigmoidDbContext db, TrainingJob job, InlineRows? data, Func<Task<bool>> isFirst, CancellationToken cancellationToken)
    {
        await using (var transaction = await db.BeginAsync(cancellationToken))
        {
            if (await IsFullAsync(db, cancellationToken))
                return EnqueueResult.QueueIsFull;
            if (job.DatasetId is { } dataset
                && await db.HoldDataset(dataset, toDelete: false).Select(d => (Guid?)d.Id).SingleOrDefaultAsync(cancellationToken) is null)
            {
                return EnqueueResult.DatasetIsGone;
            }

            if (!await isFirst())
                return EnqueueResult.StoredByACopy;
            db.TrainingJobs.Add(job);
            if (data is not null)
                db.InlineRows.Add(data);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        Wake();
        return EnqueueResult.Stored;
    }

    /// <summary>Near the limit, requests count one after another: concurrent ones would not see each other's jobs.</summary>
    private async Task<bool> IsFullAsync(SigmoidDbContext db, CancellationToken cancellationToken)
    {
        // More requests than a server, with its defaults, handles at once.
        const int MostConcurrentRequests = 200;
        var queued = db.TrainingJobs.Where(j => j.Status == TrainingJobStatus.Queued);
        var room = options.Value.MaxQueueLength - await queued.CountAsync(cancellationToken);
        if (room is <= 0 or > MostConcurrentRequests)
            return room <= 0;
        await db.LockAsync(StoreLock.TrainingQueue, cancellationToken);
        return await queued.CountAsync(cancellationToken) >= options.Value.MaxQueueLength;
    }

    /// <summary>Wakes a worker: there may be a job to claim.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Completes when there may be a job to claim.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _wake.Reader.ReadAsync(cancellationToken);

    /// <summary>Leaves a job to other processes for a while.</summary>
    public void Pause(TrainingJob job, TimeSpan atMost) => _paused.Add(job.Id, atMost);

    /// <summary>Claims the oldest queued job for this process. Null if there is none.</summary>
    public async Task<TrainingJob?> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var job = await db.ClaimAsync(_worker, time.GetUtcNow(), _paused.Current(), cancellationToken);
        // There may be more jobs, and other workers that wait.
        if (job is not null)
            Wake();
        return job;
    }

    /// <summary>The current runs of all processes on the store.</summary>
    public async Task<IReadOnlyList<RunSeen>> RunsAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.TrainingJobs.Where(j => j.Status == TrainingJobStatus.Running)
            .Select(j => new RunSeen(j.Id, j.Epoch, j.Beat, j.Crashes, j.Memory, j.CancelRequested, j.StopRequested)).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Takes a job back from a run whose process has died. The job returns to the queue, or ends if it was to be canceled or has crashed its process too often.
    /// Nothing happens if the run has written a heartbeat since <paramref name="run"/> was read, or if its row is locked.
    /// </summary>
    /// <returns>The job's new status; null if nothing happened.</returns>
    public async Task<TrainingJobStatus?> TakeBackAsync(RunSeen run, CancellationToken cancellationToken)
    {
        // A run that waits for memory did not crash its process. A run without a stored mode counts: it may have run out of memory while reading its rows.
        var crashes = run.Crashes + (run.Memory?.Mode == MemoryMode.Waiting ? 0 : 1);
        var (status, error) = run.CancelRequested ? (TrainingJobStatus.Canceled, null)
            : crashes >= options.Value.MaxCrashes ? (TrainingJobStatus.Failed, Problems.Details(StatusCodes.Status500InternalServerError,
                $"The process that ran this job ended {crashes} times in succession without any progress of the job; it may have too little memory."))
            : (TrainingJobStatus.Queued, (ProblemDetails?)null);
        DateTimeOffset? finishedAt = status == TrainingJobStatus.Queued ? null : time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginAsync(cancellationToken);
        if (!await db.TryLockJobAsync(run.Id, cancellationToken))
            return null;
        var taken = await db.TrainingJobs
            .Where(j => j.Id == run.Id && j.Epoch == run.Epoch && j.Beat == run.Beat && j.Status == TrainingJobStatus.Running)
            .Where(j => j.CancelRequested == run.CancelRequested)
            .ExecuteUpdateAsync(
                set => set.SetProperty(j => j.Status, status).SetProperty(j => j.Worker, (string?)null).SetProperty(j => j.Crashes, crashes)
                    .SetProperty(j => j.Error, error).SetProperty(j => j.FinishedAt, finishedAt),
                cancellationToken);
        if (taken == 0)
            return null;
        if (finishedAt is not null)
            await db.DeleteInputAsync(run.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (status == TrainingJobStatus.Queued)
            Wake();
        return status;
    }
}
