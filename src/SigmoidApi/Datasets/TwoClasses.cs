using System.Globalization;
using SigmoidApi.Tables;

namespace SigmoidApi.Datasets;

/// <summary>Checks that a column can be a target: the service trains classifiers of two classes.</summary>
internal static class TwoClasses
{
    private const int MaxShown = 10;

    // Short enough that ten values leave room in the message for the advice.
    private const int MaxCharacters = 20;

    /// <summary>Why a column can't be a target, and what to do about it; null if it can.</summary>
    public static string? Against(ColumnProfile target)
    {
        if (target.Distinct == 2)
            return null;
        var found = $"expected a column of two different values, but '{target.Name}' has {target.Distinct.ToString(CultureInfo.InvariantCulture)}";
        if (target.Distinct < 2)
            return $"{found}; choose another target, or upload rows of both classes";
        var advice = target.IsText
            ? "keep the rows of two classes, or add a column that is 1 for one class and 0 for the others"
            : "keep the rows of two values, or add a column that is 1 for some of the values (as above a threshold) and 0 for the others";
        return $"{found}{Values(target)}. The service trains two classes: {advice}, and upload that";
    }

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
