using System.Globalization;
using System.Text;
using CsCheck;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tests.Tables.Cells;

/// <summary>Quantities in every written form are read back as their numbers.</summary>
[Trait("Speed", "Slow")]
public sealed class WrittenNumberTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    // A positive form, a negative form, the separator of thousands, the decimal sign.
    public static TheoryData<string, string, string, string> Styles => new()
    {
        { "0", "-0", ",", "." },
        { "0 €", "-0 €", ".", "," },
        { "0 kr", "\u22120 kr", "\u00a0", "," },
        { "€ 0", "-€ 0", "\u202f", "," },
        { "$0", "($0)", ",", "." },
        { "0", "(0)", ".", "," },
        { "CHF 0", "CHF -0", "'", "." },
        { "0 USD", "-0 USD", "\u2019", "." },
        { "₩0", "-₩0", ",", "." },
        { "R$ 0", "-R$ 0", ".", "," },
        { "0 zł", "-0 zł", " ", "," },
        { "0 %", "-0%", "\u2009", "," },
        { "+0", "-0", "", "." },
    };

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task AnyQuantityIsReadAsItsNumber(string positive, string negative, string thousands, string point)
    {
        var numbers = Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000], Gen.Int[0, 6])
            .Select((value, digits) => (Value: value / (decimal)Math.Pow(10, digits), Digits: digits)).Array[200].Single();
        var format = new NumberFormatInfo { NumberGroupSeparator = thousands, NumberDecimalSeparator = point };
        string[] cells = [.. numbers.Select(number => (number.Value < 0 ? negative : positive)
            .Replace("0", Math.Abs(number.Value).ToString($"N{number.Digits}", format), StringComparison.Ordinal))];
        double[] expected = [.. numbers.Select(number => double.Parse(number.Value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))];

        cells.Select(cell => WrittenValue.NumberOf(cell, ColumnType.Number, new(point[0]))).ShouldBe(expected.Cast<double?>());
        var (id, dataset) = await _store.Import(
            "a;b\n" + string.Concat(cells.Select(cell => $"\"{cell}\";1\n")), new("csv", ";", null, point, "true", null, ["a:number"]));
        _store.Numbers(id, dataset.Columns[0])[0].ShouldBe(expected);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1,")]
    [InlineData("1,234")]
    [InlineData("(")]
    [InlineData("\"\"")]
    [InlineData("$")]
    [InlineData(" ")]
    [InlineData("2024-01-31")]
    public async Task LongCellIsReadAsText(string part)
    {
        var cell = string.Concat(Enumerable.Repeat(part, 64 * 1024 / part.Length));

        WrittenNumber.TryRead(Encoding.UTF8.GetBytes(cell + "x"), out _).ShouldBeFalse();
        WrittenDate.Of(Encoding.UTF8.GetBytes(cell), order: null).Kind.ShouldBe(WrittenDateKind.None);
        (await _store.Rows($"a,b\n\"{cell}x\",1\n\"{cell}y\",2\n")).Length.ShouldBe(2);
    }

    public void Dispose() => _store.Dispose();
}
