using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SigmoidApi.Datasets;

namespace SigmoidApi.Storage;

/// <summary>
/// The files of data sets under the storage directory: <c>datasets/{id}.parquet</c> is kept, <c>uploads/{id}.*</c> lives as long as its upload.
/// An upload holds a lock on its file (flock), so that another process that sweeps the same directory leaves it alone.
/// </summary>
public sealed partial class DatasetFiles
{
    private readonly string _datasets;
    private readonly string _uploads;

    public DatasetFiles(string storageDirectory)
    {
        Root = Path.GetFullPath(storageDirectory);
        _datasets = Directory.CreateDirectory(Path.Combine(Root, "datasets")).FullName;
        _uploads = Directory.CreateDirectory(Path.Combine(Root, "uploads")).FullName;
    }

    /// <summary>The storage directory, absolute.</summary>
    public string Root { get; }

    public string ParquetPath(Guid id) => Path.Combine(_datasets, $"{id}.parquet");

    /// <summary>Writes <paramref name="body"/> to disk as it comes; disposing the upload removes what is left of it.</summary>
    /// <exception cref="DatasetTooLargeException">The body is longer than <paramref name="maxBytes"/>.</exception>
    public async Task<DatasetUpload> ReceiveAsync(Guid id, Stream body, long maxBytes, CancellationToken cancellationToken)
    {
        var upload = new DatasetUpload(Path.Combine(_uploads, id.ToString()), id);
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (upload.Content.Position + read > maxBytes)
                    throw new DatasetTooLargeException($"The upload is larger than {maxBytes} bytes (Datasets:MaxUploadBytes).");
                hash.AppendData(buffer, 0, read);
                await upload.Content.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            await upload.Content.FlushAsync(cancellationToken);
            upload.Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
            return upload;
        }
        catch
        {
            upload.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Makes the Parquet file of <paramref name="upload"/> the data set's: on return it survives a power cut.</summary>
    public void Publish(DatasetUpload upload)
    {
        using (var parquet = new FileStream(upload.ParquetPath, FileMode.Open, FileAccess.ReadWrite))
            parquet.Flush(flushToDisk: true);
        File.Move(upload.ParquetPath, ParquetPath(upload.Id));
        SyncDirectory(_datasets);
    }

    public void Delete(Guid id) => File.Delete(ParquetPath(id));

    /// <summary>
    /// Removes every upload that no process works on, and every data set's file that has no row.
    /// <paramref name="idsWithRows"/> is asked after the files are listed: a row that appears meanwhile belongs to a file that was locked or not yet there.
    /// </summary>
    /// <returns>How many files and directories were removed.</returns>
    public async Task<int> SweepAsync(Func<CancellationToken, Task<HashSet<Guid>>> idsWithRows, CancellationToken cancellationToken)
    {
        var published = Directory.GetFiles(_datasets);
        var removed = 0;
        var active = new HashSet<string>();
        foreach (var uploaded in Directory.GetFiles(_uploads, "*" + DatasetUpload.Extension))
        {
            if (TryDeleteUnlocked(uploaded))
                removed++;
            else
                active.Add(Path.GetFileNameWithoutExtension(uploaded));
        }

        foreach (var rest in Directory.GetFileSystemEntries(_uploads))
        {
            var name = Path.GetFileName(rest);
            // An upload begun since the listing above is left alone too: its own file is there by now.
            if (active.Contains(name.Split('.')[0]) || File.Exists(Path.Combine(_uploads, name.Split('.')[0] + DatasetUpload.Extension)))
                continue;
            if (Directory.Exists(rest))
                Directory.Delete(rest, recursive: true);
            else
                File.Delete(rest);
            removed++;
        }

        var ids = await idsWithRows(cancellationToken);
        foreach (var file in published)
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (active.Contains(name) || (Guid.TryParse(name, out var id) && ids.Contains(id)))
                continue;
            File.Delete(file);
            removed++;
        }

        return removed;
    }

    private static bool TryDeleteUnlocked(string path)
    {
        try
        {
            using var exclusive = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            File.Delete(path);
            return true;
        }
        catch (IOException)
        {
            return !File.Exists(path);
        }
    }

    // A rename is durable once its directory is synced; .NET opens no directories.
    private static void SyncDirectory(string path)
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
