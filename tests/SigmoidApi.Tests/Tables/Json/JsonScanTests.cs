using System.Text;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Json;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tests.Tables.Json;

/// <summary>The scan of a JSON file before DuckDB reads it.</summary>
public sealed class JsonScanTests : IDisposable
{
    private const int MaxRecordBytes = 1 << 22;

    private readonly string _path = Path.GetTempFileName();

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}", 1, "a", "expected every name once; the record has 'a' twice")]
    [InlineData("{\"a\":1}\n{\"b\":1,\"a\":1,\n\"\\u0061\":2}", 3, "a", "expected every name once; the record has 'a' twice")]
    [InlineData("{\"a\":1}\n{\"b\":1,\"a\":null,\"\\u0061\":null}", 2, "a", "expected every name once; the record has 'a' twice")]
    [InlineData("{\"a\":1}\n{\"A\":1}", 2, "A", "expected names that differ by more than upper and lower case; the file has 'a' and 'A'")]
    [InlineData("{\"a\":1}\n{\"É\":1,\"é\":2}", 2, "é", "expected names that differ by more than upper and lower case; the file has 'É' and 'é'")]
    [InlineData("{\"a\":1}\n{\"\":1}", 2, null, "expected names of at least one character; a record has an empty one")]
    [InlineData("{\"a\":1}\n{\"b\\u0000\":1}", 2, "b\0", "expected names without a NUL character; a name in a record has one")]
    [InlineData("{\"a\":1}\n{\"a\":Infinity}", 2, "a", "expected a number of at most 1.8e308; got 'Infinity'")]
    [InlineData("{\"a\":1}\n{\"a\":-inf}", 2, "a", "expected a number of at most 1.8e308; got '-inf'")]
    [InlineData("{\"a\":1.8e308}", 1, "a", "expected a number of at most 1.8e308; got '1.8e308'")]
    [InlineData("{\"a\":1}\n{\"a\":\"\\udc00\"}", 2, null,
        "expected a JSON record on each line; a text of this one is not UTF-8, or has half of a surrogate pair")]
    [InlineData("{\"a\":1}\n{\"\\ud800x\":1}", 2, null,
        "expected a JSON record on each line; a text of this one is not UTF-8, or has half of a surrogate pair")]
    [InlineData("{\"a\":1}\n{\"a\":[{\"b\":\"\\ud800\"}]}", 2, null,
        "expected a JSON record on each line; a text of this one is not UTF-8, or has half of a surrogate pair")]
    [InlineData("{\"a\":1}\n{\"a\":\"\\x\"}", 2, null, "expected a JSON record on each line; this one is malformed at byte 8 of the line")]
    [InlineData("{\"a\":1}\n{\"a\":\"x\ty\"}", 2, null, "expected a JSON record on each line; this one is malformed at byte 8 of the line")]
    [InlineData("{\"a\":1}\n{\"a\":01}", 2, null, "expected a JSON record on each line; this one is malformed at byte 7 of the line")]
    [InlineData("{\"a\":1}\n{\"a\":1.}", 2, null, "expected a JSON record on each line; this one is malformed at byte 8 of the line")]
    [InlineData("{\"a\":1}\n{\"a\":1e+}", 2, null, "expected a JSON record on each line; this one is malformed at byte 9 of the line")]
    [InlineData("{\"a\":1}\n{\"a\":True}", 2, null, "expected a JSON record on each line; this one is malformed at byte 6 of the line")]
    [InlineData("{\"a\":1}\n{\"a\":1,,\"b\":2}", 2, null, "expected a JSON record on each line; this one is malformed at byte 8 of the line")]
    [InlineData("{\"a\":1}\n{\"a\" 1}", 2, null, "expected a JSON record on each line; this one is malformed at byte 6 of the line")]
    [InlineData("{\"a\":1}\n{\"a\":1} x", 2, null, "expected a JSON record on each line; this one is malformed at byte 9 of the line")]
    [InlineData("{\"a\":1} {\"a\":2}", 1, null, "expected a JSON record on each line, got more than one on this line")]
    [InlineData("[{\"a\":1},]", 1, null, "expected a JSON array of records; this one is malformed at byte 10 of the line")]
    [InlineData("[{\"a\":1}]\nx", 2, null, "expected a JSON array of records; this one is malformed at byte 1 of the line")]
    [InlineData("[{\"a\":1}]\n[]", 2, null, "expected a JSON array of records; something follows this one")]
    [InlineData("[{\"a\":1},\n{\"a\":tru", 1, null, "expected a JSON array of records; this one never ends")]
    [InlineData("[{\"a\":1},\n{\"a\":\"x\\", 1, null, "expected a JSON array of records; this one never ends")]
    public void FaultIsNamedByItsLine(string text, long line, string? column, string message) =>
        Refusal(text).Errors.ShouldBe([new DatasetError(line, column, message)]);

    [Fact]
    public void TextThatIsNotUtf8IsRefused() =>
        Refusal([.. "{\"a\":\""u8, 0xFF, .. "\"}"u8]).Errors.ShouldHaveSingleItem().Message.ShouldEndWith("is not UTF-8, or has half of a surrogate pair");

    [Fact]
    public void NestingIsLimited()
    {
        Scan(Nested(JsonTokens.MaxDepth)).Columns.Count.ShouldBe(1);
        foreach (var depth in new[] { JsonTokens.MaxDepth + 1, 5_000, 1_000_000 })
            Refusal(Nested(depth)).Errors.ShouldBe([new DatasetError(1, null, "expected a JSON record on each line; this one nests values more than 64 deep")]);
        Refusal($"[{Nested(JsonTokens.MaxDepth)}]").ErrorCount.ShouldBe(1);

        static string Nested(int depth) => $"{{\"a\":{new string('[', depth - 1)}{new string(']', depth - 1)}}}";
    }

    [Fact]
    public void ReadingStopsAtTheFirstColumnTooMany()
    {
        var names = string.Join(',', Enumerable.Range(0, 2_000).Select(i => $"\"n{i}\":1"));

        Scan($"{{{names}}}").Columns.Count.ShouldBe(2_000);
        // The malformed record after it is never reached.
        Should.Throw<DatasetTooLargeException>(() => Scan($"{{{names},\"one more\":1,,,")).Message.ShouldBe(
            "The file has more than 2000 columns; at most 2000 are taken (Datasets:MaxColumns).");
    }

    [Fact]
    public void ReadingStopsAtTheFirstRowTooMany()
    {
        Scan("{\"a\":1}\n{\"a\":2}\n", maxRows: 2).Rows.ShouldBe(2);
        Should.Throw<DatasetTooLargeException>(() => Scan("{\"a\":1}\n{\"a\":2}\n{,,", maxRows: 2)).Message.ShouldBe(
            "The file has more than 2 rows; at most 2 are taken (Datasets:MaxRows).");
    }

    [Fact]
    public void NamesAndRecordsAreLimited()
    {
        Scan($"{{\"{new string('n', TableFile.DefaultHeaderBytes)}\":1}}").Columns.Count.ShouldBe(1);
        Refusal($"{{\"{new string('n', TableFile.DefaultHeaderBytes + 1)}\":1}}").Errors.ShouldBe(
            [new DatasetError(1, null, "expected names of at most 1048576 bytes together (Datasets:MaxHeaderBytes)")]);

        var long_ = new string('x', MaxRecordBytes / 2);
        const string TooLong = "expected a JSON record on each line; this one takes more than 4194304 bytes (Datasets:MaxRecordBytes)";
        Refusal($"{{\"a\":1}}\n{{\"a\":\"{long_}\",\"b\":\"{long_}\"}}").Errors.ShouldBe([new DatasetError(2, null, TooLong)]);
        Refusal($"{{\"a\":1}}\n{{\"a\":\"{long_}{long_}x\"}}").Errors.ShouldBe([new DatasetError(2, null, TooLong)]);
        Refusal($"{{\"a\":1}}\n{{\"a\":\"{long_}{long_}{long_}{long_}{long_}").Errors.ShouldBe([new DatasetError(2, null, TooLong)]);
    }

    /// <summary>The end of a block may split tokens of every kind at any byte.</summary>
    [Fact]
    public void TokensAreReadOverBlocks()
    {
        const string Values = """{ "a" : "x\"\u00e9é", "b":-1.5e+3 ,"c":true,"d": null,"e":[ {"f":"😀"} ] , "g":NaN,"h":12345678901234567890}""";
        for (var place = 0; place <= Values.Length + 8; place++)
        {
            var scan = Scan($"{{\"pad\":\"{new string('x', 128 * 1024 - 11 - place)}\"}}\n{Values}\n");
            scan.Rows.ShouldBe(2);
            scan.Columns.Select(column => (column.Name, column.Values)).ShouldBe([
                ("pad", JsonValues.Texts), ("a", JsonValues.Texts), ("b", JsonValues.Numbers), ("c", JsonValues.Booleans), ("d", JsonValues.None),
                ("e", JsonValues.Nested), ("g", JsonValues.NotANumber), ("h", JsonValues.Numbers)]);
        }
    }

    /// <summary>Measured by memory, which is exact: records take none, and for names and long texts it grows like them.</summary>
    [Theory]
    [InlineData("records")]
    [InlineData("names")]
    [InlineData("texts")]
    [InlineData("escapes")]
    [InlineData("nested")]
    public void TwiceTheFileTakesTwiceTheMemory(string kind)
    {
        Allocated(kind, 500);
        var (once, twice) = (Allocated(kind, 500), Allocated(kind, 1_000));

        twice.ShouldBeLessThan(once * 5 / 2);
        if (kind is "records" or "nested")
            twice.ShouldBeLessThan(once + 10_000);

        long Allocated(string of, int count)
        {
            File.WriteAllText(_path, of switch
            {
                "names" => $"{{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"name {i}\":1"))}}}",
                "texts" => $"{{\"a\":\"{new string('x', count * 2_000)}\"}}",
                "escapes" => $"{{\"a\":\"{string.Concat(Enumerable.Repeat("\\u00e9\\\\", count * 200))}\"}}",
                "nested" => $"{{\"a\":[{string.Join(',', Enumerable.Repeat("""{"b":[1,"x",[],{"c":null}]}""", count * 10))}]}}",
                _ => string.Concat(Enumerable.Repeat("""{"a":1.5,"b":"x","c":[1,2],"d":"2024-01-31"}""" + "\n", count * 10)),
            });
            var before = GC.GetAllocatedBytesForCurrentThread();
            JsonScan.Run(Received(_path), '.', MissingWords.Default, TestContext.Current.CancellationToken);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void CanceledScanStopsWithinABlock()
    {
        File.WriteAllText(_path, string.Concat(Enumerable.Repeat("{\"a\":1}\n", 100_000)));

        Should.Throw<OperationCanceledException>(() => JsonScan.Run(Received(_path), '.', MissingWords.Default, new CancellationToken(canceled: true)));
    }

    public void Dispose() => File.Delete(_path);

    private InvalidDatasetException Refusal(string text) => Refusal(Encoding.UTF8.GetBytes(text));

    private InvalidDatasetException Refusal(byte[] text) => Should.Throw<InvalidDatasetException>(() => Scan(text));

    private JsonScanResult Scan(string text, int maxRows = 1_000_000) => Scan(Encoding.UTF8.GetBytes(text), maxRows);

    private JsonScanResult Scan(byte[] text, int maxRows = 1_000_000)
    {
        File.WriteAllBytes(_path, text);
        var format = text[0] == '[' ? DatasetFormat.Json : DatasetFormat.NdJson;
        return JsonScan.Run(Received(_path) with { Format = format, MaxRows = maxRows }, '.', MissingWords.Default, TestContext.Current.CancellationToken);
    }

    private static TableFile Received(string path) => new(
        path, DatasetFormat.NdJson, new(), new Dictionary<string, ColumnType>(), 2_000, 1_000_000, 1_000, 1_000, MaxRecordBytes, 1_000);
}
