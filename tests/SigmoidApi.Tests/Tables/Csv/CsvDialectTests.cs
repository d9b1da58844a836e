using System.Text;
using SigmoidApi.Datasets;
using SigmoidApi.Tables;

namespace SigmoidApi.Tests.Tables.Csv;

/// <summary>The dialect of separated values is detected, and an upload can override it.</summary>
[Trait("Speed", "Slow")]
public sealed class CsvDialectTests : IDisposable
{
    private static readonly object?[][] Expected = [[1.5, "x"], [-2.25, "y z"], [30.0, null]];

    private readonly TemporaryStore _store = new();

    public static TheoryData<string, string, string> Dialects => new()
    {
        { "comma", "a,b\n1.5,x\n-2.25,y z\n30,\n", ",\".True" },
        { "semicolon", "a;b\n1.5;x\n-2.25;y z\n30;\n", ";\".True" },
        { "semicolon and decimal comma", "a;b\n1,5;x\n-2,25;y z\n30;\n", ";\",True" },
        { "tab", "a\tb\n1.5\tx\n-2.25\ty z\n30\t\n", "\t\".True" },
        { "tab and decimal comma", "a\tb\n1,5\tx\n-2,25\ty z\n30\t\n", "\t\",True" },
        { "bar", "a|b\n1.5|x\n-2.25|y z\n30|\n", "|\".True" },
        { "blank", "a b\n1.5 x\n-2.25 \"y z\"\n30 NA\n", " \".True" },
        { "CRLF", "a,b\r\n1.5,x\r\n-2.25,y z\r\n30,\r\n", ",\".True" },
        { "CR", "a,b\r1.5,x\r-2.25,y z\r30,\r", ",\".True" },
        { "double quotes", "\"a\",\"b\"\n\"1.5\",\"x\"\n\"-2.25\",\"y z\"\n\"30\",\"\"\n", ",\".True" },
        { "decimal comma in quotes", "\"a\",\"b\"\n\"1,5\",\"x\"\n\"-2,25\",\"y z\"\n\"30\",\"\"\n", ",\",True" },
        { "single quotes", "'a','b'\n1.5,'x'\n-2.25,'y z'\n30,''\n", ",'.True" },
        { "blanks around cells", "a, b\n1.5, x\n-2.25, y z\n30, \n", ",\".True" },
        { "no header", "1.5,x\n-2.25,y z\n30,\n", ",\".False" },
    };

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task DialectIsDetected(string dialect, string csv, string found)
    {
        var (id, dataset) = await _store.Import(csv);

        var origin = dataset.Origin;
        $"{origin.Delimiter}{origin.Quote}{origin.DecimalPoint}{origin.Header}".ShouldBe(found, dialect);
        dataset.Columns.Select(column => column.Name).ShouldBe(origin.Header == true ? ["a", "b"] : ["x1", "x2"]);
        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 10, TestContext.Current.CancellationToken)).ShouldBe(Expected, dialect);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public async Task ATextIsReadByItsByteOrderMark(string encoding)
    {
        var text = Encoding.GetEncoding(encoding);

        var rows = await _store.Rows([.. text.GetPreamble(), .. text.GetBytes("größe,b\n1,naïve 😀\n2,b\n")]);

        rows.ShouldBe([[1L, "naïve 😀"], [2L, "b"]]);
    }

    [Fact]
    public async Task LineBreaksAndDoubledQuotesStayInQuotedCells()
    {
        (await _store.Rows("a,b\n\"two\nlines\",1\n\"a \"\"b\"\", c\",2\n")).ShouldBe([["two\nlines", 1L], ["a \"b\", c", 2L]]);
    }

    [Fact]
    public async Task MissingNamesAreMadeUp()
    {
        var (_, dataset) = await _store.Import("a,, \n1,2,3\n");

        dataset.Columns.Select(column => column.Name).ShouldBe(["a", "column2", "column3"]);
    }

    [Theory]
    [InlineData("a\n1\n2\n", true)]
    [InlineData("1\n2\n3\n", false)]
    [InlineData("name\nanna\nbert\n", true)]
    [InlineData("anna\nbert\nanna\n", false)]
    [InlineData("2024-01-01,1\n2024-01-02,2\n", false)]
    [InlineData("1990,1991\n0.5,0.25\n", false)]
    [InlineData("true,x\nfalse,y\n", false)]
    public async Task HeaderDiffersFromTheRowsBelow(string csv, bool hasHeader)
    {
        var (_, dataset) = await _store.Import(csv);

        dataset.Origin.Header.ShouldBe(hasHeader);
        dataset.Rows.ShouldBe(csv.Count(c => c == '\n') - (hasHeader ? 1 : 0));
    }

    [Fact]
    public async Task EachDetectionCanBeOverridden()
    {
        var plain = new DatasetUploadQuery("csv", null, null, null, null, null, null);

        (await _store.Rows("a:b\n1:2\n", plain with { Delimiter = ":" })).ShouldBe([[1L, 2L]]);
        (await _store.Rows("a,b;c\n1,2,3;3\n", plain with { Delimiter = ";" })).ShouldBe([["1,2,3", 3L]]);
        (await _store.Rows("a\tb\n1\t2\n", plain with { Delimiter = "tab" })).ShouldBe([[1L, 2L]]);
        (await _store.Rows("a\tb c\n1\t2 3\n", plain with { Format = "tsv" })).ShouldBe([[1L, "2 3"]]);
        (await _store.Rows("a,b\n~x,y~,1\n", plain with { Quote = "~" })).ShouldBe([["x,y", 1L]]);
        (await _store.Rows("a,b\n\"x,1\n", plain with { Quote = "" })).ShouldBe([["\"x", 1L]]);
        (await _store.Rows("a;b\n1,5;1\n", plain with { Decimal = "." })).ShouldBe([["1,5", 1L]]);
        (await _store.Rows("a;b\n1.5;1\n", plain with { Decimal = "," })).ShouldBe([["1.5", 1L]]);
        (await _store.Rows("name,age\nanna,1\n", plain with { Header = "false", Types = ["x2:text"] })).ShouldBe([["name", "age"], ["anna", "1"]]);
        (await _store.Rows("1,2\n3,4\n", plain with { Header = "true" })).ShouldBe([[3L, 4L]]);
    }

    [Fact]
    public async Task MissingWordsAreKnownOrSetByTheUpload()
    {
        (await _store.Rows("a,b\n1,NA\nN/A,x\n?,nan\n2,null\n")).ShouldBe([[1L, null], [null, "x"], [null, null], [2L, null]]);
        (await _store.Rows("a b\n1 \"#N/A N/A\"\n2 x\n")).ShouldBe([[1L, null], [2L, "x"]]);
        // Words of the upload replace the usual ones.
        var query = new DatasetUploadQuery("csv", null, null, null, "true", ["-", "999"], null);
        (await _store.Rows("a,b\n1,NA\n-,x\n999,-\n2,\n", query)).ShouldBe([[1L, "NA"], [null, "x"], [null, null], [2L, null]]);
        (await _store.Rows("a,b\n1,\"none, yet\"\n\"none, yet\",2\n", query with { NullValue = ["none, yet"] })).ShouldBe([[1L, null], [null, 2L]]);
    }

    [Theory]
    [InlineData("delimiter", "ab")]
    [InlineData("delimiter", "")]
    [InlineData("delimiter", "x")]
    [InlineData("delimiter", "é")]
    [InlineData("quote", "ab")]
    [InlineData("decimal", ";")]
    [InlineData("header", "yes")]
    [InlineData("format", "xlsx")]
    [InlineData("types", "a")]
    [InlineData("types", "a:integer")]
    [InlineData("types", "a:number,b")]
    [InlineData("dates", "dym")]
    [InlineData("dates", "1")]
    public void InvalidQueryIsRefusedByItsField(string field, string value)
    {
        var query = new DatasetUploadQuery(
            field == "format" ? value : null, field == "delimiter" ? value : null, field == "quote" ? value : null, field == "decimal" ? value : null,
            field == "header" ? value : null, null, field == "types" ? [value] : null, field == "dates" ? value : null);

        query.TryRead(out _, out _, out _).ShouldNotBeNull().Path.ShouldBe(field);
    }

    [Fact]
    public void NamesInTypesMayHoldColonsAndCommas()
    {
        var query = new DatasetUploadQuery(null, null, null, null, null, null, ["a:b,c:number,d,e:CATEGORY", "f:text"]);

        query.TryRead(out _, out _, out var types).ShouldBeNull();

        types.Select(type => (type.Key, type.Value)).ShouldBe([("a:b,c", ColumnType.Number), ("d,e", ColumnType.Category), ("f", ColumnType.Text)]);
    }

    public void Dispose() => _store.Dispose();
}
