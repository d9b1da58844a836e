using Microsoft.Data.Sqlite;

namespace SigmoidApi.Database;

/// <summary>
/// Lets one transaction write to the database at a time, which is SQLite's limit. Writers of this process wait here, without a thread and no longer than
/// needed. SQLite itself would make each of them sleep and retry.
/// </summary>
public sealed class SqliteTurn : IDisposable
{
    private const int Busy = 5; // SQLITE_BUSY

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Waits for the turn, which lasts until the result is disposed.</summary>
    /// <exception cref="SqliteException">The turn did not come within the time that a write may wait.</exception>
    public async Task<IDisposable> TakeAsync(CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(TimeSpan.FromSeconds(SqliteDbContext.BusySeconds), cancellationToken))
            throw new SqliteException("The database is locked.", Busy);
        return new Turn(_turn);
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
                turn.Release();
        }
    }
}
