using System.Collections.Concurrent;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Workers;

/// <summary>
/// Starts worker processes, all on one long-lived thread. Linux sends a child the signal of its parent's death when the thread that started it ends (prctl(2),
/// PR_SET_PDEATHSIG), and threads of the pool end at any time.
/// </summary>
internal sealed class StartingThread : IDisposable
{
    private readonly BlockingCollection<TaskCompletionSource<WorkerProcess>> _requests = [];
    private readonly Thread _thread;

    /// <param name="options">The limits of workers.</param>
    /// <param name="onError">Called with the first line that a worker writes to standard error.</param>
    public StartingThread(DatasetOptions options, Action<string> onError)
    {
        _thread = new Thread(() =>
        {
            foreach (var started in _requests.GetConsumingEnumerable())
            {
#pragma warning disable CA1031 // the caller gets the exception
                try
                {
                    started.SetResult(new WorkerProcess(options, onError));
                }
                catch (Exception exception)
                {
                    started.SetException(exception);
                }
#pragma warning restore CA1031
            }
        })
        { IsBackground = true, Name = "starts dataset workers" };
        _thread.Start();
    }

    /// <exception cref="WorkerTroubleException">The system can't start another process.</exception>
    public Task<WorkerProcess> StartAsync()
    {
        var started = new TaskCompletionSource<WorkerProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Add(started);
        return started.Task;
    }

    /// <summary>Ends the thread, and thereby every worker that it has started.</summary>
    public void Dispose()
    {
        _requests.CompleteAdding();
        _thread.Join();
        _requests.Dispose();
    }
}
