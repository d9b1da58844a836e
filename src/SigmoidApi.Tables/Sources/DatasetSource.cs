using SigmoidApi.Tables.DuckDb;

namespace SigmoidApi.Tables.Sources;

/// <summary>A file of any format as DuckDB reads it: a relation, and what to take from it.</summary>
/// <param name="From">What stands after FROM.</param>
/// <param name="Columns">In the order of the file.</param>
/// <param name="Rows">How many rows there are, where reading found it out; null where DuckDB says.</param>
/// <param name="Dialect">How separated values are written; null of another format.</param>
/// <param name="DecimalPoint">Of the numbers that are texts; null of a format that has none.</param>
/// <param name="Form">Which form of JSON it turned out to be; null of another format.</param>
/// <param name="Typed">The columns by the file's own types, whatever their values look like; null where those of <paramref name="From"/> say it.</param>
/// <param name="All">The columns of the file, those too that are left out of <paramref name="Columns"/>; null where none is.</param>
/// <param name="Warnings">What to know of the file as a whole; null where there is nothing.</param>
/// <param name="SkippedLines">Of separated values the lines that are no part of the table; null of another format.</param>
/// <param name="Lines">Finds on which lines rows begin; null of a format without lines, or with a row on each.</param>
internal sealed record DatasetSource(
    string From, IReadOnlyList<SourceColumn> Columns, long? Rows = null, CsvDialect? Dialect = null, DatasetFormat? Form = null,
    char? DecimalPoint = null, IReadOnlyList<SourceColumn>? Typed = null, IReadOnlyList<SourceColumn>? All = null,
    IReadOnlyList<DatasetWarning>? Warnings = null, IReadOnlyList<long>? SkippedLines = null, RowLines? Lines = null)
{
    /// <summary>Every column as it is kept, by its name.</summary>
    public string Select => $"select {string.Join(", ", Columns.Select(column => $"{column.Stored} as {DuckDbSession.Identifier(column.Name)}"))} from {From}";
}

/// <summary>Finds on which lines of a file rows begin.</summary>
/// <param name="rows">The rows, counted from 0.</param>
/// <param name="cancellationToken">Checked for every buffer of the file.</param>
/// <returns>The line of each row that was found, counted from 1.</returns>
internal delegate IReadOnlyDictionary<long, long> RowLines(IReadOnlySet<long> rows, CancellationToken cancellationToken);
