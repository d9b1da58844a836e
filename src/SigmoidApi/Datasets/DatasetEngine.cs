using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Data;
using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

/// <summary>
/// What the service does with the files of data sets, each operation in a DuckDB of its own.
/// Imports and pages run on threads of their own, for DuckDB blocks its caller and the pool's threads belong to requests.
/// </summary>
public sealed class DatasetEngine(DatasetFiles files, IOptions<DatasetOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _imports = new(options.Value.MaxConcurrentImports);

    /// <summary>Checks the CSV file of <paramref name="upload"/> and writes its Parquet file, yet to be published; waits while other imports run.</summary>
    /// <exception cref="InvalidDatasetException">The file has bad cells, rows or names.</exception>
    /// <exception cref="DatasetTooLargeException">More rows, columns or memory than allowed.</exception>
    public async Task<ImportedDataset> ImportCsvAsync(DatasetUpload upload, CancellationToken cancellationToken)
    {
        await _imports.WaitAsync(cancellationToken);
        try
        {
            return await OnOwnThread(() => ImportCsv(upload, cancellationToken), cancellationToken);
        }
        finally
        {
            _imports.Release();
        }
    }

    /// <summary>A page of a data set's rows; see <see cref="DatasetReader.ReadRows"/>.</summary>
    public Task<IReadOnlyList<double[]>> ReadRowsAsync(Guid id, IReadOnlyList<string> columns, long offset, int limit, CancellationToken cancellationToken) =>
        OnOwnThread(() =>
        {
            using var session = new DuckDbSession(files.Root, options.Value);
            return DatasetReader.ReadRows(session, files.ParquetPath(id), columns, offset, limit, cancellationToken);
        }, cancellationToken);

    /// <summary>What a fit reads; blocks its thread. See <see cref="DatasetReader.ReadMatrix"/>.</summary>
    public (DesignMatrix Features, double[][] Others) ReadMatrix(
        Guid id, IReadOnlyList<string> features, IReadOnlyList<string> others, CancellationToken cancellationToken)
    {
        using var session = new DuckDbSession(files.Root, options.Value);
        return DatasetReader.ReadMatrix(session, files.ParquetPath(id), features, others, cancellationToken);
    }

    public void Dispose() => _imports.Dispose();

    private ImportedDataset ImportCsv(DatasetUpload upload, CancellationToken cancellationToken)
    {
        var header = CsvHeader.Read(upload.Content, options.Value.MaxColumns);
        var rows = CsvCheck.CountRows(upload.Content, header, options.Value.MaxRows, cancellationToken);
        using var session = new DuckDbSession(files.Root, options.Value);
        CsvImport.Write(session, upload.ContentPath, header, rows, upload.ParquetPath, cancellationToken);
        return new ImportedDataset(rows, ColumnProfiler.Profile(session, upload.ParquetPath, header.Columns, cancellationToken));
    }

    private static Task<T> OnOwnThread<T>(Func<T> work, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}

/// <summary>What an import found in its file.</summary>
public sealed record ImportedDataset(long Rows, IReadOnlyList<ColumnProfile> Columns);
