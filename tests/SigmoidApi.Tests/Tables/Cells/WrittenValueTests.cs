using System.Globalization;
using System.Text;
using CsCheck;
using SigmoidApi.Datasets;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tests.Tables.Cells;

/// <summary>A text in a record is read like the same text in a file of separated values.</summary>
[Trait("Speed", "Slow")]
public sealed class WrittenValueTests : IDisposable
{
    private static readonly string[] Numbers =
    [
        "12", "-1", "+1", " 7\t", "\t+.5e1 ", "1.", ".5", "007", "1e3", "1E+03", "1e-400", "-0", "1.7976931348623157e308", "9007199254740993",
        "12345678901234567890", "0.1234567890123456789",
    ];

    private static readonly string[] Written =
    [
        "1,234", "12,345,678.25", "-1,234.5", "$5", "$1,234.50", "-$5", "$-5", "€ 12", "12 €", "12.5€", "£0.5", "+1,000", "12 %", "12.5%", "-3%",
        "1'234.5", "1\u00a0234", "1\u202f234\u202f567.25", "1\u2019234", "1\u2009234", "5\u00a0€", "$12345678901234567890",
        "1,234,567,890,123,456,789,012", "1 000", "1 234 567.5", "\u00a01", "1\u00a0", "USD 5", "1,200.50 USD", "USD1,200.50", "US$1,200.50",
        "$1,200.50 USD", "$.99", "₩12,000", "12,000원", "R$ 1,234.56", "CHF 1'234.50", "1,234.5 kr", "12 zł", "Rs. 12,34,567.50", "1,23,456", "(5)",
        "(1,234.50)", "($5)", "$(5)", "(12 %)", "\u22125", "\u2212$5.25", "1,234.50-", "12.5- €", "(1,234.50) ", "\u20135", "\uff0d5.25", "12.5％",
        "%12.5", "€ 12,-", "CHF 1'250.–", "12.-- €", "1\u2007234.5", "RM 1,200.50", "Rp 12,000", "₮5", "12.50 euro", "12.50 eur", "12 TL", "USD$ 5",
        "50¢",
    ];

    // Can be read in a record, where a single number shows its sign, but not in a file whose other numbers have a point.
    private static readonly string[] OfOtherSign = ["1,5", "1,23", "1,2345", "0,123", "12,50 €", "1.234.567", "1.234,5", "12 500,50", "-,5", "(1.234,50)"];

    private static readonly string[] Booleans = ["true", "FALSE", "True", " false", "tRuE "];

    private static readonly string[] Dates =
    [
        "2024-01-31", " 2024-02-29 ", "0001-01-01", "9999-12-31", "2024-01-31T12:00:00", "2024-01-31 12:00:00.5", "2024-01-31T12:00:00Z",
        "2024-01-31T00:30:00+14:00", "2024-01-31T12:00:00.123456Z", "1969-12-31T23:59:59.999999-11:30", "2024-01-31T12:00", "2024-01-31 23:59",
        "2024-01-31T12:00:00+0200", "2024-01-31 12:00-0930", "2024-01-31T12:00Z", "2024-01-31 12:00+05:30", "31.01.2024", "1.2.2024", "31.12.1999 23:59",
        "01.02.2024 03:04:05", "2024/01/31", "2024/02/29 12:30", "2024-1-31", "2024/1/31", "2024.01.31", "2024. 1. 31.", "2024. 1. 31. 오후 3:05:00",
        "2024년 1월 31일", "2024年1月31日 08:15", "31. 1. 2024", "31-Jan-24", "1-feb-69", "31 Jan 2024", "31 January 2024 5:07", "31/Jan/2024",
        "Jan 31, 2024", "Jan. 31, 2024", "September 9 2024", "Sept 9, 2024", "Jan 31, 24", "Wed, 31 Jan 2024 12:00:00 GMT", "2024-01-31 12:00:00+00",
        "2024-01-31 12:00:00.5+02", "2024-01-31 12:00:00 +0200", "2024-01-31 12:00:00 UTC", "2024-01-31 12:00:00 +0000 UTC", "2024-01-31 12:00:00 +02:00",
        "2024-01-31T12:00:00GMT", "31.01.2024 12:00Z", "2024-01-31 9:05", "Jan 31, 2024, 12:00:00\u202fAM", "2024-01-31 3:15 pm", "2024-01-31 12:15 p.m.",
        "2024-01-31 12:00:00,250", "2024-01-31 12:00:00.123456789", "31-Jan-2024", "1-FEB-1999", "15-may-2024 06:30:15", "\u00a02024-01-31\u00a0",
        "2024-01-31T24:00:00", "2016-12-31T23:59:60Z", "2024-01-31t12:00:00z", "2024-01-31 12:00:00 utc", "20240131T120000Z", "20240131T1200",
        "20240131 12:30", "31JAN2024", "31jan24", "31JAN2024:12:30:00", "31/Jan/2024:12:00:00 +0100", "31-JAN-24 02.30.00.000000 PM", "January 31st, 2024",
        "2nd February 2024", "Wed Jan 31 12:00:00 UTC 2024", "Wed Jan 31 12:00:00 2024", "2024-01-31T12:00:00+01:00[Europe/Berlin]",
        "Wed Jan 31 2024 12:00:00 GMT+0100 (Central European Standard Time)", "31.01.2024, 12:30 Uhr", "2024-01-31(수)", "2024년 1월 31일 수요일",
        "2024年1月31日(水) 14時30分", "2024년 1월 31일 오후 2시 30분",
    ];

