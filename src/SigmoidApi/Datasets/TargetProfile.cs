using System.ComponentModel.DataAnnotations;
using SigmoidApi.Tables;

namespace SigmoidApi.Datasets;

/// <summary>What the columns of a data set say about a target, each by itself, and which of them are nearly the same.</summary>
/// <param name="Column">The target.</param>
/// <param name="Rows">The rows with a target that were read.</param>
/// <param name="Classes">The classes in ascending order with their rows. Of two, the second is the positive class.</param>
/// <param name="Columns">The other columns in the order of the file, without texts.</param>
/// <param name="NearDuplicates">
/// The pairs of columns whose absolute correlation or Cramér's V is at least <c>Datasets:NearDuplicateCorrelation</c>, over the rows that have both values, at
/// least 20, and of categories at least 20 for each level. The target is compared too.
/// </param>
/// <param name="ComparedColumns">
/// How many columns were compared with each other: the target and the first ones, up to <c>Datasets:MaxComparedColumns</c>.
/// </param>
/// <param name="Approximate">
/// True if only every n-th row was read, because there are more than <c>Datasets:ExactProfileRows</c>; otherwise left out.
/// </param>
[DefaultsLeftOut]
public sealed record TargetProfile(
    string Column,
    [property: Range(0, int.MaxValue)] long Rows,
    IReadOnlyList<CategoryCount> Classes,
    IReadOnlyList<ColumnAgainstTarget> Columns,
    IReadOnlyList<ColumnPair> NearDuplicates,
    [property: Range(0, int.MaxValue)] int ComparedColumns,
    bool Approximate = false);

/// <summary>What one column alone says about the target. It is computed from the same rows that it is about, so that on other rows it is worse.</summary>
/// <param name="Column">The column.</param>
/// <param name="Rows">
/// The rows that it was computed from. Rows without a target are left out, and of a column of numbers, booleans or dates those without a value. A missing
/// level of a category counts as a level.
/// </param>
/// <param name="Area">
/// The area under the ROC curve of ranking the rows by the column, ties half, from 0.5. Numbers rank by their value, in the better direction; levels by their
/// share of rows of the class. Of more than two classes it is the mean over the classes, each against all others. Null if all of the rows are of one class, or
/// if there are none.
/// </param>
/// <param name="Direction">
/// Of two classes and a column of numbers: whether the greater or the smaller values belong to the positive class. Otherwise left out.
/// </param>
/// <param name="SeparatingLevels">The levels whose rows are all of one class, those of the most rows first, at most 20. Left out of numbers.</param>
/// <param name="SeparatingLevelCount">How many such levels there are. Left out of numbers.</param>
/// <param name="SeparatingThresholds">The thresholds that separate a class from all others, of two classes the positive one. Left out of categories.</param>
[DefaultsLeftOut]
public sealed record ColumnAgainstTarget(
    string Column,
    [property: Range(0, int.MaxValue)] long Rows,
    [property: Range(0.5, 1)] double? Area,
    RankDirection? Direction = null,
    IReadOnlyList<SeparatingLevel>? SeparatingLevels = null,
    [property: Range(0, int.MaxValue)] int? SeparatingLevelCount = null,
    IReadOnlyList<SeparatingThreshold>? SeparatingThresholds = null);

/// <summary>Which values of a column belong to the positive class.</summary>
public enum RankDirection
{
    /// <summary>The greater ones, or neither.</summary>
    Higher,

    /// <summary>The smaller ones.</summary>
    Lower,
}

/// <summary>
/// A level whose rows are all of one class. Without a penalty its coefficient has no finite value. Rows without a value count as a level, which separates
/// only if the preparation gives them a level or an indicator of their own.
/// </summary>
/// <param name="Value">The level; if it has more than 200 characters, its beginning, its length and a digest. Null for rows without a value.</param>
/// <param name="Rows">The number of its rows.</param>
/// <param name="Class">Their class.</param>
public sealed record SeparatingLevel(string? Value, [property: Range(0, int.MaxValue)] long Rows, string Class);

/// <summary>A threshold that separates a class from all others. Without a penalty the column's coefficient has no finite value.</summary>
/// <param name="Class">The class.</param>
/// <param name="Threshold">The middle between the class and the others, or the value that both have. Dates are in days since 1970-01-01.</param>
/// <param name="Above">Whether the rows of the class are above the threshold; otherwise they are below it.</param>
/// <param name="Complete">False if rows of the class and of another have the value of the threshold: the separation is then quasi-complete.</param>
public sealed record SeparatingThreshold(string Class, double Threshold, bool Above, bool Complete);
