using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SigmoidApi.Models;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Profile;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.Plots;

/// <summary>How often the values of a column occur, in all rows or in those of each class of a target.</summary>
/// <param name="Column">The column.</param>
/// <param name="Target">The column of the classes; left out if none was asked for.</param>
/// <param name="Type">What the column holds.</param>
/// <param name="Edges">
/// The edges of the bins, one more than there are bins; of dates in days since 1970-01-01 UTC. A bin includes its lower edge, the last one both. Left out of
/// texts, categories and booleans; empty if no row has a finite value.
/// </param>
/// <param name="Levels">The most frequent values, most frequent first. Left out of numbers and dates.</param>
/// <param name="Classes">The rows of each class, in the order of the classes; one entry without a class if there is no target.</param>
[DefaultsLeftOut]
public sealed record ColumnHistogram(
    string Column, string? Target, ColumnType Type, IReadOnlyList<double>? Edges, IReadOnlyList<string>? Levels, IReadOnlyList<ClassHistogram> Classes)
{
    /// <param name="column">The column.</param>
    /// <param name="values">Its values.</param>
    /// <param name="target">The name of the target; null for none.</param>
    /// <param name="labels">The classes of the target.</param>
    /// <param name="classes">The index of each row's class; null without a target.</param>
    /// <param name="bins">The number of bins, or the most levels.</param>
    internal static ColumnHistogram Of(
        ColumnProfile column, ColumnValues values, string? target, IReadOnlyList<ClassLabel> labels, int[]? classes, int bins)
    {
        var rows = values.Numbers?.Length ?? values.Codes!.Length;
        var of = Enumerable.Range(0, rows).GroupBy(row => classes?[row] ?? 0).ToDictionary(group => group.Key, group => group.ToArray());
        var groups = Enumerable.Range(0, target is null ? 1 : labels.Count).Select(label => of.GetValueOrDefault(label, [])).ToArray();
        ClassLabel? LabelOf(int label) => target is null ? null : labels[label];
        if (values is { Numbers: { } numbers, IsBoolean: false })
        {
            double[] finite = [.. numbers.Where(double.IsFinite)];
            if (finite.Length == 0)
            {
                return new(column.Name, target, column.Type, [], null, [.. groups.Select((group, label) =>
                    new ClassHistogram(LabelOf(label), group.Length, group.Length, []))]);
            }

            var (least, most) = (finite.Min(), finite.Max());
            // A constant is one bin around it.
            if (least == most)
                (least, most, bins) = (least - 0.5, most + 0.5, 1);
            var (from, to, count) = (least, most, bins);
            return new(column.Name, target, column.Type, EdgesOf(from, to, count), null, [.. groups.Select((group, label) =>
            {
                double[] sorted = [.. group.Select(row => numbers[row]).Where(double.IsFinite).Order()];
                return new ClassHistogram(LabelOf(label), group.Length, group.Length - sorted.Length, SortedValues.Histogram(sorted, from, to, count));
            })]);
        }

        var codes = values.Codes ?? Array.ConvertAll(values.Numbers!, flag => double.IsNaN(flag) ? ColumnValues.Missing : (int)flag);
        IReadOnlyList<string> texts = values.Codes is null ? ["false", "true"] : values.Levels;
        var counts = new long[texts.Count];
        foreach (var code in codes.Where(code => code >= 0))
            counts[code]++;
        int[] shown = [.. Enumerable.Range(0, texts.Count).Where(code => counts[code] > 0).OrderByDescending(code => counts[code])
            .ThenBy(code => texts[code], StringComparer.Ordinal).Take(bins)];
        return new(column.Name, target, column.Type, null, [.. shown.Select(code => Tables.Cells.ShownText.Short(texts[code]))],
            [.. groups.Select((group, label) =>
            {
                var ofClass = new long[texts.Count];
                foreach (var row in group.Where(row => codes[row] >= 0))
                    ofClass[codes[row]]++;
                return new ClassHistogram(
                    LabelOf(label), group.Length, group.Count(row => codes[row] < 0), [.. shown.Select(code => ofClass[code])]);
            })]);
    }

    // Computed with halves, as SortedValues does: the width of the widest range does not overflow.
    private static double[] EdgesOf(double from, double to, int bins) =>
        [.. Enumerable.Range(0, bins + 1).Select(bin => bin == bins ? to : 2 * (from / 2 + (to / 2 - from / 2) / bins * bin))];
}

/// <summary>The histogram of a class.</summary>
/// <param name="Class">The class; left out if there is no target.</param>
/// <param name="Rows">The rows of the class.</param>
/// <param name="Missing">Those of them without a value in the column.</param>
/// <param name="Counts">The rows in each bin, or with each of the levels.</param>
[DefaultsLeftOut]
public sealed record ClassHistogram(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ClassLabel? Class,
    [property: Range(0, int.MaxValue)] long Rows,
    [property: Range(0, int.MaxValue)] long Missing,
    IReadOnlyList<long> Counts);
