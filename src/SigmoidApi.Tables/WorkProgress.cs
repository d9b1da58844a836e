using DuckDB.NET.Native;

namespace SigmoidApi.Tables;

/// <summary>
/// How far the reading of a file has come: blocks of it that were read, chunks of rows that were passed on, and what DuckDB says of its query. Only work moves it, and neither
/// time nor the use of a processor does.
/// </summary>
public sealed class WorkProgress
{
    private readonly Lock _connectionLock = new();
    private DuckDBNativeConnection? _connection;
    private long _steps;

    /// <summary>Some more of the work is done.</summary>
    public void Step() => Interlocked.Increment(ref _steps);

    /// <summary>A state that differs from an earlier one when some of the work has been done since.</summary>
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

    /// <summary>Counts the queries of a connection too.</summary>
    internal void Follow(DuckDBNativeConnection connection) => Use(connection);

    /// <summary>The connection is about to be closed.</summary>
    internal void Leave() => Use(null);

    private void Use(DuckDBNativeConnection? connection)
    {
        lock (_connectionLock)
            _connection = connection;
    }
}

/// <summary>A received file, to be read in blocks; each counts as progress.</summary>
internal sealed class ReceivedFile(string path, WorkProgress progress) : Stream
{
    private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _file.Length;

    public override long Position
    {
        get => _file.Position;
        set => _file.Position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        var read = _file.Read(buffer);
        if (read > 0)
            progress.Step();
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => _file.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
        base.Dispose(disposing);
    }
}
