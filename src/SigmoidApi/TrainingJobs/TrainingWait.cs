using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Storage;

namespace SigmoidApi.TrainingJobs;

/// <summary><c>Prefer: wait=10</c> (RFC 7240): holds the answer up to that many seconds, until the job has ended.</summary>
internal sealed class TrainingWait(IDbContextFactory<SigmoidDbContext> contexts, RunningFits fits, IOptions<LimitOptions> limits, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>How soon to ask again about a job that has not ended, in seconds.</summary>
    public const string RetryAfter = "1";

    /// <returns>The job as it stands when it has ended, the seconds are over, or the caller or the service goes away.</returns>
    public async Task<TrainingJob> ForEndAsync(TrainingJob job, string? prefer, HttpResponse response)
    {
        if (WaitSeconds(prefer) is not { } seconds)
            return job;
        seconds = Math.Min(seconds, limits.Value.MaxWaitSeconds);
        response.Headers["Preference-Applied"] = string.Create(CultureInfo.InvariantCulture, $"wait={seconds}");

        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(response.HttpContext.RequestAborted, lifetime.ApplicationStopping);
        var end = fits.EndOf(job.Id);
        job = await ReadAsync(job.Id, giveUp.Token);
        if (job.FinishedAt is not null)
        {
            // It ended before it was waited for: nobody else will take this waiting away.
            fits.SignalEnd(job.Id);
            return job;
        }

        await Task.WhenAny(end, Task.Delay(TimeSpan.FromSeconds(seconds), time, giveUp.Token));
        await giveUp.CancelAsync();
        return await ReadAsync(job.Id, response.HttpContext.RequestAborted);
    }

    private async Task<TrainingJob> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.TrainingJobs.AsNoTracking().SingleAsync(j => j.Id == id, cancellationToken);
    }

    // A preference that is not understood is ignored (RFC 7240, section 2).
    private static int? WaitSeconds(string? prefer)
    {
        foreach (var preference in (prefer ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(preference.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                return seconds;
            }
        }

        return null;
    }
}
