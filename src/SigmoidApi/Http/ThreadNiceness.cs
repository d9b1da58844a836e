using System.Runtime.InteropServices;

namespace SigmoidApi.Http;

/// <summary>How threads that compute give way to those of requests.</summary>
internal static partial class ThreadNiceness
{
    private const int LeastImportant = 19;

    /// <summary>
    /// Makes the calling thread nicer than the process was started: by 0 it is as important as the others, by 19 the least important. Linux has a
    /// nice value for each thread; on other systems any value above 0 is <see cref="ThreadPriority.BelowNormal"/>, which Windows heeds.
    /// </summary>
    public static void GiveWay(int nice)
    {
        // On Linux .NET ignores Thread.Priority. A who of 0 is the calling thread alone, and the process's id its first thread, which has the
        // nice value that the process was started with (setpriority(2)).
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
