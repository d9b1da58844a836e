using System.Globalization;
using System.Text;

namespace SigmoidApi.Datasets.Formats;

/// <summary>The one way from a written value to the number that models know it by: of files of every format, of records and of files to predict.</summary>
internal static class WrittenValue
{
    private static readonly byte[] Grammar = CsvGrammar.BuildTable(new CsvDialect(',', Quote: null, '.', Header: true, CsvDialect.DefaultNullValues));

    /// <summary>The number that models know a value by: itself; 1 and 0 for true and false; days since 1970-01-01 in UTC for a date.</summary>
    /// <param name="cell">UTF-8; blanks around it do not matter.</param>
    /// <param name="type">What its column is.</param>
    /// <param name="convention">How values are read that can be written in two ways.</param>
    /// <returns>NaN where the value is missing, null where it can't be read as that type.</returns>
    public static double? NumberOf(ReadOnlySpan<byte> cell, ColumnType type, WrittenConvention convention)
    {
        cell = cell.Trim(" \t"u8);
        if (MissingWords.Default.IsMissing(cell))
            return double.NaN;
        if (type == ColumnType.DateTime)
            return WrittenDate.Of(cell, convention.Dates) is { Kind: not WrittenDateKind.None } date ? date.Microseconds / WrittenDate.MicrosecondsPerDay : null;
        if (type == ColumnType.Boolean)
            return Ascii.EqualsIgnoreCase(cell, "true"u8) ? 1 : Ascii.EqualsIgnoreCase(cell, "false"u8) ? 0 : NumberOf(cell, ColumnType.Number, convention);
        var text = Encoding.UTF8.GetString(cell);
        if (convention.DecimalPoint == ',')
            cell = Encoding.UTF8.GetBytes(text = text.Replace('.', '\'').Replace(',', '.'));
        if (WrittenNumber.Is(cell, '.', out _, out _))
            return double.Parse(WrittenNumber.Plain(text), CultureInfo.InvariantCulture);
        return IsNumber(cell) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }

    /// <summary>The same of a text.</summary>
    public static double? NumberOf(string cell, ColumnType type, WrittenConvention convention) => NumberOf(Encoding.UTF8.GetBytes(cell), type, convention);

    private static bool IsNumber(ReadOnlySpan<byte> cell)
    {
        var state = CsvGrammar.Start;
        foreach (var value in cell)
        {
            if (state == CsvGrammar.End)
                return false;
            state = Grammar[(state << 8) + value];
        }

        return state != CsvGrammar.End && CsvGrammar.IsNumber(state);
    }
}
