using System.Globalization;
using System.Text;
using ScottPlot;
using SkiaSharp;

namespace SigmoidApi.Plots;

/// <summary>
/// The one font of all plots, which is part of the service: machines have different fonts or none, and then the same plot would have other bytes, or boxes in
/// place of Hangul.
/// </summary>
internal sealed class PlotFont : IFontResolver
{
    public const string Name = "NanumGothic";

    private static readonly Lazy<PlotFont> Loaded = new(() =>
    {
        var font = new PlotFont();
        // The library keeps its fonts for the whole process. No other part of the service uses it.
        Fonts.FontResolvers.Clear();
        Fonts.FontResolvers.Add(font);
        Fonts.Default = Name;
        return font;
    });

    private PlotFont()
    {
        using var stream = typeof(PlotFont).Assembly.GetManifestResourceStream("NanumGothic.ttf")!;
        Typeface = SKTypeface.FromStream(stream) ?? throw new InvalidOperationException("The embedded font can't be read.");
    }

    /// <summary>The font, loaded with the first plot.</summary>
    public static PlotFont Instance => Loaded.Value;

    public SKTypeface Typeface { get; }

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => Typeface;

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => Typeface;

    /// <summary>The text on one line, with a box for each character that the font does not have.</summary>
    public string Drawable(string text)
    {
        var drawable = new StringBuilder(text.Length);
        using var font = new SKFont(Typeface);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
                drawable.Append(' ');
            else if (font.ContainsGlyph(rune.Value))
                drawable.Append(rune.ToString());
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.NonSpacingMark))
                drawable.Append('□');
        }

        return drawable.ToString();
    }

    /// <summary>The width of a drawable text in pixels.</summary>
    public float Width(string drawable, float size)
    {
        using var font = new SKFont(Typeface, size);
        return font.MeasureText(drawable);
    }

    /// <summary>The drawable text, with … for its middle where it is wider: names that begin alike often differ at their end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">The size of the font in pixels.</param>
    /// <param name="width">The most pixels.</param>
    public string Shortened(string text, float size, float width)
    {
        // A name may have a million characters, of which no plot shows more than some hundred.
        const int Most = 400;
        var whole = Drawable(text.Length <= Most ? text : $"{text.AsSpan(0, Most / 2)}…{text.AsSpan(text.Length - Most / 2)}");
        using var font = new SKFont(Typeface, size);
        if (font.MeasureText(whole) <= width)
            return whole;
        var elements = StringInfo.ParseCombiningCharacters(whole);
        for (var kept = elements.Length - 1; kept > 1; kept--)
        {
            var (head, tail) = (kept - kept / 3, kept / 3);
            var end = tail == 0 ? "" : whole[elements[^tail]..];
            var shortened = $"{whole.AsSpan(0, elements[head])}…{end}";
            if (font.MeasureText(shortened) <= width)
                return shortened;
        }

        return "…";
    }
}
