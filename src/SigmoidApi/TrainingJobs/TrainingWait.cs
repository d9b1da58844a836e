using System.Globalization;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary><c>Prefer: wait=10</c> (RFC 7240): holds the answer until the job has ended, for at most that number of seconds.</summary>
internal sealed class TrainingWait(TrainingFeeds feeds, IOptions<LimitOptions> limits, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>The seconds after which to ask again about a job that has not ended.</summary>
    public const string RetryAfter = "1";

    /// <summary>Whether a request asks to wait.</summary>
    public static bool IsPreferred(string? prefer) => WaitSeconds(prefer) is not null;

    /// <returns>The job when it has ended, when the time is over, or when the client disconnects or the service stops.</returns>
    public async Task<TrainingJob> ForEndAsync(TrainingJob job, string? prefer, HttpResponse response)
    {
        if (WaitSeconds(prefer) is not { } seconds)
            return job;
        seconds = Math.Min(seconds, limits.Value.MaxWaitSeconds);
        response.Headers["Preference-Applied"] = string.Create(CultureInfo.InvariantCulture, $"wait={seconds}");

        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(response.HttpContext.RequestAborted, lifetime.ApplicationStopping);
        using var subscription = await feeds.SubscribeAsync(job.Id, response.HttpContext.RequestAborted);
        var timeIsOver = Task.Delay(TimeSpan.FromSeconds(seconds), time, giveUp.Token);
        Task changed;
        for ((job, changed) = subscription.State; job.FinishedAt is null; (job, changed) = subscription.State)
        {
            if (await Task.WhenAny(changed, timeIsOver) == timeIsOver)
                break;
        }

        await giveUp.CancelAsync();
        return job;
    }

    // Unknown preferences are ignored (RFC 7240, section 2).
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
