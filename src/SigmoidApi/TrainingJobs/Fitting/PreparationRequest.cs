using System.ComponentModel.DataAnnotations;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Tables;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>How columns become terms, where the default is not wanted: for all numbers, for all categories, and for single columns, whose word counts before theirs.</summary>
/// <param name="Numbers">For all numbers.</param>
/// <param name="Categories">For all categories.</param>
/// <param name="Columns">For single columns, by their names.</param>
public sealed record PreparationRequest(
    ColumnPreparationRequest? Numbers = null,
    ColumnPreparationRequest? Categories = null,
    IReadOnlyDictionary<string, ColumnPreparationRequest?>? Columns = null)
{
    /// <summary>For single columns; a null says nothing of its column.</summary>
    public IReadOnlyDictionary<string, ColumnPreparationRequest?>? Columns { get; init; } =
        Columns?.Where(column => column.Value is not null).ToDictionary(column => column.Key, column => column.Value, StringComparer.Ordinal);

    internal static readonly PreparationRequest Default = new();

    /// <summary>Whether a column is to be taken as a category, whatever its type.</summary>
    internal bool IsCategory(string name, ColumnType type) => Of(name)?.Type is { } wanted ? wanted == TakenAs.Category : type is ColumnType.Category or ColumnType.Text;

    /// <summary>The whole word on a column.</summary>
    /// <param name="name">Of the column.</param>
    /// <param name="isCategory">Whether it is taken as one.</param>
    /// <param name="drop">What is dropped of a category when nothing is said.</param>
    internal ColumnPreparation For(string name, bool isCategory, DroppedLevel drop)
    {
        ColumnPreparationRequest?[] words = [Of(name), isCategory ? Categories : Numbers];
        var defaults = new ColumnPreparation();
        var reference = First(word => word.Reference);
        return new()
        {
            Imputation = First(word => word.Imputation),
            FillNumber = First(word => word.FillNumber) ?? 0,
            FillLevel = First(word => word.FillLevel),
            MissingIndicator = First(word => word.MissingIndicator) ?? false,
            Drop = !isCategory ? DroppedLevel.None : reference is not null ? DroppedLevel.Of(reference)
                : First(word => word.Drop) switch { null => drop, Drop.First => DroppedLevel.First, _ => DroppedLevel.None },
            MinFrequency = First(word => word.MinFrequency) ?? defaults.MinFrequency,
            MaxLevels = First(word => word.MaxLevels) ?? defaults.MaxLevels,
            Unknown = First(word => word.Unknown) ?? defaults.Unknown,
        };

        T? First<T>(Func<ColumnPreparationRequest, T?> member) => words.Where(word => word is not null).Select(word => member(word!)).FirstOrDefault(value => value is not null);
    }

    private ColumnPreparationRequest? Of(string name) => Columns is not null && Columns.TryGetValue(name, out var word) ? word : null;
}

/// <summary>How a column becomes terms; what is not said is the default.</summary>
/// <param name="Type">What it is taken as, of a single column; by default numbers as numbers, and texts as categories.</param>
/// <param name="Imputation">What takes a missing value's place: by default the mean of numbers, the most frequent of categories.</param>
/// <param name="FillNumber">Of numbers, for the imputation <c>constant</c>.</param>
/// <param name="FillLevel">Of categories, for the imputation <c>constant</c>.</param>
/// <param name="MissingIndicator">Whether a term of its own says that the value was missing; false by default.</param>
/// <param name="Drop">Which level has no term: by default none, but the first where there is no penalty to choose among equal models.</param>
/// <param name="Reference">The level that has no term; of a single column.</param>
/// <param name="MinFrequency">Levels of fewer training rows are gathered into one; 0 by default, which gathers none.</param>
/// <param name="MaxLevels">Only so many levels, the most frequent, have terms of their own; 10,000 by default.</param>
/// <param name="Unknown">What a level is that no training row has: <c>ignore</c> is none of them, <c>infrequent</c> one of those gathered, <c>error</c> a refusal. <c>ignore</c> by default.</param>
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

/// <summary>What a column is taken as.</summary>
public enum TakenAs
{
    /// <summary>Each of its values is a level, also of numbers.</summary>
    Category,

    /// <summary>Its numbers as they are; of a column of texts it is refused.</summary>
    Number,
}

/// <summary>Which level of a category has no term.</summary>
public enum Drop
{
    /// <summary>Each level has a term.</summary>
    None,

    /// <summary>The first in ordinal order has none: the others' coefficients are differences from it.</summary>
    First,
}
