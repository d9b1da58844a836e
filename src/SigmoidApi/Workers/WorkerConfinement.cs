using System.Globalization;
using System.Runtime.InteropServices;

namespace SigmoidApi.Workers;

/// <summary>
/// Restricts the process that reads uploaded files, before it reads the first one. It needs no privilege for that, and can't undo it. The numbers are those of
/// Linux (prctl(2), setrlimit(2)); on other systems the process runs without restrictions.
/// </summary>
internal static partial class WorkerConfinement
{
    private const int SetDeathSignal = 1; // PR_SET_PDEATHSIG
    private const int SetNoNewPrivileges = 38; // PR_SET_NO_NEW_PRIVS
    private const int FileSize = 1; // RLIMIT_FSIZE
    private const int Data = 2; // RLIMIT_DATA
    private const int Core = 4; // RLIMIT_CORE
    private const int Files = 7; // RLIMIT_NOFILE
    private const int Kill = 9; // SIGKILL
    private const int FileSizeExceeded = 25; // SIGXFSZ
    private const nint Ignored = 1; // SIG_IGN

    // An import has some twenty files open; DuckDB opens one for each thread and a few more when it spills.
    private const ulong MostFiles = 1024;

    /// <param name="memoryBytes">The most private writable memory of the process.</param>
    /// <param name="fileBytes">The largest file that it may write.</param>
    public static void Apply(ulong memoryBytes, ulong fileBytes)
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Kill this process when the service ends; precisely, when the thread ends that started it: see StartingThread.
        Check(Control(SetDeathSignal, Kill, 0, 0, 0), "prctl(PR_SET_PDEATHSIG)");
        Check(Control(SetNoNewPrivileges, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)");
        Limit(Data, memoryBytes, "RLIMIT_DATA");
        Limit(FileSize, fileBytes, "RLIMIT_FSIZE");
        Limit(Core, 0, "RLIMIT_CORE");
        Limit(Files, MostFiles, "RLIMIT_NOFILE");
        // Without the signal, a write beyond the limit is an error that can be answered, and does not end the process.
        Handle(FileSizeExceeded, Ignored);
        // If the system runs out of memory, it kills this process first.
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report($"oom_score_adj: {e.Message}");
        }
    }

    /// <summary>Ends the process at once. An orderly end might wait for a thread that hangs in native code.</summary>
    public static void End()
    {
        if (OperatingSystem.IsWindows())
            Environment.Exit(0);
        _ = Send(Environment.ProcessId, Kill);
    }

    private static void Limit(int resource, ulong most, string name)
    {
        if (GetLimit(resource, out var limit) == 0)
            most = Math.Min(most, limit.Hard);
        limit = new() { Soft = most, Hard = most };
        Check(SetLimit(resource, in limit), name);
    }

    private static void Check(int result, string what)
    {
        if (result != 0)
            Report(string.Create(CultureInfo.InvariantCulture, $"{what} failed (errno {Marshal.GetLastPInvokeError()})"));
    }

    // The service logs it for its operator. Uploads are read anyway.
    private static void Report(string what) => Console.Error.WriteLine($"The process that reads uploads runs with less confinement than it should: {what}.");

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nuint value, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint Handle(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int process, int signal);
}
