using System.Text;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Models;

/// <summary>
/// A column that a model needs. It converts values to what the model takes: a number, or the code of a level. Records and files of every format use this one
/// conversion.
/// </summary>
internal sealed class ServedColumn
{
    private readonly bool _takesMissing;
    private readonly Dictionary<string, int> _codesByValue = new(StringComparer.Ordinal);

    /// <param name="column">The column of the model.</param>
    /// <param name="fitted">The same column for the preparation of rows.</param>
    /// <param name="index">Its index among the numbers, or among the categories.</param>
    /// <param name="decimalPoint">The decimal sign of the data that the model was fitted to.</param>
    /// <param name="takesMissing">Whether a value may be missing.</param>
    public ServedColumn(PreparedColumn column, FittedColumn fitted, int index, char decimalPoint, bool takesMissing)
    {
        (Name, Type, Category, Index) = (column.Name, column.Type, fitted as FittedCategory, index);
        Convention = new(decimalPoint, column.DateOrder);
        _takesMissing = takesMissing;
        foreach (var level in Category is null ? [] : Category.Levels.Concat(Category.Infrequent))
        {
            // If two levels have the same value, the value means neither of them. Each is still found by its text.
            if (KeyOfLevel(level) is { } key && !_codesByValue.TryAdd(key, Category!.CodeOf(level)))
                _codesByValue[key] = FittedCategory.UnknownCode;
        }
    }

    public string Name { get; }

    public ColumnType Type { get; }

    /// <summary>Its levels; null for a number.</summary>
    public FittedCategory? Category { get; }

    /// <summary>Its index among the numbers, or among the categories.</summary>
    public int Index { get; }

    /// <summary>How numbers and dates are written in the data that the model was fitted to.</summary>
    public WrittenConvention Convention { get; }

    // Levels of other types are compared by their value too.
    private bool IsOfTexts => Type is ColumnType.Category or ColumnType.Text;

    /// <summary>The number of a written value: NaN if it is missing, null if it can't be read.</summary>
    /// <param name="text">The value, in UTF-8.</param>
    /// <param name="convention">How numbers and dates are written.</param>
    /// <param name="missing">The texts that mean a missing value.</param>
    public double? NumberOf(ReadOnlySpan<byte> text, WrittenConvention convention, MissingWords missing)
    {
        text = TextCursor.Trim(text);
        if (missing.IsMissing(text))
            return Missing;
        // The caller named other words for missing values, so the usual words are not values either.
        if (missing != MissingWords.Default && MissingWords.Default.IsMissing(text))
            return null;
        return WrittenValue.Read(text, Type, convention);
    }

    /// <summary>The value for a number, where NaN means missing. Null in a column of dates, where a number is not a value.</summary>
    public double? NumberOf(double number) => double.IsNaN(number) ? Missing : Type == ColumnType.DateTime ? null : number;

    /// <summary>1 for true and 0 for false; null if the column is not boolean.</summary>
    public double? NumberOf(bool value) => Type == ColumnType.Boolean ? value ? 1 : 0 : null;

    /// <summary>The number for a missing value; null if the model takes no missing values.</summary>
    public double? Missing => _takesMissing ? double.NaN : null;

    /// <summary>The code of a written value: that of the level with the same text, or with the same value.</summary>
    /// <param name="text">The value as it is written.</param>
    /// <param name="convention">How numbers and dates are written.</param>
    /// <param name="missing">The texts that mean a missing value. With the default ones, a text that is a level of the model is this level.</param>
    public int CodeOf(string text, WrittenConvention convention, MissingWords missing)
    {
        var code = Category!.CodeOf(text);
        if (code != FittedCategory.UnknownCode && missing == MissingWords.Default)
            return code;
        var trimmed = text.AsSpan().Trim(" \t").ToString();
        var utf8 = Encoding.UTF8.GetBytes(trimmed);
        var isNull = missing.IsNull(TextCursor.Trim(utf8));
        if (missing != MissingWords.Default && isNull)
            return FittedCategory.MissingCode;
        if (code == FittedCategory.UnknownCode)
            code = Category.CodeOf(trimmed);
        if (code != FittedCategory.UnknownCode)
            return code;
        if (isNull)
            return FittedCategory.MissingCode;
        return IsOfTexts ? CodeOfKey(LevelKey.OfWhole(trimmed) ?? Truth(trimmed))
            : NumberOf(utf8, convention, missing) is not { } number ? FittedCategory.UnknownCode
            : double.IsNaN(number) ? FittedCategory.MissingCode
            : CodeOfKey(LevelKey.Of(LevelKey.Shortest(number)));
    }

    /// <summary>
    /// The code of a number: that of the level with the same value, however it is written. Null in a column of dates, where a number is not a value.
    /// </summary>
    /// <param name="number">The number with all its digits, as in JSON.</param>
    public int? CodeOfNumber(string number)
    {
        if (Type == ColumnType.DateTime)
            return null;
        var code = Category!.CodeOf(number);
        return code == FittedCategory.UnknownCode ? CodeOfKey(LevelKey.Of(number)) : code;
    }

    /// <summary>The expected value, for the message about another one.</summary>
    /// <param name="text">The value that was found, if it is a text.</param>
    /// <param name="dates">The order of day, month and year, if it is known.</param>
    public string Expected(ReadOnlySpan<byte> text, DateOrder? dates) => Type switch
    {
        _ when Category is { Unknown: UnknownLevel.Error } && Type != ColumnType.DateTime => "a level that the model has seen",
        ColumnType.DateTime => dates switch
        {
            DateOrder.Dmy => "a date as 2024-01-31, 2024-01-31T12:00:00Z or, the day first, 31/01/2024",
            DateOrder.Mdy => "a date as 2024-01-31, 2024-01-31T12:00:00Z or, the month first, 01/31/2024",
            DateOrder.Ymd => "a date as 2024-01-31, 2024-01-31T12:00:00Z or, the year first, 24/01/31",
            _ when LacksOrder(text, dates) =>
                $"{WrittenColumn.ExpectedDate}, because the model's training data do not show the order of day, month and year",
            _ => WrittenColumn.ExpectedDate,
        },
        ColumnType.Boolean => "true, false or a number",
        _ => "a number",
    };

    /// <summary>Whether a text is a date that needs the order of day, month and year, which is not known.</summary>
    public bool LacksOrder(ReadOnlySpan<byte> text, DateOrder? dates) =>
        Type == ColumnType.DateTime && dates is null && WrittenDate.Of(TextCursor.Trim(text), order: null).Orders != DateOrders.None;

    private int CodeOfKey(string? key) => key is null ? FittedCategory.UnknownCode : _codesByValue.GetValueOrDefault(key, FittedCategory.UnknownCode);

    private string? KeyOfLevel(string level) => LevelKey.Of(level)
        ?? (IsOfTexts ? Truth(level)
            : WrittenValue.NumberOf(level, Type, WrittenConvention.Default) is { } number && double.IsFinite(number) ? LevelKey.Of(LevelKey.Shortest(number))
            : null);

    // Python writes True, R writes TRUE, JSON has true.
    private static string? Truth(string text) => bool.TryParse(text, out var value) ? value.ToString() : null;
}
