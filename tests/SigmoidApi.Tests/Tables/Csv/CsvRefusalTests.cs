using SigmoidApi.Datasets;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tests.Tables.Csv;

[Trait("Speed", "Slow")]
public sealed class CsvRefusalTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    private static readonly string OfThousands = string.Concat(Enumerable.Repeat(",234", 120));

    public static TheoryData<string, long, string?, string> OneError => new()
    {
        { "", 1, null, "expected a header with the names of the columns; the file is empty" },
        { "\uFEFF", 1, null, "expected a header with the names of the columns; the file is empty" },
        { "a,b,a\n1,2,3\n", 1, "a", "column 3 has the name of column 1 (names that differ only in case count as equal)" },
        { "a,b,A\n1,2,3\n", 1, "A", "column 3 has the name of column 1 (names that differ only in case count as equal)" },
        { "a\0,b\n1,2\n", 1, "a\0", "the name of column 1 holds a NUL character" },
        { "a,\"b\n1,2\n", 1, null, "the quote that opens the name of column 2 is never closed" },
        { "a,\"b\"c\n1,2\n", 1, "b", "expected a delimiter or the end of the line after the quoted name of column 2" },
        { "a,b\"c\"\n1,2\n", 1, "b\"c\"", "expected the name of column 2 in quotes, with its own quotes doubled, as it holds a quote" },
        { "a,b", 2, null, "expected at least one row below the header" },
        { "a,b\n", 2, null, "expected at least one row below the header" },
        { "a,b\r\n\r\n\r\n", 2, null, "expected at least one row below the header" },
        { "a,b\n1,2\n3,four\n", 3, "b", "expected a number; got 'four'" },
        { "a,b\n1,-Infinity\n", 2, "b", "expected a number; got '-Infinity'" },
        { "a,b\n1,1_000\n", 2, "b", "expected a number; got '1_000'" },
        { "a,b\n1,0x10\n", 2, "b", "expected a number; got '0x10'" },
        { "a,b\n1,+-1\n", 2, "b", "expected a number; got '+-1'" },
        { "a,b\n1,1e\n", 2, "b", "expected a number; got '1e'" },
        { "a,b\n1,.-\n", 2, "b", "expected a number; got '.-'" },
        { "a,b\n1,\"1" + OfThousands + "\"\n", 2, "b", "expected a number of at most 1.8e308; got '\"1,234,234,234,234,234,234,234,234,234,2…'" },
        { "a,b\n1,1 2\n", 2, "b", "expected a number; got '1 2'" },
        { "a,b\n1,1e309\n", 2, "b", "expected a number of at most 1.8e308; got '1e309'" },
        { "a,b\n1,\"-1E+00309\"\n", 2, "b", "expected a number of at most 1.8e308; got '\"-1E+00309\"'" },
        { "a,b\n1,1;2\n", 2, "b", "expected a number; got '1;2'" },
        { "a,b\n1,2\n3\n4,5\n", 3, "b", "expected 2 cells; the row has 1" },
        { "a,b\n1,2\n3,4,5\n", 3, null, "expected 2 cells; the row has 3" },
        { "a,b\n1,2\n3,4,\n", 3, null, "expected 2 cells; the row has 3" },
        { "a,b\n1,\"2\n", 2, "b", "the quote that opens this cell is never closed" },
        { "a,b\n1,\"2\"\"3\"\n", 2, "b", "expected a number; got '\"2\"\"3\"'" },
        { "a,b\n1,\"2\"x\n", 2, "b", "expected a delimiter or the end of the line after the closing quote; got '\"2\"x'" },
        { "a,b\n1,2\0\n", 2, "b", "expected a number; got '2\0'" },
        { "a,b\n1,2\r3,4\n", 2, null, "expected every line to end alike; this one ends differently from those before it (LF, CRLF and CR are mixed)" },
        { "a,b\r\n1,2\r3,4\r\n", 2, null, "expected every line to end alike; this one ends differently from those before it (LF, CRLF and CR are mixed)" },
    };

    /// <summary>Such a header was once reported as an open quote or as not UTF-8, because its last name was cut off.</summary>
    [Theory]
    [InlineData("\"", "\"")]
    [InlineData("\"", "\"\"\"")]
    [InlineData("", "")]
    public async Task TooLongHeaderIsRefusedWithItsLimit(string before, string after)
    {
        var names = Enumerable.Range(0, 1_200).Select(i => $"{before}{new string('漢', 400)}{i}{after}");

        (await _store.Refusal(string.Join(',', names) + "\n1\n", Query(null))).Errors
            .ShouldBe([new DatasetError(1, null, "expected a header of at most 1048576 bytes (Datasets:MaxHeaderBytes)")]);
    }

    /// <summary>An error once showed the whole name, three times.</summary>
    [Fact]
    public async Task ALongNameIsShownInPart()
    {
        var refusal = await _store.Refusal("x" + new string('"', 1 << 16) + "\n1\n", Query(null));

        refusal.Errors.ShouldHaveSingleItem().Column!.Length.ShouldBeLessThan(300);
    }

    [Theory]
    [MemberData(nameof(OneError))]
    public async Task OneErrorIsNamedByLineAndColumn(string csv, long line, string? column, string message)
    {
        var refusal = await _store.Refusal(csv, Query(message.StartsWith("expected a number; ", StringComparison.Ordinal) ? "b:number" : null));

        refusal.Errors.ShouldBe([new DatasetError(line, column, message)]);
        refusal.ErrorCount.ShouldBe(1);
    }

    /// <summary>A few other cells in a column of numbers are mistakes; with more of them the column is text.</summary>
    [Theory]
    [InlineData(2, 1)]
    [InlineData(100, 1)]
    [InlineData(300, 3)]
    public async Task FewOtherCellsAmongNumbersAreErrors(int numbers, int others)
    {
        var cells = Enumerable.Range(0, numbers).Select(i => $"{i}.5").Concat(Enumerable.Repeat("three", others));

        var refusal = await _store.Refusal("a\n" + string.Join('\n', cells));

        refusal.ErrorCount.ShouldBe(others);
        refusal.Errors.ShouldBe(Enumerable.Range(0, others).Select(i => new DatasetError(numbers + 2 + i, "a",
            $"expected a number, as in the other {numbers} cells of the column (if the value is right, upload with types=a:category; "
            + "if it means a missing value, name it in nullValue); got 'three'")));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(100, 2)]
    [InlineData(300, 4)]
    public async Task ManyOtherCellsMakeTheColumnText(int numbers, int others)
    {
        var cells = Enumerable.Range(0, numbers).Select(i => $"{i}.5").Concat(Enumerable.Repeat("three", others));

        var (_, dataset) = await _store.Import("a\n" + string.Join('\n', cells));

        dataset.Columns[0].IsText.ShouldBeTrue();
        dataset.Columns[0].Distinct.ShouldBe(numbers + 1);
    }

    [Fact]
    public async Task LinesAreCountedWithinQuotesToo()
    {
        var refusal = await _store.Refusal("\"a\nx\",b\r\n\r\n1,\"two\r\nthree\rfour\nfive\"\r\n6,seven\r\n", Query("b:number"));

        refusal.Errors.ShouldBe([
            new DatasetError(4, "b", "expected a number; got '\"two\r\nthree\rfour\nfive\"'"),
            new DatasetError(8, "b", "expected a number; got 'seven'"),
        ]);
    }

    [Fact]
    public async Task TheFirstTenErrorsAreNamedAndAllAreCounted()
    {
        var lines = Enumerable.Range(0, 100_000).Select(i => i % 3 == 0 ? "x,1,y" : "1,2,3");

        var refusal = await _store.Refusal("a,b,c\n" + string.Join('\n', lines), Query("a:number,c:number"));

        refusal.ErrorCount.ShouldBe(2 * 33_334);
        refusal.Errors.ShouldBe(Enumerable.Range(0, 10).Select(i =>
            new DatasetError(2 + (3 * (i / 2)), i % 2 == 0 ? "a" : "c", $"expected a number; got '{(i % 2 == 0 ? "x" : "y")}'")));
    }

    [Fact]
    public async Task AWideHostileFileIsCountedCellByCell()
    {
        var header = string.Join(',', Enumerable.Range(0, 2000).Select(i => $"c{i}"));
        var row = string.Join(',', Enumerable.Repeat("x", 2000));

        var types = string.Join(',', Enumerable.Range(0, 2000).Select(i => $"c{i}:number"));
        var refusal = await _store.Refusal($"{header}\n{string.Join('\n', Enumerable.Repeat(row, 500))}", Query(types));

        refusal.ErrorCount.ShouldBe(1_000_000);
    }

    [Fact]
    public async Task BytesThatAreNotUtf8AreNamed()
    {
        const string Otherwise = ", or the file's own encoding in the Content-Type (charset=windows-1252); got other bytes";
        (await _store.Refusal([.. "a,b\n1,"u8, 0xFF, (byte)'2', (byte)'\n'])).Errors
            .ShouldBe([new DatasetError(2, "b", $"expected text in UTF-8{Otherwise}: '\uFFFD2'")]);
        (await _store.Refusal([.. "a,b"u8, 0xC3, .. "\n1,2\n"u8])).Errors
            .ShouldBe([new DatasetError(1, null, $"expected the name of column 2 in UTF-8{Otherwise}: 'b\uFFFD'")]);
        (await _store.Refusal([.. "1,gr"u8, 0xFC, .. "n\n1,rot\n2,rot\n"u8])).Errors
            .ShouldBe([new DatasetError(1, "x2", $"expected text in UTF-8{Otherwise}: 'gr\uFFFDn'")]);
        (await _store.Refusal("a,b\n1,ä€😀\n", Query("b:number"))).Errors.ShouldBe([new DatasetError(2, "b", "expected a number; got 'ä€😀'")]);
    }

    [Theory]
    [InlineData(128 * 1024 - 8)]
    [InlineData(128 * 1024)]
    [InlineData(500_000)]
    public async Task ACellLongerThanTheBufferIsShownByItsBeginning(int length)
    {
        var refusal = await _store.Refusal($"a,b\n1,{new string('é', length)}\n1,\"{new string('\n', length)}\"\n3,x\n", Query("b:number"));

        refusal.Errors.ShouldBe([
            new DatasetError(2, "b", $"expected a number; got '{new string('é', 40)}…'"),
            new DatasetError(3, "b", $"expected a number; got '\"{new string('\n', 39)}…'"),
            new DatasetError(4 + length, "b", "expected a number; got 'x'"),
        ]);
    }

    [Fact]
    public async Task ALineLongerThanDuckDbReadsIsRefused()
    {
        var cell = new string('0', 100_000);

        var refusal = await _store.Refusal($"{string.Join(',', Enumerable.Range(0, 30))}\n{string.Join(',', Enumerable.Repeat(cell, 30))}\n");

        var error = refusal.Errors.ShouldHaveSingleItem();
        error.Line.ShouldBe(1);
        error.Message.ShouldStartWith("the rows can't be read: ");
    }

    [Fact]
    public async Task MoreRowsOrColumnsThanAllowedAreTooLarge()
    {
        using var store = new TemporaryStore(new DatasetOptions { MaxRows = 3, MaxColumns = 2 });

        (await store.Import("a,b\n1,2\n1,2\n1,2\n")).Dataset.Rows.ShouldBe(3);
        (await Should.ThrowAsync<DatasetTooLargeException>(store.Import("a,b\n1,2\n1,2\n1,2\n1,2\n"))).Message
            .ShouldBe("The file has 4 rows; at most 3 are taken (Datasets:MaxRows).");
        (await Should.ThrowAsync<DatasetTooLargeException>(store.Import("a,b,c\n1,2,3\n"))).Message
            .ShouldBe("The file has 3 columns; at most 2 are taken (Datasets:MaxColumns).");
        store.Entries.Length.ShouldBe(1);
    }

    [Fact]
    public async Task FileThatNeedsMoreMemoryThanAllowedIsTooLarge()
    {
        using var store = new TemporaryStore(new DatasetOptions { MaxColumns = 10_000, MemoryMegabytes = 256 });
        var row = string.Join(',', Enumerable.Range(0, 10_000));

        (await Should.ThrowAsync<DatasetTooLargeException>(store.Import($"{row}\n{row}\n"))).Message
            .ShouldBe("The data set needs more memory than imports may use (Datasets:MemoryMegabytes).");
        store.Entries.ShouldBeEmpty();
    }

    public void Dispose() => _store.Dispose();

    /// <summary>Sets the dialect, because detection may give another one for a file of two lines.</summary>
    private static DatasetUploadQuery Query(string? types) => new("csv", ",", "\"", ".", "true", null, types is null ? null : [types]);
}
