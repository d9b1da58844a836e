using System.Text;
using ScottPlot;
using SkiaSharp;

namespace SigmoidApi.Plots;

/// <summary>Draws a figure by ScottPlot. The same figure and style have the same bytes.</summary>
internal sealed partial class FigureDrawing
{
    private readonly Figure _figure;
    private readonly PlotStyle _style;
    private readonly Palette _palette;
    private readonly PlotFont _font;
    private readonly Plot _plot;
    private readonly List<string> _legend = [];

    private FigureDrawing(Figure figure, PlotStyle style, Plot plot) =>
        (_figure, _style, _palette, _font, _plot) = (figure, style, Palette.Of(style.Theme), PlotFont.Instance, plot);

    /// <summary>The bytes of the file.</summary>
    public static byte[] Draw(Figure figure, PlotStyle style)
    {
        // Before the library makes its first plot, which looks for fonts.
        _ = PlotFont.Instance;
        using var plot = new Plot();
        new FigureDrawing(figure, style, plot).Fill();
        return style.Format == PlotFormat.Png
            ? Png(plot, style)
            : Encoding.UTF8.GetBytes(SvgText.Finish(plot.GetSvgXml(style.Width, style.Height), figure, style));
    }

    private static byte[] Png(Plot plot, PlotStyle style)
    {
        using var surface = SKSurface.Create(new SKImageInfo(style.Width, style.Height))
            ?? throw new InvalidOperationException("The memory of an image can't be allocated.");
        // The library offers no way to turn hinting off, which draws the full stops of small numbers below the line, as commas. Skia does not hint text that is
        // slanted by more than 1/2048. A plot of 400 × 300 pixels is moved by a sixth of a pixel.
        if (style.FontSize < 14)
            surface.Canvas.Skew(0.00055f, 0);
        plot.Render(surface.Canvas, new PixelRect(0, style.Width, style.Height, 0));
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private void Fill()
    {
        foreach (var guide in _figure.Guides)
            Add(guide);
        foreach (var (index, bars) in _figure.Bars.Index())
        {
            if (bars.Edges is { } edges)
                AddUpright(bars, edges, index);
            else
                AddLevel(bars, index);
        }

        foreach (var (index, intervals) in _figure.Intervals.Index())
            Add(intervals, index);
        foreach (var (index, curve) in _figure.Curves.Index())
            Add(curve, index);
        SetTexts();
        SetAxes();
        if (_legend.Count > 0)
            SetLegend();
        if (_figure.IsEmpty)
            AddEmpty();
    }

    private float Line => 1.6f * _style.Zoom;

    private string Legend(string name)
    {
        if (name.Length == 0)
            return "";
        _legend.Add(_font.Shortened(name, _style.FontSize, _style.Width * 0.4f));
        return _legend[^1];
    }

    private void Add(Guide guide)
    {
        if (guide is { X: null, Y: null })
        {
            var diagonal = _plot.Add.Scatter(new double[] { 0, 1 }, new double[] { 0, 1 });
            (diagonal.Color, diagonal.LineWidth, diagonal.LinePattern, diagonal.MarkerSize) = (Muted, Line * 0.8f, LinePattern.Dotted, 0);
            diagonal.LegendText = Legend(guide.Name);
            return;
        }

        ScottPlot.Plottables.AxisLine line = guide.X is { } x ? _plot.Add.VerticalLine(x) : _plot.Add.HorizontalLine(guide.Y!.Value);
        (line.Color, line.LineWidth, line.LinePattern) = (Muted, Line * 0.8f, LinePattern.Dotted);
        line.LegendText = Legend(guide.Name);
        line.EnableAutoscale = false;
    }

    private Color Muted => _palette.Foreground.WithAlpha(.65);

    private void Add(Curve curve, int index)
    {
        var finite = curve.X.Zip(curve.Y).Where(point => double.IsFinite(point.First) && double.IsFinite(point.Second)).ToArray();
        if (finite.Length == 0)
            return;
        var isLine = curve.Form != CurveForm.Points && finite.Length > 1;
        var line = _plot.Add.Scatter(finite.Select(point => point.First).ToArray(), finite.Select(point => point.Second).ToArray());
        line.Color = _palette.ColorOf(index);
        line.LineWidth = isLine ? Line : 0;
        line.LinePattern = Palette.PatternOf(index);
        line.MarkerShape = Palette.MarkerOf(index);
        line.MarkerSize = !isLine || curve.Form == CurveForm.LineAndPoints ? 5.5f * _style.Zoom : 0;
        line.ConnectStyle = curve.Form == CurveForm.Steps ? ConnectStyle.StepHorizontal : ConnectStyle.Straight;
        line.LegendText = Legend(curve.Name);
    }

    /// <summary>A filled outline for each series, so that those behind others are seen.</summary>
    private void AddUpright(BarSeries bars, IReadOnlyList<double> edges, int index)
    {
        if (bars.Heights.Count == 0)
            return;
        List<double> x = [edges[0]], y = [0];
        for (var bin = 0; bin < bars.Heights.Count; bin++)
        {
            x.AddRange([edges[bin], edges[bin + 1]]);
            y.AddRange([bars.Heights[bin], bars.Heights[bin]]);
        }

        x.Add(edges[^1]);
        y.Add(0);
        var outline = _plot.Add.Scatter(x.ToArray(), y.ToArray());
        outline.Color = _palette.ColorOf(index);
        outline.LineWidth = Line;
        outline.LinePattern = Palette.PatternOf(index);
        outline.MarkerSize = 0;
        outline.FillY = true;
        outline.FillYColor = _palette.ColorOf(index).WithAlpha(.18);
        outline.LegendText = Legend(bars.Name);
    }

    private void AddLevel(BarSeries bars, int index)
    {
        var (thickness, centre) = Slot(index, _figure.Bars.Count);
        var color = _palette.ColorOf(index);
        for (var row = 0; row < bars.Heights.Count; row++)
        {
            var (length, at) = (bars.Heights[row], -row + centre);
            if (!double.IsFinite(length))
                continue;
            var bar = _plot.Add.Rectangle(Math.Min(0, length), Math.Max(0, length), at - thickness / 2, at + thickness / 2);
            // A single series with both signs has a colour for each.
            bar.FillColor = _figure.Bars.Count == 1 && length < 0 ? _palette.ColorOf(1) : color;
            bar.LineColor = bar.FillColor;
            bar.LineWidth = 0;
            if (row == 0)
                bar.LegendText = Legend(bars.Name);
        }
    }

    private void Add(IntervalSeries intervals, int index)
    {
        var (_, centre) = Slot(index, _figure.Intervals.Count);
        var color = _palette.ColorOf(index);
        var rows = Enumerable.Range(0, intervals.Estimates.Count).Where(row => intervals.Estimates[row] is { } estimate && double.IsFinite(estimate)).ToArray();
        foreach (var row in intervals.HasIntervals ? rows : [])
        {
            if (intervals.Lower[row] is double.NaN || intervals.Upper[row] is double.NaN)
                continue;
            // An open end reaches the edge of the plot.
            var (from, to) = (intervals.Lower[row] ?? Range().From, intervals.Upper[row] ?? Range().To);
            var line = _plot.Add.Line(from, -row + centre, to, -row + centre);
            (line.LineColor, line.LineWidth, line.MarkerSize) = (color, Line, 0);
        }

        if (rows.Length == 0)
            return;
        var points = _plot.Add.Scatter(rows.Select(row => intervals.Estimates[row]!.Value).ToArray(), rows.Select(row => -row + centre).ToArray());
        (points.Color, points.LineWidth, points.MarkerShape, points.MarkerSize) = (color, 0, Palette.MarkerOf(index), 6 * _style.Zoom);
        points.LegendText = Legend(intervals.Name);
    }

    /// <summary>Where series number <paramref name="index"/> of <paramref name="count"/> lies within a row of height 1.</summary>
    private static (double Thickness, double Centre) Slot(int index, int count)
    {
        var thickness = 0.74 / count;
        return (thickness, 0.37 - thickness * (index + 0.5));
    }

    /// <summary>The finite numbers of the horizontal axis, with zero.</summary>
    private (double From, double To) Range()
    {
        double[] all =
        [
            0,
            .. _figure.Intervals.SelectMany(series => series.Estimates.Concat(series.Lower).Concat(series.Upper))
                .Where(number => number is { } value && double.IsFinite(value)).Select(number => number!.Value),
            .. _figure.Bars.Where(bars => bars.Edges is null).SelectMany(bars => bars.Heights).Where(double.IsFinite),
        ];
        var (from, to) = (all.Min(), all.Max());
        var margin = from == to ? 1 : (to - from) * 0.05;
        return (from == 0 && _figure.Bars.Count > 0 ? 0 : from - margin, to == 0 && _figure.Bars.Count > 0 && from < 0 ? 0 : to + margin);
    }

    private void AddEmpty()
    {
        var text = _plot.Add.Annotation("no values to draw", Alignment.MiddleCenter);
        text.LabelFontSize = _style.FontSize * 1.2f;
        text.LabelFontColor = Muted;
        text.LabelBackgroundColor = Colors.Transparent;
        text.LabelBorderColor = Colors.Transparent;
        text.LabelShadowColor = Colors.Transparent;
        text.LabelFontName = PlotFont.Name;
    }
}
