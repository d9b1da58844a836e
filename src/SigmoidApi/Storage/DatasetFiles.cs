using System.Buffers;
using System.Runtime.InteropServices;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Bytes;
using SigmoidApi.Tables.Charsets;
using SigmoidApi.Tables.Csv;

namespace SigmoidApi.Storage;

/// <summary>
/// The files of data sets under the storage directory: <c>datasets/{id}.parquet</c> is kept, <c>uploads/{id}.*</c> lives as long as its upload.
/// An upload holds a lock (flock) on <c>uploads/{id}.lock</c>, so that another process that sweeps the same directory leaves it alone.
/// </summary>
public sealed partial class DatasetFiles : IDisposable
{
    private readonly string _datasets;
    private readonly string _uploads;

    public DatasetFiles(string storageDirectory)
    {
        Root = Path.GetFullPath(storageDirectory);
        _datasets = Directory.CreateDirectory(Path.Combine(Root, "datasets")).FullName;
        _uploads = Directory.CreateDirectory(Path.Combine(Root, "uploads")).FullName;
        Scratch = new ScratchDirectory(Root);
    }

    /// <summary>The storage directory, absolute.</summary>
    public string Root { get; }

    /// <summary>Whether there is a file of any data set.</summary>
    public bool HasDatasets => Directory.EnumerateFiles(_datasets).Any();

    public string ParquetPath(Guid id) => ParquetPath(Root, id);

    public static string ParquetPath(string storageDirectory, Guid id) => Path.Combine(storageDirectory, "datasets", $"{id}.parquet");

    /// <summary>Where this process puts what does not fit in memory.</summary>
    public ScratchDirectory Scratch { get; }

    /// <summary>Opens a file to be sent. Opened, it is there to its end, whoever deletes it.</summary>
    public static FileStream OpenRead(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 128 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>Begins files that the service itself writes; disposing removes what is left of them.</summary>
    public DatasetUpload Begin(Guid id) => new(Path.Combine(_uploads, id.ToString()), id);

    /// <summary>Writes <paramref name="body"/> to disk as it comes, decompressed and in UTF-8; disposing the upload removes what is left of it.</summary>
    /// <param name="id">What its data set will be called.</param>
    /// <param name="body">The file as it was sent.</param>
    /// <param name="coding">How it is compressed, as far as the request says.</param>
    /// <param name="charset">What its text is written in, as far as the request says; a byte order mark counts for more.</param>
    /// <param name="maxBytes">Of the body, and of what it unpacks to.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DatasetTooLargeException">There is more than <paramref name="maxBytes"/>.</exception>
    /// <exception cref="InvalidUploadException">The file is cut off or broken within its compression.</exception>
    /// <exception cref="InvalidDatasetException">The file is not in its charset.</exception>
    internal async Task<DatasetUpload> ReceiveAsync(
        Guid id, Stream body, ContentCoding coding, Charset charset, long maxBytes, CancellationToken cancellationToken)
    {
        const string Option = "Datasets:MaxUploadBytes";
        var upload = Begin(id);
        await using var sent = new SentFile(body, maxBytes, Option);
        try
        {
            await using var decompressed = new Decompression(sent, coding, maxBytes, Option);
            await using var plain = new Utf8Transcoding(decompressed, charset);
            await CopyAsync(plain, upload, cancellationToken);
            await upload.Content.FlushAsync(cancellationToken);
            (upload.Bytes, upload.Sha256, upload.Compression) = (sent.Bytes, sent.Sha256, decompressed.Found?.ToString().ToLowerInvariant());
            return upload;
        }
        catch (InvalidDataException broken) when (!sent.IsBroken)
        {
            upload.Dispose();
            throw new InvalidUploadException(broken.Message, broken);
        }
        catch (InvalidTextException wrong)
        {
            upload.Dispose();
            ForeignContent.Refuse(wrong.Start.Span);
            throw new InvalidDatasetException([.. wrong.Faults.Select(fault => new DatasetError(fault.Line, null, fault.Message))], wrong.LineCount);
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    /// <summary>Copies in two buffers: while one is filled from the network, and hashed, the other goes to the disk.</summary>
    private static async Task CopyAsync(Stream plain, DatasetUpload upload, CancellationToken cancellationToken)
    {
        const int BufferBytes = 512 * 1024;
        var (filling, draining) = (ArrayPool<byte>.Shared.Rent(BufferBytes), ArrayPool<byte>.Shared.Rent(BufferBytes));
        var writing = Task.CompletedTask;
        try
        {
            int read;
            while ((read = await plain.ReadAsync(filling.AsMemory(0, BufferBytes), cancellationToken)) > 0)
            {
                if (upload.Start.Length == 0)
                    upload.Start = filling[..Math.Min(read, 1024)];
                await writing;
                writing = upload.Content.WriteAsync(filling.AsMemory(0, read), cancellationToken).AsTask();
                (filling, draining) = (draining, filling);
            }

            await writing;
        }
        finally
        {
            // A buffer is not anybody else's before it is written.
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(filling);
            ArrayPool<byte>.Shared.Return(draining);
        }
    }

    /// <summary>Makes a Parquet file the data set's: on return it survives a power cut.</summary>
    public void Publish(Guid id, string parquetPath)
    {
        Sync(parquetPath);
        File.Move(parquetPath, ParquetPath(id));
        SyncDirectory(_datasets);
    }

    /// <summary>Makes sure that the file of a data set that has a row is there to be read.</summary>
    /// <exception cref="DatasetFileException">It is not: a trouble of the storage, which may pass.</exception>
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
    /// Removes every upload that no process works on, every data set's file that has no row, and the scratch of processes that are no more. Any number of processes may do so at once.
    /// <paramref name="idsWithRows"/> is asked after the files are listed: a row that appears meanwhile belongs to a file that was locked or not yet there.
    /// </summary>
    /// <returns>How many files and directories were removed.</returns>
    public async Task<int> SweepAsync(Func<CancellationToken, Task<HashSet<Guid>>> idsWithRows, CancellationToken cancellationToken)
    {
        var published = Directory.GetFiles(_datasets);
        var removed = 0;
        var active = new HashSet<string>();
        foreach (var uploaded in Directory.GetFiles(_uploads, "*" + LockFile.Extension))
        {
            if (LockFile.TryRemove(uploaded))
                removed++;
            else
                active.Add(Path.GetFileNameWithoutExtension(uploaded));
        }

        foreach (var rest in Directory.GetFileSystemEntries(_uploads))
        {
            var name = Path.GetFileName(rest);
            // An upload begun since the listing above is left alone too: its own file is there by now.
            if (active.Contains(name.Split('.')[0]) || File.Exists(Path.Combine(_uploads, name.Split('.')[0] + LockFile.Extension)))
                continue;
            if (FileRemoval.Remove(rest))
                removed++;
        }

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

    internal static void Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    // A rename is durable once its directory is synced; .NET opens no directories.
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

/// <summary>A data set has a row, but its file can't be opened.</summary>
public sealed class DatasetFileException(string message, Exception inner) : IOException(message, inner);
