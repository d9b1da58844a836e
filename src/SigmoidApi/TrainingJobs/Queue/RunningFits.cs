using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>The fits that this process runs. What must survive is in the jobs' rows.</summary>
internal sealed class RunningFits
{
    private readonly ConcurrentDictionary<Guid, RunningFit> _fits = new();

    public IEnumerable<RunningFit> All => _fits.Values;

    /// <summary>Adds a run. Another one of the same job, which this process has lost and claimed again, is over.</summary>
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

    public void End(Guid jobId, FitEnd why)
    {
        if (_fits.TryGetValue(jobId, out var fit))
            fit.End(why);
    }

    public TrainingProgress? ProgressOf(Guid jobId) => _fits.TryGetValue(jobId, out var fit) ? fit.Progress : null;
}
