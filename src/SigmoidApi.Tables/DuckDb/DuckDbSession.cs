using System.Globalization;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace SigmoidApi.Tables.DuckDb;

/// <summary>
/// A DuckDB in memory for one operation. It sees the files that it is given and nothing else, loads no extension, and its settings are locked once it is known how wide
/// its rows are.
/// Calls block their thread until they are done or cancelled. The native library loads with the first session.
/// </summary>
internal sealed class DuckDbSession : IDisposable
{
    private const int DiskFull = 28; // ENOSPC

    private readonly DuckDBConnection _connection = new("DataSource=:memory:");
    private readonly string _temporary;
    private readonly DuckDbLimits _limits;

    /// <param name="spillDirectory">Where what does not fit in memory is spilled: not there yet, and gone with the session.</param>
    /// <param name="limits">What it may use.</param>
    /// <param name="progress">What its queries move; null where nobody looks.</param>
    /// <param name="files">The files that it may read and write.</param>
    public DuckDbSession(string spillDirectory, DuckDbLimits limits, WorkProgress? progress, params IEnumerable<string> files)
    {
        if (Directory.Exists(spillDirectory))
            throw new ArgumentException("Expected a directory that is not there yet: it is removed with the session.", nameof(spillDirectory));
        _temporary = spillDirectory;
        _limits = limits;
        Progress = progress;
        _connection.Open();
        progress?.Follow(_connection.NativeConnection);
        // The one makes a join of each IN with a few words in it, the other compares every expression with every other: of some dozens of columns that takes all memory, of some hundreds minutes.
        Execute(
            $"""
            set autoinstall_known_extensions = false;
            set autoload_known_extensions = false;
            set memory_limit = '{limits.MemoryMegabytes.ToString(CultureInfo.InvariantCulture)}MB';
            set threads = {limits.Threads.ToString(CultureInfo.InvariantCulture)};
            set preserve_insertion_order = true;
            set parquet_metadata_cache = true;
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

    /// <summary>Takes fewer threads where rows are wide, since each thread holds a chunk of every column, several times over; then locks the settings.</summary>
    public void Settle(int columns) => Execute(
        $"set threads = {_limits.ThreadsFor(columns).ToString(CultureInfo.InvariantCulture)}; set lock_configuration = true;", CancellationToken.None);

    /// <summary>What its queries move; null where nobody looks.</summary>
    public WorkProgress? Progress { get; }

    public static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The connection, for what DuckDB.NET offers on it alone: functions of ours.</summary>
    public DuckDBNativeConnection Native => _connection.NativeConnection;

    /// <summary>Where a file may be written that it is to read in the stead of another; its directory need not be there yet, and is gone with the session.</summary>
    public string CopyPath => Path.Combine(_temporary, "copy");

    public DuckDBConnection Connection => _connection;

    /// <summary>Our reading of written values.</summary>
    public WrittenValueFunctions Written => field ??= new(this);

    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <exception cref="DatasetTooLargeException">The memory limit was reached.</exception>
    public void Execute(string sql, CancellationToken cancellationToken) => Run(sql, command => command.ExecuteNonQuery(), cancellationToken);

    /// <summary>The one row of <paramref name="sql"/>, which asks for counts.</summary>
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

    /// <summary>Streams the result of a query whose columns are DOUBLE or VARCHAR, in chunks of at most 2,048 rows, in the order of the rows.</summary>
    /// <exception cref="UnreadableChunksException">The rows can't be read.</exception>
    /// <exception cref="DatasetTooLargeException">The memory limit was reached.</exception>
    public void ForEachChunk(string sql, ChunkReader read, CancellationToken cancellationToken)
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
                while (true)
                {
                    using var chunk = NativeMethods.StreamingResult.DuckDBStreamFetchChunk(result);
                    cancellationToken.ThrowIfCancellationRequested();
                    if (chunk.IsInvalid)
                        break;
                    read(new DatasetChunk(chunk, vectors));
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
        Progress?.Leave();
        _connection.Dispose();
        if (Directory.Exists(_temporary))
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
            if (Trouble(exception.ErrorType, exception) is { } trouble)
                throw trouble;
            throw;
        }
    }

    private static void ThrowError(ref DuckDBResult result, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var exception = new UnreadableChunksException(NativeMethods.Query.DuckDBResultError(ref result));
        throw Trouble(NativeMethods.Query.DuckDBResultErrorType(ref result), exception) ?? exception;
    }

    /// <summary>What has failed by want of memory or room, and not by what was read; null for others. DuckDB gives the system's error as a text.</summary>
    private static Exception? Trouble(DuckDBErrorType type, Exception exception)
    {
        bool Says(string text) => exception.Message.Contains(text, StringComparison.Ordinal);
        return type switch
        {
            DuckDBErrorType.OutOfMemory when Says("max_temp_directory_size") => TooMuchWritten(exception),
            DuckDBErrorType.OutOfMemory => new DatasetTooLargeException("The data set needs more memory than imports may use (Datasets:MemoryMegabytes).", exception),
            DuckDBErrorType.Io when Says("No space left on device") || Says("Disk quota exceeded") || Says("Could not write all bytes") => new IOException(exception.Message, DiskFull),
            DuckDBErrorType.Io when Says("File too large") => TooMuchWritten(exception),
            _ => null,
        };
    }

    private static DatasetTooLargeException TooMuchWritten(Exception exception) =>
        new("Reading the file takes more room on the disk than it may use (Datasets:MaxWrittenBytes).", exception);
}

/// <summary>A query whose rows are streamed failed. (DuckDB.NET's own exception can't be made from here.)</summary>
internal sealed class UnreadableChunksException(string message) : Exception(message);

/// <summary>What a session may use.</summary>
/// <param name="MemoryMegabytes">In 10⁶ bytes.</param>
/// <param name="Threads">At most.</param>
/// <param name="SpillBytes">On the disk, of what does not fit in memory.</param>
internal sealed record DuckDbLimits(int MemoryMegabytes, int Threads, long SpillBytes)
{
    /// <summary>What DuckDB may have of the memory that an operation may: the rest is the runtime's, ours, and what DuckDB does not count.</summary>
    public static DuckDbLimits Of(int memoryMegabytes, int threads, long spillBytes) => new(memoryMegabytes * 5 / 8, threads, spillBytes);

    /// <summary>So many threads that what they hold of so many columns takes half of the memory at most: for each three chunks of 2,048 values of 16 bytes.</summary>
    public int ThreadsFor(int columns) => (int)Math.Clamp(MemoryMegabytes * 1_000_000L / 2 / (3L * 2048 * 16 * Math.Max(1, columns)), 1, Threads);
}
