using System.Globalization;
using SigmoidApi.Datasets;
using SigmoidApi.Tables;

namespace SigmoidApi.Tests.Tables.Import;

/// <summary>The type of a column is detected from its cells, with the same result for separated values and JSON lines.</summary>
[Trait("Speed", "Slow")]
public sealed class FoundTypesTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    [Theory]
    [InlineData(new[] { "1", "2.5", "-3e2" }, ColumnType.Number, new object[] { 1.0, 2.5, -300.0 })]
    [InlineData(new[] { "1", "22", "-3" }, ColumnType.Number, new object[] { 1L, 22L, -3L })]
    [InlineData(new[] { "0", "1", "1" }, ColumnType.Boolean, new object[] { 0L, 1L, 1L })]
    [InlineData(new[] { "true", "FALSE", "True" }, ColumnType.Boolean, new object[] { true, false, true })]
    [InlineData(new[] { "a", "b", "a" }, ColumnType.Category, new object[] { "a", "b", "a" })]
    [InlineData(new[] { "true", "b", "1" }, ColumnType.Category, new object[] { "true", "b", "1" })]
    [InlineData(new[] { "true", "false", "1" }, ColumnType.Boolean, new object[] { true, false, true })]
    [InlineData(new[] { "true", "false", "2" }, ColumnType.Category, new object[] { "true", "false", "2" })]
    [InlineData(new[] { "9007199254740992", "1", "2" }, ColumnType.Number, new object[] { 9007199254740992L, 1L, 2L })]
    [InlineData(new[] { "9007199254740993", "1", "2" }, ColumnType.Category, new object[] { "9007199254740993", "1", "2" })]
    [InlineData(new[] { "-", "1", "2.5" }, ColumnType.Number, new object?[] { null, 1.0, 2.5 })]
    [InlineData(new[] { "None", "2024-01-01", "2024-01-02" }, ColumnType.DateTime, new object?[] { null, "2024-01-01", "2024-01-02" })]
    [InlineData(new[] { "unknown", "true", "false" }, ColumnType.Boolean, new object?[] { null, true, false })]
    [InlineData(new[] { "unknown", "red", "-" }, ColumnType.Category, new object[] { "unknown", "red", "-" })]
    [InlineData(new[] { "\"1,234\"", "\"12,345\"", "999" }, ColumnType.Number, new object[] { 1234L, 12345L, 999L })]
    [InlineData(new[] { "\"$1,234.50\"", "$3", "-2" }, ColumnType.Number, new object[] { 1234.5, 3.0, -2.0 })]
    [InlineData(new[] { "12.5%", "7 %", "-1%" }, ColumnType.Number, new object[] { 12.5, 7.0, -1.0 })]
    [InlineData(new[] { "12.5%", "7", "1%" }, ColumnType.Category, new object[] { "12.5%", "7", "1%" })]
    [InlineData(new[] { "31.01.2024", "1.2.2024", "29.02.2024" }, ColumnType.DateTime, new object[] { "2024-01-31", "2024-02-01", "2024-02-29" })]
    [InlineData(
        new[] { "31.01.2024 12:30", "2024-01-31", "31-Jan-2024" },
        ColumnType.DateTime,
        new object[] { "2024-01-31T12:30:00Z", "2024-01-31T00:00:00Z", "2024-01-31T00:00:00Z" })]
    [InlineData(new[] { "2024/01/31", "2023/12/01", "2024/02/29" }, ColumnType.DateTime, new object[] { "2024-01-31", "2023-12-01", "2024-02-29" })]
    [InlineData(
        new[] { "2024-01-31 12:00", "2024-01-31T12:00:00+0200", "2024-01-31" },
        ColumnType.DateTime,
        new object[] { "2024-01-31T12:00:00Z", "2024-01-31T10:00:00Z", "2024-01-31T00:00:00Z" })]
    [InlineData(new[] { "007", "010", "1" }, ColumnType.Category, new object[] { "007", "010", "1" })]
    [InlineData(new[] { "12345678901234567", "1", "2" }, ColumnType.Category, new object[] { "12345678901234567", "1", "2" })]
    [InlineData(new[] { "2024-02-29", "1999-12-31", "0001-01-01" }, ColumnType.DateTime, new object[] { "2024-02-29", "1999-12-31", "0001-01-01" })]
    [InlineData(
        new[] { "2024-01-01", "2024-01-01T12:00:00Z", "2024-01-01 12:30:00.5" },
        ColumnType.DateTime,
        new object[] { "2024-01-01T00:00:00Z", "2024-01-01T12:00:00Z", "2024-01-01T12:30:00.5Z" })]
    [InlineData(
        new[] { "2024-01-01T00:00:00+02:00", "2024-01-01T00:00:00-05:30", "2024-01-01T00:00:00Z" },
        ColumnType.DateTime,
        new object[] { "2023-12-31T22:00:00Z", "2024-01-01T05:30:00Z", "2024-01-01T00:00:00Z" })]
    [InlineData(new[] { "2024-02-30", "2024-01-01", "2024-01-02" }, ColumnType.Category, new object[] { "2024-02-30", "2024-01-01", "2024-01-02" })]
    [InlineData(new[] { "01/02/2024", "2024-01-01", "x" }, ColumnType.Category, new object[] { "01/02/2024", "2024-01-01", "x" })]
    [InlineData(new[] { "\"₩12,000\"", "\"₩8,900\"", "\"₩1,250,000\"" }, ColumnType.Number, new object[] { 12000L, 8900L, 1250000L })]
    [InlineData(new[] { "\"(1,234.50)\"", "12", "$3" }, ColumnType.Number, new object[] { -1234.5, 12.0, 3.0 })]
    [InlineData(new[] { "12 500", "8 900", "125 000" }, ColumnType.Number, new object[] { 12500L, 8900L, 125000L })]
    [InlineData(new[] { "12e4567", "a1b2c3d", "4e99999" }, ColumnType.Category, new object[] { "12e4567", "a1b2c3d", "4e99999" })]
    [InlineData(
        new[] { "+821012345678", "+15551234567", "+4915112345678" },
        ColumnType.Category,
        new object[] { "+821012345678", "+15551234567", "+4915112345678" })]
    [InlineData(new[] { "+821012345678", "-3", "5" }, ColumnType.Number, new object[] { 821012345678L, -3L, 5L })]
    [InlineData(new[] { "-007", "+010", " 5 " }, ColumnType.Category, new object[] { "-007", "+010", "5" })]
    [InlineData(new[] { " 007", "010 ", "123" }, ColumnType.Category, new object[] { "007", "010", "123" })]
    [InlineData(new[] { "01.11", "10.20", "27.32" }, ColumnType.Category, new object[] { "01.11", "10.20", "27.32" })]
    [InlineData(new[] { "0.5", "-0.25", "0" }, ColumnType.Number, new object[] { 0.5, -0.25, 0.0 })]
    [InlineData(new[] { "\u00a0true", "false\u00a0", "\u00a0" }, ColumnType.Boolean, new object?[] { true, false, null })]
    [InlineData(new[] { "\"€ 12,-\"", "\"€ 1,250.-\"", "€ 3.50" }, ColumnType.Number, new object[] { 12.0, 1250.0, 3.5 })]
    [InlineData(new[] { "$5", "€5", "$7" }, ColumnType.Category, new object[] { "$5", "€5", "$7" })]
    [InlineData(new[] { "$5", "USD 5", "CAD 7" }, ColumnType.Category, new object[] { "$5", "USD 5", "CAD 7" })]
    [InlineData(new[] { "US$5", "USD 6", "7" }, ColumnType.Number, new object[] { 5L, 6L, 7L })]
    [InlineData(new[] { "(1)", "(2)", "(3)" }, ColumnType.Category, new object[] { "(1)", "(2)", "(3)" })]
    [InlineData(new[] { "555 123", "555 987", "400 001" }, ColumnType.Category, new object[] { "555 123", "555 987", "400 001" })]
    [InlineData(new[] { "+49 123 456", "+49 222 333", "+1 555 123" }, ColumnType.Category, new object[] { "+49 123 456", "+49 222 333", "+1 555 123" })]
    [InlineData(new[] { "2-", "3", "1-" }, ColumnType.Category, new object[] { "2-", "3", "1-" })]
    [InlineData(new[] { "$007", "$010", "$1" }, ColumnType.Category, new object[] { "$007", "$010", "$1" })]
    [InlineData(new[] { "\"1,23,456\"", "\"12,34,567\"", "999" }, ColumnType.Number, new object[] { 123456L, 1234567L, 999L })]
    [InlineData(new[] { "\"1,23,456\"", "\"234,567\"", "999" }, ColumnType.Category, new object[] { "1,23,456", "234,567", "999" })]
    [InlineData(new[] { "MAD5", "MAD6", "MAD7" }, ColumnType.Category, new object[] { "MAD5", "MAD6", "MAD7" })]
    [InlineData(new[] { "2024.01.31", "2024. 2. 1.", "2024년 2월 29일" }, ColumnType.DateTime, new object[] { "2024-01-31", "2024-02-01", "2024-02-29" })]
    [InlineData(new[] { "2024-1-31", "31-Jan-24", "\"Feb 1, 2024\"" }, ColumnType.DateTime, new object[] { "2024-01-31", "2024-01-31", "2024-02-01" })]
    [InlineData(
        new[] { "2024-01-31 12:00:00+00", "2024-01-31 12:00:00 UTC", "2024-01-31 12:00:00.5+02" },
        ColumnType.DateTime,
        new object[] { "2024-01-31T12:00:00Z", "2024-01-31T12:00:00Z", "2024-01-31T10:00:00.5Z" })]
    [InlineData(new[] { "01/31/2024", "02/01/2024", "12/31/1999" }, ColumnType.DateTime, new object[] { "2024-01-31", "2024-02-01", "1999-12-31" })]
    [InlineData(
        new[] { "31/01/2024 5:30 PM", "1/2/2024", "2024-01-31" },
        ColumnType.DateTime,
        new object[] { "2024-01-31T17:30:00Z", "2024-02-01T00:00:00Z", "2024-01-31T00:00:00Z" })]
    [InlineData(new[] { "24-11-2025", "03-04-2025", "13-01-2025" }, ColumnType.Category, new object[] { "24-11-2025", "03-04-2025", "13-01-2025" })]
    [InlineData(new[] { "24-11-05", "25-04-03", "23-01-02" }, ColumnType.Category, new object[] { "24-11-05", "25-04-03", "23-01-02" })]
    [InlineData(new[] { "true", "1.0", "0.0" }, ColumnType.Boolean, new object[] { true, true, false })]
    [InlineData(new[] { "2024-01-01", "1", "2" }, ColumnType.Category, new object[] { "2024-01-01", "1", "2" })]
    public async Task CellsDetermineTheType(string[] cells, ColumnType type, object?[] kept)
    {
        // Twice each, so that no single cell counts as a mistake.
        var csv = "a,b\n" + string.Concat(cells.Concat(cells).Select(cell => $"{cell},0\n"));
        var (id, dataset) = await _store.Import(csv, new("csv", ",", "\"", ".", "true", null, null));

        dataset.Columns[0].Type.ShouldBe(type);
        var rows = await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 100, TestContext.Current.CancellationToken);
        rows.Select(row => row[0]).ShouldBe(kept.Concat(kept));
    }

    [Fact]
    public async Task AColumnWithoutAValueIsKept()
    {
        var (_, dataset) = await _store.Import("a,b\n,1\nNA,2\n");

        var column = dataset.Columns[0];
        (column.Type, column.Missing, column.Distinct).ShouldBe((ColumnType.Number, 2, 0));
        column.Mean.ShouldBeNull();
        column.Warnings!.ShouldBe([ColumnWarning.Constant, ColumnWarning.MostlyMissing]);
    }

    [Theory]
    [InlineData("1/2/2024", "12/31/2023", "30/01/2024", ColumnWarning.AmbiguousDates)]
    [InlineData("1/2/2024", "3/4/2024", "5/5/2024", ColumnWarning.AmbiguousDates)]
    [InlineData("24-11-2025", "03-04-2025", "13-01-2025", ColumnWarning.AmbiguousDates)]
    [InlineData("24-11-05", "25-04-03", "2024-01-31", ColumnWarning.AmbiguousDates)]
    [InlineData("01/31/24", "02/01/24", "02/03/24", ColumnWarning.AmbiguousDates)]
    [InlineData("2024-01-31", "31.01.2024", "soon", ColumnWarning.MostlyDates)]
    [InlineData("1/2/2024", "3/4/2024", "soon", ColumnWarning.MostlyDates)]
    [InlineData("2024-01-31", "soon", "later", null)]
    [InlineData("1", "2.5", "n.v.", ColumnWarning.MostlyNumbers)]
    [InlineData("$5", "€5", "7", ColumnWarning.MostlyNumbers)]
    [InlineData("12%", "5", "7", ColumnWarning.MostlyNumbers)]
    [InlineData("555 123", "555 987", "400 001", ColumnWarning.MostlyNumbers)]
    [InlineData("1", "b", "c", null)]
    [InlineData("007", "010", "011", null)]
    [InlineData("01.11", "10.20", "27.32", ColumnWarning.MostlyNumbers)]
    [InlineData("01.31.2024", "02.01.2024", "02.28.2024", ColumnWarning.AmbiguousDates)]
    [InlineData("24. 1. 31.", "23. 12. 25.", "24. 2. 1.", ColumnWarning.AmbiguousDates)]
    [InlineData("12 34 56", "12 34 57", "0 1", null)]
    public async Task TextThatMayBeSomethingElseGetsAWarning(string a, string b, string c, ColumnWarning? warning)
    {
        var (_, dataset) = await _store.Import("a,b\n" + string.Concat(Enumerable.Repeat($"{a},1\n{b},2\n{c},3\n", 10)));

        dataset.Columns[0].Type.ShouldBe(ColumnType.Category);
        (dataset.Columns[0].Warnings ?? []).ShouldBe(warning is null ? [] : [warning.Value]);
    }

    /// <summary>If one of a thousand numbers is written like a key, the others may be quantities.</summary>
    [Theory]
    [InlineData("05")]
    [InlineData("9007199254740993")]
    public async Task KeyAmongQuantitiesGetsAWarning(string key)
    {
        var (_, dataset) = await _store.Import("a,b\n" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"{10 + i % 80},1\n")) + $"{key},1\n");

        dataset.Columns[0].Type.ShouldBe(ColumnType.Category);
        dataset.Columns[0].Warnings!.ShouldContain(ColumnWarning.MostlyNumbers);
    }

    [Theory]
    [InlineData("01/31/2024", "02/01/2024", null, DateOrder.Mdy, "2024-02-01")]
    [InlineData("31/01/2024", "02/01/2024", null, DateOrder.Dmy, "2024-01-02")]
    [InlineData("01/02/2024", "02/01/2024", "dmy", DateOrder.Dmy, "2024-01-02")]
    [InlineData("01/02/2024", "02/01/2024", "MDY", DateOrder.Mdy, "2024-02-01")]
    [InlineData("24-11-05", "24-12-01", "ymd", DateOrder.Ymd, "2024-12-01")]
    [InlineData("24-11-2025", "03-04-2025", "dmy", DateOrder.Dmy, "2025-04-03")]
    [InlineData("31.01.24", "01.02.69", "dmy", DateOrder.Dmy, "1969-02-01")]
    [InlineData("2024-01-31", "2024-02-01", "dmy", null, "2024-02-01")]
    public async Task OrderOfDatesIsShownOrSet(string first, string second, string? said, DateOrder? order, string read)
    {
        var (id, dataset) = await _store.Import($"a,b\n{first},1\n{second},2\n", new("csv", null, null, null, null, null, null, said));

        (dataset.Columns[0].Type, dataset.Columns[0].DateOrder).ShouldBe((ColumnType.DateTime, order));
        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 1, 1, TestContext.Current.CancellationToken))[0][0].ShouldBe(read);
    }

    [Theory]
    [InlineData("dmy", "12/31/2024", ColumnWarning.AmbiguousDates)]
    [InlineData("ymd", "31/01/2024", ColumnWarning.AmbiguousDates)]
    public async Task DatesThatContradictTheOrderStayTexts(string said, string date, ColumnWarning warning)
    {
        var (_, dataset) = await _store.Import($"a,b\n{date},1\n{date},2\n", new("csv", null, null, null, null, null, null, said));

        dataset.Columns[0].Type.ShouldBe(ColumnType.Category);
        dataset.Columns[0].Warnings!.ShouldContain(warning);
    }

    [Theory]
    [InlineData("19000", "expected a date as 2024-01-31 or 2024-01-31T12:00:00Z; got '19000'")]
    [InlineData("01/02/2024", "expected a date as 2024-01-31 or 2024-01-31T12:00:00Z, or dates=dmy, mdy or ymd for dates as 01/02/2024; got '01/02/2024'")]
    [InlineData("$5", "expected a date as 2024-01-31 or 2024-01-31T12:00:00Z; got '$5'")]
    public async Task OnlyCellsThatAreNotDatesAreErrors(string cell, string message)
    {
        var rows = string.Concat(Enumerable.Repeat("2024-01-31,1\n", 20));

        (await _store.Refusal($"a,b\n{rows}{cell},1\n", new("csv", null, null, null, null, null, ["a:datetime"]))).Errors
            .ShouldBe([new DatasetError(22, "a", message)]);
    }

    [Theory]
    [InlineData(23, 21, ColumnType.Text)]
    [InlineData(24, 21, ColumnType.Category)]
    [InlineData(20, 20, ColumnType.Category)]
    public async Task TextIsMostlyDifferentInEachRow(int rows, int levels, ColumnType type)
    {
        var (_, dataset) = await _store.Import("a,b\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"level {i % levels},{i}\n")));

        (dataset.Columns[0].Type, dataset.Columns[0].Distinct).ShouldBe((type, levels));
    }

    [Fact]
    public async Task UploadSetsTheTypeOfAColumn()
    {
        const string Csv = "zip,flag,day,note,code\n1,0,2024-01-01,a,007\n2,1,2024-01-02,b,010\n";
        var types = new DatasetUploadQuery("csv", null, null, null, null, null, ["zip:category,day:text,note:text,code:number,flag:number"]);

        var (id, dataset) = await _store.Import(Csv, types);

        dataset.Columns.Select(column => column.Type).ShouldBe([ColumnType.Category, ColumnType.Number, ColumnType.Text, ColumnType.Text, ColumnType.Number]);
        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 10, TestContext.Current.CancellationToken))
            .ShouldBe([["1", 0L, "2024-01-01", "a", 7L], ["2", 1L, "2024-01-02", "b", 10L]]);
    }

    [Theory]
    [InlineData("a:number", "expected a number; got 'x'")]
    [InlineData("a:boolean", "expected true, false, 1 or 0; got 'x'")]
    [InlineData("a:datetime", "expected a date as 2024-01-31 or 2024-01-31T12:00:00Z; got 'x'")]
    public async Task CellThatDoesNotFitTheSetTypeIsNamed(string types, string message)
    {
        var query = new DatasetUploadQuery("csv", null, null, null, "true", null, [types]);

        (await _store.Refusal("a,b\nx,1\n", query)).Errors.ShouldBe([new DatasetError(2, "a", message)]);
        (await _store.Refusal("""{"a":"x","b":1}""", query with { Format = "ndjson" })).Errors.ShouldBe([new DatasetError(1, "a", message)]);
    }

    [Fact]
    public async Task TypeOfAnUnknownColumnIsRefused()
    {
        (await _store.Refusal("a,b\nx,1\n", new("csv", null, null, null, null, null, ["c:number"]))).Errors
            .ShouldBe([new DatasetError(1, "c", "expected a column of the file; 'types' names one that it does not have")]);
    }

    [Fact]
    public async Task WholeNumbersBeyondFloat64AreNumbersOnlyIfTheUploadSaysSo()
    {
        var (id, dataset) = await _store.Import("a,b\n9007199254740993,1\n1,2\n", new("csv", null, null, null, null, null, ["a:number"]));

        dataset.Columns[0].Type.ShouldBe(ColumnType.Number);
        _store.Numbers(id, dataset.Columns[0])[0][0].ToString("R", CultureInfo.InvariantCulture).ShouldBe("9007199254740992");
        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 1, TestContext.Current.CancellationToken))[0][0].ShouldBe(9007199254740993L);
    }

    public void Dispose() => _store.Dispose();
}
