using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace SigmoidApi.Plots;

/// <summary>Texts, axes and legend.</summary>
internal sealed partial class FigureDrawing
{
    private const float SymbolWidth = 24;

    private void SetTexts()
    {
        var (plot, palette) = (_plot, _palette);
        plot.FigureBackground.Color = palette.Background;
        plot.DataBackground.Color = palette.Background;
        plot.Axes.Color(palette.Foreground);
        plot.Grid.MajorLineColor = palette.Grid;
        plot.Grid.MajorLineWidth = _style.Zoom * 0.8f;
        plot.Font.Set(PlotFont.Name);
        plot.Axes.Title.Label.Text = _font.Shortened(_figure.Title, _style.FontSize * 1.15f, _style.Width * 0.9f);
        plot.Axes.Title.Label.FontSize = _style.FontSize * 1.15f;
        plot.Axes.Title.Label.Bold = false;
        plot.Axes.Title.FullFigureCenter = true;
        IAxis[] axes = [plot.Axes.Bottom, plot.Axes.Left];
        foreach (var (axis, label, length) in axes.Zip([_figure.X.Label, _figure.Y.Label], [_style.Width, _style.Height]))
        {
            axis.Label.Text = _font.Shortened(label, _style.FontSize, length * 0.75f);
            axis.Label.FontSize = _style.FontSize;
            axis.Label.Bold = false;
            axis.TickLabelStyle.FontSize = _style.FontSize * 0.95f;
            axis.FrameLineStyle.Width = _style.Zoom;
            axis.MajorTickStyle.Width = _style.Zoom;
            axis.MajorTickStyle.Length = 3 * _style.Zoom;
            axis.MinorTickStyle.Length = 0;
        }

        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
    }

    private void SetAxes()
    {
        _plot.Axes.Bottom.TickGenerator = Numbers(_figure.X, _style.Width);
        if (_figure.Y.Names is { } names)
            SetNames(names);
        else
            _plot.Axes.Left.TickGenerator = Numbers(_figure.Y, _style.Height);

        _plot.Axes.AutoScale();
        var limits = _plot.Axes.GetLimits();
        var (left, right) = Bounds(_figure.X, limits.Left, limits.Right);
        var (bottom, top) = Bounds(_figure.Y, limits.Bottom, limits.Top);
        if (_figure.Y.Names is { } rows)
        {
            (bottom, top) = (-Math.Max(rows.Count, 1) + 0.45, 0.55);
            (left, right) = (_figure.X.From ?? Range().From, _figure.X.To ?? Range().To);
        }

        _plot.Axes.SetLimits(left, right, bottom, top);
    }

    private static (double From, double To) Bounds(Axis axis, double from, double to)
    {
        if (!double.IsFinite(from) || !double.IsFinite(to) || to < from)
            (from, to) = (0, 1);
        (from, to) = (axis.From ?? from, axis.To ?? to);
        return to > from ? (from, to) : (from - Math.Max(Math.Abs(from) * 0.05, 0.5), from + Math.Max(Math.Abs(from) * 0.05, 0.5));
    }

    private void SetNames(IReadOnlyList<string> names)
    {
        var size = _style.FontSize * 0.95f;
        var ticks = new NumericManual();
        for (var row = 0; row < names.Count; row++)
            ticks.AddMajor(-row, _font.Shortened(names[row], size, _style.Width * 0.36f));
        _plot.Axes.Left.TickGenerator = ticks;
        _plot.Axes.Left.MajorTickStyle.Length = 0;
        _plot.Grid.YAxisStyle.IsVisible = names.Count > 1;
    }

    private static NumericAutomatic Numbers(Axis axis, int pixels)
    {
        var ticks = new NumericAutomatic { MinorTickGenerator = new EvenlySpacedMinorTickGenerator(1) };
        if (axis.Scale == Scale.Logarithmic)
        {
            ticks.LabelFormatter = exponent => Math.Pow(10, exponent).ToString("G3", CultureInfo.InvariantCulture);
            ticks.IntegerTicksOnly = true;
        }
        else
        {
            ticks.LabelFormatter = axis.Scale == Scale.Time ? Date : Number;
            ticks.TickDensity = axis.Scale == Scale.Time ? 0.6 : pixels < 500 ? 0.7 : 0.8;
        }

        return ticks;
    }

    /// <summary>Ten digits: a tick at 0.3 is not 0.30000000000000004. An exponent from a million on, for which there is room at 400 pixels.</summary>
    private static string Number(double number)
    {
        if (number == 0)
            return "0";
        return Math.Abs(number) is >= 1e6 or < 1e-4
            ? number.ToString("0.####e0", CultureInfo.InvariantCulture)
            : Math.Round(number, 10).ToString("0.##########", CultureInfo.InvariantCulture);
    }

    private static string Date(double days) => days is > -719_162 and < 2_932_896
        ? DateTimeOffset.UnixEpoch.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : "";

    private void SetLegend()
    {
        var panel = _plot.ShowLegend(Edge.Bottom);
        panel.Padding = new PixelPadding(0);
        panel.Alignment = Alignment.UpperCenter;
        panel.MinimumSize = LegendHeight();
        var legend = _plot.Legend;
        legend.Margin = new PixelPadding(0);
        legend.Padding = new PixelPadding(4 * _style.Zoom);
        legend.Orientation = Orientation.Horizontal;
        legend.TightHorizontalWrapping = true;
        legend.FontName = PlotFont.Name;
        legend.FontSize = _style.FontSize;
        legend.FontColor = _palette.Foreground;
        legend.BackgroundColor = _palette.Background;
        legend.OutlineWidth = 0;
        legend.ShadowColor = Colors.Transparent;
        legend.SymbolWidth = SymbolWidth * _style.Zoom;
        legend.InterItemPadding = new PixelPadding(8 * _style.Zoom, 1 * _style.Zoom);
    }

    /// <summary>The library measures the legend as if it were as wide as the figure, but wraps it to the width of the data.</summary>
    private float LegendHeight()
    {
        var names = _figure.Y.Names is { } rows
            ? rows.Select(name => _font.Width(_font.Shortened(name, _style.FontSize, _style.Width * 0.36f), _style.FontSize)).DefaultIfEmpty().Max()
            : 3 * _style.FontSize;
        var width = _style.Width - names - 4 * _style.FontSize;
        var (lines, used) = (1, 0f);
        foreach (var name in _legend)
        {
            var needed = _font.Width(name, _style.FontSize) + (SymbolWidth + 16) * _style.Zoom;
            if (used > 0 && used + needed > width)
                (lines, used) = (lines + 1, 0);
            used += needed;
        }

        return lines * 1.45f * _style.FontSize + 8 * _style.Zoom;
    }
}
