using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Models;
using SigmoidApi.Storage;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// The writes of runs. A run holds its job by the epoch of its claim: each write requires that the row still has this epoch, so that a run that has lost its
/// job writes nothing.
/// </summary>
internal sealed class TrainingLeases(IDbContextFactory<SigmoidDbContext> contexts, ModelCache models, TimeProvider time)
{
    /// <summary>Writes a heartbeat, with the run's progress and the new parts of its checkpoint.</summary>
    /// <returns>Why the fit must end, if it must.</returns>
    public async Task<FitEnd> BeatAsync(RunningFit fit, CancellationToken cancellationToken)
    {
        var job = fit.Job;
        var parts = fit.TakeCheckpoint();
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            await using var transaction = await db.BeginAsync(cancellationToken);
            var (progress, memory) = (fit.Progress, fit.Memory);
            var held = await HeldRow(db, job).ExecuteUpdateAsync(
                set =>
                {
                    set.SetProperty(j => j.Beat, j => j.Beat + 1).SetProperty(j => j.Progress, progress).SetProperty(j => j.Memory, memory);
                    if (parts.Count > 0 && progress?.Step > (job.Progress?.Step ?? -1))
                        set.SetProperty(j => j.Crashes, 0);
                },
                cancellationToken);
            if (held == 0)
                return FitEnd.Lost;
            foreach (var part in parts)
                await WriteAsync(db, job.Id, part, cancellationToken);
            if (progress is not null && fit.HasHistory)
                await WriteAsync(db, job.Id, fit.History, cancellationToken);
            var asked = await HeldRow(db, job).Select(j => new { j.CancelRequested, j.StopRequested }).SingleAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return asked.CancelRequested ? FitEnd.Canceled : asked.StopRequested ? FitEnd.Stopped : FitEnd.None;
        }
        catch
        {
            fit.PutBackCheckpoint(parts);
            throw;
        }
    }

    /// <summary>Writes a heartbeat, and ends the fit if it must end.</summary>
    public async Task<FitEnd> BeatOrEndAsync(RunningFit fit, CancellationToken cancellationToken)
    {
        var reason = await BeatAsync(fit, cancellationToken);
        if (reason != FitEnd.None)
            fit.End(reason);
        return reason;
    }

    /// <summary>Reads the checkpoint and the loss curve of the previous run, if there was one.</summary>
    public async Task<IReadOnlyList<FitCheckpoint>> ResumeAsync(RunningFit fit, CancellationToken cancellationToken)
    {
        if (fit.Job.Attempts == 1)
            return [];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var points = await db.TrainingHistories.Where(h => h.JobId == fit.Job.Id).Select(h => h.Points).SingleOrDefaultAsync(cancellationToken);
        var parts = await db.TrainingCheckpoints.AsNoTracking().Where(c => c.JobId == fit.Job.Id).ToListAsync(cancellationToken);
        fit.Resume(points ?? []);
        return [.. parts.Select(part => new FitCheckpoint(part.Part, part.IsFinal, part.State))];
    }

    /// <summary>Gives back a job that this process can't finish. Another process, or the next one, can claim it at once.</summary>
    /// <param name="fit">The job's run.</param>
    /// <param name="isAttempt">
    /// Whether the run counts in <see cref="TrainingJob.Attempts"/>. A run that a storage error ended does not: there may be many until the error passes.
    /// </param>
    /// <param name="cancellationToken">Ends the call before anything is written.</param>
    public async Task<TrainingJobStatus?> ReleaseAsync(RunningFit fit, bool isAttempt, CancellationToken cancellationToken)
    {
        var parts = fit.TakeCheckpoint();
        // If this run has stored something to resume from, the next one must not count as the first.
        var attempts = isAttempt ? fit.Job.Attempts : Math.Max(fit.Job.Attempts - 1, fit.MayHaveCheckpoint || fit.Progress is not null ? 1 : 0);
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            await using var transaction = await db.BeginAsync(cancellationToken);
            var released = await HeldRow(db, fit.Job).ExecuteUpdateAsync(
                set => set.SetProperty(j => j.Status, TrainingJobStatus.Queued).SetProperty(j => j.Worker, (string?)null).SetProperty(j => j.Attempts, attempts)
                    .SetProperty(j => j.Progress, fit.Progress),
                cancellationToken);
            if (released == 0)
                return TrainingJobStatus.Queued;
            foreach (var part in parts)
                await WriteAsync(db, fit.Job.Id, part, cancellationToken);
            if (fit.HasHistory)
                await WriteAsync(db, fit.Job.Id, fit.History, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return TrainingJobStatus.Queued;
        }
        catch
        {
            fit.PutBackCheckpoint(parts);
            throw;
        }
    }

    /// <summary>Ends a job that has made a model. The model's new version and the end of the job are one transaction.</summary>
    public Task<TrainingJobStatus?> SucceedAsync(RunningFit fit, string modelName, TrainedModel trained, CancellationToken cancellationToken) =>
        EndAsync(fit, TrainingJobStatus.Succeeded, error: null, (modelName, trained), cancellationToken);

    /// <summary>Ends a job with a result other than a model. The result and the end of the job are one transaction.</summary>
    public Task<TrainingJobStatus?> SucceedAsync(RunningFit fit, Action<SigmoidDbContext> addResult, CancellationToken cancellationToken) =>
        EndAsync(fit, TrainingJobStatus.Succeeded, error: null, model: null, cancellationToken, addResult);

    public Task<TrainingJobStatus?> FailAsync(RunningFit fit, ProblemDetails error, CancellationToken cancellationToken) =>
        EndAsync(fit, TrainingJobStatus.Failed, error, model: null, cancellationToken);

    /// <param name="fit">The run.</param>
    /// <param name="error">The reason, if no caller canceled the job.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public Task<TrainingJobStatus?> CancelAsync(RunningFit fit, ProblemDetails? error, CancellationToken cancellationToken) =>
        EndAsync(fit, TrainingJobStatus.Canceled, error, model: null, cancellationToken);

    /// <returns>The job's final status; null if another run has the job by now.</returns>
    private async Task<TrainingJobStatus?> EndAsync(
        RunningFit fit, TrainingJobStatus status, ProblemDetails? error, (string Name, TrainedModel Trained)? model, CancellationToken cancellationToken,
        Action<SigmoidDbContext>? addResult = null)
    {
        if (await TryEndAsync(fit, status, error, model, addResult, unlessCanceled: true, cancellationToken))
            return status;
        // A cancel that was answered with 202 holds, even if the fit finished before it learned of the cancel.
        if (await TryEndAsync(fit, TrainingJobStatus.Canceled, error: null, model: null, addResult: null, unlessCanceled: false, cancellationToken))
            return TrainingJobStatus.Canceled;
        // An earlier attempt may have committed although its answer was lost with the connection.
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var ended = await db.TrainingJobs.Where(j => j.Id == fit.Job.Id && j.Epoch == fit.Job.Epoch && j.FinishedAt != null)
            .Select(j => new { j.Status, j.ModelName }).SingleOrDefaultAsync(cancellationToken);
        if (ended?.ModelName is { } name)
            models.Forget(name);
        return ended?.Status;
    }

    private async Task<bool> TryEndAsync(
        RunningFit fit,
        TrainingJobStatus status,
        ProblemDetails? error,
        (string Name, TrainedModel Trained)? model,
        Action<SigmoidDbContext>? addResult,
        bool unlessCanceled,
        CancellationToken cancellationToken)
    {
        var job = fit.Job;
        var progress = fit.Progress is { } last && status == TrainingJobStatus.Succeeded ? last with { Fraction = 1, SecondsLeft = null } : fit.Progress;
        var (now, memory) = (time.GetUtcNow(), fit.Memory);
        var warnings = model?.Trained.Convergence.Warnings ?? job.Warnings;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginAsync(cancellationToken);
        var (name, version) = (model?.Name, model is null ? (int?)null : await db.NextModelVersionAsync(model.Value.Name));
        var ended = await HeldRow(db, job).Where(j => !unlessCanceled || !j.CancelRequested).ExecuteUpdateAsync(
            set => set.SetProperty(j => j.Status, status).SetProperty(j => j.FinishedAt, now).SetProperty(j => j.Worker, (string?)null)
                .SetProperty(j => j.Progress, progress).SetProperty(j => j.Memory, memory).SetProperty(j => j.Error, error)
                .SetProperty(j => j.ModelName, name).SetProperty(j => j.ModelVersion, version).SetProperty(j => j.Warnings, warnings),
            cancellationToken);
        if (ended == 0)
            return false;
        if (model is not null)
        {
            db.ModelVersions.Add(new ModelVersion
            {
                JobId = job.Id,
                Name = name!,
                Version = version!.Value,
                DatasetId = job.DatasetId,
                Target = job.Request.Target,
                CreatedAt = now,
                Trained = model.Value.Trained,
            });
            db.ListedModels.Add(ListedModel.From(job.Id, model.Value.Trained, job.Request.ListedPenalty));
            db.ModelRequests.Add(new ModelRequest { JobId = job.Id, Request = job.Request });
            await db.SaveChangesAsync(cancellationToken);
        }

        if (addResult is not null)
        {
            addResult(db);
            await db.SaveChangesAsync(cancellationToken);
        }

        if (fit.HasHistory)
            await WriteAsync(db, job.Id, fit.History, cancellationToken);
        await db.DeleteInputAsync(job.Id, cancellationToken, data: job.DatasetId is null, checkpoints: fit.MayHaveCheckpoint);
        using (name is null ? null : models.Change(name))
            await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static IQueryable<TrainingJob> HeldRow(SigmoidDbContext db, TrainingJob job) =>
        db.TrainingJobs.Where(j => j.Id == job.Id && j.Epoch == job.Epoch && j.Status == TrainingJobStatus.Running);

    private static Task<int> WriteAsync(SigmoidDbContext db, Guid jobId, FitCheckpoint part, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"""
            INSERT INTO "TrainingCheckpoints" ("JobId", "Part", "IsFinal", "State") VALUES ({jobId}, {part.Part}, {part.IsFinal}, {part.State})
            ON CONFLICT ("JobId", "Part") DO UPDATE SET "IsFinal" = excluded."IsFinal", "State" = excluded."State"
            """, cancellationToken);

    private static Task<int> WriteAsync(SigmoidDbContext db, Guid jobId, LossHistory history, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"""
            INSERT INTO "TrainingHistories" ("JobId", "Points") VALUES ({jobId}, {history.ToBytes()})
            ON CONFLICT ("JobId") DO UPDATE SET "Points" = excluded."Points"
            """, cancellationToken);
}
