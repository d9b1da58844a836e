using System.Collections.Concurrent;
using SigmoidApi.Storage;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// Jobs that this process does not claim for a while, because a storage error ended their last run here. Each pause is twice as long as the one before, so that
/// such a job neither keeps the process busy nor delays other jobs. The pauses are not stored: another process may be able to run the job at once, and this one
/// may be after a restart.
/// </summary>
internal sealed class PausedJobs(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, (long Since, TimeSpan Length)> _paused = new();

    public void Add(Guid jobId, TimeSpan atMost)
    {
        var length = _paused.TryGetValue(jobId, out var before) ? 2 * before.Length : TransientStorageErrors.Pause;
        _paused[jobId] = (time.GetTimestamp(), new[] { length, Longest, atMost }.Min());
    }

    /// <summary>The jobs whose pause is not over.</summary>
    public IReadOnlyCollection<Guid> Current()
    {
        var current = new List<Guid>();
        foreach (var pause in _paused)
        {
            var passed = time.GetElapsedTime(pause.Value.Since);
            if (passed < pause.Value.Length)
                current.Add(pause.Key);
            else if (passed > pause.Value.Length + RememberedFor)
                _paused.TryRemove(pause);
        }

        return current;
    }
}
