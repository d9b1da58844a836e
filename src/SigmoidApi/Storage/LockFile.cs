namespace SigmoidApi.Storage;

/// <summary>
/// A file that a process locks (flock) while it works on the resource that the file represents. The system releases the lock when the process ends, even if it
/// is killed. Then a sweep of any process removes the file.
/// </summary>
internal static class LockFile
{
    public const string Extension = ".lock";

    /// <summary>Creates and locks the file. Disposing the result removes it.</summary>
    public static FileStream Hold(string path)
    {
        while (true)
        {
            try
            {
                var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
                // If it is gone, a sweep has removed the file between its creation and the lock.
                if (File.Exists(path))
                    return held;
                held.Dispose();
            }
            catch (IOException e) when (IsHeld(e))
            {
                // A sweep holds it and is about to remove it.
                Thread.Yield();
            }
        }
    }

    /// <summary>Removes the file if no process holds its lock. Returns whether the file is gone.</summary>
    public static bool TryRemove(string path)
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

    // EAGAIN of Linux, ERROR_SHARING_VIOLATION, EAGAIN of macOS.
    private static bool IsHeld(IOException failure) => (failure.HResult & 0xFFFF) is 11 or 32 or 35;
}
