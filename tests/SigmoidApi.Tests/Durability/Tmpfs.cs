using System.Diagnostics;

namespace SigmoidApi.Tests.Durability;

/// <summary>
/// A file system mounted over a directory, to be filled up or to be read-only, until it is disposed. Only root may mount one; without that right the test is
/// skipped.
/// </summary>
internal sealed class Tmpfs : IDisposable
{
    private readonly bool _isOwnDirectory;

    public Tmpfs(string directory, string options)
    {
        _isOwnDirectory = !Directory.Exists(directory);
        Path = Directory.CreateDirectory(directory).FullName;
        var isMounted = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", Path) == 0;
        Assert.SkipUnless(isMounted, "needs the right to mount a file system");
    }

    public string Path { get; }

    /// <summary>Writes a file until the disk is full.</summary>
    /// <returns>The path of the file.</returns>
    public string Fill()
    {
        var file = System.IO.Path.Combine(Path, "filler");
        using var filler = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var bytes in new[] { 64 * 1024, 4096 })
        {
            try
            {
                while (true)
                    filler.Write(new byte[bytes]);
            }
            catch (IOException)
            {
                // There is no room for a block of this size.
            }
        }

        return file;
    }

    public void Dispose()
    {
        Run("umount", "-l", Path).ShouldBe(0);
        if (_isOwnDirectory)
            Directory.Delete(Path);
    }

    private static int Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        return process.ExitCode;
    }
}
