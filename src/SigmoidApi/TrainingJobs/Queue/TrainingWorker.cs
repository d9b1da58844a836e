using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// Claims jobs and runs them, up to <c>Training:MaxConcurrency</c> at once. When the service drains, it gives its running jobs back at once.
/// </summary>
internal sealed partial class TrainingWorker(
    TrainingQueue queue,
    TrainingRunner runner,
    RunningFits fits,
    TrainingFeeds feeds,
    TransientStorageErrors storageErrors,
    IHostApplicationLifetime lifetime,
    IOptions<StorageOptions> storage,
    IOptions<TrainingOptions> options,
    TimeProvider time,
    ILogger<TrainingWorker> logger) : BackgroundService
{
    /// <summary>Ends pending writes when the host's time for a stop is over.</summary>
    private readonly CancellationTokenSource _giveUp = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not the stopping token: the host stops its services one after another, this one late, and a drain must begin at once.
        using var draining = lifetime.ApplicationStopping.Register(() =>
        {
            foreach (var fit in fits.All)
                fit.End(FitEnd.Drained);
        });
        await lifetime.UntilStartedAsync(stoppingToken);
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

    /// <summary>If no other process uses the store, every running job belongs to an earlier process, and is taken back without waiting for a lease.</summary>
    private async Task TakeBackAllAsync(CancellationToken cancellationToken)
    {
        if (storage.Value.IsShared)
            return;
        foreach (var run in await storageErrors.RetryAsync(() => queue.RunsAsync(cancellationToken), cancellationToken))
            await storageErrors.RetryAsync(() => queue.TakeBackAsync(run, cancellationToken), cancellationToken);
    }

    private async Task RunJobsAsync(CancellationToken draining)
    {
        var ending = Task.CompletedTask;
        while (!draining.IsCancellationRequested)
        {
            try
            {
                // The next job is fitted while the end of this one is written.
                if (await storageErrors.RetryAsync(() => queue.ClaimAsync(draining), draining) is { } job)
                    ending = await RunAsync(job, ending, draining);
                else
                    await queue.WaitAsync(draining);
            }
            catch (OperationCanceledException) when (draining.IsCancellationRequested)
            {
            }
#pragma warning disable CA1031 // the loop must survive every failure of a single claim
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (storageErrors.IsDue(e))
                    LogUnwritten(e);
                await Task.Delay(TransientStorageErrors.Pause, time, CancellationToken.None);
            }
        }

        await ending;
    }

    /// <summary>Runs a job's fit, and waits until the end of the previous job is written.</summary>
    /// <returns>The write of this job's end.</returns>
    private async Task<Task> RunAsync(TrainingJob job, Task endingOfPrevious, CancellationToken draining)
    {
        var fit = new RunningFit(job, options.Value.MaxHistoryPoints, time);
        fits.Add(fit);
        LogStarted(job.Id, job.Attempts);
        var end = await runner.RunAsync(fit, draining);
        await endingOfPrevious;
        return WriteAsync(fit, end);
    }

    private async Task WriteAsync(RunningFit fit, WriteEnd end)
    {
        try
        {
            if (await storageErrors.RetryAsync(() => end(_giveUp.Token), _giveUp.Token, lifetime.ApplicationStopping) is { } status)
                LogEnded(fit.Job.Id, fit.Job.Attempts, status, fit.Progress?.Step ?? 0);
            else
                LogLost(fit.Job.Id);
        }
        catch (Exception e) when (e is OperationCanceledException ? _giveUp.IsCancellationRequested : TransientStorageErrors.AdviceFor(e) is not null)
        {
            LogLeft(fit.Job.Id);
        }
#pragma warning disable CA1031 // a job whose end can't be written is taken back like one whose process has died; the service continues
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

    [LoggerMessage(LogLevel.Information, "Training job {JobId} started, attempt {Attempt}")]
    private partial void LogStarted(Guid jobId, int attempt);

    [LoggerMessage(LogLevel.Information, "Training job {JobId}, attempt {Attempt}: {Status} after {Steps} steps")]
    private partial void LogEnded(Guid jobId, int attempt, TrainingJobStatus status, int steps);

    [LoggerMessage(
        LogLevel.Warning,
        "Training job {JobId} was lost to another process, because this one sent no heartbeat in time; its work since then is dropped")]
    private partial void LogLost(Guid jobId);

    [LoggerMessage(
        LogLevel.Warning,
        "Training job {JobId} is left as it is, because the service stops and can't write to its storage; it is taken back later, as if its process had died")]
    private partial void LogLeft(Guid jobId);

    [LoggerMessage(LogLevel.Error, "A training job could not be claimed, or its end could not be written")]
    private partial void LogUnwritten(Exception exception);
}
