using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace SigmoidApi.Tables;

/// <summary>
/// What a column holds. A member that has no meaning for its type is left out. <c>Distinct</c> counts the different values (0 and -0 are one);
/// <c>StandardDeviation</c> is the population's: its divisor is the number of values.
/// </summary>
/// <param name="Name">The column's name.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Missing">Rows without a value.</param>
/// <param name="Distinct">How many different values it has.</param>
/// <param name="Minimum">The least number; of booleans 0 for false. Left out of other types.</param>
/// <param name="Maximum">The greatest number; of booleans 1 for true. Left out of other types.</param>
/// <param name="Mean">The mean of the numbers; of booleans the share of true. Left out of other types.</param>
/// <param name="StandardDeviation">Of numbers and booleans, the population's. Left out of other types.</param>
/// <param name="Quantiles">Of numbers; left out of other types.</param>
/// <param name="Histogram">Of numbers: how many are in each of the bins of equal width from the least to the greatest. Left out of other types.</param>
/// <param name="Categories">Of categories and texts the most frequent values, most frequent first; left out of other types.</param>
/// <param name="Earliest">The first of dates; left out of other types.</param>
/// <param name="Latest">The last of dates; left out of other types.</param>
/// <param name="Approximate">
/// Whether distinct, quantiles and histogram come from a part of the rows, as there are more than <c>Datasets:ExactProfileRows</c>; left out where they do not.
/// </param>
/// <param name="DateOrder">The order of day, month and year that dates were read by which need it, as 01/31/2024; left out of all others.</param>
/// <param name="Warnings">What to know before training; empty for a column without any, null in a data set from before they were kept.</param>
public sealed record ColumnProfile(
    string Name,
    ColumnType Type,
    [property: Range(0, int.MaxValue)] long Missing,
    [property: Range(0, int.MaxValue)] long Distinct,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Minimum = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Maximum = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Mean = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? StandardDeviation = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Quantiles? Quantiles = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<long>? Histogram = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CategoryCount>? Categories = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? Earliest = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? Latest = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Approximate = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOrder? DateOrder = null,
    IReadOnlyList<ColumnWarning>? Warnings = null)
{
    /// <summary>Whether the column is read as texts and not as numbers.</summary>
    [JsonIgnore]
    public bool IsText => Type is ColumnType.Category or ColumnType.Text;
}

/// <summary>By linear interpolation, as NumPy's default.</summary>
/// <param name="P01">1 of 100 numbers is below.</param>
/// <param name="P05">5 of 100 numbers are below.</param>
/// <param name="P25">A quarter of the numbers is below.</param>
/// <param name="P50">The median.</param>
/// <param name="P75">Three quarters of the numbers are below.</param>
/// <param name="P95">95 of 100 numbers are below.</param>
/// <param name="P99">99 of 100 numbers are below.</param>
public sealed record Quantiles(double P01, double P05, double P25, double P50, double P75, double P95, double P99);

/// <summary>A value and how often it occurs.</summary>
/// <param name="Value">The level; of one of more than 200 characters its beginning, its length and a digest of it.</param>
/// <param name="Count">How many rows have it.</param>
public sealed record CategoryCount(string Value, [property: Range(0, int.MaxValue)] long Count);

/// <summary>What a person wants to know of a column before training.</summary>
public enum ColumnWarning
{
    /// <summary>One value, or none at all.</summary>
    Constant,

    /// <summary>A key of the rows: by default a text is then no feature, and a number is.</summary>
    Identifier,

    /// <summary>More than half of the rows have no value.</summary>
    MostlyMissing,

    /// <summary>It tells the target, or nearly: something that is known only afterwards, or another form of it.</summary>
    LeaksTarget,

    /// <summary>At least half of the values of a text or category are numbers: the others may stand for missing ones, which <c>nullValue</c> can say.</summary>
    MostlyNumbers,

    /// <summary>Dates as 01/02/2024 or 24-11-05, whose values do not show the order of day, month and year: <c>dates</c> says it.</summary>
    AmbiguousDates,

    /// <summary>At least half of the values of a text or category are dates, but others are not.</summary>
    MostlyDates,

    /// <summary>Numbers as 1.234 or 1,234 in a file that does not show its decimal sign: <c>decimal</c> says it.</summary>
    AmbiguousDecimal,

    /// <summary>Of the target's two values one has less than a twentieth of the rows.</summary>
    RareClass,
}
