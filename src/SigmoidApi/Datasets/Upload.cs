using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Charsets;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Datasets;

/// <summary>A received file on disk, or the problem that stopped it. Disposing deletes the files that were not published.</summary>
internal sealed class Upload : IDisposable
{
    public ProblemHttpResult? Failure { get; private init; }

    /// <summary>The file on disk; null after a failure.</summary>
    public StagedFiles? Staged { get; init; }

    /// <summary>The description of the file for its reader; null after a failure.</summary>
    public TableFile? File { get; init; }

    /// <summary>The form that the file came in; its other parts replace parameters of the query. Null where the file was the body.</summary>
    public UploadForm? Form { get; init; }

    /// <summary>A name for the data set, made from the file's name; null where none can be made.</summary>
    public string? Name { get; init; }

    /// <summary>The charset of the text, as the request names it.</summary>
    public Charset Charset { get; init; } = Charset.Utf8;

    public static Upload Failed(ProblemHttpResult failure) => new() { Failure = failure };

    public void Dispose() => Staged?.Dispose();
}
