using System.Runtime.InteropServices;

namespace SigmoidApi.Storage;

/// <summary>What the service writes is its user's alone: files 0600, folders 0700, whoever makes them, SQLite and DuckDB too.</summary>
internal static partial class FileModes
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>For all that this process and its children make from now on.</summary>
    public static void KeepToOwner()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetMask(0b000_111_111);
    }

    /// <summary>Takes the rights of others away from what an earlier version has made; what belongs to another user stays as it is.</summary>
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
            // Not there, or not ours.
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
