using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>The fits that this process runs. All state that must survive the process is in the jobs' rows.</summary>
internal sealed class RunningFits
{
    private readonly ConcurrentDictionary<Guid, RunningFit> _fits = new();

    public IEnumerable<RunningFit> All => _fits.Values;

    /// <summary>Adds a run. If this process lost the same job before and has claimed it again, the earlier run is ended.</summary>
    public void Add(RunningFit fit)
    {
        RunningFit? lost = null;
        _fits.AddOrUpdate(fit.Job.Id, fit, (_, before) =>
        {
            lost = before;
            return fit;
        });
        lost?.End(FitEnd.Lost);
    }

    public void Remove(RunningFit fit) => _fits.TryRemove(KeyValuePair.Create(fit.Job.Id, fit));

    public bool TryGet(Guid jobId, [MaybeNullWhen(false)] out RunningFit fit) => _fits.TryGetValue(jobId, out fit);

    public void End(Guid jobId, FitEnd reason)
    {
        if (_fits.TryGetValue(jobId, out var fit))
            fit.End(reason);
    }

    public TrainingProgress? ProgressOf(Guid jobId) => _fits.TryGetValue(jobId, out var fit) ? fit.Progress : null;
}
