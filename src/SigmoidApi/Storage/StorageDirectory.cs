using Microsoft.Extensions.Options;

namespace SigmoidApi.Storage;

/// <summary>
/// The directory that this process keeps its state in. With SQLite it is held by a lock, so that a second process can't take the first one's jobs for orphans;
/// replicas on one PostgreSQL share it.
/// </summary>
public sealed class StorageDirectory(IOptions<StorageOptions> options, IHostEnvironment environment) : IDisposable
{
    private FileStream? _lock;

    /// <summary>Absolute; a relative setting starts at the content root.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(options.Value.Directory, environment.ContentRootPath);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the directory where it is missing, and takes its lock, which the system gives back even after a kill.</summary>
    /// <exception cref="StorageDirectoryException">The directory can't be made, written to, or is another process's.</exception>
    public void Open()
    {
        try
        {
            Directory.CreateDirectory(Path);
            foreach (var name in (string[])["datasets", "uploads", "scratch", "sigmoid.db", "sigmoid.db-wal", "sigmoid.db-shm", ".lock"])
                FileModes.Tighten(File(name));
            _lock = new FileStream(File(".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, options.Value.IsShared ? FileShare.ReadWrite : FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageDirectoryException(
                $"Storage:Directory '{Path}' can't be used: it must be a directory that this process may write to and that no other SigmoidApi process uses.", e);
        }
    }

    public void Dispose() => _lock?.Dispose();
}

/// <summary>The storage directory can't be used; the message says what to do.</summary>
public sealed class StorageDirectoryException(string message, Exception inner) : Exception(message, inner);
