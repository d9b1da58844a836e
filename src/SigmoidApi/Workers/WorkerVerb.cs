using System.Text.Json;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Workers;

/// <summary>An operation of worker processes on a received file. The task and the answer are sent as JSON.</summary>
/// <param name="name">The name in requests.</param>
internal abstract class WorkerVerb(string name)
{
    public string Name => name;

    /// <summary>Reads a task: its file, and the operation on it.</summary>
    public abstract (TableFile File, Func<CancellationToken, JsonElement> Run) Read(JsonElement task);
}

/// <inheritdoc/>
/// <param name="name">The name in requests.</param>
/// <param name="run">The operation; called in the worker.</param>
internal sealed class WorkerVerb<TTask, TAnswer>(string name, Func<TTask, CancellationToken, TAnswer> run) : WorkerVerb(name)
    where TTask : IFileTask
{
    public override (TableFile File, Func<CancellationToken, JsonElement> Run) Read(JsonElement task)
    {
        var read = WorkerMessages.Read<TTask>(task);
        return (read.File, cancellationToken => WorkerMessages.Element(run(read, cancellationToken)));
    }
}
