using System.Text;

namespace SigmoidApi.Tables.Cells;

/// <summary>The one way from a written value to the number that models know it by: of files of every format, of records and of files to predict.</summary>
internal static class WrittenValue
{
    /// <summary>The number that models know a value by: itself; 1 and 0 for true and false; days since 1970-01-01 in UTC for a date.</summary>
    /// <param name="cell">UTF-8; blanks around it do not matter.</param>
    /// <param name="type">What its column is. Where it is of truth values, any number is read: a count that was 0 or 1 in training can be 2.</param>
    /// <param name="convention">
    /// How values are read that can be written in two ways. A number that can be read only with the other decimal sign is read with that one.
    /// </param>
    /// <returns>NaN where the value is missing, null where it can't be read as that type.</returns>
    public static double? NumberOf(ReadOnlySpan<byte> cell, ColumnType type, WrittenConvention convention)
    {
        cell = TextCursor.Trim(cell);
        if (MissingWords.Default.IsMissing(cell))
            return double.NaN;
        return Read(cell, type, convention);
    }

    /// <summary>The same of a text that stands for no missing value.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    /// <param name="type">What its column is.</param>
    /// <param name="convention">How values are read that can be written in two ways.</param>
    public static double? Read(ReadOnlySpan<byte> text, ColumnType type, WrittenConvention convention) => type switch
    {
        ColumnType.DateTime => WrittenDate.Of(text, convention.Dates).Days,
        ColumnType.Boolean when TruthOf(text) is { } truth => truth ? 1 : 0,
        _ => Number(text, convention.DecimalPoint),
    };

    /// <summary>The same of a text.</summary>
    public static double? NumberOf(string cell, ColumnType type, WrittenConvention convention) => NumberOf(Encoding.UTF8.GetBytes(cell), type, convention);

    /// <summary>What true and false say, in capitals or not; null for anything else.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    public static bool? TruthOf(ReadOnlySpan<byte> text) => text.Length switch
    {
        4 when Ascii.EqualsIgnoreCase(text, "true"u8) => true,
        5 when Ascii.EqualsIgnoreCase(text, "false"u8) => false,
        _ => null,
    };

    private static double? Number(ReadOnlySpan<byte> text, char decimalPoint) =>
        WrittenNumber.TryRead(text, out var number) ? number.Value(number.IsReadable(decimalPoint) ? decimalPoint : decimalPoint == ',' ? '.' : ',') : null;
}
