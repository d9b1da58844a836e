using Microsoft.Extensions.Options;

namespace SigmoidApi.TrainingJobs;

/// <summary>Shares <c>Training:MemoryLimitMegabytes</c> out among the fits of this process; who comes first gets it first.</summary>
internal sealed class FitMemory(IOptions<TrainingOptions> options)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(long Bytes, TaskCompletionSource Granted)> _waiting = [];
    private long _taken;

    public long Limit { get; } = options.Value.MemoryLimitBytes;

    /// <summary>Waits until others leave so much. A fit that takes more than there is at all gets it when it is alone.</summary>
    /// <returns>To be disposed when the fit is over.</returns>
    public async Task<IDisposable> TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        var place = new LinkedListNode<(long Bytes, TaskCompletionSource Granted)>((Math.Min(bytes, Limit), new(TaskCreationOptions.RunContinuationsAsynchronously)));
        lock (_lock)
        {
            _waiting.AddLast(place);
            Grant();
        }

        var granted = place.Value.Granted.Task;
        try
        {
            await granted.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(place);
            throw;
        }

        return new Share(this, place);
    }

    private void Leave(LinkedListNode<(long Bytes, TaskCompletionSource Granted)> place)
    {
        lock (_lock)
        {
            if (place.List is not null)
                _waiting.Remove(place);
            else
                _taken -= place.Value.Bytes;
            Grant();
        }
    }

    private void Grant()
    {
        while (_waiting.First is { } first && _taken + first.Value.Bytes <= Limit)
        {
            _waiting.RemoveFirst();
            _taken += first.Value.Bytes;
            first.Value.Granted.SetResult();
        }
    }

    private sealed class Share(FitMemory memory, LinkedListNode<(long Bytes, TaskCompletionSource Granted)> place) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
                memory.Leave(place);
        }
    }
}
