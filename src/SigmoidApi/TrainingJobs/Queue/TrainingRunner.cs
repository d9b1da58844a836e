using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>Runs one claimed job: reads its input, waits for memory, fits, and decides how the run ends.</summary>
internal sealed partial class TrainingRunner(
    TrainingQueue queue,
    TrainingLeases leases,
    MemoryBudget budget,
    DatasetEngine datasets,
    DatasetFiles files,
    IEnumerable<JobRunner> others,
    IDbContextFactory<SigmoidDbContext> contexts,
    TransientStorageErrors storageErrors,
    IOptions<TrainingOptions> options,
    TimeProvider time,
    ILogger<TrainingRunner> logger)
{
    private readonly JobDeadline _deadline = new(options.Value.MaxSeconds, time);

    /// <summary>Runs the fit. It never throws: every outcome has an end that is to be written.</summary>
    public async Task<WriteEnd> RunAsync(RunningFit fit, CancellationToken draining)
    {
        try
        {
            if (fit.Job.CancelRequested)
                fit.End(FitEnd.Canceled);
            else if (draining.IsCancellationRequested)
                fit.End(FitEnd.Drained);
            else if (fit.Job.StopRequested)
                fit.End(FitEnd.Stopped);
            await using var deadline = _deadline.Start(fit);
            if (fit.Job.Work is { } work)
            {
                var addResult = await WorkAsync(fit, others.Single(other => other.Kind == work.Kind));
                return token => leases.SucceedAsync(fit, addResult, token);
            }

            var trained = await TrainAsync(fit);
            return token => leases.SucceedAsync(fit, fit.Job.Request.ModelName!, trained, token);
        }
        catch (OperationCanceledException) when (fit.EndReason == FitEnd.Drained)
        {
            return token => leases.ReleaseAsync(fit, isAttempt: true, token);
        }
        catch (OperationCanceledException) when (fit.EndReason == FitEnd.Lost)
        {
            return _ => Task.FromResult<TrainingJobStatus?>(null);
        }
        catch (OperationCanceledException)
        {
            var error = WhyCanceled(fit);
            return token => leases.CancelAsync(fit, error, token);
        }
        catch (UntrainableDataException e)
        {
            LogUntrainable(fit.Job.Id, e.Message);
            return token => leases.FailAsync(fit, Problems.Details(StatusCodes.Status422UnprocessableEntity, e.Message, e.Code), token);
        }
        catch (Exception e) when (storageErrors.LogIfTransient(e))
        {
            // A run that is ending is not paused: it is claimed again at once, to be ended.
            if (fit.EndReason is FitEnd.None or FitEnd.Stopped)
                queue.Pause(fit.Job, _deadline.TimeLeft(fit.Job));
            return token => leases.ReleaseAsync(fit, isAttempt: false, token);
        }
#pragma warning disable CA1031 // the worker must survive every failure of a job; the log has the reason, the caller gets no exception text
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(e, fit.Job.Id);
            var error = Problems.Details(
                StatusCodes.Status500InternalServerError,
                $"The {(fit.Job.Work is null ? "fit" : "job")} failed; the service's log has the reason, under the job's id {fit.Job.Id}.");
            return token => leases.FailAsync(fit, error, token);
        }
    }

    /// <summary>The error of a canceled job; null if its caller canceled it.</summary>
    private ProblemDetails? WhyCanceled(RunningFit fit) => fit.EndReason switch
    {
        FitEnd.TimedOut => Problems.Details(
            StatusCodes.Status408RequestTimeout,
            fit.Job.Request.TimeoutSeconds is { } seconds && seconds <= options.Value.MaxSeconds
                ? $"The job took longer than its timeoutSeconds, {seconds}."
                : $"The job took longer than a job may (Training:MaxSeconds), {options.Value.MaxSeconds} seconds.",
            "timeout"),
        FitEnd.Stopped => Problems.Details(
            StatusCodes.Status409Conflict,
            "The job was stopped while it waited for memory, before its fit began, so there is no model to keep.",
            "nothing_to_keep"),
        _ => null,
    };

    private async Task<TrainedModel> TrainAsync(RunningFit fit)
    {
        var job = fit.Job;
        var (inline, dataset, resume) = await storageErrors.RetryAsync(() => InputAsync(fit), fit.CancelToken);
        var estimate = inline is null ? MemoryEstimate.Of(dataset!, job.Request) : MemoryEstimate.Of(inline, job.Request);
        estimate.RequireRoom(Math.Max(budget.Limit, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
        var (mode, bytes) = inline is null ? estimate.Under(budget.Limit) : (MemoryMode.InMemory, estimate.InMemory);
        using var reservation = await ReserveAsync(fit, new(bytes, mode), canKeepAModel: resume.Count > 0);
        return await FitThread.RunAsync(
            () =>
            {
                if (dataset is not null)
                    files.RequireReadable(dataset.Id);
                using var rows = dataset is null
                    ? inline!.Read(job.Request)
                    : TrainingRows.Read(datasets, dataset, job.Request, mode == MemoryMode.Streamed, fit.CancelToken);
                var control = new FitControl
                {
                    Progress = fit.Report,
                    Stop = fit.StopToken,
                    Checkpoint = fit.AddCheckpoint,
                    CheckpointInterval = TimeSpan.FromSeconds(options.Value.CheckpointSeconds),
                    Resume = resume,
                };
                var training = RequestTrainer.Train(job.Request, rows, options.Value, time, control, fit.CancelToken);
                return TrainedModel.From(
                    training, job.Request.Features ?? [.. rows.Features.Columns.Select(c => c.Name)], dataset?.Columns ?? [],
                    dataset?.Origin?.DecimalPoint, dataset is null ? [] : RowsLeftOut.Of(dataset, job.Request), options.Value.MaxCovarianceParameters,
                    job.Request.Calibration?.Folds);
            },
            options.Value.Nice);
    }

    /// <summary>Computes the result of a job that does not train.</summary>
    private async Task<Action<SigmoidDbContext>> WorkAsync(RunningFit fit, JobRunner runner)
    {
        fit.CancelToken.ThrowIfCancellationRequested();
        var prepared = await storageErrors.RetryAsync(() => runner.PrepareAsync(fit.Job, fit.CancelToken), fit.CancelToken);
        using var reservation = await ReserveAsync(fit, new(prepared.Bytes, MemoryMode.InMemory), canKeepAModel: false);
        return await FitThread.RunAsync(() => prepared.Run(fit.CancelToken), options.Value.Nice);
    }

    private async Task<MemoryBudget.Reservation> ReserveAsync(RunningFit fit, JobMemory memory, bool canKeepAModel)
    {
        var reservation = budget.Reserve(memory.Bytes);
        try
        {
            if (!reservation.Granted.IsCompleted)
                await WaitAsync(fit, reservation, memory, canKeepAModel);
            fit.Memory = memory;
            return reservation;
        }
        catch
        {
            reservation.Dispose();
            throw;
        }
    }

    private async Task<(InlineRows? Inline, Dataset? Dataset, IReadOnlyList<FitCheckpoint> Resume)> InputAsync(RunningFit fit)
    {
        var (job, cancel) = (fit.Job, fit.CancelToken);
        cancel.ThrowIfCancellationRequested();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var inline = job.DatasetId is null ? await db.InlineRows.AsNoTracking().SingleAsync(d => d.JobId == job.Id, cancel) : null;
        var dataset = job.DatasetId is { } id ? await db.Datasets.AsNoTracking().SingleAsync(d => d.Id == id, cancel) : null;
        return (inline, dataset, await leases.ResumeAsync(fit, cancel));
    }

    /// <summary>Waits for memory. The job's row says so meanwhile: if the process ends then, that does not count as a crash of the job.</summary>
    private async Task WaitAsync(RunningFit fit, MemoryBudget.Reservation reservation, JobMemory memory, bool canKeepAModel)
    {
        fit.Memory = memory with { Mode = MemoryMode.Waiting };
        await BeatAsync();
        // A job that is stopped needs its rows to make a model of its checkpoint, and so waits on. Without a checkpoint there is nothing to wait for.
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(fit.CancelToken, canKeepAModel ? CancellationToken.None : fit.StopToken);
        await reservation.Granted.WaitAsync(leaving.Token);
        fit.Memory = memory;
        await BeatAsync();

        Task BeatAsync() => storageErrors.RetryAsync(() => leases.BeatOrEndAsync(fit, fit.CancelToken), fit.CancelToken);
    }

    [LoggerMessage(LogLevel.Information, "Training job {JobId} can't be fitted: {Reason}")]
    private partial void LogUntrainable(Guid jobId, string reason);

    [LoggerMessage(LogLevel.Error, "Training job {JobId} failed")]
    private partial void LogFailed(Exception exception, Guid jobId);
}
