using System.Buffers;
using System.Runtime.InteropServices;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Bytes;
using SigmoidApi.Tables.Charsets;
using SigmoidApi.Tables.Csv;

namespace SigmoidApi.Storage;

/// <summary>
/// The files of data sets under the storage directory. <c>datasets/{id}.parquet</c> is permanent; <c>uploads/{id}.*</c> are staged files, which exist while
/// a request works on them. It holds a lock (flock) on <c>uploads/{id}.lock</c>, so that a sweep by another process leaves them alone.
/// </summary>
public sealed partial class DatasetFiles : IDisposable
{
    private readonly string _datasets;
    private readonly string _uploads;

    public DatasetFiles(string storageDirectory)
    {
        Root = Path.GetFullPath(storageDirectory);
        _datasets = Directory.CreateDirectory(Path.Combine(Root, StorageDirectory.DatasetsName)).FullName;
        _uploads = Directory.CreateDirectory(Path.Combine(Root, StorageDirectory.UploadsName)).FullName;
        Scratch = new ScratchDirectory(Root);
    }

    /// <summary>The storage directory, absolute.</summary>
    public string Root { get; }

    /// <summary>Whether any data set has a file.</summary>
    public bool HasDatasets => Directory.EnumerateFiles(_datasets).Any();

    public string ParquetPath(Guid id) => ParquetPath(Root, id);

    public static string ParquetPath(string storageDirectory, Guid id) => Path.Combine(storageDirectory, StorageDirectory.DatasetsName, $"{id}.parquet");

    /// <summary>The directory where this process writes what does not fit in memory.</summary>
    public ScratchDirectory Scratch { get; }

    /// <summary>Opens a file to send it. An open file stays readable to its end, even if it is deleted meanwhile.</summary>
    public static FileStream OpenRead(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 128 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>Creates staged files of an id; disposing them deletes what was not published.</summary>
    public StagedFiles Stage(Guid id) => new(Path.Combine(_uploads, id.ToString()), id);

    /// <summary>Writes a body to disk while it arrives, decompressed and in UTF-8. Disposing the result deletes what was not published.</summary>
    /// <param name="id">The id that the data set will have.</param>
    /// <param name="body">The file as it is sent.</param>
    /// <param name="coding">The compression that the request names.</param>
    /// <param name="charset">The charset that the request names; a byte order mark takes precedence.</param>
    /// <param name="maxBytes">The most bytes that the body may have, both as sent and decompressed.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="DatasetTooLargeException">The body has more than <paramref name="maxBytes"/>.</exception>
    /// <exception cref="InvalidUploadException">The compressed file is truncated or corrupt.</exception>
    /// <exception cref="InvalidDatasetException">The text is not in its charset.</exception>
    internal async Task<StagedFiles> ReceiveAsync(
        Guid id, Stream body, ContentCoding coding, Charset charset, long maxBytes, CancellationToken cancellationToken)
    {
        const string Option = "Datasets:MaxUploadBytes";
        var staged = Stage(id);
        await using var sent = new UploadStream(body, maxBytes, Option);
        try
        {
            await using var decompressed = new Decompression(sent, coding, maxBytes, Option);
            await using var plain = new Utf8Transcoding(decompressed, charset);
            await CopyAsync(plain, staged, cancellationToken);
            await staged.Content.FlushAsync(cancellationToken);
            (staged.Bytes, staged.Sha256, staged.Compression) = (sent.Bytes, sent.Sha256, decompressed.Found?.ToString().ToLowerInvariant());
            return staged;
        }
        catch (InvalidDataException broken) when (!sent.IsBroken)
        {
            staged.Dispose();
            throw new InvalidUploadException(broken.Message, broken);
        }
        catch (InvalidTextException wrong)
        {
            staged.Dispose();
            ForeignContent.Refuse(wrong.Start.Span);
            throw new InvalidDatasetException([.. wrong.Faults.Select(fault => new DatasetError(fault.Line, null, fault.Message))], wrong.LineCount);
        }
        catch
        {
            staged.Dispose();
            throw;
        }
    }

    /// <summary>Copies with two buffers: one is written to disk while the other is filled from the network and hashed.</summary>
    private static async Task CopyAsync(Stream plain, StagedFiles staged, CancellationToken cancellationToken)
    {
        const int BufferBytes = 512 * 1024;
        var (filling, draining) = (ArrayPool<byte>.Shared.Rent(BufferBytes), ArrayPool<byte>.Shared.Rent(BufferBytes));
        var writing = Task.CompletedTask;
        try
        {
            int read;
            while ((read = await plain.ReadAsync(filling.AsMemory(0, BufferBytes), cancellationToken)) > 0)
            {
                if (staged.Start.Length == 0)
                    staged.Start = filling[..Math.Min(read, 1024)];
                await writing;
                writing = staged.Content.WriteAsync(filling.AsMemory(0, read), cancellationToken).AsTask();
                (filling, draining) = (draining, filling);
            }

            await writing;
        }
        finally
        {
            // A buffer goes back to the pool only when it is no longer being written.
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(filling);
            ArrayPool<byte>.Shared.Return(draining);
        }
    }

    /// <summary>Moves a Parquet file to its permanent path. On return it survives a power cut.</summary>
    public void Publish(Guid id, string parquetPath)
    {
        Sync(parquetPath);
        File.Move(parquetPath, ParquetPath(id));
        SyncDirectory(_datasets);
    }

    /// <summary>Checks that the file of a data set can be opened.</summary>
    /// <exception cref="DatasetFileException">It can't: the storage has a fault, which may be transient.</exception>
    public void RequireReadable(Guid id)
    {
        try
        {
            using var file = File.OpenHandle(ParquetPath(id));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetFileException($"The file of data set {id} can't be opened.", e);
        }
    }

    public void Delete(Guid id) => File.Delete(ParquetPath(id));

    public void Dispose() => Scratch.Dispose();

    /// <summary>
    /// Removes staged files that no process works on, files of data sets without a database row, and the scratch files of processes that have ended. Several
    /// processes may sweep at the same time. <paramref name="idsWithRows"/> is called after the files are listed: a row that is added in between belongs to
    /// a file that was locked or did not exist yet.
    /// </summary>
    /// <returns>The number of files and directories removed.</returns>
    public async Task<int> SweepAsync(Func<CancellationToken, Task<HashSet<Guid>>> idsWithRows, CancellationToken cancellationToken)
    {
        var published = Directory.GetFiles(_datasets);
        var (removed, active) = SweepUploads();
        var ids = await idsWithRows(cancellationToken);
        foreach (var file in published)
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (active.Contains(name) || (Guid.TryParse(name, out var id) && ids.Contains(id)))
                continue;
            if (FileRemoval.Remove(file))
                removed++;
        }

        return removed + ScratchDirectory.Sweep(Root);
    }

