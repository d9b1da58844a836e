namespace SigmoidApi.Tables.Sources;

/// <summary>A task of a worker process that reads an uploaded file.</summary>
internal interface IFileTask
{
    TableFile File { get; }

    /// <summary>The file that the task writes.</summary>
    string WrittenPath { get; }

    /// <summary>The directory for data that does not fit in memory.</summary>
    string SpillDirectory { get; }
}
