using System.Collections.Concurrent;

namespace SigmoidApi.TrainingJobs;

/// <summary>The fits that this process runs: how far they are, how to cancel them, and who waits for a job to end. What must survive is in the job's row.</summary>
internal sealed class RunningFits
{
    private readonly ConcurrentDictionary<Guid, RunningFit> _fits = new();
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _endings = new();

    /// <summary>Registers a fit until the result is disposed; its token is canceled by <see cref="Cancel"/> and by <paramref name="stopping"/>.</summary>
    public RunningFit Start(Guid jobId, CancellationToken stopping)
    {
        var fit = new RunningFit(stopping);
        _fits[jobId] = fit;
        return fit;
    }

    public void Remove(Guid jobId)
    {
        if (_fits.TryRemove(jobId, out var fit))
            fit.Dispose();
    }

    public void Cancel(Guid jobId)
    {
        if (_fits.TryGetValue(jobId, out var fit))
            fit.Cancel();
    }

    public TrainingProgress? ProgressOf(Guid jobId) => _fits.TryGetValue(jobId, out var fit) ? fit.Progress : null;

    /// <summary>Ends when the job does. Ask for it before looking at the row, or the end may fall between.</summary>
    public Task EndOf(Guid jobId) => _endings.GetOrAdd(jobId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void SignalEnd(Guid jobId)
    {
        if (_endings.TryRemove(jobId, out var ending))
            ending.SetResult();
    }
}

/// <summary>A fit in this process.</summary>
internal sealed class RunningFit(CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private readonly Lock _lock = new();
    private bool _disposed;

    public CancellationToken Token => _cancel.Token;

    public TrainingProgress? Progress { get; set; }

    public void Cancel()
    {
        lock (_lock)
        {
            if (!_disposed)
                _cancel.Cancel();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _cancel.Dispose();
        }
    }
}
