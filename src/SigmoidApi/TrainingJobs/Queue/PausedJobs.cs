using System.Collections.Concurrent;
using SigmoidApi.Storage;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>
/// Jobs that this process leaves alone for a while, having met a trouble of the storage with them: twice as long each time, so that they neither keep it busy nor have others wait.
/// It is in no row, for another process may be able to do them at once, and so may this one after a restart.
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

    /// <summary>Those whose time is not over.</summary>
    public IReadOnlyCollection<Guid> Now()
    {
        var now = new List<Guid>();
        foreach (var pause in _paused)
        {
            var passed = time.GetElapsedTime(pause.Value.Since);
            if (passed < pause.Value.Length)
                now.Add(pause.Key);
            else if (passed > pause.Value.Length + RememberedFor)
                _paused.TryRemove(pause);
        }

        return now;
    }
}
