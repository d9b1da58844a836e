using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Plots;

/// <summary>Limits of plots.</summary>
public sealed class PlotOptions
{
    public const string Section = "Plots";

    /// <summary>Most pixels of a plot's width, and of its height. More is a 400.</summary>
    [Range(PlotStyle.LeastPixels, 8_000)]
    public int MaxPixels { get; init; } = 2_000;

    /// <summary>Most rows with a name in a plot: terms of a model, levels of a category, columns of a contribution.</summary>
    [Range(1, 200)]
    public int MaxRows { get; init; } = 40;

    /// <summary>Most points of a curve that a plot draws. Of a longer curve, evenly spaced points are drawn, the first and the last among them.</summary>
    [Range(2, 100_000)]
    public int MaxPoints { get; init; } = 2_000;

    /// <summary>Most classes or groups that a plot draws, those with the most rows.</summary>
    [Range(1, 7)]
    public int MaxSeries { get; init; } = 7;
}
