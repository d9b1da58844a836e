using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Options;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Workers;

/// <summary>
/// The worker processes of this service: at most one per concurrent import. Each is kept for a while, since starting one takes longer than a small import.
/// </summary>
internal sealed partial class DatasetWorkers : IDisposable
{
    private readonly DatasetOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<DatasetWorkers> _logger;
    private readonly SemaphoreSlim _turns;
    private readonly ConcurrentStack<(WorkerProcess Process, ITimer Idle)> _idle = new();
    private readonly StartingThread _starting;

    public DatasetWorkers(IOptions<DatasetOptions> options, TimeProvider time, ILogger<DatasetWorkers> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        _turns = new(_options.MaxConcurrentImports);
        _starting = new(_options, LogWorkerError);
    }

    /// <summary>Runs a task in a worker when its turn comes.</summary>
    /// <exception cref="InvalidDatasetException">The file is invalid, crashed two workers, or a worker made no progress with it.</exception>
    /// <exception cref="DatasetTooLargeException">The file exceeds a limit.</exception>
    /// <exception cref="MissingColumnsException">The file lacks columns that a model needs.</exception>
    /// <exception cref="WorkerTroubleException">The file can't be read now, for a reason that is not the file's fault.</exception>
    public async Task<TAnswer> AskAsync<TTask, TAnswer>(WorkerVerb<TTask, TAnswer> verb, TTask task, CancellationToken cancellationToken)
        where TTask : IFileTask
    {
        await _turns.WaitAsync(cancellationToken);
        var seconds = _options.MaxImportSeconds;
        try
        {
            seconds = LongestFor(new FileInfo(task.File.Path).Length);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            return WorkerMessages.Read<TAnswer>(Outcome(await AnswerAsync(new(verb.Name, WorkerMessages.Element(task)), task, either.Token)));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var setting = seconds < _options.MaxImportSeconds ? "Datasets:MinImportSeconds and Datasets:ImportSecondsPerMegabyte" : "Datasets:MaxImportSeconds";
            throw new DatasetTooLargeException($"Reading the file took longer than {seconds} seconds ({setting}).");
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Starts a worker while an upload is still being received, so that it is ready when the file is.</summary>
    /// <exception cref="WorkerTroubleException">The system can't start another process.</exception>
    public async Task PrepareAsync()
    {
        if (_idle.IsEmpty && _turns.CurrentCount > 0)
            Keep(await _starting.StartAsync());
    }

    public void Dispose()
    {
        while (_idle.TryPop(out var worker))
        {
            worker.Idle.Dispose();
            worker.Process.Dispose();
        }

        _starting.Dispose();
        _turns.Dispose();
    }

    private int LongestFor(long bytes) =>
        (int)Math.Min(_options.MaxImportSeconds, _options.MinImportSeconds + bytes / 1e6 * _options.ImportSecondsPerMegabyte);

    // A worker may end for a reason other than its file, for example when the system kills it for its memory. So the file is tried once more in a new worker.
    private async Task<WorkerReply> AnswerAsync(WorkerRequest request, IFileTask task, CancellationToken cancellationToken)
    {
        var kills = MemoryKills.Count();
        try
        {
            return await AskAsync(await TakeAsync(), request, cancellationToken);
        }
        catch (WorkerEndedException ended) when (ended.End != WorkerEnd.Stalled)
        {
            LogEnded(ended.Message);
        }
        catch (WorkerEndedException stalled)
        {
            throw Refused(stalled);
        }

        RemoveWritten(task);
        try
        {
            return await AskAsync(await _starting.StartAsync(), request, cancellationToken);
        }
        catch (WorkerEndedException ended)
        {
            throw ended.End switch
            {
                WorkerEnd.Crashed or WorkerEnd.Stalled => Refused(ended),
                WorkerEnd.HeldUp => new WorkerTroubleException(
                    "Reading an upload was held up twice: check whether the disk under Storage:Directory responds, and whether something suspends processes.",
                    ended.Message),
                _ when MemoryKills.Count() > kills => new WorkerTroubleException(
                    "The system is short of memory and killed the process that reads uploads: "
                    + "give it more than Datasets:MemoryMegabytes in addition to the service's memory, or lower that setting.",
                    ended.Message),
                _ => new WorkerTroubleException("The process that reads uploads was killed twice from outside: check what sends it signals.", ended.Message),
            };
        }
    }

    private InvalidDatasetException Refused(WorkerEndedException ended)
    {
        LogRefused(ended.Message);
        return new InvalidDatasetException(1, null, ended.End == WorkerEnd.Stalled
            ? $"the file can't be read: its reader made no progress for {_options.StallSeconds} seconds (Datasets:StallSeconds)"
            : "the file can't be read: it is damaged in a way that crashes its reader");
    }

    private async Task<WorkerReply> AskAsync(WorkerProcess worker, WorkerRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await worker.AskAsync(request, TimeSpan.FromSeconds(_options.StallSeconds), _time, cancellationToken);
            Keep(worker);
            return reply;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>Removes files of a worker that died, since DuckDB does not overwrite files.</summary>
    private static void RemoveWritten(IFileTask task)
    {
        File.Delete(task.WrittenPath);
        if (Directory.Exists(task.SpillDirectory))
            Directory.Delete(task.SpillDirectory, recursive: true);
    }

    private static JsonElement Outcome(WorkerReply reply) => reply switch
    {
        { Answer: { } answer } => answer,
        { Invalid: { } invalid } => throw new InvalidDatasetException(invalid.Errors, invalid.ErrorCount),
        { MissingColumns: { } columns } => throw new MissingColumnsException(columns),
        { TooLarge: { } limit } => throw new DatasetTooLargeException(limit),
        { Trouble: { } trouble } => throw new WorkerTroubleException(trouble.Advice, trouble.Reason),
        { Failed: { } why } => throw new InvalidOperationException(why),
        _ => throw new InvalidOperationException("A worker's reply is empty."),
    };

    private async Task<WorkerProcess> TakeAsync()
    {
        while (_idle.TryPop(out var worker))
        {
            worker.Idle.Dispose();
            if (!worker.Process.HasExited)
                return worker.Process;
            worker.Process.Dispose();
        }

        return await _starting.StartAsync();
    }

    private void Keep(WorkerProcess worker) =>
        _idle.Push((worker, _time.CreateTimer(_ => DropIdle(), null, TimeSpan.FromSeconds(_options.WorkerIdleSeconds), Timeout.InfiniteTimeSpan)));

    private void DropIdle()
    {
        if (_idle.TryPop(out var worker))
        {
            worker.Idle.Dispose();
            worker.Process.Dispose();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The process that reads uploads says: {Line}")]
    private partial void LogWorkerError(string line);

    [LoggerMessage(LogLevel.Warning, "{Reason} Another process reads it again")]
    private partial void LogEnded(string reason);

    [LoggerMessage(LogLevel.Warning, "{Reason} The file is refused; the service goes on")]
    private partial void LogRefused(string reason);
}
