using Microsoft.Extensions.Options;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>Shares <c>Training:MemoryLimitMegabytes</c> out among the fits of this process; who comes first gets it first.</summary>
internal sealed class FitMemory(IOptions<TrainingOptions> options)
{
    private readonly Lock _lock = new();
    private readonly List<Place> _waiting = [];
    private long _taken;

    public long Limit { get; } = options.Value.MemoryLimitBytes;

    /// <summary>Asks for so much, which is given when others leave it. A fit that takes more than there is at all gets it when it is alone.</summary>
    /// <returns>To be disposed when the fit is over.</returns>
    public Place Ask(long bytes)
    {
        var place = new Place(this, Math.Min(bytes, Limit));
        lock (_lock)
        {
            _waiting.Add(place);
            Grant();
        }

        return place;
    }

    private void Grant()
    {
        while (_waiting is [var first, ..] && _taken + first.Bytes <= Limit)
        {
            _waiting.RemoveAt(0);
            _taken += first.Bytes;
            first.Grant();
        }
    }

    private void Leave(Place place)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(place))
                _taken -= place.Bytes;
            Grant();
        }
    }

    /// <summary>One fit's, in the queue or past it.</summary>
    internal sealed class Place(FitMemory memory, long bytes) : IDisposable
    {
        private readonly TaskCompletionSource _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _disposed;

        public long Bytes => bytes;

        public Task Granted => _granted.Task;

        public void Grant() => _granted.SetResult();

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
                memory.Leave(this);
        }
    }
}
