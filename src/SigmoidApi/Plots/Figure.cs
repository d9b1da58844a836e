namespace SigmoidApi.Plots;

/// <summary>What a plot shows, without colours and sizes: the numbers of a JSON answer, and the texts around them.</summary>
/// <param name="Title">The title.</param>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
internal sealed record Figure(string Title, Axis X, Axis Y)
{
    /// <summary>Lines and points, in the order of the legend.</summary>
    public IReadOnlyList<Curve> Curves { get; init; } = [];

    /// <summary>Bars between two values of the horizontal axis, or beside the names of the vertical one.</summary>
    public IReadOnlyList<BarSeries> Bars { get; init; } = [];

    /// <summary>Estimates with their intervals, beside the names of the vertical axis.</summary>
    public IReadOnlyList<IntervalSeries> Intervals { get; init; } = [];

    /// <summary>Straight lines to compare with.</summary>
    public IReadOnlyList<Guide> Guides { get; init; } = [];

    /// <summary>Whether there is nothing to draw.</summary>
    public bool IsEmpty =>
        Curves.All(curve => curve.X.Count == 0) && Bars.All(bars => bars.Heights.Count == 0) && Intervals.All(intervals => intervals.Estimates.Count == 0);
}

/// <summary>An axis of a plot.</summary>
/// <param name="Label">What it shows, with the unit.</param>
/// <param name="From">Where it begins; null for the smallest value that is drawn.</param>
/// <param name="To">Where it ends; null for the largest value that is drawn.</param>
/// <param name="Scale">What its positions mean.</param>
internal sealed record Axis(string Label, double? From = null, double? To = null, Scale Scale = Scale.Linear)
{
    /// <summary>On the vertical axis, the names of the positions 0, 1, … from the top down; null for numbers.</summary>
    public IReadOnlyList<string>? Names { get; init; }
}

internal enum Scale
{
    Linear,

    /// <summary>Positions are log10 of positive numbers.</summary>
    Logarithmic,

    /// <summary>Numbers are days since 1970-01-01 UTC.</summary>
    Time,
}

internal enum CurveForm
{
    Line,
    LineAndPoints,
    Steps,
    Points,
}

/// <summary>A curve; points that are not finite are left out.</summary>
internal sealed record Curve(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y, CurveForm Form = CurveForm.Line);

/// <summary>Bars of one class or group.</summary>
/// <param name="Name">The name in the legend; empty for none.</param>
/// <param name="Edges">Upright bars: the edges of the bins, one more than heights. Null for level bars beside names.</param>
/// <param name="Heights">The length of each bar.</param>
internal sealed record BarSeries(string Name, IReadOnlyList<double>? Edges, IReadOnlyList<double> Heights);

/// <summary>Estimates with intervals; a bound that is null is open, and NaN where there is no interval.</summary>
internal sealed record IntervalSeries(
    string Name, IReadOnlyList<double?> Estimates, IReadOnlyList<double?> Lower, IReadOnlyList<double?> Upper, bool HasIntervals);

/// <summary>A line to compare with: upright at <paramref name="X"/>, level at <paramref name="Y"/>, or with neither the diagonal y = x.</summary>
internal sealed record Guide(double? X, double? Y, string Name = "");
