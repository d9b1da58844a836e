using System.Net;
using System.Text;
using SigmoidApi.Tables;

namespace SigmoidApi.Tests.Tables.Csv;

/// <summary>Lines above the header and below the last row that are not part of the table.</summary>
[Trait("Speed", "Slow")]
public sealed class CsvTitleTests(TestApplication application) : IClassFixture<TestApplication>, IDisposable
{
    private readonly ApiClient _api = application.Api;
    private readonly TemporaryStore _store = new();

    [Theory]
    [InlineData("Monthly report\na,b,y\n1,x,0\n2,z,1\n", 1)]
    [InlineData("Monthly report,,\na,b,y\n1,x,0\n2,z,1\n", 1)]
    [InlineData("\"Report, May \"\"24\"\"\"\na,b,y\n1,x,0\n2,z,1\n", 1)]
    [InlineData("\"Report\nof May\"\na,b,y\n1,x,0\n2,z,1\n", 1)]
    [InlineData("Monthly report\r\n\r\nExported on 31 May\r\nSource: ministry\r\n\r\na,b,y\r\n1,x,0\r\n2,z,1\r\n", 1, 3, 4)]
    [InlineData("\n\nMonthly report\n\na,b,y\n1,x,0\n2,z,1", 3)]
    [InlineData("\uFEFFMonthly report\na,b,y\n1,x,0\n2,z,1\n", 1)]
    [InlineData("# exported, by me\n# again, and, again, and\na,b,y\n1,x,0\n2,z,1\n", 1, 2)]
    [InlineData("Monthly report\na;b;y\n1;x;0\n2;z;1\n", 1)]
    [InlineData("# exported\n# again, by, me\n#\na,b,y\n1,x,0\n2,z,1\n", 1, 2, 3)]
    [InlineData("Monthly report,,\n,,\na,b,y\n1,x,0\n2,z,1\n,,\nTotal,,\n,,\nSource,,\n,,\n", 1, 2, 6, 7, 8, 9, 10)]
    [InlineData(",,\na,b,y\n1,x,0\n2,z,1\n", 1)]
    [InlineData("Monthly report;;\na;b;y\n1;x;0\n2;z;1\n", 1)]
    [InlineData("Monthly report\ra;b;y\r1;x;0\r2;z;1\r", 1)]
    [InlineData("Monthly report\na\tb\ty\n1\tx\t0\n2\tz\t1\n", 1)]
    [InlineData("sep=;\nMonthly report\na;b;y\n1;x;0\n2;z;1\n", 2)]
    [InlineData("a,b,y\n1,x,0\n2,z,1\nTotal: 2 rows\n", 4)]
    [InlineData("a,b,y\n1,x,0\n2,z,1\n(2 rows)", 4)]
    [InlineData("a,b,y\n1,x,0\n2,z,1\n\nend of report\n\n", 5)]
    [InlineData("a,b,y\n1,x,0\n2,z,1\r\n\r\n\r\nTotal,,\r\n\"Source: a, b\"\r\n", 6, 7)]
    [InlineData("a,b,y\n1,x,0\n2,z,1\nend", 4)]
    [InlineData("Monthly report\n\na,b,y\n1,x,0\n2,z,1\n\nSource: ministry\n", 1, 7)]
    [InlineData("a,b,y\n1,x,0\n2,z,1\n\nNotes:\n\"1. first, of all\"\nSource: ministry\n", 5, 6, 7)]
    [InlineData("a,b,y\n1,x,0\n2,z,1\n* estimated\n", 4)]
    public async Task TitlesAndRemarksAreSkippedAndNamed(string csv, params int[] skipped)
    {
        var (id, dataset) = await _store.Import(csv);

        dataset.Columns.Select(column => column.Name).ShouldBe(["a", "b", "y"]);
        dataset.Origin.SkippedLines.ShouldBe(skipped.Select(line => (long)line));
        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 10, TestContext.Current.CancellationToken)).ShouldBe([[1L, "x", 0L], [2L, "z", 1L]]);
    }

    [Fact]
    public async Task BlankLinesBelowTheRowsAreNotRows()
    {
        var (_, dataset) = await _store.Import("a,b,y\n1,x,0\n2,z,1\n   \n  ");

        dataset.Rows.ShouldBe(2);
        dataset.Origin.SkippedLines.ShouldBeNull();
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n")]
    [InlineData("a\nfirst\n\nsecond\n")]
    [InlineData("name,,\nx,1,2\ny,3,4\n")]
    [InlineData("x,,\ny,1,2\nz,3,4\n")]
    [InlineData("#id,name\n1,x\n2,y\n")]
    [InlineData("# a,b\n1,2\n3,4\n")]
    [InlineData("# a,b,c\nx,y,z\nu,v,w\n")]
    [InlineData("a,b\n1,2\n,\n")]
    [InlineData("name,n,m\nx,1,2\nTotal,,3\n")]
    [InlineData("name,n,m\nx,1,2\ny,,\n")]
    [InlineData("name,text\nx,\"one\n\nTotal: 3\"\n")]
    [InlineData("name,text\nx,\"one\"\n,\n")]
    public async Task PossibleRowIsKept(string csv)
    {
        (await _store.Import(csv)).Dataset.Origin.SkippedLines.ShouldBeNull();
    }

    [Theory]
    // Rows that were cut off, not remarks.
    [InlineData("a,b\n1,2\n3,4\n5\n", 4, "a", "expected 2 cells; the row has 1")]
    [InlineData("name,b\nx,2\ny,4\nBer", 4, "b", "expected 2 cells; the row has 1")]
    [InlineData("name,b,c\nx,2,3\ny,4,5\nBer,7", 4, "c", "expected 3 cells; the row has 2")]
    [InlineData("name,b\nx,2\nTotal: 2\ny,4\n", 3, "b", "expected 2 cells; the row has 1")]
    public async Task PossibleRowWithErrorsIsNamed(string csv, long line, string column, string message)
    {
        (await _store.Refusal(csv)).Errors.ShouldBe([new DatasetError(line, column == "a" ? "b" : column, message)]);
    }

    [Theory]
    [InlineData("Report, May\na,b,y\n1,2,0\n3,4,1\n", 1, 3, 2)]
    [InlineData("2024\na,b\n1,2\n3,4\n", 1, 2, 1)]
    [InlineData("report\n1,2\n3,4\n5,6\n", 1, 2, 1)]
    [InlineData("comment\nfine, thanks\nok, then\n", 1, 2, 1)]
    [InlineData("a,b\n1,2,3\n4,5,6\n", 1, 3, 2)]
    [InlineData("a,b,c,d\n1,2,3\n4,5,6\n", 1, 3, 4)]
    [InlineData("\n\na,b\n1,2,3\n4,5,6\n", 3, 3, 2)]
    public async Task FirstLineThatDoesNotFitIsTheOnlyError(string csv, long line, int columns, int cells)
    {
        var error = (await _store.Refusal(csv)).Errors.ShouldHaveSingleItem();

        (error.Line, error.Column).ShouldBe((line, null));
        error.Message.ShouldStartWith($"expected {columns} cells, as most lines below have; this line has {cells}. ");
    }

    [Fact]
    public async Task ARemarkBelowManyRowsIsSkipped()
    {
        var rows = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i},{i % 7},\"x\n{i}\"\n"));

        var (_, dataset) = await _store.Import($"Report\n\na,b,c\n{rows}\nSource: ministry\nLicence: none\n");

        (dataset.Rows, dataset.Columns[0].Type).ShouldBe((60_000L, ColumnType.Number));
        dataset.Origin.SkippedLines.ShouldBe([1, 120_005, 120_006]);
    }

    [Fact]
    public async Task ErrorsHaveTheLinesOfTheFile()
    {
        (await _store.Refusal("Report\n\na,b,y\n1,x,0\n2,z\n3,z,1\n\nSource: ministry\n")).Errors.ShouldBe(
            [new DatasetError(5, "y", "expected 3 cells; the row has 2")]);
    }

    [Fact]
    public async Task AFileToPredictMayHaveATitleToo()
    {
        const string Rows = "1,0.5,0\n2,1.5,1\n3,0.25,0\n4,2,1\n5,1,1\n";
        var dataset = await _api.Upload("name=titled", $"Monthly report\n\na,b,y\n{Rows}\nSource: ministry\n");
        dataset.GetProperty("origin").GetProperty("skippedLines").ToString().ShouldBe("[1,10]");
        await _api.Train("""{ "datasetId": "titled", "target": "y", "modelName": "titled" }""");
        var plain = (await _api.PostBytes("models/titled/predict", Encoding.UTF8.GetBytes($"a,b,y\n{Rows}"), "text/csv")).Expect(HttpStatusCode.OK).Text;

        foreach (var csv in new[] { $"Monthly report\na,b,y\n{Rows}", $"Monthly report,,\na,b,y\n{Rows}\n(5 rows)\n" })
            (await _api.PostBytes("models/titled/predict", Encoding.UTF8.GetBytes(csv), "text/csv")).Expect(HttpStatusCode.OK).Text.ShouldBe(plain);
        plain.Split('\n')[0].ShouldBe("a,b,y,probability,label");
    }

    public void Dispose() => _store.Dispose();
}
