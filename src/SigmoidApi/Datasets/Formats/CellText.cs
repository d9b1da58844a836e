using System.Globalization;
using System.Text;

namespace SigmoidApi.Datasets.Formats;

/// <summary>
/// Reads a text that stands in a column of numbers, booleans or dates as the import of separated values reads such a cell: readers of CSV give texts in every
/// language. The import lets DuckDB make the values, and a test holds the two to each other.
/// </summary>
internal static class CellText
{
    private static readonly byte[] Grammar = CsvGrammar.BuildTable(new CsvDialect(',', Quote: null, '.', Header: true, CsvDialect.DefaultNullValues));

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Missing =
        new HashSet<string>([.. CsvDialect.DefaultNullValues, ""], StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Marks =
        new HashSet<string>(CsvDialect.Marks, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The number that models know the value by; NaN where it is missing, null where the text is none.</summary>
    public static double? NumberOf(string text, ColumnType type)
    {
        var cell = text.AsSpan().Trim(" \t");
        if (Missing.Contains(cell) || Marks.Contains(cell))
            return double.NaN;
        if (type == ColumnType.DateTime)
            return CsvDate.Days(cell.ToString());
        if (type == ColumnType.Boolean)
            return cell is "1" || Ascii.EqualsIgnoreCase(cell, "true") ? 1 : cell is "0" || Ascii.EqualsIgnoreCase(cell, "false") ? 0 : null;
        if (WrittenNumber.Is(Encoding.UTF8.GetBytes(cell.ToString()), '.', out _, out _))
            return double.Parse(WrittenNumber.Plain(cell.ToString()), CultureInfo.InvariantCulture);
        return IsNumber(cell) && double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }

    private static bool IsNumber(ReadOnlySpan<char> cell)
    {
        var state = CsvGrammar.Start;
        foreach (var character in cell)
        {
            if (character > '\x7F' || state == CsvGrammar.End)
                return false;
            state = Grammar[(state << 8) + character];
        }

        return state != CsvGrammar.End && CsvGrammar.IsNumber(state);
    }
}
