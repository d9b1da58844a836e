namespace SigmoidApi.Storage;

/// <summary>Removes files that several processes may remove at once.</summary>
internal static class FileRemoval
{
    /// <summary>Removes a file, or a directory with its content. Returns false if another process has already removed it.</summary>
    public static bool Remove(string path)
    {
        try
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else if (File.Exists(path))
                File.Delete(path);
            else
                return false;
            return true;
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            return false;
        }
    }
}
