using System.Text.Json;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Workers;

/// <summary>Something that worker processes do with a received file. The task and the answer travel as JSON.</summary>
/// <param name="name">By which the process that asks and the worker know it.</param>
internal abstract class WorkerVerb(string name)
{
    public string Name => name;

    /// <summary>The file of a task, and what is to be done with it.</summary>
    public abstract (FileToRead File, Func<CancellationToken, JsonElement> Run) Read(JsonElement task);
}

/// <inheritdoc/>
/// <param name="name">By which the process that asks and the worker know it.</param>
/// <param name="run">Does it; called in the worker.</param>
internal sealed class WorkerVerb<TTask, TAnswer>(string name, Func<TTask, CancellationToken, TAnswer> run) : WorkerVerb(name)
    where TTask : IFileTask
{
    public override (FileToRead File, Func<CancellationToken, JsonElement> Run) Read(JsonElement task)
    {
        var read = WorkerMessages.Read<TTask>(task);
        return (read.File, cancellationToken => WorkerMessages.Element(run(read, cancellationToken)));
    }
}
