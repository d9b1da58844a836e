using System.Collections.Concurrent;

namespace SigmoidApi.Idempotency;

/// <summary>Lets one request per key work at a time in this process.</summary>
internal sealed class IdempotencyTurns
{
    private readonly ConcurrentDictionary<string, Turn> _turns = new(StringComparer.Ordinal);

    /// <summary>Waits for the turn of a key. The turn ends when the returned object is disposed.</summary>
    public async Task<IDisposable> WaitAsync(string key, CancellationToken cancellationToken)
    {
        var mine = new Turn(key, _turns);
        while (_turns.GetOrAdd(key, mine) is var holder && holder != mine)
            await holder.Ended.WaitAsync(cancellationToken);
        return mine;
    }

    private sealed class Turn(string key, ConcurrentDictionary<string, Turn> turns) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void Dispose()
        {
            if (turns.TryRemove(KeyValuePair.Create(key, this)))
                _ended.SetResult();
        }
    }
}
