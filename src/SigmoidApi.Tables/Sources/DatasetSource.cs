using SigmoidApi.Tables.DuckDb;

namespace SigmoidApi.Tables.Sources;

/// <summary>An opened file of any format: a relation in DuckDB, and the columns to read from it.</summary>
/// <param name="From">The relation for a FROM clause.</param>
/// <param name="Columns">The columns in the order of the file.</param>
/// <param name="Rows">The number of rows, if the file was scanned; null if only DuckDB counts them.</param>
/// <param name="Dialect">The dialect of separated values; null for other formats.</param>
/// <param name="DecimalPoint">The decimal sign of numbers in texts; null if there are none.</param>
/// <param name="Form">The detected form of JSON; null for other formats.</param>
/// <param name="Typed">The columns by the file's own types, whatever their values look like; null if <paramref name="From"/> already has these types.</param>
/// <param name="All">The columns of the file including those that are left out of <paramref name="Columns"/>; null if none are.</param>
/// <param name="Warnings">Warnings about the file as a whole; null if there are none.</param>
/// <param name="SkippedLines">The lines of separated values that are not part of the table; null for other formats.</param>
/// <param name="Lines">Finds the lines on which rows begin; null for formats without lines or with a row on each line.</param>
internal sealed record DatasetSource(
    string From,
    IReadOnlyList<SourceColumn> Columns,
    long? Rows = null,
    CsvDialect? Dialect = null,
    DatasetFormat? Form = null,
    char? DecimalPoint = null,
    IReadOnlyList<SourceColumn>? Typed = null,
    IReadOnlyList<SourceColumn>? All = null,
    IReadOnlyList<DatasetWarning>? Warnings = null,
    IReadOnlyList<long>? SkippedLines = null,
    RowLines? Lines = null)
{
    /// <summary>The query for every column as it is stored, with its name.</summary>
    public string Select => $"select {string.Join(", ", Columns.Select(column => $"{column.Stored} as {DuckDbSession.Identifier(column.Name)}"))} from {From}";
}

/// <summary>Finds the lines of a file on which rows begin.</summary>
/// <param name="rows">The rows, counted from 0.</param>
/// <param name="cancellationToken">Checked for every buffer of the file.</param>
/// <returns>The line of each row that was found, counted from 1.</returns>
internal delegate IReadOnlyDictionary<long, long> RowLines(IReadOnlySet<long> rows, CancellationToken cancellationToken);
