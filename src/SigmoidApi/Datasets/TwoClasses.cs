using System.Globalization;
using SigmoidApi.Tables;

namespace SigmoidApi.Datasets;

/// <summary>What a target must be: the service trains classifiers of two classes.</summary>
internal static class TwoClasses
{
    private const int MostShown = 10;

    // Ten of them leave room in a message for what to do.
    private const int MostCharacters = 20;

    /// <summary>Why a column can't be a target, and what to do about it; null where it can.</summary>
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

    /// <summary>The values and how many rows have each, where the profile has them.</summary>
    private static string Values(ColumnProfile target)
    {
        if (target.Categories is not { Count: > 0 } categories)
            return "";
        var shown = categories.Take(MostShown).Select(category => string.Create(CultureInfo.InvariantCulture, $"{Short(category.Value)} ({category.Count})"));
        return $": {string.Join(", ", shown)}{(target.Distinct > Math.Min(MostShown, categories.Count) ? ", …" : "")}";
    }

    private static string Short(string value) => value.Length <= MostCharacters ? value : $"{value.AsSpan(0, MostCharacters)}…";
}
