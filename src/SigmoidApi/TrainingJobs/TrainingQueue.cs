using System.Threading.Channels;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Models;
using SigmoidApi.Storage;

namespace SigmoidApi.TrainingJobs;

/// <summary>
/// The rows of the jobs as a queue. Each claim raises the row's epoch, and each later write of that run is made on condition that the epoch still stands,
/// so a run that has lost its job writes nothing.
/// </summary>
internal sealed class TrainingQueue(IDbContextFactory<SigmoidDbContext> contexts, RunningFits fits, ModelCache models, TimeProvider time)
{
    // Only wakes a worker; what there is to do stands in the rows.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Stores a job; when this returns true, it will run. False where its data set was deleted meanwhile.</summary>
    public async Task<bool> TryEnqueueAsync(SigmoidDbContext db, TrainingJob job, TrainingData? data, CancellationToken cancellationToken)
    {
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            if (job.DatasetId is { } dataset && !await db.Datasets.AnyAsync(d => d.Id == dataset, cancellationToken))
                return false;
            db.TrainingJobs.Add(job);
            if (data is not null)
                db.TrainingData.Add(data);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        _wake.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Ends when there may be a job to claim.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _wake.Reader.ReadAsync(cancellationToken);

    /// <summary>Puts back the jobs that were running when the process before this one ended.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var running = db.TrainingJobs.Where(j => j.Status == TrainingJobStatus.Running);
        await running.Where(j => j.CancelRequested).ExecuteUpdateAsync(
            set => set.SetProperty(j => j.Status, TrainingJobStatus.Canceled).SetProperty(j => j.FinishedAt, time.GetUtcNow()).SetProperty(j => j.Worker, (string?)null),
            cancellationToken);
        await running.ExecuteUpdateAsync(
            set => set.SetProperty(j => j.Status, TrainingJobStatus.Queued).SetProperty(j => j.Worker, (string?)null), cancellationToken);
        await db.TrainingData.Where(d => db.TrainingJobs.Any(j => j.Id == d.JobId && j.FinishedAt != null)).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Takes the oldest queued job for this process, or null when there is none.</summary>
    public async Task<TrainingJob?> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        while (await db.TrainingJobs.AsNoTracking().Where(j => j.Status == TrainingJobStatus.Queued).OrderBy(j => j.Id).FirstOrDefaultAsync(cancellationToken) is { } job)
        {
            var now = time.GetUtcNow();
            var worker = $"{Environment.MachineName}:{Environment.ProcessId}";
            var claimed = await db.TrainingJobs
                .Where(j => j.Id == job.Id && j.Epoch == job.Epoch && j.Status == TrainingJobStatus.Queued)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(j => j.Status, TrainingJobStatus.Running)
                        .SetProperty(j => j.Epoch, job.Epoch + 1)
                        .SetProperty(j => j.Attempts, job.Attempts + 1)
                        .SetProperty(j => j.StartedAt, now)
                        .SetProperty(j => j.Worker, worker),
                    cancellationToken);
            if (claimed == 1)
            {
                // There may be more than this one, and workers that sleep.
                _wake.Writer.TryWrite(true);
                job.Epoch++;
                return job;
            }
        }

        return null;
    }

    /// <summary>Gives a job back that this process can't finish, for the next process to claim.</summary>
    public async Task ReleaseAsync(TrainingJob job)
    {
        await using var db = await contexts.CreateDbContextAsync(CancellationToken.None);
        await Mine(db, job).ExecuteUpdateAsync(
            set => set.SetProperty(j => j.Status, TrainingJobStatus.Queued).SetProperty(j => j.Worker, (string?)null), CancellationToken.None);
    }

    /// <summary>Ends a job that made a model: the model's new version and the end of the job are one transaction.</summary>
    public Task SucceedAsync(TrainingJob job, TrainingProgress? progress, string modelName, TrainedModel trained) =>
        EndAsync(job, TrainingJobStatus.Succeeded, progress, error: null, async (db, now) =>
        {
            var model = await db.Models.FindAsync(modelName);
            if (model is null)
                db.Models.Add(model = new Model { Name = modelName, LastVersion = 0 });
            model.LastVersion++;
            db.ModelVersions.Add(new ModelVersion
            {
                JobId = job.Id,
                Name = modelName,
                Version = model.LastVersion,
                DatasetId = job.DatasetId,
                Target = job.Request.Target,
                CreatedAt = now,
                Trained = trained,
            });
            return (modelName, model.LastVersion);
        });

    public Task FailAsync(TrainingJob job, TrainingProgress? progress, ProblemDetails error) =>
        EndAsync(job, TrainingJobStatus.Failed, progress, error, makeModel: null);

    public Task CancelAsync(TrainingJob job, TrainingProgress? progress) =>
        EndAsync(job, TrainingJobStatus.Canceled, progress, error: null, makeModel: null);

    private async Task EndAsync(
        TrainingJob job,
        TrainingJobStatus status,
        TrainingProgress? progress,
        ProblemDetails? error,
        Func<SigmoidDbContext, DateTimeOffset, Task<(string Name, int Version)>>? makeModel)
    {
        // Not canceled by a stop of the service: an end that was reached is written down.
        await using var db = await contexts.CreateDbContextAsync(CancellationToken.None);
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        var now = time.GetUtcNow();
        if (await Mine(db, job).SingleOrDefaultAsync(CancellationToken.None) is not { } row)
            return;
        // A cancel that was answered 202 holds, even where the fit was done before it heard of it.
        if (row.CancelRequested)
            (status, error, makeModel) = (TrainingJobStatus.Canceled, null, null);
        if (makeModel is not null)
            (row.ModelName, row.ModelVersion) = await makeModel(db, now);
        row.Status = status;
        row.FinishedAt = now;
        row.Worker = null;
        row.Progress = progress;
        row.Error = error;
        await db.SaveChangesAsync(CancellationToken.None);
        await db.TrainingData.Where(d => d.JobId == job.Id).ExecuteDeleteAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        if (row.ModelName is not null)
            models.Forget(row.ModelName);
        fits.SignalEnd(job.Id);
    }

    private static IQueryable<TrainingJob> Mine(SigmoidDbContext db, TrainingJob job) =>
        db.TrainingJobs.Where(j => j.Id == job.Id && j.Epoch == job.Epoch && j.Status == TrainingJobStatus.Running);
}
