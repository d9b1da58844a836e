using System.Numerics;
using SigmoidApi.Datasets;
using SigmoidApi.Models;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>The classes of a target.</summary>
internal static class TargetClasses
{
    /// <summary>The different values in ascending order, texts in ordinal order.</summary>
    /// <param name="target">No value is missing.</param>
    public static ClassLabel[] Of(ColumnValues target) => target.Numbers is { } numbers
        ? [.. Different(numbers).Order().Select(number => target.IsBoolean ? new ClassLabel(number == 1) : new ClassLabel(number))]
        : [.. Different(target.Codes!).Select(code => target.Levels[code]).Order(StringComparer.Ordinal).Select(level => new ClassLabel(level))];

    /// <summary>
    /// The first of more than two classes that is a number but not a whole one, which means that the target is a measurement; null if none is.
    /// </summary>
    public static ClassLabel? Fractional(ClassLabel[] classes) =>
        classes.Length > 2 && Array.FindIndex(classes, label => label.Text is null && !TargetColumn.IsWhole(label.Number)) is >= 0 and var place
            ? classes[place]
            : null;

    /// <summary>The different values. No set is built for two: that took 20 ms for a million values.</summary>
    private static IEnumerable<T> Different<T>(T[] values)
        where T : IEqualityOperators<T, T, bool>
    {
        if (values.Length == 0)
            return [];
        var (first, i) = (values[0], 1);
        while (i < values.Length && values[i] == first)
            i++;
        if (i == values.Length)
            return [first];
        var second = values[i];
        // Both are compared, because a branch after the first comparison would be mispredicted for every other row.
        while (i < values.Length && (values[i] == first | values[i] == second))
            i++;
        return i < values.Length ? values.Distinct() : [first, second];
    }
}
