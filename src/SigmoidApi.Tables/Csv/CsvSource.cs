using System.Globalization;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Csv;

/// <summary>Separated values: their dialect is detected, every byte is scanned, and DuckDB reads them with the types found.</summary>
internal static class CsvSource
{
    // A quarter of DuckDB's default: memory that is used again is not touched for the first time. 1,000,000 × 28 takes 21,000 page faults instead of 140,000,
    // and half of the time.
    private const int BufferBytes = 8 * 1024 * 1024;

    public static DatasetSource Open(DuckDbSession session, FileToRead task, bool asTexts, CancellationToken cancellationToken)
    {
        var (path, dialect, header, scan, isSignKnown, skipped) = CsvFile.Read(task, session.CopyPath, cancellationToken);
        var types = new string[scan.Columns.Count];
        var columns = new SourceColumn[scan.Columns.Count];
        var mistakes = new WrittenMistakes();
        for (var i = 0; i < columns.Length; i++)
        {
            var found = scan.Columns[i];
            var type = found.Type(task.Wanted(found.Name), mistakes);
            var direct = !asTexts && !found.HasBlanks
                && ((type == StoredType.Text && !found.HasPadding) || (found.IsPlain && type is StoredType.Real or StoredType.Whole));
            types[i] = direct && type == StoredType.Real ? "DOUBLE" : direct && type == StoredType.Whole ? "BIGINT" : "VARCHAR";
            var name = string.Create(CultureInfo.InvariantCulture, $"c{i}");
            var stored = direct ? name : session.Written.Expression(name, type, found.Convention, dialect.Missing);
            var dateOrder = type is StoredType.Date or StoredType.Time ? found.DateOrder : null;
            columns[i] = new(found.Name, type, stored, name, found.Hint(type, isSignKnown), dateOrder, found.Decimals.Point);
        }

        mistakes.ThrowIfAny();
        return new(From(path, header, dialect, types, asTexts, task.MaxLineBytes), columns, scan.Rows, dialect, SkippedLines: skipped,
            Lines: (rows, token) => CsvLines.Find(task, dialect, header, rows, token));
    }

    /// <summary>Whether DuckDB takes a text for one that stands for a missing value: it refuses those in which cells end or are quoted.</summary>
    public static bool IsNullOfReader(CsvDialect dialect, string text) =>
        !text.Contains(dialect.Delimiter, StringComparison.Ordinal) && (dialect.Quote is not { } quote || !text.Contains(quote, StringComparison.Ordinal));

    private static string From(string path, CsvHeader header, CsvDialect dialect, string[] types, bool asTexts, int maxLineBytes)
    {
        // Stand-in names: what DuckDB makes of a name in a struct of types is then no concern.
        var columns = string.Join(", ", types.Select((type, i) => string.Create(CultureInfo.InvariantCulture, $"'c{i}': '{type}'")));
        var quote = dialect.Quote is { } character ? DuckDbSession.Literal(character.ToString()) : "''";
        // A text that stands for a missing value stays what it is in a file that is given back.
        var nulls = string.Join(", ", (asTexts ? [] : dialect.NullValues.Where(text => IsNullOfReader(dialect, text))).Prepend("").Select(DuckDbSession.Literal));
        // An empty line is passed over, except in a file of one column, where DuckDB makes a null of it. (force_not_null makes stray numbers of it.)
        var filter = header.Columns.Count == 1 ? " where c0 is not null" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"""
            read_csv({DuckDbSession.Literal(path)}, columns = {"{"}{columns}{"}"}, auto_detect = false, hive_partitioning = false,
                header = {(dialect.Header ? "true" : "false")}, delim = {DuckDbSession.Literal(dialect.Delimiter.ToString())},
                quote = {quote}, escape = {quote}, decimal_separator = '{dialect.DecimalPoint}',
                nullstr = [{nulls}], max_line_size = {maxLineBytes}, buffer_size = {Math.Max(BufferBytes, 2 * maxLineBytes)}, strict_mode = true){filter}
            """);
    }
}
