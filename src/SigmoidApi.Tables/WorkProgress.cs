using DuckDB.NET.Native;

namespace SigmoidApi.Tables;

/// <summary>
/// The progress of reading a file: blocks read, chunks of rows handled, and DuckDB's progress of its query. Only finished work advances it; neither elapsed
/// time nor CPU time does.
/// </summary>
public sealed class WorkProgress
{
    private readonly Lock _connectionLock = new();
    private DuckDBNativeConnection? _connection;
    private long _steps;

    /// <summary>Records a finished piece of work.</summary>
    public void Step() => Interlocked.Increment(ref _steps);

    /// <summary>The current state. It differs from an earlier one if work has been done in between.</summary>
    public (long Steps, double Percentage, ulong Rows) Current
    {
        get
        {
            lock (_connectionLock)
            {
                var query = _connection is null ? default : NativeMethods.Startup.DuckDBQueryProgress(_connection);
                return (Interlocked.Read(ref _steps), query.Percentage, query.RowsProcessed);
            }
        }
    }

    /// <summary>Includes the progress of a connection's queries.</summary>
    internal void Follow(DuckDBNativeConnection connection) => Use(connection);

    /// <summary>Stops following the connection, before it is closed.</summary>
    internal void Leave() => Use(null);

    private void Use(DuckDBNativeConnection? connection)
    {
        lock (_connectionLock)
            _connection = connection;
    }
}
