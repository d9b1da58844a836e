using Microsoft.Extensions.Options;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// Looks at the store again and again: shows that this process's runs live, hears what others want of them, takes back the jobs of runs that do not live any more, and
/// tells those who watch. It goes on while the service drains, until the last run is over.
/// </summary>
internal sealed partial class Heartbeat(
    TrainingQueue queue,
    TrainingLeases leases,
    RunningFits fits,
    TrainingFeeds feeds,
    ModelCache models,
    TransientStorageErrors troubles,
    IOptions<TrainingOptions> options,
    TimeProvider time,
    ILogger<Heartbeat> logger) : BackgroundService
{
    private readonly TimeSpan _poll = TimeSpan.FromMilliseconds(options.Value.PollMilliseconds);
    private readonly TimeSpan _beat = TimeSpan.FromSeconds(options.Value.LeaseSeconds / 3);
    private readonly StalledRuns _stalled = new(TimeSpan.FromSeconds(options.Value.LeaseSeconds), time);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        AgainAndAgain(BeatAsync, _poll, stoppingToken), AgainAndAgain(LookAsync, _poll, stoppingToken),
        AgainAndAgain(feeds.RefreshAsync, _poll, stoppingToken), ShowEndsAsync(stoppingToken));

    // A stop ends both by canceling them, which the host takes for what it is.
    private async Task AgainAndAgain(Func<CancellationToken, Task> work, TimeSpan period, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(stopping))
            await troubles.PassOverAsync(() => work(stopping), stopping);
    }

    private async Task ShowEndsAsync(CancellationToken stopping)
    {
        // An end that a failure hides is seen by the next refresh.
        while (true)
            await troubles.PassOverAsync(() => feeds.ShowEndsAsync(stopping), stopping);
    }

    /// <summary>Each run's goes its own way: one that waits for a lock, or fails, is no sign of what becomes of the others.</summary>
    private Task BeatAsync(CancellationToken cancellationToken)
    {
        foreach (var fit in fits.All.Where(fit => fit.IsDue(_beat)))
            fit.Beating = troubles.PassOverAsync(() => leases.ShowAsync(fit, cancellationToken), cancellationToken);
        return Task.CompletedTask;
    }

    private async Task LookAsync(CancellationToken cancellationToken)
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
            await troubles.PassOverAsync(() => TakeBackAsync(run, cancellationToken), cancellationToken);

        // What other processes have queued, or given back.
        queue.Wake();
        await models.RefreshAsync(cancellationToken);
    }

    private async Task TakeBackAsync(RunSeen run, CancellationToken cancellationToken)
    {
        if (await queue.TakeBackAsync(run, cancellationToken) is { } status)
            LogTakenBack(run.Id, run.Epoch, status);
    }

    [LoggerMessage(LogLevel.Warning, "Training job {JobId} was taken from its run {Epoch}, which showed no sign of life; it is {Status} now")]
    private partial void LogTakenBack(Guid jobId, long epoch, TrainingJobStatus status);
}
