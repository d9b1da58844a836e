namespace SigmoidApi.Tables;

/// <summary>One thing that is wrong in a file. Lines count from 1, the header being line 1 in most files; no column where the whole row is meant.</summary>
public readonly record struct DatasetError(long Line, string? Column, string Message);

/// <summary>The file holds what cannot be kept: the first errors, <see cref="MaxErrors"/> at most, and how many there are.</summary>
public sealed class InvalidDatasetException(IReadOnlyList<DatasetError> errors, long errorCount)
    : Exception($"The file has {errorCount} errors; the first is on line {errors[0].Line}: {errors[0].Message}")
{
    public const int MaxErrors = 10;

    public InvalidDatasetException(long line, string? column, string message)
        : this([new DatasetError(line, column, message)], 1)
    {
    }

    public IReadOnlyList<DatasetError> Errors => errors;

    public long ErrorCount => errorCount;
}

/// <summary>The file is larger than a limit allows; the message names the limit and the option that sets it.</summary>
public sealed class DatasetTooLargeException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The body is not what its headers say: broken compression, another digest. The message is the caller's.</summary>
public sealed class InvalidUploadException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A file lacks columns that a model needs.</summary>
public sealed class MissingColumnsException(IReadOnlyList<string> columns) : Exception($"The file lacks {columns.Count} columns that a model needs.")
{
    public IReadOnlyList<string> Columns => columns;
}
