namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// Finds the runs whose heartbeat has stopped. This process measures by its own monotonic clock how long it has seen a run's beat unchanged, so that neither a
/// wall clock that jumps nor clocks that differ between machines take a job from a live run.
/// </summary>
internal sealed class StalledRuns(TimeSpan lease, TimeProvider time)
{
    private Dictionary<Guid, (RunSeen Run, long Since)> _seen = [];
    private long _last;

    /// <summary>The runs whose beat has not changed for the length of a lease.</summary>
    public IReadOnlyList<RunSeen> Among(IEnumerable<RunSeen> runs)
    {
        var now = time.GetTimestamp();
        // If this process was suspended, or could not reach the store, it has missed beats: start observing afresh.
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
