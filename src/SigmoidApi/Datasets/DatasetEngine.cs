using DuckDB.NET.Data;
using Microsoft.Extensions.Options;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Profile;
using SigmoidApi.Tables.Rows;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Datasets;

/// <summary>
/// Reads the files of data sets, which the service itself wrote. Each operation has a DuckDB to itself.
/// The asynchronous methods use their own threads, because DuckDB blocks its caller and pool threads belong to requests.
/// </summary>
internal sealed class DatasetEngine(DatasetFiles files, IOptions<DatasetOptions> options, TimeProvider time) : IDisposable
{
    private LastRead? _last;

    /// <summary>A page of a data set's rows; see <see cref="DatasetReader.ReadRows"/>.</summary>
    public Task<IReadOnlyList<object?[]>> ReadRowsAsync(
        Guid id, IReadOnlyList<ColumnProfile> columns, long offset, int limit, CancellationToken cancellationToken) =>
        OnOwnThread(id, () =>
        {
            using var session = Open(threads: 1, columns.Count, files.ParquetPath(id));
            return DatasetReader.ReadRows(session, files.ParquetPath(id), columns, offset, limit, cancellationToken);
        }, cancellationToken);

    /// <summary>The value of a column that the fewest rows have; see <see cref="DatasetReader.Rarest"/>.</summary>
    public Task<(object Value, long Rows)?> RarestAsync(Dataset dataset, ColumnProfile column, CancellationToken cancellationToken) =>
        OnOwnThread(dataset.Id, () =>
        {
            using var session = Open(threads: 1, columns: 1, files.ParquetPath(dataset.Id));
            return DatasetReader.Rarest(session, files.ParquetPath(dataset.Id), dataset.Columns, column, cancellationToken);
        }, cancellationToken);

    /// <summary>The pairs of columns that are nearly the same; see <see cref="ColumnPairs.Find"/>.</summary>
    public Task<IReadOnlyList<ColumnPair>> PairsAsync(Dataset dataset, ColumnProfile[] columns, long every, CancellationToken cancellationToken) =>
        OnOwnThread(dataset.Id, () =>
        {
            using var session = Open(threads: 1, columns.Length, files.ParquetPath(dataset.Id));
            return ColumnPairs.Find(
                session, files.ParquetPath(dataset.Id), dataset.Columns, columns, every, options.Value.NearDuplicateCorrelation, cancellationToken);
        }, cancellationToken);

    /// <summary>Reads columns for a fit, and blocks the calling thread. See <see cref="DatasetReader.Read"/>.</summary>
    /// <param name="id">The data set.</param>
    /// <param name="numbers">The columns of the matrix.</param>
    /// <param name="others">The columns that are not in the matrix, such as the target.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <param name="every">Reads every n-th row; 1 for all rows.</param>
    /// <param name="file">Where to write the matrix, which each pass then reads from disk; null to keep it in memory.</param>
    public DatasetColumns Read(
        Guid id,
        IReadOnlyList<ColumnProfile> numbers,
        IReadOnlyList<ColumnToRead> others,
        CancellationToken cancellationToken,
        long every = 1,
        RowFile? file = null)
    {
        var readers = file is null ? options.Value.Threads : 1;
        return OfFile(id, () =>
        {
            var session = TakeLast(id, readers) ?? Open(threads: 1, numbers.Count + others.Count, readers, files.ParquetPath(id));
            try
            {
                var columns = DatasetReader.Read(session, files.ParquetPath(id), numbers, others, every, readers, file, cancellationToken);
                Interlocked.Exchange(ref _last, new LastRead(id, readers, session))?.Session.Dispose();
                return columns;
            }
            catch
            {
                session.Dispose();
                throw;
            }
        });
    }

    /// <summary>Ends the DuckDB that is kept open.</summary>
    public void Dispose() => Interlocked.Exchange(ref _last, null)?.Session.Dispose();

    /// <summary>A file for rows of <paramref name="columns"/> numbers, on the disk of the data sets.</summary>
    public RowFile NewRowFile(int columns) => new(files.Scratch.NewPath(), columns);

