using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Http;

/// <summary>
/// Threads for what computes long, as many as there are processors. On the thread pool it would keep other requests waiting, health among them: the pool has a thread for each
/// processor, and adds others one or two a second. What is short runs where it is.
/// </summary>
internal sealed class ComputeThreads : TaskScheduler, IOutage, IDisposable
{
    /// <summary>Work that is done where it is: multiplications and additions of about a millisecond.</summary>
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

    /// <summary>Computes something of a given number of multiplications, on a thread of ours where there are many.</summary>
    /// <exception cref="ComputeQueueFullException">More waits already than <c>Limits:MaxComputeQueue</c>.</exception>
    public ValueTask<T> RunAsync<T>(double work, Func<T> compute, CancellationToken cancellationToken)
    {
        if (work <= ShortWork || Current == this)
            return new(compute());
        return new(StartAsync(compute, cancellationToken));
    }

    /// <summary>Goes on with a request on a thread of ours, and comes back to one after each wait.</summary>
    /// <exception cref="ComputeQueueFullException">More waits already than <c>Limits:MaxComputeQueue</c>.</exception>
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
            // The service has stopped. What is left of a request, which nobody waits for, ends elsewhere.
            ThreadPool.UnsafeQueueUserWorkItem(left => TryExecuteTask(left), task, preferLocal: false);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => !taskWasPreviouslyQueued && Current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [.. _waiting];

    private Task<T> StartAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        // Of several at once each would count without the others.
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

/// <summary>More long computing waits than the service takes; becomes a 503.</summary>
internal sealed class ComputeQueueFullException(int most) : Exception(
    $"More than {most} requests wait for long computing (Limits:MaxComputeQueue). Send the request again later.");

/// <summary>Metadata of a route whose handler computes on all of the body that it takes.</summary>
internal sealed record ComputesOnBody;

internal static class ComputeThreadsSetup
{
    /// <summary>A body of which reading, computing and answering take about a millisecond.</summary>
    private const int ShortBody = 512 * 1024;

    /// <summary>Has requests with large bodies handled off the thread pool: their JSON is read, computed on and written at a stretch.</summary>
    public static void UseComputeThreads(this WebApplication app)
    {
        var threads = app.Services.GetRequiredService<ComputeThreads>();
        app.Use((context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<ComputesOnBody>() is null)
                return next(context);
            var request = context.Request;
            if (request.Headers.ContentEncoding.Count > 0 || request.ContentLength > ShortBody)
                return threads.RunAsync(() => next(context), context.RequestAborted);
            return request.ContentLength is null ? WithoutLengthAsync(context, next, threads) : next(context);
        });
    }

    private static async Task WithoutLengthAsync(HttpContext context, RequestDelegate next, ComputeThreads threads)
    {
        if (await IsShortAsync(context.Request.BodyReader, context.RequestAborted))
            await next(context);
        else
            await threads.RunAsync(() => next(context), context.RequestAborted);
    }

    /// <summary>Looks at the beginning of a body, and leaves it where it is.</summary>
    private static async Task<bool> IsShortAsync(PipeReader body, CancellationToken cancellationToken)
    {
        try
        {
            var start = await body.ReadAtLeastAsync(ShortBody + 1, cancellationToken);
            var isShort = start.Buffer.Length <= ShortBody;
            body.AdvanceTo(start.Buffer.Start, start.Buffer.End);
            return isShort;
        }
        catch (IOException)
        {
            // Whoever reads it says what is wrong with it.
            return true;
        }
    }
}
