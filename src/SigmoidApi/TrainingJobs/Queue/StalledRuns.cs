namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// Finds the runs that show no sign of life. It goes by how long this process itself has seen a run's beat stand still, by its own monotonic clock: neither a wall clock
/// that jumps nor clocks that differ between machines take a job from a run that lives.
/// </summary>
internal sealed class StalledRuns(TimeSpan lease, TimeProvider time)
{
    private Dictionary<Guid, (RunSeen Run, long Since)> _seen = [];
    private long _last;

    /// <summary>Which of the runs have stood still for the length of a lease.</summary>
    public IReadOnlyList<RunSeen> Among(IEnumerable<RunSeen> runs)
    {
        var now = time.GetTimestamp();
        // Who has not looked for long, because it was stopped or could not reach the store, does not know what it has missed.
        if (_seen.Count > 0 && time.GetElapsedTime(_last, now) > lease / 2)
            _seen = [];
        _last = now;
        var stalled = new List<RunSeen>();
        var seen = new Dictionary<Guid, (RunSeen Run, long Since)>();
        foreach (var run in runs)
        {
            var since = _seen.TryGetValue(run.Id, out var before) && (before.Run.Epoch, before.Run.Beat) == (run.Epoch, run.Beat) ? before.Since : now;
            seen[run.Id] = (run, since);
            if (time.GetElapsedTime(since, now) >= lease)
                stalled.Add(run);
        }

        _seen = seen;
        return stalled;
    }
}
