namespace SigmoidApi.Tables;

/// <summary>One error in a file. Lines count from 1; the header is line 1 in most files. The column is null if the error concerns the whole row.</summary>
public readonly record struct DatasetError(long Line, string? Column, string Message);

/// <summary>The file has invalid content. Holds the first errors, at most <see cref="MaxErrors"/>, and the number of all errors.</summary>
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

/// <summary>The file exceeds a limit. The message names the limit and the setting behind it.</summary>
public sealed class DatasetTooLargeException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The body contradicts its headers: broken compression or another digest. The message is shown to the caller.</summary>
public sealed class InvalidUploadException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A file lacks columns that a model needs.</summary>
public sealed class MissingColumnsException(IReadOnlyList<string> columns) : Exception($"The file lacks {columns.Count} columns that a model needs.")
{
    public IReadOnlyList<string> Columns => columns;
}
