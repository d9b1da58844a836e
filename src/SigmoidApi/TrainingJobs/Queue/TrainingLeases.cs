using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Models;
using SigmoidApi.Storage;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// What the runs of jobs write. A run holds its job by the epoch that its claim gave it: each write is made on condition that the epoch still stands, so that a run
/// which has lost its job, to whomever, writes nothing.
/// </summary>
internal sealed class TrainingLeases(IDbContextFactory<SigmoidDbContext> contexts, ModelCache models, TimeProvider time)
{
    /// <summary>Shows that the run lives, and keeps how far it is and what a next run can go on from. Returns why the fit should end, if it should.</summary>
    public async Task<FitEnd> BeatAsync(RunningFit fit, CancellationToken cancellationToken)
    {
        var job = fit.Job;
        var parts = fit.TakeParts();
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            await using var transaction = await db.BeginAsync(cancellationToken);
            var (progress, memory) = (fit.Progress, fit.Memory);
            var held = await Mine(db, job).ExecuteUpdateAsync(
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
            var asked = await Mine(db, job).Select(j => new { j.CancelRequested, j.StopRequested }).SingleAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return asked.CancelRequested ? FitEnd.Canceled : asked.StopRequested ? FitEnd.Stopped : FitEnd.None;
        }
        catch
        {
            fit.PutBack(parts);
            throw;
        }
    }

    /// <summary>The same; a fit that should end is told so. Returns whether it goes on.</summary>
    public async Task<bool> ShowAsync(RunningFit fit, CancellationToken cancellationToken)
    {
        if (await BeatAsync(fit, cancellationToken) is not (var why and not FitEnd.None))
            return true;
        fit.End(why);
        return false;
    }

    /// <summary>What a run before this one has left to go on from.</summary>
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

    /// <summary>Gives a job back that this process can't finish, for another one, or the next, to claim at once.</summary>
    /// <param name="fit">Its run.</param>
    /// <param name="isAttempt">Whether the run counts as one. What met nothing but a trouble does not: there may be many of those before it passes.</param>
    /// <param name="cancellationToken">Ends it before anything is written.</param>
    public async Task<TrainingJobStatus?> ReleaseAsync(RunningFit fit, bool isAttempt, CancellationToken cancellationToken)
    {
        var parts = fit.TakeParts();
        // One that has left something to go on from is not the first.
        var attempts = isAttempt ? fit.Job.Attempts : Math.Max(fit.Job.Attempts - 1, fit.MayHaveCheckpoint || fit.Progress is not null ? 1 : 0);
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            await using var transaction = await db.BeginAsync(cancellationToken);
            var released = await Mine(db, fit.Job).ExecuteUpdateAsync(
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
            fit.PutBack(parts);
            throw;
        }
    }

    /// <summary>Ends a job that made a model: the model's new version and the end of the job are one transaction.</summary>
    public Task<TrainingJobStatus?> SucceedAsync(RunningFit fit, string modelName, TrainedModel trained, CancellationToken cancellationToken) =>
        EndAsync(fit, TrainingJobStatus.Succeeded, error: null, (modelName, trained), cancellationToken);

    public Task<TrainingJobStatus?> FailAsync(RunningFit fit, ProblemDetails error, CancellationToken cancellationToken) =>
        EndAsync(fit, TrainingJobStatus.Failed, error, model: null, cancellationToken);

    /// <param name="fit">The run.</param>
    /// <param name="error">Why, where its caller did not ask for it.</param>
    /// <param name="cancellationToken">Ends the trying.</param>
    public Task<TrainingJobStatus?> CancelAsync(RunningFit fit, ProblemDetails? error, CancellationToken cancellationToken) =>
        EndAsync(fit, TrainingJobStatus.Canceled, error, model: null, cancellationToken);

    /// <returns>How the job has ended; null where it is another run's by now.</returns>
    private async Task<TrainingJobStatus?> EndAsync(
        RunningFit fit, TrainingJobStatus status, ProblemDetails? error, (string Name, TrainedModel Trained)? model, CancellationToken cancellationToken)
    {
        if (await TryEndAsync(fit, status, error, model, unlessCanceled: true, cancellationToken))
            return status;
        // A cancel that was answered 202 holds, even where the fit was done before it heard of it.
        if (await TryEndAsync(fit, TrainingJobStatus.Canceled, error: null, model: null, unlessCanceled: false, cancellationToken))
            return TrainingJobStatus.Canceled;
        // A commit may have been made though its answer was lost with the connection, and this be the next try.
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var ended = await db.TrainingJobs.Where(j => j.Id == fit.Job.Id && j.Epoch == fit.Job.Epoch && j.FinishedAt != null)
            .Select(j => new { j.Status, j.ModelName }).SingleOrDefaultAsync(cancellationToken);
        if (ended?.ModelName is { } name)
            models.Forget(name);
        return ended?.Status;
    }

    private async Task<bool> TryEndAsync(
        RunningFit fit, TrainingJobStatus status, ProblemDetails? error, (string Name, TrainedModel Trained)? model, bool unlessCanceled, CancellationToken cancellationToken)
    {
        var job = fit.Job;
        var progress = fit.Progress is { } last && status == TrainingJobStatus.Succeeded ? last with { Fraction = 1, SecondsLeft = null } : fit.Progress;
        var (now, memory) = (time.GetUtcNow(), fit.Memory);
        var warnings = model?.Trained.Convergence.Warnings ?? job.Warnings;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginAsync(cancellationToken);
        var (name, version) = (model?.Name, model is null ? (int?)null : await db.NextModelVersionAsync(model.Value.Name));
        var ended = await Mine(db, job).Where(j => !unlessCanceled || !j.CancelRequested).ExecuteUpdateAsync(
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
            await db.SaveChangesAsync(cancellationToken);
        }

        if (fit.HasHistory)
            await WriteAsync(db, job.Id, fit.History, cancellationToken);
        await db.ForgetInputAsync(job.Id, cancellationToken, data: job.DatasetId is null, checkpoints: fit.MayHaveCheckpoint);
        using (name is null ? null : models.Change(name))
            await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static IQueryable<TrainingJob> Mine(SigmoidDbContext db, TrainingJob job) =>
        db.TrainingJobs.Where(j => j.Id == job.Id && j.Epoch == job.Epoch && j.Status == TrainingJobStatus.Running);

    private static Task<int> WriteAsync(SigmoidDbContext db, Guid jobId, FitCheckpoint part, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"""
            INSERT INTO "TrainingCheckpoints" ("JobId", "Part", "IsFinal", "State") VALUES ({jobId}, {part.Part}, {part.IsFinal}, {part.State})
            ON CONFLICT ("JobId", "Part") DO UPDATE SET "IsFinal" = excluded."IsFinal", "State" = excluded."State"
            """, cancellationToken);

    private static Task<int> WriteAsync(SigmoidDbContext db, Guid jobId, LossHistory history, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"""
            INSERT INTO "TrainingHistories" ("JobId", "Points") VALUES ({jobId}, {history.ToBytes()}) ON CONFLICT ("JobId") DO UPDATE SET "Points" = excluded."Points"
            """, cancellationToken);
}
