using System.Runtime.InteropServices;

namespace SigmoidApi.Http;

/// <summary>Lowers the priority of computing threads, so that other requests are served first.</summary>
internal static partial class ThreadNiceness
{
    private const int LeastImportant = 19;

    /// <summary>
    /// Adds <paramref name="nice"/> to the nice value of the calling thread: 0 keeps the priority of the process, 19 is the lowest. Linux has a nice value for
    /// each thread; on other systems any value above 0 sets <see cref="ThreadPriority.BelowNormal"/>, which Windows respects.
    /// </summary>
    public static void GiveWay(int nice)
    {
        // On Linux .NET ignores Thread.Priority. In setpriority(2), 0 means the calling thread; the process id means its first thread, which has the nice value
        // that the process was started with.
        if (OperatingSystem.IsLinux())
            _ = SetPriority(which: 0, who: 0, Math.Min(LeastImportant, GetPriority(which: 0, Environment.ProcessId) + nice));
        else
            Thread.CurrentThread.Priority = nice == 0 ? ThreadPriority.Normal : ThreadPriority.BelowNormal;
    }

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, int who);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
