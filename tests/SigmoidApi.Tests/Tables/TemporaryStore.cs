using System.Text;
using SigmoidApi.Datasets;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Bytes;
using SigmoidApi.Tables.Charsets;
using SigmoidApi.Tables.Import;
using SigmoidApi.Tables.Rows;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tests.Tables;

/// <summary>A storage directory for one test, removed afterwards. Files are read in this process, not in a worker.</summary>
internal sealed class TemporaryStore : IDisposable
{
    public TemporaryStore(DatasetOptions? options = null, string directory = "")
    {
        Options = options ?? new DatasetOptions { MemoryMegabytes = 400 };
        Files = new DatasetFiles(Path.Combine(Path.GetTempPath(), $"sigmoid 'tests' {Guid.NewGuid():n}", directory));
        Engine = new DatasetEngine(Files, Microsoft.Extensions.Options.Options.Create(Options), TimeProvider.System);
    }

    public DatasetOptions Options { get; }

    public DatasetFiles Files { get; }

    public DatasetEngine Engine { get; }

    /// <summary>All files and directories of uploads and data sets.</summary>
    public string[] Entries => [.. new[] { "datasets", "uploads" }
        .SelectMany(directory => Directory.GetFileSystemEntries(Path.Combine(Files.Root, directory)))
        .Select(path => Path.GetRelativePath(Files.Root, path)).Order(StringComparer.Ordinal)];

    public Task<StagedFiles> Receive(Stream body, long maxBytes = long.MaxValue) =>
        Files.ReceiveAsync(Guid.CreateVersion7(), body, ContentCoding.Detected, charset: Charset.Utf8, maxBytes, TestContext.Current.CancellationToken);

    /// <summary>Imports an upload without publishing its Parquet file.</summary>
    public ImportedDataset Import(StagedFiles upload, DatasetUploadQuery? query, CancellationToken cancellationToken)
    {
        (query ?? new(null, null, null, null, null, null, null)).TryRead(out var format, out var csv, out var types).ShouldBeNull();
        var file = new TableFile(upload.ContentPath, format ?? DatasetFormat.Csv, csv, types, Options.MaxColumns, Options.MaxRows, Options.MinCells,
            Options.MaxCellsPerByte, Options.MaxRecordBytes, Options.MaxNameLength);
        var task = new ImportTask(
            file, upload.ParquetPath, upload.SpillPath, Options.MemoryMegabytes, Options.Threads, Options.ExactProfileRows, Options.MaxWrittenBytes);
        return DatasetImport.Run(task, cancellationToken);
    }

    public Task<(Guid Id, ImportedDataset Dataset)> Import(string csv, DatasetUploadQuery? query = null) => Import(Encoding.UTF8.GetBytes(csv), query);

    public async Task<(Guid Id, ImportedDataset Dataset)> Import(byte[] bytes, DatasetUploadQuery? query = null)
    {
        using var upload = await Receive(new MemoryStream(bytes), Options.MaxUploadBytes);
        var dataset = Import(upload, query, TestContext.Current.CancellationToken);
        Files.Publish(upload.Id, upload.ParquetPath);
        return (upload.Id, dataset);
    }

    /// <summary>All rows of an upload, as values for JSON.</summary>
    public async Task<object?[][]> Rows(byte[] bytes, DatasetUploadQuery? query = null)
    {
        var (id, dataset) = await Import(bytes, query);
        return [.. await Engine.ReadRowsAsync(id, dataset.Columns, 0, 1_000_000, TestContext.Current.CancellationToken)];
    }

    public Task<object?[][]> Rows(string csv, DatasetUploadQuery? query = null) => Rows(Encoding.UTF8.GetBytes(csv), query);

    /// <summary>Columns of numbers, each as an array.</summary>
    public double[][] Numbers(Guid id, params IReadOnlyList<ColumnProfile> columns) =>
        [
            .. Engine
                .Read(id, [], [.. columns.Select(column => new ColumnToRead(column, AsLevels: false))], TestContext.Current.CancellationToken)
                .Others.Select(values => values.Numbers!),
        ];

    /// <summary>The refusal of <paramref name="bytes"/>. Checks that nothing of them is left.</summary>
    public async Task<InvalidDatasetException> Refusal(byte[] bytes, DatasetUploadQuery? query = null)
    {
        var refusal = await Should.ThrowAsync<InvalidDatasetException>(Import(bytes, query));
        Entries.ShouldBeEmpty();
        return refusal;
    }

    public Task<InvalidDatasetException> Refusal(string csv, DatasetUploadQuery? query = null) => Refusal(Encoding.UTF8.GetBytes(csv), query);

    public void Dispose()
    {
        Engine.Dispose();
        Files.Dispose();
        Directory.Delete(Files.Root, recursive: true);
    }
}