    private static readonly string[] Missing =
    [
        "", " ", "\t", "NA", " NaN", "null", "n/a ", "#N/A N/A", "?", " ? ", "-", " - ", "--", ".", "na", "None", "NONE", "n.a.", "(null)", "nil",
        "Missing", "unknown", "..", "\\N", "NaT", "NAN", "–", "—", "\u00a0", " \u00a0NA", "#VALUE!", "[null]", "n/d", ":", "*",
    ];

    private static readonly string[] Texts =
    [
        "x", "nan(1)", "inf", "-inf", "Infinity", "0x1", "1_000", "+-1", "1e", "e5", "1.2.3", "--1", "yes", "t", "0true", "truefalse", "??", "$", "%",
        "5%%", "$$5", "1,234,56", "1,234'567", "$5%", "5$€", "1,234.", "１２", "٣", "12 34 56", "555 1234", "1-800", "1-2", "1/2", "5-", "5 -",
        "10 x 20", "12:30", "192.168.1.1", "5 m", "5 kg", "USD", "EUR", "MAD5", "TOP100", "5USD", "A$AP", "XII", "0,123,456", "0 123", "1234 567", "-(5)",
        "(-5)", "()", "(x)", "$", "$ ", "€ %", "5 USD EUR", "1,2,34,567", "123,45,678", "1  234", "1e5 €", "1,234e5,", "$1e3", "2024-02-30",
        "2024-01-31T24:01:00", "2024-01-31T12:00:61", "2024-01-31T12", "01.31.2024", "31JAN", "31JA2024", "20240131T", "20240131T12", "20240131 1200",
        "2024-01-31(월)", "12,-", "R 5", "Rmm 5", "5 gp", "01/02/2024", "31.13.2024", "30.02.2024", "31.01.24", "31.01.2024T12:00", "2024-01/31",
        "31-Foo-2024", "31-1-2024", "2024-01-31 12:00+2", "2024-01-31 12:00.5", "2024-01-31T12:00:00+15:00", "2024-01-31T12:00:00+14:30", "12:00:00", "[1]",
        "{\"a\":1}", "24-11-05", "31-Jan", "Jan 31", "Jan 31 12", "Tue, 31 Jan 2024", "2024-01-31 13:00 pm", "2024-01-31 0:00 am",
        "0001-01-01T00:00:00+01:00", "2024.1.0", "Mayor 5, 2024", "2024-01-31 EST", "2024-01-31 12:00:00 +0100 UTC", "2024년 1월",
    ];

    private readonly TemporaryStore _store = new();

    [Theory]
    [InlineData(ColumnType.Number)]
    [InlineData(ColumnType.Boolean)]
    [InlineData(ColumnType.DateTime)]
    public async Task TextInARecordIsReadLikeACellOfAFile(ColumnType type)
    {
        foreach (var cells in new[] { Numbers, Written, OfOtherSign, Booleans, Dates, Texts, Missing })
            await AreRead(cells, type);
        string[] values = type switch
        {
            ColumnType.Number => [.. Numbers, .. Written, .. OfOtherSign],
            ColumnType.Boolean => [.. Booleans, .. Numbers],
            _ => Dates,
        };
        string[] taken = [.. values, .. Missing];
        taken.Where(cell => NumberOf(cell, type) is null).ShouldBeEmpty();
        Texts.Where(cell => NumberOf(cell, type) is not null).ShouldBeEmpty();
    }

