using System.Globalization;
using System.Net;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;
using SkiaSharp;

namespace SigmoidApi.Plots;

/// <summary>
/// Makes an SVG of what Skia writes as one. Skia's texts name a font that the reader may not have, and have U+0001 in place of spaces, which XML forbids: here
/// each becomes the outline of its glyphs. What the texts say is in <c>title</c> and <c>desc</c>, for screen readers and searches.
/// </summary>
internal static partial class SvgText
{
    public static string Finish(string svg, Figure figure, PlotStyle style)
    {
        using var font = new SKFont(PlotFont.Instance.Typeface);
        var drawn = Text().Replace(svg, match => Outlined(match.Groups["attributes"].Value, match.Groups["text"].Value, font));
        var (w, h) = (style.Width, style.Height);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img">""");
        var texts = $"<title>{Escaped(figure.Title)}</title>\n<desc>{Escaped(Described(figure))}</desc>";
        return Renumbered(Root().Replace(drawn, _ => $"{head}\n{texts}", 1));
    }

    /// <summary>Numbers the clip paths from 1: Skia counts those of the whole process, which would make each drawing another file.</summary>
    private static string Renumbered(string svg)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        return Clip().Replace(svg, match =>
        {
            if (!numbers.TryGetValue(match.Value, out var number))
                numbers[match.Value] = number = numbers.Count + 1;
            return string.Create(CultureInfo.InvariantCulture, $"clip{number}");
        });
    }

    /// <summary>The texts of a figure.</summary>
    private static string Described(Figure figure)
    {
        var names = figure.Curves.Select(curve => curve.Name).Concat(figure.Bars.Select(bars => bars.Name))
            .Concat(figure.Intervals.Select(intervals => intervals.Name)).Concat(figure.Guides.Select(guide => guide.Name))
            .Concat(figure.Y.Names ?? []).Where(name => name.Length > 0);
        return string.Join("; ", [figure.X.Label, figure.Y.Label, .. names]);
    }

    /// <summary>Escaped for XML, without characters that it forbids.</summary>
    private static string Escaped(string text)
    {
        var allowed = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            allowed.Append(Rune.IsControl(rune) || rune.Value is 0xFFFE or 0xFFFF ? " " : rune.ToString());
        return SecurityElement.Escape(allowed.ToString());
    }

    private static string Outlined(string attributes, string text, SKFont font)
    {
        font.Size = (float)NumbersOf(attributes, "font-size")[0];
        var (x, y) = (NumbersOf(attributes, "x"), NumbersOf(attributes, "y"));
        using var outline = new SKPath();
        using var builder = new SKPathBuilder();
        var index = 0;
        foreach (var rune in WebUtility.HtmlDecode(text).EnumerateRunes())
        {
            if (index == x.Length)
                break;
            using var glyph = font.GetGlyphPath(font.GetGlyph(rune.Value));
            if (glyph is not null)
                builder.AddPath(glyph, (float)x[index], (float)y[Math.Min(index, y.Length - 1)]);
            index++;
        }

        using var path = builder.Detach();
        var data = Number().Replace(path.ToSvgPathData(), number =>
            Math.Round(double.Parse(number.Value, CultureInfo.InvariantCulture), 2).ToString(CultureInfo.InvariantCulture));
        return $"""<path{FontAttributes().Replace(attributes, "")} d="{data}"/>""";
    }

    private static double[] NumbersOf(string attributes, string name)
    {
        var value = Regex.Match(attributes, $"(?<= ){name}=\"(?<value>[^\"]*)\"").Groups["value"].Value;
        return [.. Number().Matches(value).Select(number => double.Parse(number.Value, CultureInfo.InvariantCulture))];
    }

    [GeneratedRegex("<text(?<attributes>[^>]*)>\n\t*(?<text>[^<]*)\n\t*</text>")]
    private static partial Regex Text();

    [GeneratedRegex("(?<=[\"#])cl_[0-9a-f]+(?=[\")])")]
    private static partial Regex Clip();

    [GeneratedRegex("<svg[^>]*>")]
    private static partial Regex Root();

    [GeneratedRegex(@"-?\d+(\.\d+)?([eE][-+]?\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(" (font-[a-z]+|x|y)=\"[^\"]*\"")]
    private static partial Regex FontAttributes();
}
