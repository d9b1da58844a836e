using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using SigmoidApi.Compute.Decimals;

namespace SigmoidApi.Compute.Tests.Decimals;

[Trait("Speed", "Slow")]
public sealed class DoubleParserTests
{
    [Fact]
    public void RandomBitsRoundTripThroughTheirShortestText()
    {
        Gen.ULong.Sample(bits => Agrees(BitConverter.UInt64BitsToDouble(bits)), iter: 1_000_000);
    }

    [Fact]
    public void RandomBitsRoundTripThroughSeventeenDigits()
    {
        Gen.ULong.Sample(
            bits =>
            {
                var value = BitConverter.UInt64BitsToDouble(bits);
                if (double.IsFinite(value))
                    Agrees(value.ToString("E16", CultureInfo.InvariantCulture));
            },
            iter: 500_000);
    }

    [Fact]
    public void RandomDigitsAndExponentsAreReadAsByTheFramework()
    {
        Gen.Select(Gen.ULong, Gen.Int[-345, 312], Gen.Int[0, 63]).Sample(
            (digits, exponent, shift) => Agrees($"{digits >> shift}e{exponent}"), iter: 1_000_000);
    }

    [Fact]
    public void RandomDecimalsAreReadAsByTheFramework()
    {
        Gen.Select(Gen.String[Gen.Char['0', '9'], 1, 18], Gen.String[Gen.Char['0', '9'], 1, 30], Gen.Bool).Sample(
            (whole, fraction, negative) => Agrees($"{(negative ? "-" : "")}{BigInteger.Parse(whole, CultureInfo.InvariantCulture)}.{fraction}"),
            iter: 500_000);
    }

    [Fact]
    public void PowersOfTwoAndTheirNeighboursAreReadAsByTheFramework()
    {
        foreach (var value in NotableDoubles.PowersOfTwoAndTheirNeighbours())
            Agrees(value);
    }

    [Fact]
    public void PowersOfTenWithAnyNumberOfDigitsAreReadAsByTheFramework()
    {
        for (var exponent = -400; exponent <= 400; exponent++)
        {
            Agrees($"1e{exponent}");
            Agrees($"9e{exponent}");
            Agrees($"9007199254740993e{exponent}");
            Agrees($"9999999999999999999e{exponent}");
            Agrees($"99999999999999999999e{exponent}");
            Agrees($"1.{new string('0', 30)}1e{exponent}");
        }
    }

