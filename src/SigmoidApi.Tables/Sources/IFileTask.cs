namespace SigmoidApi.Tables.Sources;

/// <summary>Something that is to be done with a received file.</summary>
internal interface IFileTask
{
    FileToRead File { get; }

    /// <summary>The file that it writes.</summary>
    string WrittenPath { get; }

    /// <summary>Where what does not fit in memory is spilled.</summary>
    string SpillDirectory { get; }
}
