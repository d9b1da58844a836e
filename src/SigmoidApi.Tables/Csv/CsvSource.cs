using System.Globalization;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Csv;

/// <summary>Opens separated values: detects the dialect, scans every byte, and lets DuckDB read the file with the types found.</summary>
internal static class CsvSource
{
    // A quarter of DuckDB's default, so that memory is reused and causes fewer page faults: 21,000 instead of 140,000 for 1,000,000 × 28 values, in half the
    // time.
    private const int BufferBytes = 8 * 1024 * 1024;

    public static DatasetSource Open(DuckDbSession session, TableFile table, bool asTexts, CancellationToken cancellationToken)
    {
        var (path, dialect, header, scan, isSignKnown, skipped) = CsvFile.Read(table, session.CopyPath, cancellationToken);
        var types = new string[scan.Columns.Count];
        var columns = new SourceColumn[scan.Columns.Count];
        var mistakes = new WrittenMistakes();
        for (var i = 0; i < columns.Length; i++)
        {
            var found = scan.Columns[i];
            var type = found.Type(table.Wanted(found.Name), mistakes);
            var direct = !asTexts && !found.HasBlanks
                && ((type == StoredType.Text && !found.HasPadding) || (found.IsPlain && type is StoredType.Real or StoredType.Whole));
            types[i] = direct && type == StoredType.Real ? "DOUBLE" : direct && type == StoredType.Whole ? "BIGINT" : "VARCHAR";
            var name = string.Create(CultureInfo.InvariantCulture, $"c{i}");
            var stored = direct ? name : session.Written.Expression(name, type, found.Convention, dialect.Missing);
            var dateOrder = type is StoredType.Date or StoredType.Time ? found.DateOrder : null;
            columns[i] = new(found.Name, type, stored, name, found.Hint(type, isSignKnown), dateOrder, found.Decimals.Point);
        }

        mistakes.ThrowIfAny();
        return new(From(path, header, dialect, types, asTexts, table.MaxLineBytes), columns, scan.Rows, dialect, SkippedLines: skipped,
            Lines: (rows, token) => CsvLines.Find(table, dialect, header, rows, token));
    }

    /// <summary>Whether DuckDB accepts a text as one that means a missing value: it refuses texts with a delimiter or a quote.</summary>
    public static bool CanBeNullOfDuckDb(CsvDialect dialect, string text) =>
        !text.Contains(dialect.Delimiter, StringComparison.Ordinal) && (dialect.Quote is not { } quote || !text.Contains(quote, StringComparison.Ordinal));

    private static string From(string path, CsvHeader header, CsvDialect dialect, string[] types, bool asTexts, int maxLineBytes)
    {
        // Stand-in names, so that names need no escaping in DuckDB's struct of types.
        var columns = string.Join(", ", types.Select((type, i) => string.Create(CultureInfo.InvariantCulture, $"'c{i}': '{type}'")));
        var quote = dialect.Quote is { } character ? DuckDbSession.Literal(character.ToString()) : "''";
        // With asTexts, texts that mean a missing value stay as written, for the output of predictions.
        var words = asTexts ? [] : dialect.Missing.Nulls.Where(text => CanBeNullOfDuckDb(dialect, text));
        var nulls = string.Join(", ", words.Prepend("").Select(DuckDbSession.Literal));
        // DuckDB skips empty lines, except in a file of one column, where they become nulls. (With force_not_null they become arbitrary numbers.)
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