    /// <summary>The exact decimal expansion of the midpoint between two doubles, and decimals next to it. These are the hardest texts to read.</summary>
    [Fact]
    public void HalfwayCasesAreReadAsByTheFramework()
    {
        Gen.ULong[0, 0x7FEF_FFFF_FFFF_FFFE].Sample(
            bits =>
            {
                var middle = Middle(bits);
                Agrees(middle);
                Agrees(middle + "1");
                Agrees(middle[..^1] + "4999");
            },
            iter: 2_000);
        // Midpoints with at most 19 digits are read without the framework.
        Gen.ULong[1UL << 53, (1UL << 59) - 1].Sample(odd => Agrees($"{(odd << 1) | 1}"), iter: 200_000);
        Gen.Select(Gen.ULong[1UL << 52, (1UL << 53) - 1], Gen.Int[-4, 2]).Sample(
            (w, q) => Agrees($"{(((2 * w) + 1) * BigInteger.Pow(5, Math.Max(-q, 0)))}e{q}"), iter: 200_000);
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("-0", 2)]
    [InlineData("12,", 2)]
    [InlineData("1.5]", 3)]
    [InlineData("1E+2 ", 4)]
    [InlineData("0.0e-0}", 6)]
    [InlineData("123456789012345678901234567890.5e-10x", 36)]
    [InlineData("", 0)]
    [InlineData("-", 0)]
    [InlineData("+1", 0)]
    [InlineData(".5", 0)]
    [InlineData("1.", 0)]
    [InlineData("1.e5", 0)]
    [InlineData("1e", 0)]
    [InlineData("1e+", 0)]
    [InlineData("01", 0)]
    [InlineData("-00", 0)]
    [InlineData("Infinity", 0)]
    [InlineData("0123456789", 0)]
    [InlineData("1234567/", 7)]
    [InlineData("1234567:", 7)]
    public void LengthIsThatOfTheNumberInJsonsGrammar(string text, int length)
    {
        DoubleParser.Parse(Encoding.UTF8.GetBytes(text), out var value).ShouldBe(length);
        if (length > 0)
            value.ShouldBe(double.Parse(text[..length], CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("1.7976931348623157e308", double.MaxValue)]
    [InlineData("1.7976931348623158e308", double.MaxValue)]
    [InlineData("1.7976931348623159e308", double.PositiveInfinity)]
    [InlineData("-1e309", double.NegativeInfinity)]
    [InlineData("1e999999999999999999999", double.PositiveInfinity)]
    [InlineData("1e-999999999999999999999", 0d)]
    [InlineData("0e999999999999999999999", 0d)]
    [InlineData("4.9406564584124654e-324", double.Epsilon)]
    [InlineData("2.4703282292062328e-324", double.Epsilon)]
    [InlineData("2.4703282292062327e-324", 0d)]
    [InlineData("2.2250738585072014e-308", 2.2250738585072014e-308)]
    [InlineData("2.2250738585072011e-308", 2.2250738585072011e-308)]
    public void EdgesOfTheRangeAreExact(string text, double expected)
    {
        Parse(text).ShouldBe(expected);
    }

    /// <summary>Compares the length with a regular expression of the grammar, for random texts of the characters of numbers, followed by others.</summary>
    [Fact]
    public void RandomTextIsReadByTheGrammar()
    {
        Gen.Select(Gen.String[Gen.Char["0019.-eE+"], 1, 9], Gen.String[Gen.Char["01.,]e-} \n\u00e9"], 0, 9]).Sample(
            (number, rest) =>
            {
                var text = number + rest;
                var match = Regex.Match(text, @"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![0-9])", RegexOptions.CultureInvariant);
                var next = match.Success && match.Length < text.Length ? text[match.Length] : ' ';
                // If '.', 'e' or 'E' follows the number, the parser may refuse it. Otherwise the caller refuses the rest of the text.
                var length = DoubleParser.Parse(Encoding.UTF8.GetBytes(text), out var value);
                if (length == 0)
                    (match.Success && next is not ('.' or 'e' or 'E')).ShouldBeFalse(text);
                else
                    (length, value).ShouldBe((match.Length, double.Parse(match.ValueSpan, CultureInfo.InvariantCulture)), text);
            },
            iter: 200_000);
    }

    private static string Middle(ulong bits)
    {
        var exponent = Math.Max((int)(bits >> 52), 1) - 1075;
        BigInteger mantissa = (bits & 0xF_FFFF_FFFF_FFFF) | (bits >> 52 == 0 ? 0 : 1UL << 52);
        mantissa = 2 * mantissa + 1;
        exponent--;
        return exponent >= 0 ? $"{mantissa << exponent}.0" : Scale(mantissa * BigInteger.Pow(5, -exponent), exponent);
    }

    private static string Scale(BigInteger digits, int exponent)
    {
        var text = digits.ToString(CultureInfo.InvariantCulture).PadLeft(1 - exponent, '0');
        return text[..(text.Length + exponent)] + "." + text[(text.Length + exponent)..];
    }

    private static double Parse(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        DoubleParser.Parse(utf8, out var value).ShouldBe(utf8.Length);
        return value;
    }

    private static void Agrees(double value)
    {
        if (double.IsFinite(value))
            Agrees(value.ToString("R", CultureInfo.InvariantCulture));
    }

    private static void Agrees(string text)
    {
        Span<byte> utf8 = stackalloc byte[1200];
        var length = Encoding.UTF8.GetBytes(text, utf8);
        var expected = double.Parse(text, CultureInfo.InvariantCulture);
        if (DoubleParser.Parse(utf8[..length], out var value) != length || !value.Equals(expected) || double.IsNegative(value) != double.IsNegative(expected))
            throw new ShouldAssertException($"{text} was read as {value:R}, the framework reads {expected:R}");
    }
}
