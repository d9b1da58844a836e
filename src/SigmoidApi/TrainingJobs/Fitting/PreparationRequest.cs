using System.ComponentModel.DataAnnotations;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Tables;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>
/// How columns become terms, instead of by default: for all numbers, for all categories, and for single columns. What is given for a single column takes
/// precedence.
/// </summary>
/// <param name="Numbers">For all numbers.</param>
/// <param name="Categories">For all categories.</param>
/// <param name="Columns">For single columns, by their names.</param>
public sealed record PreparationRequest(
    ColumnPreparationRequest? Numbers = null,
    ColumnPreparationRequest? Categories = null,
    IReadOnlyDictionary<string, ColumnPreparationRequest?>? Columns = null)
{
    /// <summary>For single columns; a null leaves its column to the defaults.</summary>
    public IReadOnlyDictionary<string, ColumnPreparationRequest?>? Columns { get; init; } =
        Columns?.Where(column => column.Value is not null).ToDictionary(column => column.Key, column => column.Value, StringComparer.Ordinal);

    internal static readonly PreparationRequest Default = new();

    /// <summary>Whether a column is read as a category: as the request says, or by its type.</summary>
    internal bool IsCategory(ColumnProfile column) => Of(column.Name)?.Type is { } wanted ? wanted == TakenAs.Category : column.IsText;

    /// <summary>How a column is prepared: by what the request says of it, then of its kind, then by default.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="isCategory">Whether it is read as a category.</param>
    /// <param name="drop">The level of a category that is dropped by default.</param>
    internal ColumnPreparation For(string name, bool isCategory, DroppedLevel drop)
    {
        ColumnPreparationRequest?[] given = [Of(name), isCategory ? Categories : Numbers];
        var defaults = new ColumnPreparation();
        var reference = First(of => of.Reference);
        return new()
        {
            Imputation = First(of => of.Imputation),
            FillNumber = First(of => of.FillNumber) ?? 0,
            FillLevel = First(of => of.FillLevel),
            MissingIndicator = First(of => of.MissingIndicator) ?? false,
            Drop = !isCategory ? DroppedLevel.None
                : reference is not null ? DroppedLevel.Of(reference)
                : First(of => of.Drop) switch { null => drop, Drop.First => DroppedLevel.First, _ => DroppedLevel.None },
            MinFrequency = First(of => of.MinFrequency) ?? defaults.MinFrequency,
            MaxLevels = First(of => of.MaxLevels) ?? defaults.MaxLevels,
            Unknown = First(of => of.Unknown) ?? defaults.Unknown,
        };

        T? First<T>(Func<ColumnPreparationRequest, T?> member) =>
            given.OfType<ColumnPreparationRequest>().Select(member).FirstOrDefault(value => value is not null);
    }

    private ColumnPreparationRequest? Of(string name) => Columns is not null && Columns.TryGetValue(name, out var given) ? given : null;
}

/// <summary>How a column becomes terms; a member that is left out has its default.</summary>
/// <param name="Type">How a single column is read; by default numbers as numbers, and texts as categories.</param>
/// <param name="Imputation">What replaces a missing value: by default the mean of numbers, the most frequent level of categories.</param>
/// <param name="FillNumber">For numbers with the imputation <c>constant</c>.</param>
/// <param name="FillLevel">For categories with the imputation <c>constant</c>.</param>
/// <param name="MissingIndicator">Whether an additional term says that the value was missing; false by default.</param>
/// <param name="Drop">Which level has no term: by default none; without a penalty the first, because otherwise different models would fit equally well.</param>
/// <param name="Reference">For a single column, the level that has no term.</param>
/// <param name="MinFrequency">Levels with fewer training rows are combined into one; 0 by default, which combines none.</param>
/// <param name="MaxLevels">At most this number of levels, the most frequent, have terms of their own; 10,000 by default.</param>
/// <param name="Unknown">
/// How a level that no training row has is treated: <c>ignore</c> as none of the levels, <c>infrequent</c> as one of the combined levels, <c>error</c> as an
/// error. <c>ignore</c> by default.
/// </param>
public sealed record ColumnPreparationRequest(
    TakenAs? Type = null,
    Imputation? Imputation = null,
    double? FillNumber = null,
    string? FillLevel = null,
    bool? MissingIndicator = null,
    Drop? Drop = null,
    string? Reference = null,
    [property: Range(0, double.MaxValue)] double? MinFrequency = null,
    [property: Range(1, int.MaxValue)] int? MaxLevels = null,
    UnknownLevel? Unknown = null);

/// <summary>How a column is read.</summary>
public enum TakenAs
{
    /// <summary>Each different value is a level, even if it is a number.</summary>
    Category,

    /// <summary>Its numbers as they are; not possible for a column of texts.</summary>
    Number,
}

/// <summary>Which level of a category has no term.</summary>
public enum Drop
{
    /// <summary>Each level has a term.</summary>
    None,

    /// <summary>The first in ordinal order has none; the coefficients of the others are differences from it.</summary>
    First,
}
