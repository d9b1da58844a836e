using System.Globalization;
using System.Text;
using CsCheck;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.Csv;

namespace SigmoidApi.Tests.Tables.Cells;

/// <summary>The decimal sign is detected from the numbers of all cells. Thousands never become fractions.</summary>
[Trait("Speed", "Slow")]
public sealed class DecimalSignTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    [Theory]
    [InlineData("1,5", nameof(DecimalSigns.Comma))]
    [InlineData("-0,125", nameof(DecimalSigns.Comma))]
    [InlineData(",5", nameof(DecimalSigns.Comma))]
    [InlineData("5,", nameof(DecimalSigns.Comma))]
    [InlineData("1234,567", nameof(DecimalSigns.Comma))]
    [InlineData("1,234e5", nameof(DecimalSigns.Comma))]
    [InlineData("1.234,5", nameof(DecimalSigns.Comma))]
    [InlineData("1.234,567", nameof(DecimalSigns.Comma))]
    [InlineData("1.234.567", nameof(DecimalSigns.Comma))]
    [InlineData("1,234", nameof(DecimalSigns.CommaOrThousands))]
    [InlineData("+12,345", nameof(DecimalSigns.CommaOrThousands))]
    [InlineData("1.5", nameof(DecimalSigns.Point))]
    [InlineData("0.125", nameof(DecimalSigns.Point))]
    [InlineData("1.5E-3", nameof(DecimalSigns.Point))]
    [InlineData("1,234.5", nameof(DecimalSigns.Point))]
    [InlineData("1,234,567", nameof(DecimalSigns.Point))]
    [InlineData("-1,234,567.25", nameof(DecimalSigns.Point))]
    [InlineData("1.234", nameof(DecimalSigns.PointOrThousands))]
    [InlineData("", nameof(DecimalSigns.None))]
    [InlineData("-", nameof(DecimalSigns.None))]
    [InlineData(",", nameof(DecimalSigns.None))]
    [InlineData("1234", nameof(DecimalSigns.None))]
    [InlineData("1e5", nameof(DecimalSigns.None))]
    [InlineData("1,2,3", nameof(DecimalSigns.None))]
    [InlineData("1.2.3", nameof(DecimalSigns.None))]
    [InlineData("0,123,456", nameof(DecimalSigns.None))]
    [InlineData("12.34,5", nameof(DecimalSigns.None))]
    [InlineData("1,234.567,8", nameof(DecimalSigns.None))]
    [InlineData("1,234,567e5", nameof(DecimalSigns.None))]
    [InlineData("1,5e", nameof(DecimalSigns.None))]
    [InlineData("1, 5", nameof(DecimalSigns.None))]
    [InlineData("1,5 kg", nameof(DecimalSigns.None))]
    [InlineData("x1,5", nameof(DecimalSigns.None))]
    [InlineData("31.12.2024", nameof(DecimalSigns.None))]
    [InlineData("12,50 €", nameof(DecimalSigns.Comma))]
    [InlineData("12 500,500", nameof(DecimalSigns.Comma))]
    [InlineData("(1.234,50)", nameof(DecimalSigns.Comma))]
    [InlineData("1'234.50", nameof(DecimalSigns.Point))]
    [InlineData("12.5 %", nameof(DecimalSigns.Point))]
    [InlineData("1,23,456", nameof(DecimalSigns.Point))]
    [InlineData("$1,234", nameof(DecimalSigns.CommaOrThousands))]
    [InlineData("₩1,234", nameof(DecimalSigns.Point))]
    [InlineData("1,234円", nameof(DecimalSigns.Point))]
    [InlineData("₩1.234", nameof(DecimalSigns.PointOrThousands))]
    [InlineData("1.234 kr", nameof(DecimalSigns.PointOrThousands))]
    [InlineData("12 500", nameof(DecimalSigns.None))]
    public void NumberShowsItsDecimalSign(string cell, string says) => In(cell).ToString().ShouldBe(says);

    /// <summary>A number with one sign never shows the other sign.</summary>
    [Fact]
    public void NumberNeverShowsTheOtherSign()
    {
        var forms = Gen.OneOf("N0", "N1", "N2", "N3", "N6", "F0", "F2", "F3", "0.######");
        Gen.Select(Gen.Double[-1e9, 1e9], forms).Sample((value, form) =>
        {
            (In(CultureInfo.InvariantCulture.NumberFormat) & DecimalSigns.Comma).ShouldBe(DecimalSigns.None);
            (In(new() { NumberDecimalSeparator = ",", NumberGroupSeparator = "." }) & DecimalSigns.Point).ShouldBe(DecimalSigns.None);

            DecimalSigns In(NumberFormatInfo format) => DecimalSignTests.In(value.ToString(form, format));
        });
    }

    [Theory]
    [InlineData("id,price,sold\n1,\"1,234\",yes\n2,\"12,345\",no\n3,999,yes\n4,\"2,500\",no\n", '.')]
    [InlineData("price,q\n\"3,999\",1\n\"12,500\",2\n", '.')]
    [InlineData("price,q\n\"3,999\",1\n\"12,5\",2\n", ',')]
    [InlineData("price,q\n\"3,999\",1.5\n\"12,5\",2\n", '.')]
    [InlineData("price,q\n\"3,999\",1\n\"1,234,567\",2\n\"1,5\",2\n", '.')]
    [InlineData("price,q\n\"3,999\",\"1,5\"\n\"12,500\",\"2,5\"\n", '.')]
    [InlineData("price,q\n\"0,125\",\"1,5\"\n\"12,500\",\"2,5\"\n", ',')]
    [InlineData("price;q\n1.234;1\n12.345;2\n", '.')]
    [InlineData("price;q\n1.234;1\n12,5;2\n", ',')]
    [InlineData("price;q\n1.234,5;1\n12.345;2\n", ',')]
    [InlineData("price;q\n1,234.5;1\n12,345;2\n", '.')]
    [InlineData("price;q\n1,234;1\n12,345;2\n", ',')]
    [InlineData("price;q\n1,234,567;1\n12,345;2\n", '.')]
    [InlineData("price;q\n1,5;1\n1.5;2\n", '.')]
    [InlineData("price\tq\n1,234\t1\n12,345\t2\n", '.')]
    [InlineData("price|q\n1,5|1\n12,345|2\n", ',')]
    public void FileHasTheSignThatNoNumberContradicts(string csv, char point) =>
        CsvSniffer.Detect(Encoding.UTF8.GetBytes(csv), isWholeFile: true, new(), []).Dialect.DecimalPoint.ShouldBe(point);

    /// <summary>Amounts show the sign of a file as well as plain numbers do. If nothing shows it, there is a warning.</summary>
    [Theory]
    [InlineData("people;price\n1.234;12,50 €\n2.500;3,99 €\n12.000;12,50 €\n", ",", 12000, null)]
    [InlineData("people,price\n1.234,\"12,50 €\"\n2.500,\"3,99 €\"\n12.000,\"7,50 €\"\n", ",", 12000, null)]
    [InlineData("people;price\n1,234;$12.50\n2,500;$3.99\n12,000;$1.50\n", ".", 12000, null)]
    [InlineData("people;price\n1.234;12\n2.500;13\n12.000;14\n", ".", 12, ColumnWarning.AmbiguousDecimal)]
    [InlineData("people,price\n\"1,234\",12\n\"2,500\",13\n\"12,000\",14\n", ".", 12000, ColumnWarning.AmbiguousDecimal)]
    [InlineData("people;price\n1,234;12\n2,500;13\n12,000;14\n", ",", 12, ColumnWarning.AmbiguousDecimal)]
    [InlineData("people;price\n$1.234;12\n$2.500;13\n$12.000;14\n", ".", 12, ColumnWarning.AmbiguousDecimal)]
    [InlineData("people;price\n1.234;1,5\n2.500;2.5\n12.000;2,5\n", ".", 12, ColumnWarning.AmbiguousDecimal)]
    public async Task OneSignIsFoundForAFile(string csv, string point, double most, ColumnWarning? warning)
    {
        var (_, dataset) = await _store.Import(csv);

        dataset.Origin.DecimalPoint.ShouldBe(point);
        dataset.Columns[0].Maximum.ShouldBe(most);
        dataset.Columns[0].Warnings!.ShouldBe(warning is null ? [] : [warning.Value]);
    }

    /// <summary>One comma among hundreds of ambiguous points may be a mistake: read as decimal, it would multiply all other numbers by a thousand.</summary>
    [Theory]
    [InlineData("12,5", 1234, ColumnWarning.AmbiguousDecimal)]
    [InlineData("1.234,5", 1234.5, null)]
    public async Task FewCommasAmongPointsLeaveTheSignUncertain(string last, double most, ColumnWarning? warning)
    {
        var (_, dataset) = await _store.Import("x;y\n" + string.Concat(Enumerable.Repeat("1.234;1\n", 400)) + $"{last};1\n");

        dataset.Origin.DecimalPoint.ShouldBe(",");
        dataset.Columns[0].Maximum.ShouldBe(most);
        (dataset.Columns[0].Warnings ?? []).Contains(ColumnWarning.AmbiguousDecimal).ShouldBe(warning is not null);
    }

    [Theory]
    [InlineData("12,5", '.')]
    [InlineData("1.234,5", ',')]
    public void FewCommasDoNotChangeTheSignOfAModel(string last, char point) =>
        DecimalSign.Of([DecimalsOf([.. Enumerable.Repeat("1.234", 400), last])], ';', likely: '.').Point.ShouldBe(point);

    private static DecimalEvidence DecimalsOf(IEnumerable<string> cells)
    {
        var column = new WrittenColumn("x", WrittenConvention.Default);
        foreach (var cell in cells)
            column.AddText(Encoding.UTF8.GetBytes(cell), line: 1);
        return column.Decimals;
    }

    [Fact]
    public async Task AmountWithTheOtherSignIsTextWithAWarning()
    {
        var (_, dataset) = await _store.Import("x;price\n1.5;12,50 €\n2.5;3,99 €\n3.5;12,50 €\n");

        dataset.Columns[1].IsText.ShouldBeTrue();
        dataset.Columns[1].Warnings!.ShouldContain(ColumnWarning.MostlyNumbers);
    }

    /// <summary>A column with few numbers, such as one of addresses or remarks, shows nothing.</summary>
    [Fact]
    public async Task WordsDoNotShowTheSign()
    {
        var rows = Enumerable.Range(0, 30).Select(i => $"1.234;{(i == 0 ? "10.100.100.200" : $"10.1.1.{i}")}\n");
        var (_, dataset) = await _store.Import("people;ip\n" + string.Concat(rows));

        dataset.Origin.DecimalPoint.ShouldBe(".");
    }

    [Fact]
    public async Task QuotedThousandsStayThousands()
    {
        var (_, dataset) = await _store.Import("id,price,sold\n1,\"1,234\",yes\n2,\"12,345\",no\n3,999,yes\n4,\"2,500\",no\n");

        dataset.Origin.DecimalPoint.ShouldBe(".");
        dataset.Columns[1].Minimum.ShouldNotBe(1.234);
    }

    [Theory]
    [InlineData("x;y", "0", "1,5", ",")]
    [InlineData("x;y", "1,234", "1.5", ".")]
    [InlineData("x;y", "1.234", "1,5", ",")]
    [InlineData("x\ty", "0", "1,5", ",")]
    [InlineData("x,y", "0", "\"1,5\"", ",")]
    [InlineData("x,y", "\"1,5\"", "\"1,234,567\"", ".")]
    [InlineData("x,y", "\"1,5\"", "2.5", ".")]
    public async Task TheSignIsFoundInEveryCell(string header, string first, string later, string point)
    {
        var delimiter = header[1];

        var rows = Enumerable.Range(0, 1200).Select(i => $"{(i < 600 ? first : later)}{delimiter}{i % 2}");
        var (_, dataset) = await _store.Import(string.Join('\n', rows.Prepend(header)));

        dataset.Origin.DecimalPoint.ShouldBe(point);
    }

    /// <summary>One cell with a missing digit does not divide all other numbers by a thousand.</summary>
    [Theory]
    [InlineData(",", 1, ".")]
    [InlineData(",", 20, ",")]
    [InlineData("\t", 1, ".")]
    [InlineData("\t", 20, ",")]
    [InlineData(";", 1, ",")]
    public async Task FewMistakesAmongThousandsAreNotDecimals(string delimiter, int mistakes, string point)
    {
        var (_, dataset) = await _store.Import(
            string.Join('\n', Enumerable.Range(0, 1200).Select(i => $"\"{(i < mistakes ? "12,34" : "1,234")}\"{delimiter}{i % 2}").Prepend($"x{delimiter}y")),
            new(null, null, null, null, null, null, ["x:text"]));

        dataset.Origin.DecimalPoint.ShouldBe(point);
    }

    [Fact]
    public async Task NumbersOfTheOtherSignAreReadAgain()
    {
        var (_, dataset) = await _store.Import(string.Join('\n', Enumerable.Range(0, 1200).Select(i => $"{i}{(i < 600 ? "" : ",5")};{i % 2}").Prepend("x;y")));

        dataset.Columns[0].IsText.ShouldBeFalse();
        dataset.Columns[0].Maximum.ShouldBe(1199.5);
    }

    /// <summary>Codes among words do not affect the columns of only numbers.</summary>
    [Theory]
    [InlineData("12,5;2.50\n1,234;x\n7,25;1\n2,5;2.5\n", 1.234)]
    [InlineData("12.5;2,50\n1.234;x\n7.25;1\n2.5;2,5\n", 1.234)]
    public async Task ColumnsOfOnlyNumbersDecide(string rows, double second)
    {
        var (id, dataset) = await _store.Import("x;code\n" + rows);

        dataset.Columns[1].IsText.ShouldBeTrue();
        _store.Numbers(id, dataset.Columns[0])[0].ShouldBe([12.5, second, 7.25, 2.5]);
    }

    /// <summary>What the upload says is not corrected.</summary>
    [Fact]
    public async Task SignOfTheUploadIsKept()
    {
        var csv = string.Join('\n', Enumerable.Range(0, 9).Select(i => $"{i},5;{i % 2}").Prepend("x;y"));
        var (_, dataset) = await _store.Import(csv, new(null, null, null, ".", null, null, null));

        dataset.Origin.DecimalPoint.ShouldBe(".");
        dataset.Columns[0].IsText.ShouldBeTrue();
    }

    public void Dispose() => _store.Dispose();

    private static DecimalSigns In(string cell) => WrittenNumber.TryRead(Encoding.UTF8.GetBytes(cell), out var number) ? number.Signs : DecimalSigns.None;
}
