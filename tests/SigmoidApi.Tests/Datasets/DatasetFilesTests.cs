using System.Security.Cryptography;
using SigmoidApi.Datasets;
using SigmoidApi.Storage;

namespace SigmoidApi.Tests.Datasets;

public sealed class DatasetFilesTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    [Fact]
    public async Task AnUploadIsCountedAndHashedAsItCame()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);

        using (var upload = await Receive(new MemoryStream(bytes)))
        {
            upload.Bytes.ShouldBe(300_000);
            upload.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
            File.Exists(upload.ContentPath).ShouldBeTrue();
        }

        _store.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task AnUploadOfTheLimitIsTakenAndOneByteMoreIsNot()
    {
        using (var upload = await Receive(new MemoryStream(new byte[200_000]), maxBytes: 200_000))
            upload.Bytes.ShouldBe(200_000);

        (await Should.ThrowAsync<DatasetTooLargeException>(Receive(new MemoryStream(new byte[200_001]), maxBytes: 200_000))).Message
            .ShouldBe("The upload is larger than 200000 bytes (Datasets:MaxUploadBytes).");
        _store.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task AnUploadThatBreaksOffLeavesNothing()
    {
        await Should.ThrowAsync<IOException>(Receive(new BrokenStream()));

        _store.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task ACanceledImportLeavesNothing()
    {
        using var canceled = new CancellationTokenSource();
        using (var upload = await Receive(new MemoryStream("a,b\n1,2\n"u8.ToArray())))
        {
            await canceled.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(_store.Engine.ImportCsvAsync(upload, canceled.Token));
        }

        _store.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task SweepRemovesWhatHasNoRowAndWhatCrashedUploadsLeft()
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
    public async Task SweepLeavesAnUploadAtWorkAlone()
    {
        using var upload = await Receive(new MemoryStream("a\n1\n"u8.ToArray()));
        await _store.Engine.ImportCsvAsync(upload, TestContext.Current.CancellationToken);
        var others = new DatasetFiles(_store.Files.Root);

        (await others.SweepAsync(_ => Task.FromResult(new HashSet<Guid>()), TestContext.Current.CancellationToken)).ShouldBe(0);
        _store.Files.Publish(upload);
        (await others.SweepAsync(_ => Task.FromResult(new HashSet<Guid>()), TestContext.Current.CancellationToken)).ShouldBe(0);

        _store.Entries.ShouldBe([$"datasets/{upload.Id}.parquet", $"uploads/{upload.Id}.upload"]);
    }

    [Fact]
    public async Task SweepKeepsADataSetWhoseRowCameWhileItLooked()
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
    public async Task DeleteRemovesTheFileAndForgivesItsAbsence()
    {
        var (id, _) = await _store.Import("a\n1\n");

        _store.Files.Delete(id);
        _store.Files.Delete(id);

        _store.Entries.ShouldBeEmpty();
    }

    public void Dispose() => _store.Dispose();

    private Task<DatasetUpload> Receive(Stream body, long maxBytes = long.MaxValue) =>
        _store.Files.ReceiveAsync(Guid.CreateVersion7(), body, maxBytes, TestContext.Current.CancellationToken);

    /// <summary>Gives some bytes, then fails as a connection does.</summary>
    private sealed class BrokenStream : MemoryStream
    {
        private bool _broken;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_broken)
                throw new IOException("The client went away.");
            _broken = true;
            return ValueTask.FromResult(100);
        }
    }
}
