using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Models;

/// <summary>How a model turns a column of the data set into terms, as determined by the training rows. Members that do not apply are left out.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Type">The type of the column.</param>
/// <param name="Treatment">How the column is used. Dates are days since 1970-01-01.</param>
/// <param name="Reason">Why the column is not a feature; left out for a feature.</param>
/// <param name="Missing">The number of training rows without a value, each counted by its weight; left out if the column is not a feature.</param>
/// <param name="Present">The number of training rows with a value, each counted by its weight; left out if the column is not a feature.</param>
/// <param name="Fill">The number that replaces a missing one; left out for categories.</param>
/// <param name="FillLevel">The level that replaces a missing one; left out for numbers, and if no row has a value.</param>
/// <param name="MissingIndicator">Whether an additional term indicates that the value is missing; left out if there is none.</param>
/// <param name="Levels">The levels that have a term, and the reference; left out for numbers.</param>
/// <param name="Reference">The level without a term, to which the coefficients of the others are relative; left out if every level has a term.</param>
/// <param name="Infrequent">Infrequent levels, which share a term; left out if there are none.</param>
/// <param name="Unknown">How a level that no training row has is treated; left out for numbers.</param>
/// <param name="DateOrder">The order of day, month and year in dates that do not show it, such as 01/02/2024; left out for others.</param>
[DefaultsLeftOut]
public sealed record PreparedColumn(
    string Name,
    ColumnType Type,
    Treatment Treatment,
    LeftOutReason? Reason = null,
    double? Missing = null,
    double? Present = null,
    double? Fill = null,
    string? FillLevel = null,
    bool MissingIndicator = false,
    IReadOnlyList<string>? Levels = null,
    string? Reference = null,
    IReadOnlyList<string>? Infrequent = null,
    UnknownLevel? Unknown = null,
    DateOrder? DateOrder = null)
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

    /// <summary>The column with its long levels shortened.</summary>
    internal PreparedColumn Shown() =>
        this with { Levels = Short(Levels), Infrequent = Short(Infrequent), Reference = Short(Reference), FillLevel = Short(FillLevel) };

    private static string? Short(string? level) => level is null ? null : ShownText.Short(level);

    private static string[]? Short(IReadOnlyList<string>? levels) => levels is null ? null : [.. levels.Select(ShownText.Short)];

    /// <summary>The column for the preparation of rows. It must not be <see cref="Treatment.LeftOut"/>.</summary>
    internal FittedColumn Fitted() => Treatment == Treatment.Number
        ? new FittedNumber(Name, Fill ?? 0, MissingIndicator, Missing ?? 0, Present ?? 0)
        : new FittedCategory(
            Name, Levels ?? [], Reference, Infrequent ?? [], FillLevel, MissingIndicator, Unknown ?? UnknownLevel.Ignore, Missing ?? 0, Present ?? 0);
}

/// <summary>How a model uses a column.</summary>
public enum Treatment
{
    /// <summary>As a term, with a second one if an indicator shows missing values.</summary>
    Number,

    /// <summary>As a term for each level.</summary>
    OneHot,

    /// <summary>Not as a feature.</summary>
    LeftOut,
}
