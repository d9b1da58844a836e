using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace SigmoidApi.Datasets.Import;

/// <summary>
/// The worker processes of this service: as many at once as imports may run, each kept for a while, since starting one takes longer than a small import.
/// </summary>
internal sealed partial class DatasetWorkers(IOptions<DatasetOptions> options, TimeProvider time, ILogger<DatasetWorkers> logger) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(options.Value.MaxConcurrentImports);
    private readonly ConcurrentStack<(WorkerProcess Process, ITimer Idle)> _idle = new();

    /// <summary>Runs a request in a worker when its turn comes.</summary>
    /// <exception cref="InvalidDatasetException">The file is wrong, or crashed two readers.</exception>
    /// <exception cref="DatasetTooLargeException">The file is past a limit.</exception>
    public async Task<WorkerReply> AskAsync(WorkerRequest request, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.MaxImportSeconds), time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            return Outcome(await AnswerAsync(request, either.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DatasetTooLargeException($"Reading the file took longer than {options.Value.MaxImportSeconds} seconds (Datasets:MaxImportSeconds).");
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Starts a worker for an upload that has begun to come in, so that it is ready when the file is.</summary>
    public void Prepare()
    {
        if (_idle.IsEmpty && _turns.CurrentCount > 0)
            Keep(new WorkerProcess());
    }

    public void Dispose()
    {
        while (_idle.TryPop(out var worker))
        {
            worker.Idle.Dispose();
            worker.Process.Dispose();
        }

        _turns.Dispose();
    }

    // A worker may die of something that is not its file, as an idle one that the system killed for its memory: the file is to blame when a fresh one dies of it as well.
    private async Task<WorkerReply> AnswerAsync(WorkerRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(Take(), request, cancellationToken);
        }
        catch (WorkerCrashedException crash)
        {
            LogCrashed(crash);
        }

        request.RemoveWritten();
        try
        {
            return await AskAsync(new WorkerProcess(), request, cancellationToken);
        }
        catch (WorkerCrashedException crash)
        {
            LogCrashedAgain(crash);
            throw new InvalidDatasetException(1, null, "the file can't be read: it is damaged in a way that its reader does not stand");
        }
    }

    private async Task<WorkerReply> AskAsync(WorkerProcess worker, WorkerRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await worker.AskAsync(request, cancellationToken);
            Keep(worker);
            return reply;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    private static WorkerReply Outcome(WorkerReply reply) => reply switch
    {
        { Invalid: { } invalid } => throw new InvalidDatasetException(invalid.Errors, invalid.ErrorCount),
        { MissingColumns: { } columns } => throw new MissingColumnsException(columns),
        { TooLarge: { } limit } => throw new DatasetTooLargeException(limit),
        { Failed: { } why } => throw new InvalidOperationException(why),
        _ => reply,
    };

    private WorkerProcess Take()
    {
        while (_idle.TryPop(out var worker))
        {
            worker.Idle.Dispose();
            if (!worker.Process.HasExited)
                return worker.Process;
            worker.Process.Dispose();
        }

        return new WorkerProcess();
    }

    private void Keep(WorkerProcess worker) =>
        _idle.Push((worker, time.CreateTimer(_ => DropIdle(), null, TimeSpan.FromSeconds(options.Value.WorkerIdleSeconds), Timeout.InfiniteTimeSpan)));

    private void DropIdle()
    {
        if (_idle.TryPop(out var worker))
        {
            worker.Idle.Dispose();
            worker.Process.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The process that read a file died; another reads it")]
    private partial void LogCrashed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "A file crashed the process that read it a second time, and is refused; the service goes on")]
    private partial void LogCrashedAgain(Exception exception);
}
