using DuckDB.NET.Data;
using SigmoidApi.Tables.Csv;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Json;
using SigmoidApi.Tables.Libsvm;
using SigmoidApi.Tables.Parquet;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Formats;

/// <summary>Opens a file of any format: checks it and finds its columns and their types. Stores nothing.</summary>
internal static class DatasetSources
{
    /// <param name="session">The session that will read the rows.</param>
    /// <param name="table">The file.</param>
    /// <param name="asTexts">Whether to keep the original text of each value, if the format has texts.</param>
    /// <param name="cancellationToken">Checked for every buffer of the file.</param>
    /// <exception cref="InvalidDatasetException">The file is not valid in its format.</exception>
    /// <exception cref="DatasetTooLargeException">The file has more rows or columns than allowed.</exception>
    public static DatasetSource Open(DuckDbSession session, TableFile table, bool asTexts, CancellationToken cancellationToken)
    {
        DatasetSource source;
        try
        {
            source = table.Format switch
            {
                DatasetFormat.Csv => CsvSource.Open(session, table, asTexts, cancellationToken),
                DatasetFormat.Parquet => ParquetSource.Open(session, table, cancellationToken),
                DatasetFormat.Libsvm => LibsvmSource.Open(session, table, needsFeatures: table.OtherType is null, cancellationToken),
                _ => JsonSource.Open(session, table, cancellationToken),
            };
        }
        catch (Exception exception) when (exception is DuckDBException or UnreadableChunksException)
        {
            throw Unreadable(session, table, cancellationToken);
        }

        if (source.Columns.Count > table.MaxColumns)
            throw new DatasetTooLargeException($"The file has {source.Columns.Count} columns; at most {table.MaxColumns} are taken (Datasets:MaxColumns).");
        ColumnNames.Check([.. source.Columns.Select(column => column.Name)], table.MaxNameLength);
        session.Settle(source.Columns.Count);
        return source;
    }

    /// <summary>Why the rows of a file can't be read.</summary>
    public static InvalidDatasetException Unreadable(DuckDbSession session, TableFile table, CancellationToken cancellationToken) => table.Format switch
    {
        DatasetFormat.Parquet => ParquetSource.Unreadable(session, table, cancellationToken),
        // Not expected: DuckDB can read all that the scan accepts.
        DatasetFormat.Json or DatasetFormat.NdJson => new(1, null, "the records can't be read with the types that were found in them"),
        // Expected only for a line that is too long: DuckDB can read all else that the scan accepts.
        _ => new(
            1, null, $"the rows can't be read: a line takes more than {table.MaxLineBytes} bytes (Datasets:MaxLineBytes), or quotes are not as they should be"),
    };
}
