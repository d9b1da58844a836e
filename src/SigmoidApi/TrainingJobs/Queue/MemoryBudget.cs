using Microsoft.Extensions.Options;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>Divides <c>Training:MemoryLimitMegabytes</c> among the fits of this process, in the order in which they ask.</summary>
internal sealed class MemoryBudget(IOptions<TrainingOptions> options)
{
    private readonly Lock _lock = new();
    private readonly List<Reservation> _waiting = [];
    private long _taken;

    public long Limit { get; } = options.Value.MemoryLimitBytes;

    /// <summary>
    /// Asks for memory. It is granted as soon as the fits before leave enough. A fit that needs more than the limit gets the whole limit, and so runs alone.
    /// </summary>
    /// <returns>To be disposed when the fit is over.</returns>
    public Reservation Reserve(long bytes)
    {
        var reservation = new Reservation(this, Math.Min(bytes, Limit));
        lock (_lock)
        {
            _waiting.Add(reservation);
            Grant();
        }

        return reservation;
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

    private void Release(Reservation reservation)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(reservation))
                _taken -= reservation.Bytes;
            Grant();
        }
    }

    /// <summary>The memory of one fit, granted or still waited for.</summary>
    internal sealed class Reservation(MemoryBudget budget, long bytes) : IDisposable
    {
        private readonly TaskCompletionSource _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _disposed;

        public long Bytes => bytes;

        public Task Granted => _granted.Task;

        public void Grant() => _granted.SetResult();

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
                budget.Release(this);
        }
    }
}
