using Microsoft.Extensions.Options;

namespace SigmoidApi.Storage;

/// <summary>
/// The directory of the service's state. With SQLite this process locks it, so that a second process can't treat the first one's jobs as abandoned.
/// Replicas on one PostgreSQL share it.
/// </summary>
public sealed class StorageDirectory(IOptions<StorageOptions> options, IHostEnvironment environment) : IDisposable
{
    /// <summary>SQLite's database.</summary>
    public const string DatabaseName = "sigmoid.db";

    /// <summary>The directory of the data sets' Parquet files.</summary>
    public const string DatasetsName = "datasets";

    /// <summary>The directory of files that are being received.</summary>
    public const string UploadsName = "uploads";

    /// <summary>The directory of temporary data that does not fit in memory.</summary>
    public const string ScratchName = "scratch";

    private const string LockName = ".lock";

    private FileStream? _lock;

    /// <summary>The absolute path; a relative setting is resolved from the content root.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(options.Value.Directory, environment.ContentRootPath);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Creates the directory if it is missing, and locks it. The system releases the lock when the process ends, even if it is killed.</summary>
    /// <exception cref="StorageDirectoryException">The directory can't be created or written to, or another process uses it.</exception>
    public void Open()
    {
        try
        {
            Directory.CreateDirectory(Path);
            foreach (var name in (string[])[DatasetsName, UploadsName, ScratchName, DatabaseName, DatabaseName + "-wal", DatabaseName + "-shm", LockName])
                FileModes.Tighten(File(name));
            _lock = new FileStream(
                File(LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, options.Value.IsShared ? FileShare.ReadWrite : FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageDirectoryException(
                $"Storage:Directory '{Path}' can't be used: "
                + "it must be a directory that this process may write to and that no other SigmoidApi process uses.",
                e);
        }
    }

    public void Dispose() => _lock?.Dispose();
}
