namespace SigmoidApi.Storage;

/// <summary>
/// A directory of this process's own for what does not fit in memory, <c>scratch/{id}</c> under the storage directory. Beside it lies <c>{id}.lock</c>, on which the process
/// holds a lock (flock) as long as it lives: the sweep of whatever process on the same storage directory takes what no lock guards.
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

    /// <summary>A file or directory that is not there yet.</summary>
    public string NewPath() => System.IO.Path.Combine(Path, Guid.CreateVersion7().ToString());

    public void Dispose()
    {
        FileRemoval.Remove(Path);
        _lock.Dispose();
    }

    /// <summary>Removes the directories of processes that have ended without doing so themselves. Returns how many.</summary>
    internal static int Sweep(string storageDirectory)
    {
        var removed = 0;
        foreach (var file in Directory.GetFiles(AllUnder(storageDirectory), "*" + LockFile.Extension))
            LockFile.TryRemove(file);
        // The lock is there before its directory.
        foreach (var directory in Directory.GetDirectories(AllUnder(storageDirectory)))
        {
            if (!File.Exists(directory + LockFile.Extension) && FileRemoval.Remove(directory))
                removed++;
        }

        return removed;
    }

    private static string AllUnder(string storageDirectory) => System.IO.Path.Combine(storageDirectory, "scratch");
}
