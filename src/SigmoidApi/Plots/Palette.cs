using ScottPlot;

namespace SigmoidApi.Plots;

/// <summary>
/// The colours of a theme. Series have those of Okabe and Ito (2008, "Color Universal Design"), which people with any colour vision can tell apart; each also
/// has a pattern of its own and a marker of its own.
/// </summary>
internal sealed record Palette(Color Background, Color Foreground, Color Grid, IReadOnlyList<Color> Series)
{
    private static readonly LinePattern[] Patterns =
        [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted, LinePattern.DenselyDashed];

    private static readonly MarkerShape[] Markers =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledTriangleUp, MarkerShape.FilledSquare, MarkerShape.FilledDiamond, MarkerShape.OpenCircle,
        MarkerShape.OpenTriangleUp, MarkerShape.OpenSquare,
    ];

    private static readonly Palette Light = new(
        new("#FFFFFF"), new("#202124"), new("#E4E5E8"),
        [new("#0072B2"), new("#D55E00"), new("#009E73"), new("#CC79A7"), new("#E69F00"), new("#56B4E9"), new("#000000")]);

    private static readonly Palette Dark = new(
        new("#17181C"), new("#E8EAED"), new("#36383F"),
        [new("#56B4E9"), new("#E69F00"), new("#009E73"), new("#CC79A7"), new("#F0E442"), new("#D55E00"), new("#FFFFFF")]);

    public static Palette Of(PlotTheme theme) => theme == PlotTheme.Dark ? Dark : Light;

    public Color ColorOf(int series) => Series[series % Series.Count];

    public static LinePattern PatternOf(int series) => Patterns[series % Patterns.Length];

    public static MarkerShape MarkerOf(int series) => Markers[series % Markers.Length];
}
