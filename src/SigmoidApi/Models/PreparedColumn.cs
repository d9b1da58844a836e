using System.Text.Json.Serialization;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Models;

/// <summary>What a model does to a column of the data set, as its training rows had it. A member that has no meaning for it is left out.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Type">What the column is.</param>
/// <param name="Treatment">What becomes of it; dates are numbers of days from 1970-01-01.</param>
/// <param name="Reason">Why the column is no feature; left out where it is one.</param>
/// <param name="Missing">Training rows without a value, by their weights; left out of a column that is no feature.</param>
/// <param name="Present">Training rows with a value, by their weights; left out of a column that is no feature.</param>
/// <param name="Fill">What takes a missing number's place; left out of others.</param>
/// <param name="FillLevel">What takes a missing category's place; left out of others, and where no row has a value.</param>
/// <param name="MissingIndicator">Whether a term of its own says that the value was missing; left out where none does.</param>
/// <param name="Levels">Of a category those that have a term, and the reference; left out of others.</param>
/// <param name="Reference">The level without a term, from which the others' coefficients count; left out where each has one.</param>
/// <param name="Infrequent">Levels gathered into one term; left out where there are none.</param>
/// <param name="Unknown">What a level is that no training row has; left out of columns that are no categories.</param>
/// <param name="DateOrder">Of dates that need it, as 01/31/2024: the order of day, month and year that they are read by; left out of others.</param>
public sealed record PreparedColumn(
    string Name,
    ColumnType Type,
    Treatment Treatment,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] LeftOutReason? Reason = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Missing = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Present = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Fill = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FillLevel = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool MissingIndicator = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Levels = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reference = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Infrequent = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UnknownLevel? Unknown = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOrder? DateOrder = null)
{
    internal static PreparedColumn From(FittedColumn column, ColumnType type, DateOrder? dates) => column switch
    {
        FittedNumber number => new(column.Name, type, Treatment.Number, Missing: column.Missing, Present: column.Present, Fill: number.Fill,
            MissingIndicator: column.MissingIndicator, DateOrder: dates),
        FittedCategory category => new(column.Name, type, Treatment.OneHot, Missing: column.Missing, Present: column.Present, FillLevel: category.Fill,
            MissingIndicator: column.MissingIndicator, Levels: category.Levels, Reference: category.Reference,
            Infrequent: category.Infrequent.Count > 0 ? category.Infrequent : null, Unknown: category.Unknown, DateOrder: dates),
        _ => throw new ArgumentException("Neither a number nor a category.", nameof(column)),
    };

    /// <summary>The same with its long levels cut.</summary>
    internal PreparedColumn Shown() =>
        this with { Levels = Short(Levels), Infrequent = Short(Infrequent), Reference = Short(Reference), FillLevel = Short(FillLevel) };

    private static string? Short(string? level) => level is null ? null : ShownText.Short(level);

    private static string[]? Short(IReadOnlyList<string>? levels) => levels is null ? null : [.. levels.Select(ShownText.Short)];

    /// <summary>The column as the numerics know it; of one that is not left out.</summary>
    internal FittedColumn Fitted() => Treatment == Treatment.Number
        ? new FittedNumber(Name, Fill ?? 0, MissingIndicator, Missing ?? 0, Present ?? 0)
        : new FittedCategory(Name, Levels ?? [], Reference, Infrequent ?? [], FillLevel, MissingIndicator, Unknown ?? UnknownLevel.Ignore, Missing ?? 0, Present ?? 0);
}

/// <summary>What becomes of a column.</summary>
public enum Treatment
{
    /// <summary>A term, and one more where an indicator says what is missing.</summary>
    Number,

    /// <summary>A term for each level.</summary>
    OneHot,

    /// <summary>No feature.</summary>
    LeftOut,
}

/// <summary>Why a column is no feature when the request names none.</summary>
public enum LeftOutReason
{
    /// <summary>Texts that are mostly different in each row.</summary>
    Text,

    /// <summary>A text of its own for each row: a key.</summary>
    Identifier,
}

/// <summary>
/// Which columns are no features when a request names none. A number that identifies rows stays, with its warning: where it says nothing its one coefficient does no harm,
/// and often it says something, such as the order in which patients came.
/// </summary>
internal static class LeftOut
{
    public static LeftOutReason? ReasonFor(ColumnProfile column) => column switch
    {
        { IsText: true, Warnings: { } warnings } when warnings.Contains(ColumnWarning.Identifier) => LeftOutReason.Identifier,
        { Type: ColumnType.Text } => LeftOutReason.Text,
        _ => null,
    };
}
