using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>The time that a job may run, by its request and by <c>Training:MaxSeconds</c>, counted from its first claim.</summary>
internal sealed class JobDeadline(double maxSeconds, TimeProvider time)
{
    /// <summary>Ends the fit when its time is over, until the timer is disposed.</summary>
    public ITimer Start(RunningFit fit)
    {
        var left = TimeLeft(fit.Job);
        var reason = fit.Job.Request.OnTimeout == OnTimeout.Stop ? FitEnd.Stopped : FitEnd.TimedOut;
        if (left == TimeSpan.Zero)
            fit.End(reason);
        // A timer takes at most 49 days, and a job may run for a year: this timer first fires after the part of a day, then daily.
        var days = left.Days;
        return time.CreateTimer(
            _ =>
            {
                if (days-- == 0)
                    fit.End(reason);
            },
            state: null, left - TimeSpan.FromDays(days), TimeSpan.FromDays(1));
    }

    /// <summary>The time left, at most the whole time: a clock that was set back does not extend it.</summary>
    public TimeSpan TimeLeft(TrainingJob job)
    {
        // The request was within the setting when it came, but the setting may have been lowered since.
        var allowed = TimeSpan.FromSeconds(Math.Min(job.Request.TimeoutSeconds ?? double.PositiveInfinity, maxSeconds));
        var left = job.StartedAt!.Value + allowed - time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left > allowed ? allowed : left;
    }
}
