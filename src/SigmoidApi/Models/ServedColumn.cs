using System.Text;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Models;

/// <summary>
/// A column that a model needs, and the one way from a value, of a record or a file of any format, to what the model takes: a number, or the code of a level.
/// </summary>
internal sealed class ServedColumn
{
    private readonly bool _takesMissing;
    private readonly Dictionary<string, int> _codesByValue = new(StringComparer.Ordinal);

    /// <param name="column">As the model has it.</param>
    /// <param name="fitted">The same as the numerics know it.</param>
    /// <param name="index">Its place among the numbers, or among the categories.</param>
    /// <param name="decimalPoint">Of the data that the model was fitted to.</param>
    /// <param name="takesMissing">Whether a value may be missing.</param>
    public ServedColumn(PreparedColumn column, FittedColumn fitted, int index, char decimalPoint, bool takesMissing)
    {
        (Name, Type, Category, Index) = (column.Name, column.Type, fitted as FittedCategory, index);
        Convention = new(decimalPoint, column.DateOrder);
        _takesMissing = takesMissing;
        foreach (var level in Category is null ? [] : Category.Levels.Concat(Category.Infrequent))
        {
            // Of two levels of one value neither is meant by it; each is still known by its text.
            if (KeyOfLevel(level) is { } key && !_codesByValue.TryAdd(key, Category!.CodeOf(level)))
                _codesByValue[key] = FittedCategory.UnknownCode;
        }
    }

    public string Name { get; }

    public ColumnType Type { get; }

    /// <summary>Its levels; null of a number.</summary>
    public FittedCategory? Category { get; }

    /// <summary>Its place among the numbers, or among the categories.</summary>
    public int Index { get; }

    /// <summary>How the data that the model was fitted to were written.</summary>
    public WrittenConvention Convention { get; }

    // Texts have no other value than themselves.
    private bool IsOfTexts => Type is ColumnType.Category or ColumnType.Text;

    /// <summary>The number of a written value: NaN where it is missing, null where it can't be read.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="convention">How it is written.</param>
    /// <param name="missing">What stands for a missing value.</param>
    public double? NumberOf(ReadOnlySpan<byte> text, WrittenConvention convention, MissingWords missing)
    {
        text = TextCursor.Trim(text);
        if (missing.IsMissing(text))
            return Missing;
        // The words that usually do, where others were named.
        if (missing != MissingWords.Default && MissingWords.Default.IsMissing(text))
            return null;
        return WrittenValue.Read(text, Type, convention);
    }

    /// <summary>The number of a number: NaN is a missing value; null for a date, which no number is.</summary>
    public double? NumberOf(double number) => double.IsNaN(number) ? Missing : Type == ColumnType.DateTime ? null : number;

    /// <summary>1 and 0 for a column of true and false; null for any other.</summary>
    public double? NumberOf(bool value) => Type == ColumnType.Boolean ? value ? 1 : 0 : null;

    /// <summary>The number of a missing value; null where the model takes none.</summary>
    public double? Missing => _takesMissing ? double.NaN : null;

    /// <summary>The code of a written value: the level that is written the same or, in a column that is not of texts, has the same value.</summary>
    /// <param name="text">As it is written.</param>
    /// <param name="convention">How.</param>
    /// <param name="missing">What stands for a missing value; where the caller has not said it, a level of the model's is a level.</param>
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

    /// <summary>The code of a number: of the level that is the same number, however it is written; null for a date, which no number is.</summary>
    /// <param name="number">With all its digits, as JSON has it.</param>
    public int? CodeOfNumber(string number)
    {
        if (Type == ColumnType.DateTime)
            return null;
        var code = Category!.CodeOf(number);
        return code == FittedCategory.UnknownCode ? CodeOfKey(LevelKey.Of(number)) : code;
    }

    /// <summary>What a value is expected to be, in a message about one that is not.</summary>
    /// <param name="text">The value where it is a text.</param>
    /// <param name="dates">The order of dates that is known.</param>
    public string Expected(ReadOnlySpan<byte> text, DateOrder? dates) => Type switch
    {
        _ when Category is { Unknown: UnknownLevel.Error } && Type != ColumnType.DateTime => "a level that the model has seen",
        ColumnType.DateTime => dates switch
        {
            DateOrder.Dmy => "a date as 2024-01-31, 2024-01-31T12:00:00Z or, the day first, 31/01/2024",
            DateOrder.Mdy => "a date as 2024-01-31, 2024-01-31T12:00:00Z or, the month first, 01/31/2024",
            DateOrder.Ymd => "a date as 2024-01-31, 2024-01-31T12:00:00Z or, the year first, 24/01/31",
            _ when LacksOrder(text, dates) => $"{WrittenColumn.ExpectedDate}, as the data of the model do not show the order of day, month and year",
            _ => WrittenColumn.ExpectedDate,
        },
        ColumnType.Boolean => "true, false or a number",
        _ => "a number",
    };

    /// <summary>Whether a text is a date whose order of day, month and year has to be known, and is not.</summary>
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
