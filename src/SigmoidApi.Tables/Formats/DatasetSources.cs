using DuckDB.NET.Data;
using SigmoidApi.Tables.Csv;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Json;
using SigmoidApi.Tables.Libsvm;
using SigmoidApi.Tables.Parquet;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Formats;

/// <summary>Reads a file's form, and the types of its columns; nothing is kept yet.</summary>
internal static class DatasetSources
{
    /// <param name="session">What will read the rows.</param>
    /// <param name="task">The file and what its upload says of it.</param>
    /// <param name="asTexts">Keep each value's own text beside its type, where the format has one.</param>
    /// <param name="cancellationToken">Looked at every buffer of the file.</param>
    /// <exception cref="InvalidDatasetException">The file is not what it is said to be.</exception>
    /// <exception cref="DatasetTooLargeException">More rows or columns than allowed.</exception>
    public static DatasetSource Open(DuckDbSession session, FileToRead task, bool asTexts, CancellationToken cancellationToken)
    {
        DatasetSource source;
        try
        {
            source = task.Format switch
            {
                DatasetFormat.Csv => CsvSource.Open(session, task, asTexts, cancellationToken),
                DatasetFormat.Parquet => ParquetSource.Open(session, task, cancellationToken),
                DatasetFormat.Libsvm => LibsvmSource.Open(session, task, needsFeatures: task.OtherType is null, cancellationToken),
                _ => JsonSource.Open(session, task, cancellationToken),
            };
        }
        catch (Exception exception) when (exception is DuckDBException or UnreadableChunksException)
        {
            throw Unreadable(session, task, cancellationToken);
        }

        if (source.Columns.Count > task.MaxColumns)
            throw new DatasetTooLargeException($"The file has {source.Columns.Count} columns; at most {task.MaxColumns} are taken (Datasets:MaxColumns).");
        ColumnNames.Check([.. source.Columns.Select(column => column.Name)], task.MaxNameLength);
        session.Settle(source.Columns.Count);
        return source;
    }

    /// <summary>Why the rows of a file can't be read.</summary>
    public static InvalidDatasetException Unreadable(DuckDbSession session, FileToRead task, CancellationToken cancellationToken) => task.Format switch
    {
        DatasetFormat.Parquet => ParquetSource.Unreadable(session, task, cancellationToken),
        // Not met in what the scan lets pass.
        DatasetFormat.Json or DatasetFormat.NdJson => new(1, null, "the records can't be read as the values that were found in them"),
        // Not met in what the scan lets pass, but for a line that is too long.
        _ => new(1, null, $"the rows can't be read: a line takes more than {task.MaxLineBytes} bytes (Datasets:MaxLineBytes), or quotes are not as they should be"),
    };
}
