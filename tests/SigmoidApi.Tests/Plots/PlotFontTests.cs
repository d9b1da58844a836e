using SigmoidApi.Plots;

namespace SigmoidApi.Tests.Plots;

public sealed class PlotFontTests
{
    [Fact]
    public void EveryHangulSyllableAndLatinLetterIsInTheFont()
    {
        var texts = string.Concat(Enumerable.Range(0xAC00, 0xD7A4 - 0xAC00).Concat(Enumerable.Range(0x21, 0x5E)).Select(code => (char)code)) + "éäöüßñçø…";

        PlotFont.Instance.Drawable(texts).ShouldNotContain("□");
    }

    [Theory]
    [InlineData("a\tb\nc\u0000", "a b c ")]
    [InlineData("🙂x", "□x")]
    [InlineData("a\u202Eb", "ab")]
    public void TextIsOneLineOfGlyphsThatTheFontHas(string text, string drawable) => PlotFont.Instance.Drawable(text).ShouldBe(drawable);

    [Fact]
    public void LongTextKeepsItsBeginningAndItsEnd()
    {
        var font = PlotFont.Instance;

        var shortened = font.Shortened("capital_run_length_of_all_words=자가 소유", size: 12, width: 120);

        shortened.ShouldStartWith("capital");
        shortened.ShouldContain("…");
        shortened.ShouldEndWith("소유");
        font.Width(shortened, 12).ShouldBeLessThanOrEqualTo(120);
        font.Shortened("short", 12, 120).ShouldBe("short");
        font.Shortened(new string('가', 1_000_000), 12, 120).Length.ShouldBeLessThan(30);
        font.Shortened("wide", 12, 1).ShouldBe("…");
    }
}
