using System.Globalization;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace SigmoidApi.Tables.DuckDb;

/// <summary>
/// An in-memory DuckDB for one operation. It can open only the files that it is given and loads no extensions. <see cref="Settle"/> locks its settings once
/// the number of columns is known. Calls block their thread until they finish or are canceled. The native library is loaded with the first session.
/// </summary>
internal sealed class DuckDbSession : IDisposable
{
    private const int DiskFull = 28; // ENOSPC

    private readonly DuckDBConnection _connection;
    private readonly bool _isOwner;
    private readonly string _temporary;
    private readonly DuckDbLimits _limits;

    /// <param name="spillDirectory">The directory for data that does not fit in memory. It must not exist; it is removed with the session.</param>
    /// <param name="limits">The memory, threads and disk space that the session may use.</param>
    /// <param name="progress">Receives the progress of queries; null if nothing observes it.</param>
    /// <param name="files">The files that the session may read and write.</param>
    public DuckDbSession(string spillDirectory, DuckDbLimits limits, WorkProgress? progress, params IEnumerable<string> files)
    {
        if (Directory.Exists(spillDirectory))
            throw new ArgumentException("Expected a directory that does not exist yet: it is removed with the session.", nameof(spillDirectory));
        (_temporary, _limits, _isOwner, Progress) = (spillDirectory, limits, true, progress);
        _connection = new("DataSource=:memory:");
        _connection.Open();
        progress?.Follow(_connection.NativeConnection);
        // Two optimizers are disabled. in_clause turns each IN with a few words into a join, which takes all memory with some dozens of columns.
        // common_subexpressions compares every expression with every other, which takes minutes with some hundreds of columns.
        Execute(
            $"""
            set autoinstall_known_extensions = false;
            set autoload_known_extensions = false;
            set memory_limit = '{limits.MemoryMegabytes.ToString(CultureInfo.InvariantCulture)}MB';
            set threads = {limits.Threads.ToString(CultureInfo.InvariantCulture)};
            set preserve_insertion_order = true;
            set parquet_metadata_cache = true;
            set enable_external_file_cache = false;
            set disabled_optimizers = 'in_clause, common_subexpressions';
            set TimeZone = 'UTC';
            set temp_directory = {Literal(_temporary)};
            set max_temp_directory_size = '{limits.SpillBytes.ToString(CultureInfo.InvariantCulture)}B';
            set allowed_paths = [{string.Join(", ", files.Append(CopyPath).Select(Literal))}];
            set enable_external_access = false;
            set allow_community_extensions = false;
            set allow_persistent_secrets = false;
            set enable_progress_bar = true;
            set enable_progress_bar_print = false;
            """,
            CancellationToken.None);
    }

    private DuckDbSession(DuckDbSession first)
    {
        (_temporary, _limits, Progress) = (first._temporary, first._limits, first.Progress);
        _connection = first._connection.Duplicate();
        _connection.Open();
    }

    /// <summary>
    /// A second session on the same database, which it shares with its settings, for queries at the same time from another thread. It opens in less than a
    /// millisecond; a database takes ten. To be disposed before this one.
    /// </summary>
    public DuckDbSession Another() => new(this);

    /// <summary>Reduces the threads if rows are wide, because each thread holds several chunks of every column; then locks the settings.</summary>
    public void Settle(int columns) => Execute(
        $"set threads = {_limits.ThreadsFor(columns).ToString(CultureInfo.InvariantCulture)}; set lock_configuration = true;", CancellationToken.None);

    /// <summary>Receives the progress of queries; null if nothing observes it.</summary>
    public WorkProgress? Progress { get; }

    public static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The native connection, to register functions of our own that work on chunks.</summary>
    public DuckDBNativeConnection Native => _connection.NativeConnection;

    /// <summary>The path for a changed copy of a file, to be read instead of it. Its directory may not exist yet; it is removed with the session.</summary>
    public string CopyPath => Path.Combine(_temporary, "copy");

    /// <summary>The managed connection, to register functions with DuckDB.NET.</summary>
    public DuckDBConnection Connection => _connection;

    /// <summary>Functions that read written values as this project does.</summary>
    public WrittenValueFunctions Written => field ??= new(this);

    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <exception cref="DatasetTooLargeException">The memory limit was reached.</exception>
    public void Execute(string sql, CancellationToken cancellationToken) => Run(sql, command => command.ExecuteNonQuery(), cancellationToken);