    /// <summary>Reads columns on a thread of its own; see <see cref="Read"/>.</summary>
    public Task<DatasetColumns> ReadAsync(
        Guid id, IReadOnlyList<ColumnProfile> numbers, IReadOnlyList<ColumnToRead> others, CancellationToken cancellationToken, long every = 1) =>
        OnOwnThread(id, () => Read(id, numbers, others, cancellationToken, every), cancellationToken);

    /// <summary>The rows in another format, as a file that is deleted when it is closed.</summary>
    public Task<Stream> ExportAsync(Dataset dataset, DatasetFormat format, CancellationToken cancellationToken) =>
        OnOwnThread<Stream>(dataset.Id, () =>
        {
            using var staged = files.Stage(Guid.CreateVersion7(time.GetUtcNow()));
            using var session = Open(options.Value.Threads, dataset.Columns.Count, files.ParquetPath(dataset.Id), staged.AnswerPath);
            DatasetExport.Write(session, files.ParquetPath(dataset.Id), format, staged.AnswerPath, cancellationToken);
            return DatasetFiles.OpenRead(staged.AnswerPath);
        }, cancellationToken);

    /// <summary>Writes the rows of a data set to two new files, which are not published yet.</summary>
    /// <param name="dataset">The data set to split.</param>
    /// <param name="training">The id of the training part.</param>
    /// <param name="test">The id of the test part.</param>
    /// <param name="testRows">The rows of the test part, as ascending row numbers from 0.</param>
    /// <param name="cancellationToken">Cancels the split.</param>
    public Task<SplitParts> SplitAsync(Dataset dataset, Guid training, Guid test, int[] testRows, CancellationToken cancellationToken) =>
        OnOwnThread(dataset.Id, () =>
        {
            var parts = new SplitParts(files.Stage(training), files.Stage(test));
            try
            {
                using var session = Open(
                    options.Value.Threads, dataset.Columns.Count,
                    files.ParquetPath(dataset.Id), parts.Training.Staged.ParquetPath, parts.Test.Staged.ParquetPath);
                parts.Write(session, files.ParquetPath(dataset.Id), dataset, testRows, options.Value, cancellationToken);
                return parts;
            }
            catch
            {
                parts.Dispose();
                throw;
            }
        }, cancellationToken);

    /// <summary>The DuckDB of the last read, if it suits this one and no other operation has it.</summary>
    private DuckDbSession? TakeLast(Guid id, int readers)
    {
        if (Volatile.Read(ref _last) is not { } last || last.Id != id || last.Readers != readers)
            return null;
        return Interlocked.CompareExchange(ref _last, null, last) == last ? last.Session : null;
    }

    private DuckDbSession Open(int threads, int columns, params IEnumerable<string> paths) => Open(threads, columns, readers: 1, paths);

    /// <param name="readers">How many queries run at once; each may use the memory of an operation.</param>
    private DuckDbSession Open(int threads, int columns, int readers, params IEnumerable<string> paths)
    {
        var limits = DuckDbLimits.Of(readers * options.Value.MemoryMegabytes, threads, options.Value.MaxWrittenBytes);
        var session = new DuckDbSession(files.Scratch.NewPath(), limits, progress: null, paths);
        session.Settle(columns);
        return session;
    }

    /// <summary>
    /// The DuckDB of a read that succeeded, for the next read of the same data set: several fits to the same rows are usual, and it takes 9 ms to open one and
    /// 7 to close it. With one thread its settings do not depend on the columns.
    /// </summary>
    private sealed record LastRead(Guid Id, int Readers, DuckDbSession Session);

    private static Task<T> OnOwnThread<T>(Guid id, Func<T> work, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => OfFile(id, work), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The service wrote the file itself. So an error of DuckDB means that the disk is full, or that the file was damaged later.</summary>
    private static T OfFile<T>(Guid id, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is DuckDBException or UnreadableChunksException)
        {
            throw e.Message.Contains("No space left", StringComparison.Ordinal)
                ? new IOException(e.Message, TransientStorageErrors.NoSpace)
                : new DatasetFileException($"The file of data set {id} can't be read: {e.Message.Split('\n')[0]}", e);
        }
    }
}
