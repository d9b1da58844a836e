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

/// <summary>
/// Claims jobs and runs them, up to <c>Training:MaxConcurrency</c> at once, until the service drains: then it gives back at once what it runs.
/// </summary>
internal sealed partial class TrainingWorker(
    TrainingQueue queue,
    TrainingLeases leases,
    RunningFits fits,
    FitMemory memory,
    TrainingFeeds feeds,
    DatasetEngine datasets,
    DatasetFiles files,
    IDbContextFactory<SigmoidDbContext> contexts,
    TransientStorageErrors troubles,
    IHostApplicationLifetime lifetime,
    IOptions<StorageOptions> storage,
    IOptions<TrainingOptions> options,
    TimeProvider time,
    ILogger<TrainingWorker> logger) : BackgroundService
{
    /// <summary>Ends what is still to be written when the time for a stop is over.</summary>
    private readonly CancellationTokenSource _giveUp = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host stops its servers one after another, and this one last; a drain begins at once.
        using var draining = lifetime.ApplicationStopping.Register(() =>
        {
            foreach (var fit in fits.All)
                fit.End(FitEnd.Drained);
        });
        await TakeBackAllAsync(lifetime.ApplicationStopping);
        await Task.WhenAll(Enumerable.Range(0, options.Value.MaxConcurrency).Select(_ => RunJobsAsync(lifetime.ApplicationStopping)));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await using var giveUp = cancellationToken.Register(_giveUp.Cancel);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _giveUp.Dispose();
        base.Dispose();
    }

    /// <summary>Where no other process works on the store, every run in it is one of a process before this one.</summary>
    private async Task TakeBackAllAsync(CancellationToken cancellationToken)
    {
        if (storage.Value.IsShared)
            return;
        foreach (var run in await troubles.UntilItWorksAsync(() => queue.RunsAsync(cancellationToken), cancellationToken))
            await troubles.UntilItWorksAsync(() => queue.TakeBackAsync(run, cancellationToken), cancellationToken);
    }

    private async Task RunJobsAsync(CancellationToken draining)
    {
        var ending = Task.CompletedTask;
        while (!draining.IsCancellationRequested)
        {
            try
            {
                // While the end of one job is written, the next one is fitted already.
                if (await troubles.UntilItWorksAsync(() => queue.ClaimAsync(draining), draining) is { } job)
                    ending = await RunAsync(job, ending, draining);
                else
                    await queue.WaitAsync(draining);
            }
            catch (OperationCanceledException) when (draining.IsCancellationRequested)
            {
            }
#pragma warning disable CA1031 // whatever a claim ends in, there will be others
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (troubles.IsDue(e))
                    LogUnwritten(e);
                await Task.Delay(TransientStorageErrors.Pause, time, CancellationToken.None);
            }
        }

        await ending;
    }

    /// <summary>Runs a job's fit. Returns the writing of its end, which comes after another job's.</summary>
    private async Task<Task> RunAsync(TrainingJob job, Task endingOfAnother, CancellationToken draining)
    {
        var fit = new RunningFit(job, options.Value.MaxHistoryPoints, time);
        fits.Add(fit);
        LogStarted(job.Id, job.Attempts);
        var end = await EndOfAsync(fit, draining);
        await endingOfAnother;
        return WriteAsync(fit, end);
    }

    private async Task WriteAsync(RunningFit fit, Func<CancellationToken, Task<TrainingJobStatus?>> end)
    {
        try
        {
            if (await troubles.UntilItWorksAsync(() => end(_giveUp.Token), _giveUp.Token, lifetime.ApplicationStopping) is { } status)
                LogEnded(fit.Job.Id, fit.Job.Attempts, status, fit.Progress?.Step ?? 0);
            else
                LogLost(fit.Job.Id);
        }
        catch (Exception e) when (e is OperationCanceledException ? _giveUp.IsCancellationRequested : TransientStorageErrors.AdviceFor(e) is not null)
        {
            LogLeft(fit.Job.Id);
        }
#pragma warning disable CA1031 // a job whose end can't be written is taken back like one whose process has died; the service goes on
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnwritten(e);
        }
        finally
        {
            fits.Remove(fit);
            fit.Dispose();
            feeds.SignalEnd(fit.Job.Id);
        }
    }

    /// <summary>Runs the fit. Returns what is to be written of its end.</summary>
    private async Task<Func<CancellationToken, Task<TrainingJobStatus?>>> EndOfAsync(RunningFit fit, CancellationToken draining)
    {
        try
        {
            if (fit.Job.CancelRequested)
                fit.End(FitEnd.Canceled);
            else if (draining.IsCancellationRequested)
                fit.End(FitEnd.Drained);
            else if (fit.Job.StopRequested)
                fit.End(FitEnd.Stopped);
            await using var deadline = Deadline(fit);
            var trained = await TrainAsync(fit);
            return token => leases.SucceedAsync(fit, fit.Job.Request.ModelName!, trained, token);
        }
        catch (OperationCanceledException) when (fit.Why == FitEnd.Drained)
        {
            return token => leases.ReleaseAsync(fit, isAttempt: true, token);
        }
        catch (OperationCanceledException) when (fit.Why == FitEnd.Lost)
        {
            return _ => Task.FromResult<TrainingJobStatus?>(null);
        }
        catch (OperationCanceledException)
        {
            var error = fit.Why switch
            {
                FitEnd.TimedOut => Problems.Details(
                    StatusCodes.Status408RequestTimeout,
                    fit.Job.Request.TimeoutSeconds is { } seconds && seconds <= options.Value.MaxSeconds
                        ? $"The job took longer than its timeoutSeconds, {seconds}."
                        : $"The job took longer than a job may (Training:MaxSeconds), {options.Value.MaxSeconds} seconds.",
                    "timeout"),
                FitEnd.Stopped => Problems.Details(
                    StatusCodes.Status409Conflict, "The job was to stop while it waited for memory, before its fit began, so that there is no model to keep.", "nothing_to_keep"),
                _ => null,
            };
            return token => leases.CancelAsync(fit, error, token);
        }
        catch (UntrainableDataException e)
        {
            LogUntrainable(fit.Job.Id, e.Message);
            return token => leases.FailAsync(fit, Problems.Details(StatusCodes.Status422UnprocessableEntity, e.Message, e.Code), token);
        }
        catch (Exception e) when (troubles.IsTrouble(e))
        {
            // Who is to end anyway is taken up again at once, and ended.
            if (fit.Why is FitEnd.None or FitEnd.Stopped)
                queue.Pause(fit.Job, TimeLeft(fit.Job));
            return token => leases.ReleaseAsync(fit, isAttempt: false, token);
        }
#pragma warning disable CA1031 // the worker outlives whatever one job does; the log has the reason, the caller gets no exception text
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(e, fit.Job.Id);
            return token => leases.FailAsync(
                fit, Problems.Details(StatusCodes.Status500InternalServerError, $"The fit failed; the service's log says why, under the job's id {fit.Job.Id}."), token);
        }
    }

    private async Task<TrainedModel> TrainAsync(RunningFit fit)
    {
        var job = fit.Job;
        var (inline, dataset, resume) = await troubles.UntilItWorksAsync(() => InputAsync(fit), fit.Token);
        var (mode, bytes) = inline is null ? TrainingMemory.Of(dataset!, job.Request).Under(memory.Limit) : (MemoryMode.InMemory, 2L * inline.Values.Length);
        using var place = memory.Ask(bytes);
        if (!place.Granted.IsCompleted)
            await WaitAsync(fit, place, new(bytes, mode), canKeepAModel: resume.Count > 0);
        fit.Memory = new(bytes, mode);
        return await FitThread.RunAsync(
            () =>
            {
                if (dataset is not null)
                    files.RequireReadable(dataset.Id);
                using var rows = dataset is null ? inline!.Read(job.Request) : TrainingRows.Read(datasets, dataset, job.Request, mode == MemoryMode.Streamed, fit.Token);
                var control = new FitControl
                {
                    Progress = fit.Report,
                    Stop = fit.Stop,
                    Checkpoint = fit.Keep,
                    CheckpointInterval = TimeSpan.FromSeconds(options.Value.CheckpointSeconds),
                    Resume = resume,
                };
                var (training, classes) = Training.Fit(job.Request, rows, options.Value, time, control, fit.Token);
                return TrainedModel.From(
                    training, classes, job.Request.Features ?? [.. rows.Features.Columns.Select(c => c.Name)], dataset?.Columns ?? [],
                    dataset?.Origin?.DecimalPoint, dataset is null ? [] : RowsLeftOut.Of(dataset, job.Request), options.Value.MaxCovarianceParameters);
            },
            options.Value.Nice);
    }

    private async Task<(InlineRows? Inline, Dataset? Dataset, IReadOnlyList<FitCheckpoint> Resume)> InputAsync(RunningFit fit)
    {
        fit.Token.ThrowIfCancellationRequested();
        await using var db = await contexts.CreateDbContextAsync(fit.Token);
        var inline = fit.Job.DatasetId is null ? await db.InlineRows.AsNoTracking().SingleAsync(d => d.JobId == fit.Job.Id, fit.Token) : null;
        var dataset = fit.Job.DatasetId is { } id ? await db.Datasets.AsNoTracking().SingleAsync(d => d.Id == id, fit.Token) : null;
        return (inline, dataset, await leases.ResumeAsync(fit, fit.Token));
    }

    /// <summary>Waits for memory, which the row says: a process that ends meanwhile does not count against the job.</summary>
    private async Task WaitAsync(RunningFit fit, FitMemory.Place place, JobMemory memory, bool canKeepAModel)
    {
        fit.Memory = memory with { Mode = MemoryMode.Waiting };
        await ShowAsync();
        // Who is to stop with a checkpoint needs its rows to make a model of it, and waits on; without one there is nothing to wait for.
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(fit.Token, canKeepAModel ? CancellationToken.None : fit.Stop);
        await place.Granted.WaitAsync(leaving.Token);
        fit.Memory = memory;
        await ShowAsync();

        Task ShowAsync() => troubles.UntilItWorksAsync(() => leases.ShowAsync(fit, fit.Token), fit.Token);
    }

    /// <summary>
    /// Ends the fit when the time that its caller or the service gives the job is over. A timer takes no more than 49 days: this one comes at the end of each day that is left, counted from the last.
    /// </summary>
    private ITimer Deadline(RunningFit fit)
    {
        var left = TimeLeft(fit.Job);
        var why = fit.Job.Request.OnTimeout == OnTimeout.Stop ? FitEnd.Stopped : FitEnd.TimedOut;
        if (left == TimeSpan.Zero)
            fit.End(why);
        var days = left.Days;
        return time.CreateTimer(
            _ =>
            {
                if (days-- == 0)
                    fit.End(why);
            },
            state: null, left - TimeSpan.FromDays(days), TimeSpan.FromDays(1));
    }

    /// <summary>What is left of the time that the job's caller or the service gives it, counted from when it was taken up first. A clock that was put back makes it no longer.</summary>
    private TimeSpan TimeLeft(TrainingJob job)
    {
        // The request was held to the setting when it came; the setting may have been lowered since.
        var given = TimeSpan.FromSeconds(Math.Min(job.Request.TimeoutSeconds ?? double.PositiveInfinity, options.Value.MaxSeconds));
        var left = job.StartedAt!.Value + given - time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left > given ? given : left;
    }

    [LoggerMessage(LogLevel.Information, "Training job {JobId} started, attempt {Attempt}")]
    private partial void LogStarted(Guid jobId, int attempt);

    [LoggerMessage(LogLevel.Information, "Training job {JobId}, attempt {Attempt}: {Status} after {Steps} steps")]
    private partial void LogEnded(Guid jobId, int attempt, TrainingJobStatus status, int steps);

    [LoggerMessage(LogLevel.Warning, "Training job {JobId} was lost to another process, since this one showed no sign of life in time; what it did since then is dropped")]
    private partial void LogLost(Guid jobId);

    [LoggerMessage(LogLevel.Warning, "Training job {JobId} is left as it is, since the service stops and can't write to its storage; it is taken up again like one whose process has died")]
    private partial void LogLeft(Guid jobId);

    [LoggerMessage(LogLevel.Information, "Training job {JobId} can't be fitted: {Reason}")]
    private partial void LogUntrainable(Guid jobId, string reason);

    [LoggerMessage(LogLevel.Error, "A training job could not be claimed, or its end not be written")]
    private partial void LogUnwritten(Exception exception);

    [LoggerMessage(LogLevel.Error, "Training job {JobId} failed")]
    private partial void LogFailed(Exception exception, Guid jobId);
}