    /// <summary>The only row of <paramref name="sql"/>, a query for counts.</summary>
    public long[] Counts(string sql, CancellationToken cancellationToken) => Run<long[]>(sql, command =>
    {
        using var reader = command.ExecuteReader();
        return reader.Read() ? [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetInt64)] : throw new InvalidOperationException("No row.");
    }, cancellationToken);

    /// <summary>All rows of a small result.</summary>
    public List<object?[]> Rows(string sql, CancellationToken cancellationToken) => Run<List<object?[]>>(sql, command =>
    {
        var rows = new List<object?[]>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        return rows;
    }, cancellationToken);

    /// <summary>Streams the result of a query with DOUBLE and VARCHAR columns, in order, in chunks of at most 2,048 rows.</summary>
    /// <param name="sql">The query.</param>
    /// <param name="read">Receives the chunks.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <param name="atMost">The rows to read. DuckDB then ends the query early; a limit in the query would cost it the order of the rows.</param>
    /// <exception cref="UnreadableChunksException">The rows can't be read.</exception>
    /// <exception cref="DatasetTooLargeException">The memory limit was reached.</exception>
    public void ForEachChunk(string sql, ChunkReader read, CancellationToken cancellationToken, long atMost = long.MaxValue)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var interrupt = cancellationToken.Register(_connection.NativeConnection.Interrupt);
        var prepared = NativeMethods.PreparedStatements.DuckDBPrepare(_connection.NativeConnection, sql, out var statement);
        using (statement)
        {
            if (!prepared.IsSuccess())
                throw new UnreadableChunksException(NativeMethods.PreparedStatements.DuckDBPrepareError(statement));
            var state = NativeMethods.PreparedStatements.DuckDBExecutePreparedStreaming(statement, out var result);
            try
            {
                if (!state.IsSuccess())
                    ThrowError(ref result, cancellationToken);
                var columns = (int)NativeMethods.Query.DuckDBColumnCount(ref result);
                for (var column = 0; column < columns; column++)
                {
                    if (NativeMethods.Query.DuckDBColumnType(ref result, column) is not (DuckDBType.Double or DuckDBType.Varchar) and var type)
                        throw new InvalidDataException($"Column {column} of the result is {type}.");
                }

                var vectors = new ChunkVector[columns];
                while (atMost > 0)
                {
                    using var chunk = NativeMethods.StreamingResult.DuckDBStreamFetchChunk(result);
                    cancellationToken.ThrowIfCancellationRequested();
                    if (chunk.IsInvalid)
                        break;
                    var rows = new DatasetChunk(chunk, vectors);
                    read(rows);
                    atMost -= rows.Rows;
                    Progress?.Step();
                }

                if (!string.IsNullOrEmpty(NativeMethods.Query.DuckDBResultError(ref result)))
                    ThrowError(ref result, cancellationToken);
            }
            finally
            {
                NativeMethods.Query.DuckDBDestroyResult(ref result);
            }
        }
    }

    public void Dispose()
    {
        if (_isOwner)
            Progress?.Leave();
        _connection.Dispose();
        if (_isOwner && Directory.Exists(_temporary))
            Directory.Delete(_temporary, recursive: true);
    }

    private T Run<T>(string sql, Func<DuckDBCommand, T> execute, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var interrupt = cancellationToken.Register(_connection.NativeConnection.Interrupt);
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        try
        {
            return execute(command);
        }
        catch (DuckDBException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ResourceError(exception.ErrorType, exception) is { } error)
                throw error;
            throw;
        }
    }

    private static void ThrowError(ref DuckDBResult result, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var exception = new UnreadableChunksException(NativeMethods.Query.DuckDBResultError(ref result));
        throw ResourceError(NativeMethods.Query.DuckDBResultErrorType(ref result), exception) ?? exception;
    }

    /// <summary>The exception for a lack of memory or disk space; null for other errors. DuckDB reports the system's error only as text.</summary>
    private static Exception? ResourceError(DuckDBErrorType type, Exception exception)
    {
        bool Says(string text) => exception.Message.Contains(text, StringComparison.Ordinal);
        return type switch
        {
            DuckDBErrorType.OutOfMemory when Says("max_temp_directory_size") => TooMuchWritten(exception),
            DuckDBErrorType.OutOfMemory =>
                new DatasetTooLargeException("The data set needs more memory than imports may use (Datasets:MemoryMegabytes).", exception),
            DuckDBErrorType.Io when Says("No space left on device") || Says("Disk quota exceeded") || Says("Could not write all bytes") =>
                new IOException(exception.Message, DiskFull),
            DuckDBErrorType.Io when Says("File too large") => TooMuchWritten(exception),
            _ => null,
        };
    }

    private static DatasetTooLargeException TooMuchWritten(Exception exception) =>
        new("Reading the file takes more room on the disk than it may use (Datasets:MaxWrittenBytes).", exception);
}

/// <summary>A query with streamed rows failed. (The exception of DuckDB.NET has no accessible constructor.)</summary>
internal sealed class UnreadableChunksException(string message) : Exception(message);

/// <summary>The resources that a session may use.</summary>
/// <param name="MemoryMegabytes">Memory in 10⁶ bytes.</param>
/// <param name="Threads">The most threads.</param>
/// <param name="SpillBytes">Disk space for data that does not fit in memory.</param>
internal sealed record DuckDbLimits(int MemoryMegabytes, int Threads, long SpillBytes)
{
    /// <summary>DuckDB's share of an operation's memory. The rest is for the runtime, this project, and memory that DuckDB does not count.</summary>
    public static DuckDbLimits Of(int memoryMegabytes, int threads, long spillBytes) => new(memoryMegabytes * 5 / 8, threads, spillBytes);

    /// <summary>
    /// The most threads whose chunks take at most half of the memory: each thread holds three chunks of 2,048 values of 16 bytes for each column.
    /// </summary>
    public int ThreadsFor(int columns) => (int)Math.Clamp(MemoryMegabytes * 1_000_000L / 2 / (3L * 2048 * 16 * Math.Max(1, columns)), 1, Threads);
}
