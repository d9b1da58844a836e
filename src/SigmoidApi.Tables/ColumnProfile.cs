using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace SigmoidApi.Tables;

/// <summary>
/// What a column holds. A member without meaning for the column's type is left out. <c>Distinct</c> counts the different values (0 and -0 are one);
/// <c>StandardDeviation</c> is the population's: its divisor is the number of values.
/// </summary>
/// <param name="Name">The column's name.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Missing">The number of rows without a value.</param>
/// <param name="Distinct">The number of different values.</param>
/// <param name="Minimum">The smallest number; of booleans 0 for false. Left out of other types.</param>
/// <param name="Maximum">The largest number; of booleans 1 for true. Left out of other types.</param>
/// <param name="Mean">The mean of the numbers; of booleans the share of true. Left out of other types.</param>
/// <param name="StandardDeviation">The population standard deviation of numbers and booleans. Left out of other types.</param>
/// <param name="Quantiles">The quantiles of numbers; left out of other types.</param>
/// <param name="Histogram">Counts of the numbers or dates in bins of equal width from the smallest to the largest. Left out of other types.</param>
/// <param name="Categories">The most frequent values of categories and texts, most frequent first; left out of other types.</param>
/// <param name="Earliest">The first date; left out of other types.</param>
/// <param name="Latest">The last date; left out of other types.</param>
/// <param name="Approximate">
/// True if distinct, quantiles and histogram come from a part of the rows, because there are more than <c>Datasets:ExactProfileRows</c>; otherwise left out.
/// </param>
/// <param name="DateOrder">The order of day, month and year, for dates that are ambiguous without it, such as 01/31/2024; otherwise left out.</param>
/// <param name="Warnings">What to know before training; empty if there is nothing, null in a data set that was stored before warnings were.</param>
[DefaultsLeftOut]
public sealed record ColumnProfile(
    string Name,
    ColumnType Type,
    [property: Range(0, int.MaxValue)] long Missing,
    [property: Range(0, int.MaxValue)] long Distinct,
    double? Minimum = null,
    double? Maximum = null,
    double? Mean = null,
    double? StandardDeviation = null,
    Quantiles? Quantiles = null,
    IReadOnlyList<long>? Histogram = null,
    IReadOnlyList<CategoryCount>? Categories = null,
    DateTimeOffset? Earliest = null,
    DateTimeOffset? Latest = null,
    bool Approximate = false,
    DateOrder? DateOrder = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] IReadOnlyList<ColumnWarning>? Warnings = null)
{
    /// <summary>Whether the column is read as texts and not as numbers.</summary>
    [JsonIgnore]
    public bool IsText => Type is ColumnType.Category or ColumnType.Text;
}

/// <summary>Quantiles by linear interpolation, NumPy's default.</summary>
/// <param name="P01">1 of 100 numbers is below it.</param>
/// <param name="P05">5 of 100 numbers are below it.</param>
/// <param name="P25">A quarter of the numbers is below it.</param>
/// <param name="P50">The median.</param>
/// <param name="P75">Three quarters of the numbers are below it.</param>
/// <param name="P95">95 of 100 numbers are below it.</param>
/// <param name="P99">99 of 100 numbers are below it.</param>
public sealed record Quantiles(double P01, double P05, double P25, double P50, double P75, double P95, double P99);

/// <summary>A value and how often it occurs.</summary>
/// <param name="Value">The level; if it has more than 200 characters, its beginning, its length and a digest.</param>
/// <param name="Count">The number of rows with this value.</param>
public sealed record CategoryCount(string Value, [property: Range(0, int.MaxValue)] long Count);

/// <summary>What a person should know about a column before training.</summary>
public enum ColumnWarning
{
    /// <summary>The column has one value, or none at all.</summary>
    Constant,

    /// <summary>The column is a key of the rows. By default a text column like this is not used as a feature; a number column is.</summary>
    Identifier,

    /// <summary>More than half of the rows have no value.</summary>
    MostlyMissing,

    /// <summary>The column determines the target, or nearly: it may be known only after the outcome, or be the target in another form.</summary>
    LeaksTarget,

    /// <summary>At least half of the values of a text or category are numbers. If the others mean missing, name them in <c>nullValue</c>.</summary>
    MostlyNumbers,

    /// <summary>Dates such as 01/02/2024 or 24-11-05 do not show the order of day, month and year: set it with <c>dates</c>.</summary>
    AmbiguousDates,

    /// <summary>At least half of the values of a text or category are dates, but others are not.</summary>
    MostlyDates,

    /// <summary>Numbers such as 1.234 or 1,234 do not show the file's decimal sign: set it with <c>decimal</c>.</summary>
    AmbiguousDecimal,

    /// <summary>One of the target's two values has less than a twentieth of the rows.</summary>
    RareClass,

    /// <summary>A level of the column has rows of one class alone: without a penalty its coefficient has no finite value.</summary>
    SeparatingLevel,

    /// <summary>A threshold of the column separates a class from all others: without a penalty its coefficient has no finite value.</summary>
    SeparatingThreshold,

    /// <summary>Another column is nearly the same.</summary>
    NearDuplicate,
}
