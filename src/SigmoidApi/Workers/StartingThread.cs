using System.Collections.Concurrent;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Workers;

/// <summary>
/// Starts worker processes, all on one thread that lives as long as this does: Linux sends a child the signal of its parent's death when the thread ends that started it
/// (prctl(2), PR_SET_PDEATHSIG), and threads of the pool come and go.
/// </summary>
internal sealed class StartingThread : IDisposable
{
    private readonly BlockingCollection<TaskCompletionSource<WorkerProcess>> _asked = [];
    private readonly Thread _thread;

    /// <param name="options">What workers may use.</param>
    /// <param name="says">Gets the first error that a worker writes.</param>
    public StartingThread(DatasetOptions options, Action<string> says)
    {
        _thread = new Thread(() =>
        {
            foreach (var started in _asked.GetConsumingEnumerable())
            {
#pragma warning disable CA1031 // it is whoever asked that is to know
                try
                {
                    started.SetResult(new WorkerProcess(options, says));
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

    /// <exception cref="WorkerTroubleException">The system starts no more processes.</exception>
    public Task<WorkerProcess> StartAsync()
    {
        var started = new TaskCompletionSource<WorkerProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked.Add(started);
        return started.Task;
    }

    /// <summary>Ends the thread, and with it every worker that it has started.</summary>
    public void Dispose()
    {
        _asked.CompleteAdding();
        _thread.Join();
        _asked.Dispose();
    }
}
