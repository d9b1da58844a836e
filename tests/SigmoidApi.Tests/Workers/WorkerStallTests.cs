using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SigmoidApi.Datasets;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Import;
using SigmoidApi.Tables.Sources;
using SigmoidApi.Tests.Tables;
using SigmoidApi.Workers;

namespace SigmoidApi.Tests.Workers;

/// <summary>A file whose reading makes no progress does not block others.</summary>
[Trait("Speed", "Slow")]
public sealed class WorkerStallTests
{
    [Fact]
    public async Task SuspendedWorkerIsReplacedAndItsFileIsRead()
    {
        await using var service = await ServiceProcess.Started(("Datasets:StallSeconds", "4"));
        await service.Api.Upload("name=first", "a\n1\n");
        var stopped = service.Children().ShouldHaveSingleItem();
        await Signals.Send("STOP", stopped);

        await service.Api.Upload("name=second", "a\n1\n");

        service.Children().ShouldNotContain(stopped);
        await service.ShouldLogOnce("made no progress (HeldUp)");
    }

    [Fact]
    public async Task FileWithoutProgressIsRefusedAndItsTurnIsFreed()
    {
        using var pipe = new Pipe();
        using var workers = Workers(new() { StallSeconds = 1 });

        // There is only one turn, which the second upload gets.
        for (var i = 0; i < 2; i++)
            (await Should.ThrowAsync<InvalidDatasetException>(pipe.Import(workers))).Message.ShouldContain("no progress for 1 seconds (Datasets:StallSeconds)");
    }

    [Fact]
    public async Task SmallFileMayNotTakeAsLongAsALargeOne()
    {
        using var pipe = new Pipe();
        using var workers = Workers(new() { MinImportSeconds = 1, ImportSecondsPerMegabyte = 1_000 });

        (await Should.ThrowAsync<DatasetTooLargeException>(pipe.Import(workers))).Message
            .ShouldBe("Reading the file took longer than 1 seconds (Datasets:MinImportSeconds and Datasets:ImportSecondsPerMegabyte).");
    }

    [Fact]
    public async Task NoFileMayTakeLongerThanTheLimit()
    {
        using var pipe = new Pipe();
        using var workers = Workers(new() { MaxImportSeconds = 1 });

        (await Should.ThrowAsync<DatasetTooLargeException>(pipe.Import(workers))).Message
            .ShouldBe("Reading the file took longer than 1 seconds (Datasets:MaxImportSeconds).");
    }

    [Theory]
    [InlineData(DatasetFormat.Csv)]
    [InlineData(DatasetFormat.Parquet)]
    [InlineData(DatasetFormat.NdJson)]
    [InlineData(DatasetFormat.Libsvm)]
    public async Task ReadingAFileIsProgress(DatasetFormat format)
    {
        using var store = new TemporaryStore();
        byte[] bytes = format switch
        {
            DatasetFormat.Parquet => await Parquet(store),
            DatasetFormat.NdJson => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5_000).Select(i => $"{{\"a\":{i},\"b\":\"text {i % 7}\"}}\n"))),
            DatasetFormat.Libsvm => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5_000).Select(i => $"{i % 2} 1:{i} 3:0.5\n"))),
            _ => Csv,
        };
        using var upload = await store.Receive(new MemoryStream(bytes));
        var file = new TableFile(upload.ContentPath, format, new(), new Dictionary<string, ColumnType>(), 10, 10_000, 1_000, 1_000, 1 << 24, 1_000);

        DatasetImport.Run(new(file, upload.ParquetPath, upload.SpillPath, 400, 1, 1_000, long.MaxValue), TestContext.Current.CancellationToken);

        // At least a block of the file and the chunks of its profile.
        file.Progress.Current.Steps.ShouldBeGreaterThan(3);
    }

    private static byte[] Csv { get; } = Encoding.UTF8.GetBytes(
        "a,b\n" + string.Concat(Enumerable.Range(0, 5_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i * 0.5},text {i % 7}\n"))));

    private static async Task<byte[]> Parquet(TemporaryStore store)
    {
        var (id, _) = await store.Import(Csv);
        return await File.ReadAllBytesAsync(store.Files.ParquetPath(id), TestContext.Current.CancellationToken);
    }

    private static DatasetWorkers Workers(DatasetOptions options) => new(Options.Create(options), TimeProvider.System, NullLogger<DatasetWorkers>.Instance);

    private static ImportTask Task(string content, string parquet, string spill) =>
        new(
            new(content, DatasetFormat.Csv, new(), new Dictionary<string, ColumnType>(), 10, 10, 1_000, 1_000, 1 << 24, 1_000),
            parquet, spill, 512, 1, 1_000, long.MaxValue);

    /// <summary>A named pipe without a writer: opening it for reading blocks, but not because of a disk.</summary>
    private sealed class Pipe : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sigmoid-pipe-");

        public Pipe()
        {
            using var make = Process.Start("mkfifo", [Content]);
            make.WaitForExit();
            make.ExitCode.ShouldBe(0);
        }

        private string Content => Path.Combine(_directory.FullName, "pipe");

        public Task<ImportedDataset> Import(DatasetWorkers workers) => workers.AskAsync(
            UploadReceiver.Import,
            WorkerStallTests.Task(Content, Path.Combine(_directory.FullName, "parquet"), Path.Combine(_directory.FullName, "spill")),
            TestContext.Current.CancellationToken);

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
