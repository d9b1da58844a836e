using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Models;
using SigmoidApi.Storage;

namespace SigmoidApi.TrainingJobs;

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
    IDbContextFactory<SigmoidDbContext> contexts,
    StorageTroubles troubles,
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
                LogUnwritten(e);
                await Task.Delay(StorageTroubles.Pause, time, CancellationToken.None);
            }
        }

        await ending;
    }

    /// <summary>Runs a job's fit. Returns the writing of its end, which comes after another job's.</summary>
    private async Task<Task> RunAsync(TrainingJob job, Task endingOfAnother, CancellationToken draining)
    {
        var fit = new RunningFit(job, options.Value.MaxHistoryPoints, time);
        Func<CancellationToken, Task<TrainingJobStatus?>> end;
        await using (Deadline(fit))
        {
            fits.Add(fit);
            LogStarted(job.Id, job.Attempts);
            if (job.CancelRequested)
                fit.End(FitEnd.Canceled);
            else if (draining.IsCancellationRequested)
                fit.End(FitEnd.Drained);
            else if (job.StopRequested)
                fit.End(FitEnd.Stopped);
            end = await EndOfAsync(fit);
        }

        await endingOfAnother;
        return WriteAsync(fit, end);
    }

    private async Task WriteAsync(RunningFit fit, Func<CancellationToken, Task<TrainingJobStatus?>> end)
    {
        try
        {
            if (await troubles.UntilItWorksAsync(() => end(_giveUp.Token), _giveUp.Token) is { } status)
                LogEnded(fit.Job.Id, fit.Job.Attempts, status, fit.Progress?.Step ?? 0);
            else
                LogLost(fit.Job.Id);
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
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
    private async Task<Func<CancellationToken, Task<TrainingJobStatus?>>> EndOfAsync(RunningFit fit)
    {
        try
        {
            var trained = await TrainAsync(fit);
            return token => leases.SucceedAsync(fit, fit.Job.Request.ModelName!, trained, token);
        }
        catch (OperationCanceledException) when (fit.Why == FitEnd.Drained)
        {
            return token => ReleasedAsync(fit, token);
        }
        catch (OperationCanceledException) when (fit.Why == FitEnd.Lost)
        {
            return _ => Task.FromResult<TrainingJobStatus?>(null);
        }
        catch (OperationCanceledException)
        {
            var error = fit.Why == FitEnd.TimedOut
                ? Problems.Details(StatusCodes.Status408RequestTimeout, $"The job took longer than its timeoutSeconds, {fit.Job.Request.TimeoutSeconds}.", "timeout")
                : null;
            return token => leases.CancelAsync(fit, error, token);
        }
        catch (UntrainableDataException e)
        {
            LogUntrainable(fit.Job.Id, e.Message);
            return token => leases.FailAsync(fit, Problems.Details(StatusCodes.Status422UnprocessableEntity, e.Message, e.Code), token);
        }
        catch (Exception e) when (troubles.IsTrouble(e))
        {
            await Task.Delay(StorageTroubles.Pause, time, CancellationToken.None);
            return token => ReleasedAsync(fit, token);
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

    private async Task<TrainingJobStatus?> ReleasedAsync(RunningFit fit, CancellationToken cancellationToken)
    {
        await leases.ReleaseAsync(fit, cancellationToken);
        return TrainingJobStatus.Queued;
    }

    private async Task<TrainedModel> TrainAsync(RunningFit fit)
    {
        var job = fit.Job;
        var (inline, dataset, resume) = await troubles.UntilItWorksAsync(() => InputAsync(fit), fit.Token);
        var (mode, bytes) = inline is null ? TrainingMemory.Of(dataset!, job.Request).Under(memory.Limit) : (MemoryMode.InMemory, 2L * inline.Values.Length);
        fit.Memory = new(bytes, MemoryMode.Waiting);
        using var place = await memory.TakeAsync(bytes, fit.Token);
        fit.Memory = new(bytes, mode);
        return await FitThread.RunAsync(
            () =>
            {
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
                return TrainedModel.From(training, classes, job.Request.Features ?? [.. rows.Features.Columns.Select(c => c.Name)], dataset?.Columns ?? [], options.Value.MaxCovarianceParameters);
            },
            options.Value.Nice);
    }

    private async Task<(TrainingData? Inline, Dataset? Dataset, IReadOnlyList<FitCheckpoint> Resume)> InputAsync(RunningFit fit)
    {
        fit.Token.ThrowIfCancellationRequested();
        await using var db = await contexts.CreateDbContextAsync(fit.Token);
        var inline = fit.Job.DatasetId is null ? await db.TrainingData.AsNoTracking().SingleAsync(d => d.JobId == fit.Job.Id, fit.Token) : null;
        var dataset = fit.Job.DatasetId is { } id ? await db.Datasets.AsNoTracking().SingleAsync(d => d.Id == id, fit.Token) : null;
        return (inline, dataset, await leases.ResumeAsync(fit, fit.Token));
    }

    /// <summary>Ends the fit when the time that its caller gave the job is over, counted from when it was taken up first.</summary>
    private ITimer? Deadline(RunningFit fit)
    {
        if (fit.Job.Request.TimeoutSeconds is not { } seconds)
            return null;
        var left = fit.Job.StartedAt!.Value + TimeSpan.FromSeconds(seconds) - time.GetUtcNow();
        var why = fit.Job.Request.OnTimeout == OnTimeout.Stop ? FitEnd.Stopped : FitEnd.TimedOut;
        return time.CreateTimer(_ => fit.End(why), state: null, left < TimeSpan.Zero ? TimeSpan.Zero : left, Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(LogLevel.Information, "Training job {JobId} started, attempt {Attempt}")]
    private partial void LogStarted(Guid jobId, int attempt);

    [LoggerMessage(LogLevel.Information, "Training job {JobId}, attempt {Attempt}: {Status} after {Steps} steps")]
    private partial void LogEnded(Guid jobId, int attempt, TrainingJobStatus status, int steps);

    [LoggerMessage(LogLevel.Warning, "Training job {JobId} was lost to another process, since this one showed no sign of life in time; what it did since then is dropped")]
    private partial void LogLost(Guid jobId);

    [LoggerMessage(LogLevel.Information, "Training job {JobId} can't be fitted: {Reason}")]
    private partial void LogUntrainable(Guid jobId, string reason);

    [LoggerMessage(LogLevel.Error, "A training job could not be claimed, or its end not be written")]
    private partial void LogUnwritten(Exception exception);

    [LoggerMessage(LogLevel.Error, "Training job {JobId} failed")]
    private partial void LogFailed(Exception exception, Guid jobId);
}