    [Fact]
    public async Task RandomTextInARecordIsReadLikeACellOfAFile()
    {
        var random = Gen.Char["0123456789+-.eE \tTZ:_naNA?,$(€)%/"].Array[0, 6].Select(characters => new string(characters))
            // Without numbers beyond float64: they are refused first and would be the only ones counted. They have a test of their own.
            .Where(text => !IsBeyondFloat64(text)).Array[400].Single();

        await AreRead(random, ColumnType.Number);
        await AreRead([.. random.Where(text => text.Trim().Length == 10)], ColumnType.DateTime);

        static bool IsBeyondFloat64(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && !double.IsFinite(number)
            && text.AsSpan().IndexOfAnyInRange('0', '9') >= 0;
    }

    [Theory]
    [InlineData("2", 2)]
    [InlineData("1.0", 1)]
    [InlineData("0.00", 0)]
    [InlineData("TRUE", 1)]
    public void BooleanOfAModelCanBeAnyNumber(string text, double number) => NumberOf(text, ColumnType.Boolean).ShouldBe(number);

    [Theory]
    [InlineData("1.234", '.', 1.234)]
    [InlineData("1.234", ',', 1234)]
    [InlineData("1,234", '.', 1234)]
    [InlineData("1,234", ',', 1.234)]
    [InlineData("1.234 €", ',', 1234)]
    [InlineData("1,5", '.', 1.5)]
    [InlineData("1.5", ',', 1.5)]
    public void AmbiguousNumberIsReadByTheConvention(string text, char point, double number) =>
        WrittenValue.NumberOf(text, ColumnType.Number, new(point)).ShouldBe(number);

    [Theory]
    [InlineData("1e999")]
    [InlineData("-1e400")]
    public async Task NumberBeyondFloat64IsRefused(string text)
    {
        NumberOf(text, ColumnType.Number).ShouldBeNull();
        (await _store.Refusal($"a,b\n{text},1\n")).Errors.ShouldHaveSingleItem().Message.ShouldBe($"expected a number of at most 1.8e308; got '{text}'");
    }

    public void Dispose() => _store.Dispose();

    private async Task AreRead(IReadOnlyCollection<string> cells, ColumnType type)
    {
        var query = new DatasetUploadQuery("csv", ",", "\"", ".", "true", null, [$"a:{type}"]);
        var read = cells.Select(cell => (Cell: cell, Number: NumberOf(cell, type))).ToArray();
        var taken = read.Where(cell => IsTaken(cell.Cell, type, cell.Number)).ToArray();
        if (taken.Length > 0)
        {
            var (id, dataset) = await _store.Import(File(taken.Select(cell => cell.Cell)), query);
            var imported = _store.Numbers(id, dataset.Columns[0])[0];
            imported.Zip(taken)
                .Where(pair => !pair.First.Equals(pair.Second.Number))
                .Select(pair => $"'{pair.Second.Cell}' is {pair.First:R}, not {pair.Second.Number:R}")
                .ShouldBeEmpty();
        }

        // One import counts all errors; an import for each cell would be slow.
        var refused = read.Except(taken).Select(cell => cell.Cell).ToArray();
        if (refused.Length == 0)
            return;
        var refusal = await Should.ThrowAsync<InvalidDatasetException>(_store.Import(File(refused), query));
        refusal.ErrorCount.ShouldBe(refused.Length, string.Create(CultureInfo.InvariantCulture, $"{type}: {string.Join('|', refused)}"));
    }

    private static double? NumberOf(string cell, ColumnType type) => WrittenValue.NumberOf(cell, type, WrittenConvention.Default);

    // A file is stricter about booleans, and accepts one decimal sign only.
    private static bool IsTaken(string cell, ColumnType type, double? number) => number is { } value && (double.IsNaN(value) || type switch
    {
        ColumnType.Boolean => value is 0 or 1 && (bool.TryParse(cell, out _) || Read(cell) is { IsSimple: true }),
        ColumnType.Number => Read(cell) is { IsReadable: true },
        _ => true,
    });

    private static (bool IsSimple, bool IsReadable)? Read(string cell) =>
        WrittenNumber.TryRead(Encoding.UTF8.GetBytes(cell.Trim(' ', '\t', '\u00a0')), out var number) ? (number.IsPlain('.'), number.IsReadable('.')) : null;

    private static string File(IEnumerable<string> cells) =>
        "a,b\n" + string.Concat(cells.Select(cell => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\",1\n"));
}
