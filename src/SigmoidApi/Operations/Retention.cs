using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Datasets;
using SigmoidApi.Idempotency;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Operations;

/// <summary>
/// Sweeps at start and at intervals: deletes old finished jobs, old loss curves, answers to expired idempotency keys, and files without a row.
/// </summary>
internal sealed class Retention(
    IDbContextFactory<SigmoidDbContext> contexts,
    DatasetFiles files,
    TransientStorageErrors troubles,
    IOptions<RetentionOptions> options,
    IOptions<IdempotencyOptions> idempotency,
    TimeProvider time) : BackgroundService
{
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var settings = options.Value;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.DeleteIdempotentAnswersAsync(now.AddHours(-idempotency.Value.ExpiryHours), cancellationToken);
        if (settings.FinishedJobDays > 0)
            await db.DeleteFinishedJobsAsync(now.AddDays(-settings.FinishedJobDays), cancellationToken);
        await db.DeleteHistoriesAsync(settings.HistoryDays > 0 ? now.AddDays(-settings.HistoryDays) : DateTimeOffset.MinValue, cancellationToken);
        await files.SweepAsync(token => db.Datasets.Select(d => d.Id).ToHashSetAsync(token), cancellationToken);
    }

    /// <summary>Removes the files that killed processes left, before the server accepts requests: the host starts the server last.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await troubles.TryAndLogAsync(() => Task.FromResult(files.SweepAbandoned()), cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(options.Value.SweepMinutes), time);
        try
        {
            do
                await troubles.TryAndLogAsync(() => SweepAsync(stoppingToken), stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
