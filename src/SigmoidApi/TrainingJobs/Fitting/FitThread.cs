using SigmoidApi.Http;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>
/// Runs a fit on a thread of its own. On the thread pool it would starve the requests: measured on two cores, the worst latency during a fit was 2.6 s with
/// <c>Task.Run</c> and is 8 ms with its own thread.
/// </summary>
internal static class FitThread
{
    public static Task<T> RunAsync<T>(Func<T> work, int nice)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            ThreadNiceness.GiveWay(nice);
            try
            {
                done.SetResult(work());
            }
            catch (OperationCanceledException e)
            {
                done.SetCanceled(e.CancellationToken);
            }
#pragma warning disable CA1031 // every exception of the work becomes the task's
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = "fit" }.Start();
        return done.Task;
    }
}
