using System.Security.Cryptography;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Storage;

[Trait("Speed", "Slow")]
public sealed class DatasetFilesTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    [Fact]
    public async Task UploadIsCountedAndHashedAsSent()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);

        using (var upload = await _store.Receive(new MemoryStream(bytes)))
        {
            upload.Bytes.ShouldBe(300_000);
            upload.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
            File.Exists(upload.ContentPath).ShouldBeTrue();
        }

        _store.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task UploadAtTheLimitIsAcceptedAndOneByteMoreIsNot()
    {
        using (var upload = await _store.Receive(new MemoryStream(new byte[200_000]), maxBytes: 200_000))
            upload.Bytes.ShouldBe(200_000);

        (await Should.ThrowAsync<DatasetTooLargeException>(_store.Receive(new MemoryStream(new byte[200_001]), maxBytes: 200_000))).Message
            .ShouldBe("The upload is larger than 200000 bytes (Datasets:MaxUploadBytes).");
        _store.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task BrokenUploadLeavesNoFiles()
    {
        await Should.ThrowAsync<IOException>(_store.Receive(new BrokenStream()));

        _store.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task CanceledImportLeavesNoFiles()
    {
        using var canceled = new CancellationTokenSource();
        using (var upload = await _store.Receive(new MemoryStream("a,b\n1,2\n"u8.ToArray())))
        {
            await canceled.CancelAsync();
            Should.Throw<OperationCanceledException>(() => _store.Import(upload, null, canceled.Token));
        }

        _store.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task SweepRemovesFilesWithoutARowAndOfCrashedUploads()
    {
        var (kept, _) = await _store.Import("a\n1\n");
        var (orphan, _) = await _store.Import("a\n1\n");
        var crashed = Guid.CreateVersion7();
        foreach (var extension in new[] { ".upload", ".parquet" })
            await File.WriteAllTextAsync(Path.Combine(_store.Files.Root, "uploads", crashed + extension), "a", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(_store.Files.Root, "uploads", $"{crashed}.spill"));
        await File.WriteAllTextAsync(Path.Combine(_store.Files.Root, "datasets", "half.tmp"), "a", TestContext.Current.CancellationToken);

        var removed = await _store.Files.SweepAsync(_ => Task.FromResult(new HashSet<Guid> { kept }), TestContext.Current.CancellationToken);

        removed.ShouldBe(5);
        _store.Entries.ShouldBe([$"datasets/{kept}.parquet"]);
        File.Exists(_store.Files.ParquetPath(orphan)).ShouldBeFalse();
    }

    [Fact]
    public async Task SweepKeepsARunningUpload()
    {
        using var upload = await _store.Receive(new MemoryStream("a\n1\n"u8.ToArray()));
        _store.Import(upload, null, TestContext.Current.CancellationToken);
        var others = new DatasetFiles(_store.Files.Root);

        (await others.SweepAsync(_ => Task.FromResult(new HashSet<Guid>()), TestContext.Current.CancellationToken)).ShouldBe(0);
        _store.Files.Publish(upload.Id, upload.ParquetPath);
        (await others.SweepAsync(_ => Task.FromResult(new HashSet<Guid>()), TestContext.Current.CancellationToken)).ShouldBe(0);

        _store.Entries.ShouldBe([$"datasets/{upload.Id}.parquet", $"uploads/{upload.Id}.lock", $"uploads/{upload.Id}.upload"]);
    }

    [Fact]
    public async Task SweepRemovesTheScratchOfDeadProcessesOnly()
    {
        await using var service = await ServiceProcess.Started();
        using var files = new DatasetFiles(service.StorageDirectory);
        var all = Path.Combine(service.StorageDirectory, "scratch");
        var its = Directory.GetDirectories(all).Single(directory => directory != files.Scratch.Path);
        Directory.CreateDirectory(Path.Combine(its, "spill"));
        await File.WriteAllTextAsync(Path.Combine(its, "spill", "rows"), "a", TestContext.Current.CancellationToken);

        (await files.SweepAsync(_ => Task.FromResult(new HashSet<Guid>()), TestContext.Current.CancellationToken)).ShouldBe(0);
        File.Exists(Path.Combine(its, "spill", "rows")).ShouldBeTrue();
        await service.Kill();
        (await files.SweepAsync(_ => Task.FromResult(new HashSet<Guid>()), TestContext.Current.CancellationToken)).ShouldBe(1);

        Directory.GetFileSystemEntries(all).Order(StringComparer.Ordinal).ShouldBe([files.Scratch.Path, files.Scratch.Path + ".lock"]);
    }

    [Fact]
    public void ScratchIsRemovedWithItsProcess()
    {
        var files = new DatasetFiles(_store.Files.Root);
        File.WriteAllText(files.Scratch.NewPath(), "a");

        files.Dispose();

        Directory.GetFileSystemEntries(Path.Combine(_store.Files.Root, "scratch")).Order(StringComparer.Ordinal)
            .ShouldBe([_store.Files.Scratch.Path, _store.Files.Scratch.Path + ".lock"]);
    }

    [Fact]
    public async Task ConcurrentSweepsSucceed()
    {
        for (var i = 0; i < 200; i++)
        {
            var crashed = Guid.CreateVersion7();
            await File.WriteAllTextAsync(Path.Combine(_store.Files.Root, "uploads", $"{crashed}.upload"), "a", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(_store.Files.Root, "datasets", $"{crashed}.parquet"), "a", TestContext.Current.CancellationToken);
            foreach (var directory in new[] { "uploads", "scratch" })
            {
                var spill = Directory.CreateDirectory(Path.Combine(_store.Files.Root, directory, $"{crashed}.spill"));
                await File.WriteAllTextAsync(Path.Combine(spill.FullName, "a"), "a", TestContext.Current.CancellationToken);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(_ => Task.Run(() => _store.Files.SweepAsync(_ => Task.FromResult(new HashSet<Guid>()), TestContext.Current.CancellationToken))));

        _store.Entries.ShouldBeEmpty();
        Directory.GetDirectories(Path.Combine(_store.Files.Root, "scratch")).ShouldBe([_store.Files.Scratch.Path]);
    }

    [Fact]
    public async Task UploadBeginsDuringSweeps()
    {
        using var begun = new CancellationTokenSource();
        var sweeps = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!begun.IsCancellationRequested)
                await _store.Files.SweepAsync(_ => Task.FromResult(new HashSet<Guid>()), TestContext.Current.CancellationToken);
        })).ToArray();

        for (var i = 0; i < 2_000; i++)
        {
            using var upload = _store.Files.Stage(Guid.CreateVersion7());
            File.Exists(upload.ContentPath).ShouldBeTrue();
            using var files = new DatasetFiles(_store.Files.Root);
            Directory.Exists(files.Scratch.Path).ShouldBeTrue();
        }

        await begun.CancelAsync();
        await Task.WhenAll(sweeps);
    }

    [Fact]
    public async Task SweepKeepsADataSetWhoseRowIsAddedMeanwhile()
    {
        var ids = new HashSet<Guid>();

        await _store.Files.SweepAsync(async _ =>
        {
            ids.Add((await _store.Import("a\n1\n")).Id);
            return [];
        }, TestContext.Current.CancellationToken);

        _store.Entries.ShouldBe([$"datasets/{ids.Single()}.parquet"]);
    }

    [Fact]
    public async Task DeleteRemovesTheFileAndAcceptsItsAbsence()
    {
        var (id, _) = await _store.Import("a\n1\n");

        _store.Files.Delete(id);
        _store.Files.Delete(id);

        _store.Entries.ShouldBeEmpty();
    }

    public void Dispose() => _store.Dispose();

    /// <summary>Returns some bytes, then fails like a broken connection.</summary>
    private sealed class BrokenStream : MemoryStream
    {
        private bool _broken;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_broken)
                throw new IOException("The client went away.");
            _broken = true;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
