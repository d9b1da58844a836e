using System.Globalization;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace SigmoidApi.Datasets;

/// <summary>
/// A DuckDB in memory for one operation. It sees the files of data sets and uploads and nothing else, loads no extension, and its settings are locked.
/// Calls block their thread until they are done or cancelled. The native library loads with the first session.
/// </summary>
internal sealed class DuckDbSession : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");
    private readonly string _temporary;

    public DuckDbSession(string storageDirectory, DatasetOptions options)
    {
        _temporary = Path.Combine(storageDirectory, "uploads", $"{Guid.CreateVersion7()}.spill");
        _connection.Open();
        Execute(
            $"""
            set autoinstall_known_extensions = false;
            set autoload_known_extensions = false;
            set memory_limit = '{options.DuckDbMemoryMegabytes.ToString(CultureInfo.InvariantCulture)}MB';
            set threads = {options.DuckDbThreads.ToString(CultureInfo.InvariantCulture)};
            set preserve_insertion_order = true;
            set temp_directory = {Literal(_temporary)};
            set allowed_directories = [{Literal(Path.Combine(storageDirectory, "datasets/"))}, {Literal(Path.Combine(storageDirectory, "uploads/"))}];
            set enable_external_access = false;
            set lock_configuration = true;
            """,
            CancellationToken.None);
    }

    public static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <exception cref="DatasetTooLargeException">The memory limit was reached.</exception>
    public void Execute(string sql, CancellationToken cancellationToken) => Run(sql, command => command.ExecuteNonQuery(), cancellationToken);

    /// <summary>The one row of <paramref name="sql"/>, which asks for counts.</summary>
    public long[] Counts(string sql, CancellationToken cancellationToken) => Run<long[]>(sql, command =>
    {
        using var reader = command.ExecuteReader();
        return reader.Read() ? [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetInt64)] : throw new InvalidOperationException("No row.");
    }, cancellationToken);

    /// <summary>Streams the result of a query whose columns are all DOUBLE without nulls, in chunks of at most 2,048 rows, in the order of the rows.</summary>
    public void ForEachChunk(string sql, ChunkReader read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var interrupt = cancellationToken.Register(_connection.NativeConnection.Interrupt);
        var prepared = NativeMethods.PreparedStatements.DuckDBPrepare(_connection.NativeConnection, sql, out var statement);
        using (statement)
        {
            if (!prepared.IsSuccess())
                throw new InvalidOperationException(NativeMethods.PreparedStatements.DuckDBPrepareError(statement));
            var state = NativeMethods.PreparedStatements.DuckDBExecutePreparedStreaming(statement, out var result);
            try
            {
                if (!state.IsSuccess())
                    ThrowError(ref result, cancellationToken);
                var columns = (int)NativeMethods.Query.DuckDBColumnCount(ref result);
                for (var column = 0; column < columns; column++)
                {
                    if (NativeMethods.Query.DuckDBColumnType(ref result, column) != DuckDBType.Double)
                        throw new InvalidDataException($"Column {column} of the data set is not DOUBLE.");
                }

                var vectors = new nint[columns];
                while (true)
                {
                    using var chunk = NativeMethods.StreamingResult.DuckDBStreamFetchChunk(result);
                    cancellationToken.ThrowIfCancellationRequested();
                    if (chunk.IsInvalid)
                        break;
                    read(new DoubleChunk(chunk, vectors));
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
            if (exception.ErrorType == DuckDBErrorType.OutOfMemory)
                throw OutOfMemory(exception);
            throw;
        }
    }

    private static void ThrowError(ref DuckDBResult result, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var exception = new InvalidOperationException(NativeMethods.Query.DuckDBResultError(ref result));
        throw NativeMethods.Query.DuckDBResultErrorType(ref result) == DuckDBErrorType.OutOfMemory ? OutOfMemory(exception) : exception;
    }

    private static DatasetTooLargeException OutOfMemory(Exception exception) =>
        new("The data set needs more memory than imports may use (Datasets:DuckDbMemoryMegabytes).", exception);
}

internal delegate void ChunkReader(DoubleChunk chunk);

/// <summary>Some rows of a result, column by column. Valid until the reader that it is given to returns.</summary>
internal readonly unsafe ref struct DoubleChunk
{
    private readonly ReadOnlySpan<nint> _vectors;

    /// <param name="chunk">The rows as DuckDB hands them over.</param>
    /// <param name="vectors">Room for the address of each column's values.</param>
    /// <exception cref="InvalidDataException">A value is missing.</exception>
    public DoubleChunk(DuckDBDataChunk chunk, Span<nint> vectors)
    {
        Rows = (int)NativeMethods.DataChunks.DuckDBDataChunkGetSize(chunk);
        for (var i = 0; i < vectors.Length; i++)
        {
            var vector = NativeMethods.DataChunks.DuckDBDataChunkGetVector(chunk, i);
            var validity = NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
            for (var row = 0; validity != null && row < Rows; row++)
            {
                if ((validity[row / 64] >> (row % 64) & 1) == 0)
                    throw new InvalidDataException($"Column {i} of the data set has a missing value.");
            }

            vectors[i] = (nint)NativeMethods.Vectors.DuckDBVectorGetData(vector);
        }

        _vectors = vectors;
    }

    public int Rows { get; }

    public ReadOnlySpan<double> Column(int index) => new((void*)_vectors[index], Rows);

    /// <summary>Copies the row into <paramref name="destination"/>, as many columns as it has room for.</summary>
    public void CopyRow(int row, Span<double> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        var vectors = _vectors[..destination.Length];
        for (var i = 0; i < destination.Length; i++)
            destination[i] = ((double*)vectors[i])[row];
    }
}
