using System.Globalization;
using System.Text;
using CsCheck;
using SigmoidApi.Compute.Decimals;

namespace SigmoidApi.Compute.Tests.Decimals;

[Trait("Speed", "Slow")]
public sealed class DoubleFormatterTests
{
    [Fact]
    public void TextOfRandomBitsMatchesTheFramework()
    {
        Gen.ULong.Sample(bits => Agrees(BitConverter.UInt64BitsToDouble(bits)), iter: 1_000_000);
    }

    [Fact]
    public void TextOfNumbersOfOrdinarySizeMatchesTheFramework()
    {
        Gen.Double[-1, 1].Sample(Agrees, iter: 500_000);
        Gen.Select(Gen.Long[-99_999_999_999, 99_999_999_999], Gen.Int[0, 18])
            .Sample((digits, places) => Agrees(digits / Math.Pow(10, places)), iter: 500_000);
        Gen.Long.Sample(whole => Agrees(whole), iter: 200_000);
    }

    [Fact]
    public void TextOfPowersOfTwoAndTheirNeighboursMatchesTheFramework()
    {
        foreach (var value in NotableDoubles.PowersOfTwoAndTheirNeighbours())
            Agrees(value);
    }

    [Fact]
    public void TextOfPowersOfTenAndTheirNeighboursMatchesTheFramework()
    {
        for (var exponent = -323; exponent <= 308; exponent++)
        {
            var power = double.Parse($"1e{exponent}", CultureInfo.InvariantCulture);
            Agrees(power);
            Agrees(-power);
            Agrees(Math.BitIncrement(power));
            Agrees(Math.BitDecrement(power));
        }
    }

    [Theory]
    [InlineData(0d, "0")]
    [InlineData(-0d, "-0")]
    [InlineData(1d, "1")]
    [InlineData(-120d, "-120")]
    [InlineData(0.64, "0.64")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1E-05")]
    [InlineData(1e16, "10000000000000000")]
    [InlineData(1e17, "1E+17")]
    [InlineData(1.5e300, "1.5E+300")]
    [InlineData(double.Epsilon, "5E-324")]
    [InlineData(double.MaxValue, "1.7976931348623157E+308")]
    [InlineData(-2.2250738585072014E-308, "-2.2250738585072014E-308")]
    [InlineData(9007199254740993d, "9007199254740992")]
    [InlineData(2e-44, "2E-44")]
    [InlineData(9.5367431640625E-07, "9.5367431640625E-07")]
    public void NumbersOfOrdinarySizeAreWrittenWithoutAnExponent(double value, string text)
    {
        Format(value).ShouldBe(text);
    }

    /// <summary>
    /// 2^-25 and 2^-958. The framework assumes that the interval below a power of two is as wide as the interval above, so its text is that of another
    /// number.
    /// </summary>
    [Theory]
    [InlineData(0x3E60_0000_0000_0000UL, "2.9802322387695312E-08", "2.980232238769531E-08")]
    [InlineData(0x0410_0000_0000_0000UL, "4.1045368012983762E-289", "4.104536801298376E-289")]
    public void PowersOfTwoRoundTripWhereTheFrameworksTextDoesNot(ulong bits, string text, string framework)
    {
        var value = BitConverter.UInt64BitsToDouble(bits);
        Format(value).ShouldBe(text);
        double.Parse(text, CultureInfo.InvariantCulture).ShouldBe(value);
        double.Parse(framework, CultureInfo.InvariantCulture).ShouldNotBe(value);
    }

    private static string Format(double value)
    {
        var destination = new byte[DoubleFormatter.MaxLength];
        return Encoding.ASCII.GetString(destination, 0, DoubleFormatter.Format(value, destination));
    }

    private static void Agrees(double value)
    {
        if (!double.IsFinite(value))
            return;
        Span<byte> ours = stackalloc byte[DoubleFormatter.MaxLength];
        Span<byte> theirs = stackalloc byte[32];
        ours = ours[..DoubleFormatter.Format(value, ours)];
        value.TryFormat(theirs, out var length, "R", CultureInfo.InvariantCulture);
        theirs = theirs[..length];
        if (!BitConverter.DoubleToInt64Bits(double.Parse(ours, CultureInfo.InvariantCulture)).Equals(BitConverter.DoubleToInt64Bits(value)))
            throw new ShouldAssertException($"{value:R} was written as {Encoding.ASCII.GetString(ours)}, which reads back as another number");
        if (!ours.SequenceEqual(theirs) && double.Parse(theirs, CultureInfo.InvariantCulture).Equals(value))
            throw new ShouldAssertException($"{value:R} was written as {Encoding.ASCII.GetString(ours)}");
    }
}
