namespace SigmoidApi.Storage;

/// <summary>
/// A file on which a process holds a lock (flock) as long as it works on what the file stands for. The lock ends with the process, whatever becomes of it: a sweep, of any
/// process, takes the files that nobody holds.
/// </summary>
internal static class LockFile
{
    public const string Extension = ".lock";

    /// <summary>Makes the file and holds it until it is disposed, which removes it.</summary>
    public static FileStream Hold(string path)
    {
        while (true)
        {
            try
            {
                var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
                // A sweep that came between the making of the file and its lock has taken the file away.
                if (File.Exists(path))
                    return held;
                held.Dispose();
            }
            catch (IOException e) when (IsHeld(e))
            {
                // By a sweep that is about to take it away.
                Thread.Yield();
            }
        }
    }

    /// <summary>Removes a file that nobody holds. Returns whether it is gone.</summary>
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

    private static bool IsHeld(IOException failure) => (failure.HResult & 0xFFFF) is 11 or 32 or 35; // EAGAIN of Linux, ERROR_SHARING_VIOLATION, EAGAIN of macOS
}
