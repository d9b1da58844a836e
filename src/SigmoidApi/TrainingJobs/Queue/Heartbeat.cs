using Microsoft.Extensions.Options;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// Polls the store. It writes the heartbeats of this process's runs, reads requests to stop or cancel them, takes jobs back from runs whose process has died,
/// and refreshes the feeds of watched jobs. It continues while the service drains, until the last run is over.
/// </summary>
internal sealed partial class Heartbeat(
    TrainingQueue queue,
    TrainingLeases leases,
    RunningFits fits,
    TrainingFeeds feeds,
    ModelCache models,
    TransientStorageErrors storageErrors,
    IOptions<TrainingOptions> options,
    TimeProvider time,
    ILogger<Heartbeat> logger) : BackgroundService
{
    private readonly TimeSpan _poll = TimeSpan.FromMilliseconds(options.Value.PollMilliseconds);
    private readonly TimeSpan _beat = TimeSpan.FromSeconds(options.Value.LeaseSeconds / 3);
    private readonly StalledRuns _stalled = new(TimeSpan.FromSeconds(options.Value.LeaseSeconds), time);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        RepeatAsync(BeatAsync, stoppingToken),
        RepeatAsync(ObserveAsync, stoppingToken),
        RepeatAsync(feeds.RefreshAsync, stoppingToken),
        ShowEndsAsync(stoppingToken));

    // A stop ends this by an OperationCanceledException, which the host expects.
    private async Task RepeatAsync(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_poll, time);
        while (await timer.WaitForNextTickAsync(stopping))
            await storageErrors.TryAndLogAsync(() => work(stopping), stopping);
    }

    private async Task ShowEndsAsync(CancellationToken stopping)
    {
        // If a read fails, the next refresh shows the end.
        while (true)
            await storageErrors.TryAndLogAsync(() => feeds.ShowEndsAsync(stopping), stopping);
    }

    /// <summary>Starts the heartbeats that are due. None waits for another, so that a locked row or a failure costs no other run its lease.</summary>
    private Task BeatAsync(CancellationToken cancellationToken)
    {
        foreach (var fit in fits.All.Where(fit => fit.IsBeatDue(_beat)))
            fit.LastBeat = storageErrors.TryAndLogAsync(() => leases.BeatOrEndAsync(fit, cancellationToken), cancellationToken);
        return Task.CompletedTask;
    }

    private async Task ObserveAsync(CancellationToken cancellationToken)
    {
        var runs = await queue.RunsAsync(cancellationToken);
        var others = new List<RunSeen>();
        foreach (var run in runs)
        {
            if (!fits.TryGet(run.Id, out var fit) || fit.Job.Epoch != run.Epoch)
                others.Add(run);
            else if (run.CancelRequested)
                fit.End(FitEnd.Canceled);
            else if (run.StopRequested)
                fit.End(FitEnd.Stopped);
        }

        foreach (var run in _stalled.Among(others))
            await storageErrors.TryAndLogAsync(() => TakeBackAsync(run, cancellationToken), cancellationToken);

        // Other processes may have queued jobs or given some back.
        queue.Wake();
        await models.RefreshAsync(cancellationToken);
    }

    private async Task TakeBackAsync(RunSeen run, CancellationToken cancellationToken)
    {
        if (await queue.TakeBackAsync(run, cancellationToken) is { } status)
            LogTakenBack(run.Id, run.Epoch, status);
    }

    [LoggerMessage(LogLevel.Warning, "Training job {JobId} was taken back from its run {Epoch}, which sent no heartbeat for a whole lease; it is {Status} now")]
    private partial void LogTakenBack(Guid jobId, long epoch, TrainingJobStatus status);
}
