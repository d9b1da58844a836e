using CsCheck;
using SigmoidApi.Tables;

namespace SigmoidApi.Tests.Tables.Csv;

/// <summary>Lines before the header, and line ends.</summary>
[Trait("Speed", "Slow")]
public sealed class CsvPreambleTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    [Theory]
    [InlineData("sep=;\r\na;b\r\n1,5;ja\r\n2,5;nein\r\n")]
    [InlineData("SEP=;\na;b\n1,5;ja\n2,5;nein\n")]
    [InlineData("\uFEFF\"sep=;\"\na;b\n1,5;ja\n2,5;nein\n")]
    [InlineData("sep=,\na,b\n1.5,ja\n2.5,nein\n")]
    [InlineData("sep=\t\r\na\tb\r\n1,5\tja\r\n2,5\tnein\r\n")]
    [InlineData("sep=~\na~b\n1,5~ja\n2,5~nein\n")]
    [InlineData("\nsep=;\n\na;b\n1,5;ja\n2,5;nein\n")]
    [InlineData("\n\na,b\n1.5,ja\n2.5,nein\n")]
    [InlineData("\r\n  \r\na,b\r\n1.5,ja\r\n2.5,nein\r\n")]
    [InlineData("\ra,b\r1.5,ja\r2.5,nein")]
    public async Task LinesBeforeTheHeaderAreNotRows(string csv)
    {
        var (id, dataset) = await _store.Import(csv);

        dataset.Columns.Select(column => column.Name).ShouldBe(["a", "b"]);
        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 10, TestContext.Current.CancellationToken)).ShouldBe([[1.5, "ja"], [2.5, "nein"]]);
        _store.Entries.ShouldBe([$"datasets/{id}.parquet"]);
    }

    [Fact]
    public async Task PreambleLinesAreCounted()
    {
        (await _store.Refusal("\n\na,a\n1,2\n")).Errors.ShouldHaveSingleItem().Line.ShouldBe(3);
        (await _store.Refusal("\nsep=;\na;\"b\n1;2\n")).Errors.ShouldHaveSingleItem().Line.ShouldBe(3);
        (await _store.Refusal("sep=;\r\na;b\r\n1;2\r\n3\r\n")).Errors.ShouldBe([new DatasetError(4, "b", "expected 2 cells; the row has 1")]);
        (await _store.Refusal("\n\n1;2\n3;4\n3\n")).Errors.ShouldBe([new DatasetError(5, "x2", "expected 2 cells; the row has 1")]);
        (await _store.Refusal("\n\n")).Errors.ShouldBe([new DatasetError(1, null, "expected a header with the names of the columns; the file is empty")]);
    }

    [Theory]
    [InlineData("a,b\r\n1,2\n3,4\r\n")]
    [InlineData("a,b\n1,2\r\n3,4\r\n")]
    [InlineData("a,b\r\n1,2\r\n3,4\n")]
    [InlineData("a,b\n\r\n1,2\n\n3,4\r\n\r\n")]
    [InlineData("1,2\r\n3,4\n")]
    public async Task LinesMayEndInLfAndCrLf(string csv)
    {
        (await _store.Rows(csv)).ShouldBe([[1L, 2L], [3L, 4L]]);
    }

    [Fact]
    public async Task LineEndsWithinQuotesAreKept()
    {
        (await _store.Rows("a,b\r\n\"one\r\ntwo\",1\n\"three\nfour \"\"5\"\"\",2\r\n")).ShouldBe([["one\r\ntwo", 1L], ["three\nfour \"5\"", 2L]]);
    }

    /// <summary>By itself, the last line looks like a remark, because the quote within its second cell makes the number of quotes even.</summary>
    [Theory]
    [InlineData("n,a,b\n1,x,y\n7,\"\n\",a\"b\n")]
    [InlineData("n,a,b\r\n1,x,y\n7,\"\n\",a\"b\n")]
    public async Task EndOfAQuotedCellIsNotAFooter(string csv) =>
        (await _store.Rows(csv)).ShouldBe([[1L, "x", "y"], [7L, "\n", "a\"b"]]);

    [Fact]
    public async Task OpenQuoteAboveAnApparentRemarkIsRefused() =>
        (await _store.Refusal("n,a,b\n1,x,y\n7,\"z,1\n8,x,y\n(2 rows)\n")).Errors.ShouldContain(error => error.Message.Contains("never closed"));

    /// <summary>A file has the same rows with any line ends.</summary>
    [Fact]
    public async Task MixedLineEndsDoNotChangeTheRows()
    {
        string[] cells = ["1", "\"2\"", "x", "\"y,\"\"\r\nz\"", "a\"b", "\"\n\"", ""];
        var lines = Gen.Select(Gen.OneOf(cells), Gen.OneOf(cells), Gen.OneOf("\n", "\r\n"), (left, right, end) => (Row: $"7,{left},{right}", End: end));
        await lines.Array[40_000, 40_000].SampleAsync(async rows =>
        {
            var mixed = await _store.Rows("n,a,b\n" + string.Concat(rows.Select(row => row.Row + row.End)));
            var plain = await _store.Rows("n,a,b\n" + string.Concat(rows.Select(row => row.Row + "\n")));
            mixed.ShouldBe(plain);
        }, iter: 3, threads: 1);
    }

    public void Dispose() => _store.Dispose();
}
