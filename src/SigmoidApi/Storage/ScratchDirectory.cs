namespace SigmoidApi.Storage;

/// <summary>
/// This process's directory for temporary data that does not fit in memory: <c>scratch/{id}</c> under the storage directory. The process holds a lock (flock)
/// on <c>scratch/{id}.lock</c> until it ends. Each process on the same storage directory sweeps the directories without a lock.
/// </summary>
public sealed class ScratchDirectory : IDisposable
{
    private readonly FileStream _lock;

    public ScratchDirectory(string storageDirectory)
    {
        var all = Directory.CreateDirectory(AllUnder(storageDirectory)).FullName;
        Path = System.IO.Path.Combine(all, Guid.CreateVersion7().ToString());
        _lock = LockFile.Hold(Path + LockFile.Extension);
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    /// <summary>The path of a new file or directory.</summary>
    public string NewPath() => System.IO.Path.Combine(Path, Guid.CreateVersion7().ToString());

    public void Dispose()
    {
        FileRemoval.Remove(Path);
        _lock.Dispose();
    }

    /// <summary>Removes the directories of processes that ended without removing them. Returns their number.</summary>
    internal static int Sweep(string storageDirectory)
    {
        var removed = 0;
        foreach (var file in Directory.GetFiles(AllUnder(storageDirectory), "*" + LockFile.Extension))
            LockFile.TryRemove(file);
        // A lock file is created before its directory.
        foreach (var directory in Directory.GetDirectories(AllUnder(storageDirectory)))
        {
            if (!File.Exists(directory + LockFile.Extension) && FileRemoval.Remove(directory))
                removed++;
        }

        return removed;
    }

    private static string AllUnder(string storageDirectory) => System.IO.Path.Combine(storageDirectory, StorageDirectory.ScratchName);
}
