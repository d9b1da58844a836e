using System.Globalization;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Rows;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tests.Tables.Csv;

[Trait("Speed", "Slow")]
public sealed class CsvImportTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    public static TheoryData<string, string> Forms => new()
    {
        { "plain", "a,b\n1,2\n3,4\n" },
        { "no line end at the end", "a,b\n1,2\n3,4" },
        { "CRLF", "a,b\r\n1,2\r\n3,4\r\n" },
        { "CR", "a,b\r1,2\r3,4\r" },
        { "byte order mark", "\uFEFFa,b\n1,2\n3,4\n" },
        { "byte order mark and quotes", "\uFEFF\"a\",b\n1,2\n3,4\n" },
        { "quoted names and cells", "\"a\",\"b\"\n\"1\",2\n3,\"4\"\n" },
        { "blank lines at the end", "a,b\n1,2\n3,4\n\n\n\n" },
        { "blank lines at the end, CRLF", "a,b\r\n1,2\r\n3,4\r\n\r\n\r\n" },
        { "blank lines between", "a,b\n\n1,2\n\n3,4\n" },
        { "blanks around numbers", "a,b\n 1, 2\n3 ,\t4\n" },
        { "signs and exponents", "a,b\n+1,.2e1\n300e-02,4.\n" },
        { "zeros in front", "a,b\n0001,2.000\n3,04\n" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task EveryAcceptedFormGivesTheSameRows(string form, string csv)
    {
        var rows = await _store.Rows(csv);

        rows.Select(row => row.Select(value => Convert.ToDouble(value, CultureInfo.InvariantCulture))).ShouldBe([[1, 2], [3, 4]], form);
    }

    [Fact]
    public async Task BlankLinesOfAOneColumnFileAreSkipped()
    {
        var (_, dataset) = await _store.Import("a\n1\n\n2\n\n\n");

        dataset.Rows.ShouldBe(2);
        dataset.Columns[0].Maximum.ShouldBe(2);
    }

    [Fact]
    public async Task NamesAreKeptWithEveryCharacter()
    {
        string[] names =
        [
            "word;freq", "(", "[", "!", "$", "#", "a\"b", "it's", "a,b", "two\nlines", "größe", "名前", "a  b", "select", "c0", "100%", "{x}", "\\",
        ];
        var header = string.Join(',', names.Select(name => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));

        var (id, dataset) = await _store.Import($"{header}\n{string.Join(',', Enumerable.Range(0, names.Length))}\n");

        dataset.Columns.Select(column => column.Name).ShouldBe(names);
        for (var i = 0; i < names.Length; i++)
            _store.Numbers(id, dataset.Columns[i])[0].ShouldBe([i], names[i]);
    }

    [Fact]
    public async Task SpambaseIsKeptWhole()
    {
        var csv = await File.ReadAllBytesAsync("Reference/spambase.csv", TestContext.Current.CancellationToken);

        var (id, dataset) = await _store.Import(csv);

        dataset.Rows.ShouldBe(4601);
        dataset.Columns.Count.ShouldBe(58);
        dataset.Columns.ShouldContain(column => column.Name == "char_freq_;");
        dataset.Columns[^1].Name.ShouldBe("Decision");
        dataset.Columns[^1].Type.ShouldBe(ColumnType.Boolean);
        dataset.Columns[^1].Mean!.Value.ShouldBe(1813 / 4601.0, 1e-15);
        _store.Entries.ShouldBe([$"datasets/{id}.parquet"]);
    }

    [Fact]
    public async Task ColumnsAtTheLimitFitInTheDefaultMemory()
    {
        using var store = new TemporaryStore(new DatasetOptions());
        var columns = store.Options.MaxColumns;
        var row = string.Join(',', Enumerable.Range(0, columns).Select(i => i % 7)) + "\n";
        var header = string.Join(',', Enumerable.Range(0, columns).Select(i => $"column {i}")) + "\n";

        var (_, dataset) = await store.Import(header + string.Concat(Enumerable.Repeat(row, 5000)));

        dataset.Rows.ShouldBe(5000);
        dataset.Columns[6].Mean.ShouldBe(6);
    }

    [Theory]
    [InlineData(1, 122_880)]
    [InlineData(28, 122_880)]
    [InlineData(100, 40_960)]
    [InlineData(10_000, 4_096)]
    public void RowGroupsHoldWholeBlocks(int columns, int rows)
    {
        DatasetExport.RowGroupRows(columns).ShouldBe(rows);
        (rows % 4096).ShouldBe(0);
    }

    public void Dispose() => _store.Dispose();
}
