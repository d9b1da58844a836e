using System.Text.Json.Serialization;
using DuckDB.NET.Data;
using SigmoidApi.Datasets.Engine;
using SigmoidApi.Datasets.Profile;

namespace SigmoidApi.Datasets.Formats;

/// <summary>A file of any format as DuckDB reads it: a relation, and what to take from it.</summary>
/// <param name="From">What stands after FROM.</param>
/// <param name="Columns">In the order of the file.</param>
/// <param name="Rows">How many rows there are, where reading found it out; null where DuckDB says.</param>
/// <param name="Dialect">How separated values are written; null of another format.</param>
/// <param name="Header">Where the rows of separated values begin; null of another format.</param>
/// <param name="DecimalPoint">Of the numbers that are texts; null of a format that has none.</param>
/// <param name="Form">Which form of JSON it turned out to be; null of another format.</param>
/// <param name="Typed">The columns by the file's own types, whatever their values look like; null where those of <paramref name="From"/> say it.</param>
/// <param name="All">The columns of the file, those too that are left out of <paramref name="Columns"/>; null where none is.</param>
/// <param name="Warnings">What to know of the file as a whole; null where there is nothing.</param>
/// <param name="SkippedLines">Of separated values the lines that are no part of the table; null of another format.</param>
internal sealed record DatasetSource(
    string From, IReadOnlyList<SourceColumn> Columns, long? Rows = null, CsvDialect? Dialect = null, CsvHeader? Header = null, DatasetFormat? Form = null,
    char? DecimalPoint = null, IReadOnlyList<SourceColumn>? Typed = null, IReadOnlyList<SourceColumn>? All = null,
    IReadOnlyList<DatasetWarning>? Warnings = null, IReadOnlyList<long>? SkippedLines = null)
{
    /// <summary>Every column as it is kept, by its name.</summary>
    public string Select => $"select {string.Join(", ", Columns.Select(column => $"{column.Stored} as {DuckDbSession.Identifier(column.Name)}"))} from {From}";
}

/// <summary>A column of a file.</summary>
/// <param name="Name">As the file has it.</param>
/// <param name="Type">What it is kept as.</param>
/// <param name="Stored">The expression that makes that of what <see cref="DatasetSource.From"/> gives.</param>
/// <param name="Raw">The expression for the column as the file has it, for files that are given back with something added.</param>
/// <param name="Hint">What a person should know of it, that its values do not show.</param>
/// <param name="DateOrder">Of dates that need one, as 01/31/2024; null of others.</param>
/// <param name="DecimalPoint">The decimal sign that its own texts show; null where they show none.</param>
internal sealed record SourceColumn(
    string Name, StoredType Type, string Stored, string Raw, ColumnWarning? Hint = null, DateOrder? DateOrder = null, char? DecimalPoint = null);

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

/// <summary>A received file, and what is known of it.</summary>
/// <param name="Path">Of its bytes, decompressed and in UTF-8.</param>
/// <param name="Format">How they are to be read.</param>
/// <param name="Csv">What the upload says about a dialect.</param>
/// <param name="Types">What the upload says about columns, by name.</param>
/// <param name="OtherType">What the other columns are taken for; null where that is to be found out.</param>
/// <param name="ExpectedColumns">Names that tell a header, if it has all of them; null where none are known.</param>
/// <param name="MinCells">How many a Parquet file of any size may have.</param>
/// <param name="MaxCellsPerByte">How many more it may have for each of its bytes.</param>
/// <param name="MaxRecordBytes">The largest record of JSON.</param>
/// <param name="MaxNameLength">The longest name of a column, in characters.</param>
/// <param name="LikelyDecimalPoint">The decimal sign of the file where its numbers do not show it: that of the data which a model was fitted to.</param>
public sealed record FileToRead(
    string Path, DatasetFormat Format, CsvOverrides Csv, IReadOnlyDictionary<string, ColumnType> Types, int MaxColumns, int MaxRows, long MinCells,
    int MaxCellsPerByte, int MaxRecordBytes, int MaxNameLength, ColumnType? OtherType = null, IReadOnlyList<string>? ExpectedColumns = null, char? LikelyDecimalPoint = null)
{
    /// <summary>All names of its columns together.</summary>
    public int MaxHeaderBytes { get; init; } = DatasetOptions.DefaultHeaderBytes;

    /// <summary>The longest line of separated values.</summary>
    public int MaxLineBytes { get; init; } = DatasetOptions.DefaultLineBytes;

    /// <summary>The largest footer of Parquet.</summary>
    public int MaxFooterBytes { get; init; } = DatasetOptions.DefaultFooterBytes;

    /// <summary>How far its reading has come.</summary>
    [JsonIgnore]
    public WorkProgress Progress { get; } = new();

    /// <summary>The file from its beginning.</summary>
    internal Stream Open() => new ReceivedFile(Path, Progress);

    /// <summary>What the column of a name is to be kept as; null where that is to be found out.</summary>
    public ColumnType? Wanted(string column) => Types.TryGetValue(column, out var wanted) ? wanted : OtherType;

    /// <summary>A column whose values are yet to be read.</summary>
    /// <param name="column">Its name.</param>
    /// <param name="decimalPoint">The decimal sign of its numbers.</param>
    internal WrittenColumn NewColumn(string column, char decimalPoint) =>
        new(column, new(decimalPoint, Csv.Dates)) { CountsOtherNumbers = Wanted(column) is ColumnType.Boolean };
}
