using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Http;

/// <summary>
/// Threads for long computations, by default one per processor. On the thread pool, long computations would block other requests, health checks among them:
/// the pool has a thread for each processor and adds only one or two a second. Short computations run on the caller's thread.
/// </summary>
internal sealed class ComputeThreads : TaskScheduler, IOutage, IDisposable
{
    /// <summary>Work up to this stays on the caller's thread: multiplications and additions that take about a millisecond.</summary>
    private const double ShortWork = 1 << 20;

    private readonly BlockingCollection<Task> _waiting = [];
    private readonly Lock _admission = new();
    private readonly int _most;
    private readonly int _nice;

    public ComputeThreads(IOptions<LimitOptions> limits)
    {
        var threads = limits.Value.ComputeThreads > 0 ? limits.Value.ComputeThreads : Environment.ProcessorCount;
        _most = limits.Value.MaxComputeQueue;
        _nice = limits.Value.ComputeNice;
        for (var i = 0; i < threads; i++)
            new Thread(Work) { IsBackground = true, Name = "compute" }.Start();
    }

    public override int MaximumConcurrencyLevel => int.MaxValue;

    /// <summary>Runs a computation, on one of these threads if it is long.</summary>
    /// <param name="work">The number of multiplications that it takes.</param>
    /// <param name="compute">The computation.</param>
    /// <param name="cancellationToken">Cancels a computation that has not begun.</param>
    /// <exception cref="ComputeQueueFullException">As many wait as <c>Limits:MaxComputeQueue</c> allows.</exception>
    public ValueTask<T> RunAsync<T>(double work, Func<T> compute, CancellationToken cancellationToken)
    {
        if (work <= ShortWork || Current == this)
            return new(compute());
        return new(StartAsync(compute, cancellationToken));
    }

    /// <summary>Handles a request on one of these threads. After each await it continues on one of them too.</summary>
    /// <exception cref="ComputeQueueFullException">As many wait as <c>Limits:MaxComputeQueue</c> allows.</exception>
    public Task RunAsync(Func<Task> handle, CancellationToken cancellationToken) =>
        StartAsync(handle, cancellationToken).Unwrap();

    public void Dispose() => _waiting.CompleteAdding();

    bool IOutage.Covers(Exception failure) => failure is ComputeQueueFullException;

    string IOutage.DetailOf(Exception failure) => failure.Message;

    bool IOutage.Log(Exception failure) => failure is ComputeQueueFullException;

    protected override void QueueTask(Task task)
    {
        try
        {
            _waiting.Add(task);
        }
        catch (InvalidOperationException)
        {
            // The service has stopped. The rest of a request, whose client has gone, runs on the thread pool.
            ThreadPool.UnsafeQueueUserWorkItem(left => TryExecuteTask(left), task, preferLocal: false);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [.. _waiting];

    private Task<T> StartAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        // Without the lock, requests that come at the same time would not count each other.
        lock (_admission)
        {
            return _waiting.Count < _most
                ? Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.DenyChildAttach, this)
                : throw new ComputeQueueFullException(_most);
        }
    }

    private void Work()
    {
        ThreadNiceness.GiveWay(_nice);
        foreach (var task in _waiting.GetConsumingEnumerable())
            TryExecuteTask(task);
    }
}

/// <summary>The queue of long computations is full; answered with 503.</summary>
internal sealed class ComputeQueueFullException(int most) : Exception(
    $"More than {most} requests wait for long computations (Limits:MaxComputeQueue). Send the request again later.");

/// <summary>Metadata of a route whose handler computes on the whole body.</summary>
internal sealed record ComputesOnBody;
