using System.Runtime.InteropServices;

namespace SigmoidApi.Storage;

/// <summary>Restricts files of the service to its user: files 0600, folders 0700, also those that SQLite and DuckDB create.</summary>
internal static partial class FileModes
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Sets the mode of all files that this process and its children create from now on.</summary>
    public static void KeepToOwner()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetMask(0b000_111_111);
    }

    /// <summary>Removes other users' rights from a file that an earlier version created. A file of another user is not changed.</summary>
    public static void Tighten(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        try
        {
            if ((File.GetUnixFileMode(path) & ~Owner) != 0)
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) & Owner);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file does not exist, or another user owns it.
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
