using System.Text;

namespace SigmoidApi.Tables.Cells;

/// <summary>
/// Converts a written value to the number that a model uses. This is the only way for values of files in every format, for training and prediction, and of
/// records.
/// </summary>
internal static class WrittenValue
{
    /// <summary>The number that a model uses: a number itself; 1 and 0 for true and false; days since 1970-01-01 in UTC for a date.</summary>
    /// <param name="cell">UTF-8; surrounding blanks are ignored.</param>
    /// <param name="type">The column's type. A boolean column accepts any number: a count that was 0 or 1 in training can be 2.</param>
    /// <param name="convention">
    /// How to read ambiguous values. A number that can be read only with the other decimal sign is read with that sign.
    /// </param>
    /// <returns>NaN if the value is missing; null if it can't be read as the type.</returns>
    public static double? NumberOf(ReadOnlySpan<byte> cell, ColumnType type, WrittenConvention convention)
    {
        cell = TextCursor.Trim(cell);
        if (MissingWords.Default.IsMissing(cell))
            return double.NaN;
        return Read(cell, type, convention);
    }

    /// <summary>As <see cref="NumberOf(ReadOnlySpan{byte}, ColumnType, WrittenConvention)"/>, for a text that does not mean a missing value.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    /// <param name="type">The column's type.</param>
    /// <param name="convention">How to read ambiguous values.</param>
    public static double? Read(ReadOnlySpan<byte> text, ColumnType type, WrittenConvention convention) => type switch
    {
        ColumnType.DateTime => WrittenDate.Of(text, convention.Dates).Days,
        ColumnType.Boolean when TruthOf(text) is { } truth => truth ? 1 : 0,
        _ => Number(text, convention.DecimalPoint),
    };

    /// <inheritdoc cref="NumberOf(ReadOnlySpan{byte}, ColumnType, WrittenConvention)"/>
    public static double? NumberOf(string cell, ColumnType type, WrittenConvention convention) => NumberOf(Encoding.UTF8.GetBytes(cell), type, convention);

    /// <summary>Reads true and false, in any case; null for anything else.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    public static bool? TruthOf(ReadOnlySpan<byte> text) => text.Length switch
    {
        4 when Ascii.EqualsIgnoreCase(text, "true"u8) => true,
        5 when Ascii.EqualsIgnoreCase(text, "false"u8) => false,
        _ => null,
    };

    private static double? Number(ReadOnlySpan<byte> text, char decimalPoint) =>
        WrittenNumber.TryRead(text, out var number)
            ? number.Value(number.IsReadable(decimalPoint) ? decimalPoint : decimalPoint == ',' ? '.' : ',')
            : null;
}