    /// <summary>Removes the part that needs no database: staged files that no process works on, and the scratch files of processes that have ended.</summary>
    /// <returns>The number of files and directories removed.</returns>
    public int SweepAbandoned() => SweepUploads().Removed + ScratchDirectory.Sweep(Root);

    private (int Removed, HashSet<string> Active) SweepUploads()
    {
        var removed = 0;
        var active = new HashSet<string>();
        foreach (var lockFile in Directory.GetFiles(_uploads, "*" + LockFile.Extension))
        {
            if (LockFile.TryRemove(lockFile))
                removed++;
            else
                active.Add(Path.GetFileNameWithoutExtension(lockFile));
        }

        foreach (var rest in Directory.GetFileSystemEntries(_uploads))
        {
            var name = Path.GetFileName(rest);
            // An upload that began after the listing above is left alone too: its lock file exists by now.
            if (active.Contains(name.Split('.')[0]) || File.Exists(Path.Combine(_uploads, name.Split('.')[0] + LockFile.Extension)))
                continue;
            if (FileRemoval.Remove(rest))
                removed++;
        }

        return (removed, active);
    }

    internal static void Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    // A rename is durable only after its directory is synced, and .NET can't open a directory.
    internal static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = OpenDescriptor(path, flags: 0);
        if (descriptor < 0)
            throw new IOException($"Cannot open the directory '{path}' to sync it (errno {Marshal.GetLastPInvokeError()}).");
        var failed = SyncDescriptor(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = CloseDescriptor(descriptor);
        if (failed)
            throw new IOException($"Cannot sync the directory '{path}' (errno {error}).");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDescriptor(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseDescriptor(int descriptor);
}
