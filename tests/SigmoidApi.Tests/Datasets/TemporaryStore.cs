using System.Text;
using SigmoidApi.Datasets;
using SigmoidApi.Storage;

namespace SigmoidApi.Tests.Datasets;

/// <summary>A storage directory of one test's own, removed after it.</summary>
internal sealed class TemporaryStore : IDisposable
{
    public TemporaryStore(DatasetOptions? options = null)
    {
        Options = options ?? new DatasetOptions { DuckDbMemoryMegabytes = 256 };
        Files = new DatasetFiles(Path.Combine(Path.GetTempPath(), $"sigmoid 'tests' {Guid.NewGuid():n}"));
        Engine = new DatasetEngine(Files, Microsoft.Extensions.Options.Options.Create(Options));
    }

    public DatasetOptions Options { get; }

    public DatasetFiles Files { get; }

    public DatasetEngine Engine { get; }

    /// <summary>Every file and directory that uploads and data sets have left.</summary>
    public string[] Entries => [.. new[] { "datasets", "uploads" }
        .SelectMany(directory => Directory.GetFileSystemEntries(Path.Combine(Files.Root, directory)))
        .Select(path => Path.GetRelativePath(Files.Root, path)).Order(StringComparer.Ordinal)];

    public Task<(Guid Id, ImportedDataset Dataset)> Import(string csv) => Import(Encoding.UTF8.GetBytes(csv));

    public async Task<(Guid Id, ImportedDataset Dataset)> Import(byte[] csv)
    {
        var id = Guid.CreateVersion7();
        using var upload = await Files.ReceiveAsync(id, new MemoryStream(csv), Options.MaxUploadBytes, TestContext.Current.CancellationToken);
        var dataset = await Engine.ImportCsvAsync(upload, TestContext.Current.CancellationToken);
        Files.Publish(upload);
        return (id, dataset);
    }

    public async Task<double[][]> Rows(string csv)
    {
        var (id, dataset) = await Import(csv);
        return [.. await Engine.ReadRowsAsync(id, [.. dataset.Columns.Select(column => column.Name)], 0, 1_000_000, TestContext.Current.CancellationToken)];
    }

    /// <summary>The refusal of <paramref name="csv"/>, of which nothing may be left.</summary>
    public async Task<InvalidDatasetException> Refusal(byte[] csv)
    {
        var refusal = await Should.ThrowAsync<InvalidDatasetException>(Import(csv));
        Entries.ShouldBeEmpty();
        return refusal;
    }

    public Task<InvalidDatasetException> Refusal(string csv) => Refusal(Encoding.UTF8.GetBytes(csv));

    public void Dispose()
    {
        Engine.Dispose();
        Directory.Delete(Files.Root, recursive: true);
    }
}
