using System.Globalization;
using SigmoidApi.Tables;

namespace SigmoidApi.Datasets;

/// <summary>Checks that a column can be a target: its values are classes.</summary>
internal static class TargetColumn
{
    /// <summary>What is expected of a target, for messages.</summary>
    public const string ExpectedClasses = "expected a column of classes";

    private const string AddColumn = "add a column that names the class of each row, and upload that";

    /// <summary>What to do about numbers that are measurements, for messages.</summary>
    public const string Binning = "; a classifier predicts classes: " + AddColumn + " (such as 1 above a threshold and 0 below it)";

    private const int MaxShown = 10;

    // Short enough that ten values leave room in the message for the advice.
    private const int MaxCharacters = 20;

    /// <summary>Why a column can't be a target, and what to do about it; null if it can.</summary>
    /// <param name="target">The column.</param>
    /// <param name="maxClasses">The most classes (<c>Limits:MaxClasses</c>).</param>
    public static string? Against(ColumnProfile target, int maxClasses)
    {
        var distinct = target.Distinct.ToString(CultureInfo.InvariantCulture);
        if (target.Distinct < 2)
        {
            return $"expected a column of at least two different values, but '{target.Name}' has {distinct}; "
                + "choose another target, or upload rows of several classes";
        }

        if (target.Distinct > 2 && target is { Type: ColumnType.Number, Minimum: { } least, Maximum: { } most } && !(IsWhole(least) && IsWhole(most)))
            return $"{ExpectedClasses}, but '{target.Name}' has {distinct} numbers that are not all whole{Binning}";
        if (target.Distinct > 2 && target.Type == ColumnType.DateTime)
            return $"{ExpectedClasses}, but '{target.Name}' has {distinct} dates; {AddColumn}";
        return target.Distinct <= maxClasses ? null
            : $"expected a column of at most {maxClasses.ToString(CultureInfo.InvariantCulture)} classes (Limits:MaxClasses), but '{target.Name}' has "
                + $"{distinct} different values{Values(target)}; keep the rows of fewer, or {AddColumn}";
    }

    /// <summary>Whether a number can be one of more than two classes. Others are measurements.</summary>
    public static bool IsWhole(double number) => number == Math.Floor(number);

    /// <summary>The values with their numbers of rows, if the profile lists them.</summary>
    private static string Values(ColumnProfile target)
    {
        if (target.Categories is not { Count: > 0 } categories)
            return "";
        var shown = categories.Take(MaxShown).Select(category => string.Create(CultureInfo.InvariantCulture, $"{Short(category.Value)} ({category.Count})"));
        return $": {string.Join(", ", shown)}{(target.Distinct > Math.Min(MaxShown, categories.Count) ? ", …" : "")}";
    }

    private static string Short(string value) => value.Length <= MaxCharacters ? value : $"{value.AsSpan(0, MaxCharacters)}…";
}
