using DuckDB.NET.Data;
using Microsoft.Extensions.Options;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Rows;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Datasets;

/// <summary>
/// Reads the files of data sets, which the service itself has written, each operation in a DuckDB of its own.
/// Pages run on threads of their own, for DuckDB blocks its caller and the pool's threads belong to requests.
/// </summary>
internal sealed class DatasetEngine(DatasetFiles files, IOptions<DatasetOptions> options, TimeProvider time)
{
    /// <summary>A page of a data set's rows; see <see cref="DatasetReader.ReadRows"/>.</summary>
    public Task<IReadOnlyList<object?[]>> ReadRowsAsync(Guid id, IReadOnlyList<ColumnProfile> columns, long offset, int limit, CancellationToken cancellationToken) =>
        OnOwnThread(id, () =>
        {
            using var session = Open(threads: 1, columns.Count, files.ParquetPath(id));
            return DatasetReader.ReadRows(session, files.ParquetPath(id), columns, offset, limit, cancellationToken);
        }, cancellationToken);

    /// <summary>What a fit reads; blocks its thread. See <see cref="DatasetReader.Read"/>.</summary>
    /// <param name="id">The data set.</param>
    /// <param name="numbers">Columns of the matrix.</param>
    /// <param name="others">Columns beside it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="every">1 for all rows.</param>
    /// <param name="file">Where the rows of the matrix are to be kept, which is then read from there as it is passed over; null for memory.</param>
    public DatasetColumns Read(
        Guid id, IReadOnlyList<ColumnProfile> numbers, IReadOnlyList<ColumnToRead> others, CancellationToken cancellationToken, long every = 1, RowFile? file = null) =>
        OfFile(id, () => DatasetReader.Read(
            () => Open(threads: 1, numbers.Count + others.Count, files.ParquetPath(id)), files.ParquetPath(id), numbers, others, every, file is null ? options.Value.Threads : 1,
            file, cancellationToken));

    /// <summary>A file of rows of so many numbers, on the disk of the data sets.</summary>
    public RowFile NewRowFile(int columns) => new(files.Scratch.NewPath(), columns);

    /// <summary>The same on a thread of its own.</summary>
    public Task<DatasetColumns> ReadAsync(
        Guid id, IReadOnlyList<ColumnProfile> numbers, IReadOnlyList<ColumnToRead> others, CancellationToken cancellationToken, long every = 1) =>
        OnOwnThread(id, () => Read(id, numbers, others, cancellationToken, every), cancellationToken);

    /// <summary>The rows in another format, as a file that is gone when it is closed.</summary>
    public Task<Stream> ExportAsync(Dataset dataset, DatasetFormat format, CancellationToken cancellationToken) =>
        OnOwnThread<Stream>(dataset.Id, () =>
        {
            using var answer = files.Begin(Guid.CreateVersion7(time.GetUtcNow()));
            using var session = Open(options.Value.Threads, dataset.Columns.Count, files.ParquetPath(dataset.Id), answer.AnswerPath);
            DatasetExport.Write(session, files.ParquetPath(dataset.Id), format, answer.AnswerPath, cancellationToken);
            return DatasetFiles.OpenRead(answer.AnswerPath);
        }, cancellationToken);

    /// <summary>Two files of a data set's rows, yet to be published.</summary>
    /// <param name="dataset">Whose rows they are.</param>
    /// <param name="training">The id of what is not tested with.</param>
    /// <param name="test">The id of what is.</param>
    /// <param name="testRows">Row numbers from 0, ascending.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public Task<SplitParts> SplitAsync(Dataset dataset, Guid training, Guid test, int[] testRows, CancellationToken cancellationToken) =>
        OnOwnThread(dataset.Id, () =>
        {
            var parts = new SplitParts(files.Begin(training), files.Begin(test));
            try
            {
                using var session = Open(options.Value.Threads, dataset.Columns.Count, files.ParquetPath(dataset.Id), parts.Training.File.ParquetPath, parts.Test.File.ParquetPath);
                parts.Write(session, files.ParquetPath(dataset.Id), dataset, testRows, options.Value, cancellationToken);
                return parts;
            }
            catch
            {
                parts.Dispose();
                throw;
            }
        }, cancellationToken);

    private DuckDbSession Open(int threads, int columns, params IEnumerable<string> paths)
    {
        var session = new DuckDbSession(files.Scratch.NewPath(), DuckDbLimits.Of(options.Value.MemoryMegabytes, threads, options.Value.MaxWrittenBytes), progress: null, paths);
        session.Settle(columns);
        return session;
    }

    private static Task<T> OnOwnThread<T>(Guid id, Func<T> work, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => OfFile(id, work), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The service wrote the file itself: whatever DuckDB finds wrong with it has happened since, on its disk.</summary>
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
