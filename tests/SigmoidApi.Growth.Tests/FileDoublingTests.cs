using System.Globalization;
using System.Text;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Import;
using SigmoidApi.Tables.Sources;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Growth.Tests;

/// <summary>
/// The time for a file grows no faster than its size: twice as much of any shape takes at most 2.5 times as long to read, whether it is accepted or refused.
/// </summary>
public sealed class FileDoublingTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sigmoid-doubling").FullName;
    private int _files;

    private static readonly Shape[] Shapes =
    [
        // A line of 64 KB of quotes once took 18 s.
        Csv("quotes after a letter", n => "x" + Of("\"", n) + "\n1\n", most: 1 << 17),
        Csv("quotes", n => Of("\"", n) + "\n1\n", most: 1 << 17),
        Csv("an odd number of quotes", n => Of("\"\"", n / 2) + "\"\n1\n", most: 1 << 17),
        Csv("quotes after blanks", n => Of(" \"", n / 2) + "\n1\n", most: 1 << 17),
        Csv("blanks before a quote", n => Of(" ", n) + "\"x\"\n1\n", most: 1 << 17),
        Csv("cells of quotes in quotes", n => "a\n" + Of("\"\"\"\"\"\"\n", n / 7)),
        Csv("a cell of quotes", n => "a\n\"" + Of("\"\"", n / 2) + "\"\n", most: 1 << 20),
        Csv("an open quote", n => "a\n\"" + Of("x\n", n / 2)),
        Csv("text after closing quotes", n => "a\n" + Of("\"x\"y\n", n / 5)),
        Csv("a quote in a word", n => "a\n" + Of("x\"y\n", n / 4)),
        Csv("delimiters", n => Of(",", n)),
        Csv("lines of delimiters", n => "a,b\n" + Of(",,,,,,,\n", n / 8)),
        Csv("all delimiters", n => Of(",;\t| ", n / 5) + "\n1\n", most: 1 << 17),
        Csv("empty lines", n => "a\n" + Of("\n", n) + "1\n"),
        Csv("empty lines first", n => Of("\n", n) + "a\n1\n"),
        Csv("carriage returns", n => "a" + Of("\r", n) + "1\n"),
        Csv("lines of blanks", n => "a,b\n1,2\n" + Of("  \n", n / 3)),
        Csv("titles", n => Of("title\n", n / 6) + "a,b\n1,2\n"),
        Csv("comments", n => Of("#c,d\n", n / 5) + "a,b\n1,2\n"),
        Csv("remarks below", n => "a,b\n1,2\n" + Of("(x)\n", n / 4)),
        Csv("a remark below", n => "a,b\n1,2\n(" + Of("x", n) + ")\n", most: 1 << 20),
        Csv("separators named", n => Of("sep=;\n", n / 6) + "a;b\n1;2\n"),
        Csv("byte order marks", n => Of("\uFEFF", n / 3) + "a\n1\n", most: 1 << 20),
        Csv("NULs", n => "a\n" + Of("\0", n) + "\n", most: 1 << 20),
        Csv("a cell of digits", n => "a\n" + Of("7", n) + "\n", most: 1 << 20),
        Csv("cells of digits", n => "a\n" + Of(Of("7", 5_000) + "\n", n / 5_001 + 1)),
        Csv("cells of zeros", n => "a\n" + Of(Of("0", 5_000) + "\n", n / 5_001 + 1)),
        Csv("cells of points", n => "a\n" + Of(Of("1.", 2_500) + "\n", n / 5_001 + 1)),
        Csv("cells of thousands", n => "a\n" + Of("1" + Of(",234", 1_250) + "\n", n / 5_001 + 1), query: "?delimiter=;"),
        Csv("cells of thousands with blanks", n => "a\n1" + Of(" 234", n / 4) + "\n", most: 1 << 20, query: "?delimiter=;"),
        Csv("cells like dates", n => "a\n" + Of("2024-" + Of("01-", 500) + "\n", n / 1_505 + 1)),
        Csv("cells like exponents", n => "a\n" + Of("1e" + Of("9", 5_000) + "\n", n / 5_003 + 1)),
        Csv("different texts", n => "a,y\n" + Each(n / 12, i => $"text {i},{i % 2}\n")),
        Csv("different long texts", n => "a,y\n" + Each(n / 2_000, i => $"{Of("x", 2_000)}{i},{i % 2}\n")),
        Csv("different amounts", n => "a,y\n" + Each(n / 12, i => $"USD {i}.5,{i % 2}\n")),
        Csv("different numbers", n => "a,y\n" + Each(n / 8, i => $"{i},{i % 2}\n")),
        Csv("different dates", n => "a,y\n" + Each(n / 18, i => $"{new DateTime(1900, 1, 1).AddDays(i % 90_000):yyyy-MM-dd},{i % 2}\n")),
        Csv("rows of too few cells", n => "a,b\n" + Of("1\n", n / 2)),
        Csv("rows of too many cells", n => "a,b\n" + Of("1,2,3\n", n / 6)),
        Csv("bytes that are not UTF-8", n => [.. "a\n"u8, .. Enumerable.Repeat("\xFF\n"u8.ToArray(), n / 2).SelectMany(line => line)]),
        Csv("mistakes", n => "a\n" + Of("1\n", n / 2) + Of("x\n", n / 500)),
        Csv("columns", n => string.Join(',', Enumerable.Range(0, n).Select(i => $"c{i}")) + "\n" + Of("1,", n - 1) + "1\n", most: 2_000),
        Csv("columns without a name", n => Of(",", n - 1) + "\n" + Of("1,", n - 1) + "1\n", most: 2_000, query: "?header=true"),
        Csv("columns of one name", n => Of("a,", n - 1) + "a\n" + Of("1,", n - 1) + "1\n", most: 2_000, query: "?header=true"),
        Csv("columns of texts", n => string.Join(',', Enumerable.Range(0, n).Select(i => $"c{i}")) + "\n" + Of("x,", n - 1) + "x\n", most: 2_000),
        Csv("columns of dates", n => string.Join(',', Enumerable.Range(0, n).Select(i => $"c{i}")) + "\n" + Of("2024-01-31,", n - 1) + "2024-01-31\n",
            most: 2_000),
        Csv("columns of long names", n => string.Join(',', Enumerable.Range(0, n).Select(i => Of("n", 490) + i)) + "\n" + Of("1,", n - 1) + "1\n", most: 2_000),

        Json("different names in one record", n => "[{" + string.Join(',', Enumerable.Range(0, n / 8).Select(i => $"\"{i}\":1")) + "}]"),
        Json("different names in nested records", n => "[{\"a\":{" + string.Join(',', Enumerable.Range(0, n / 8).Select(i => $"\"{i}\":1")) + "}}]",
            most: 1 << 22),
        Json("one name in nested records", n => "[{\"a\":{" + Of("\"a\":1,", n / 6) + "\"a\":1}}]", most: 1 << 22),
        Json("escaped names", n => "[{" + string.Join(',', Enumerable.Range(0, n / 14).Select(i => $"\"\\u0061{i}\":1")) + "}]"),
        Json("an escaped name", n => "[{\"" + Of("\\u0061", n / 6) + "\":1}]", most: 1 << 20),
        Json("records with escaped names", n => "[" + string.Join(',', Enumerable.Repeat("{\"\\u0061\":1}", n / 13)) + "]"),
        Json("an escaped text", n => "[{\"a\":\"" + Of("\\u0061", n / 6) + "\"}]", most: 1 << 22),
        Json("a text of backslashes", n => "[{\"a\":\"" + Of("\\\\", n / 2) + "\"}]", most: 1 << 22),
        Json("an open text", n => "[{\"a\":\"" + Of("x", n), most: 1 << 22),
        Json("digits", n => "[{\"a\":" + Of("7", n) + "}]", most: 1 << 22),
        Json("digits of a fraction", n => "[{\"a\":0." + Of("7", n) + "}]", most: 1 << 22),
        Json("digits of an exponent", n => "[{\"a\":1e" + Of("9", n) + "}]", most: 1 << 22),
        Json("digits of a negative exponent", n => "[{\"a\":1e-" + Of("9", n) + "}]", most: 1 << 22),
        Json("depth", n => "[{\"a\":" + Of("[", n)),
        Json("depth of objects", n => "[{\"a\":" + Of("{\"a\":", n / 5)),
        Json("nested arrays", n => "[{\"a\":[" + Of("[],", n / 3) + "[]]}]", most: 1 << 22),
        Json("nested numbers", n => "[" + string.Join(',', Enumerable.Repeat("{\"a\":[1.5,2]}", n / 14)) + "]"),
        Json("blanks", n => "[" + Of(" ", n) + "{\"a\":1}]"),
        Json("blanks in a record", n => "[{" + Of(" ", n) + "\"a\":1}]"),
        Json("line ends", n => Of("\n", n) + "[{\"a\":1}]"),
        Json("records without names", n => "[{\"a\":1}" + Of(",{}", n / 3) + "]"),
        Json("kinds of values", n => "[" + string.Join(',', Enumerable.Range(0, n / 10)
            .Select(i => $"{{\"a\":{(i % 3) switch { 0 => "1", 1 => "\"x\"", _ => "true" }}}}")) + "]"),
        Json("different texts in records", n => "[" + string.Join(',', Enumerable.Range(0, n / 14).Select(i => $"{{\"a\":\"t{i}\"}}")) + "]"),
        Json("columns of records", n => "[{" + string.Join(',', Enumerable.Range(0, n).Select(i => $"\"c{i}\":1")) + "}]", most: 2_000),
        Json("columns of kinds", n => "[{" + string.Join(',', Enumerable.Range(0, n).Select(i => $"\"c{i}\":1")) + "},{"
            + string.Join(',', Enumerable.Range(0, n).Select(i => $"\"c{i}\":\"x\"")) + "}]", most: 2_000),
        new("a record on each line, each with a name of its own", DatasetFormat.NdJson, n => Bytes(Each(n, i => $"{{\"c{i}\":1}}\n")), Most: 2_000),
        new("lines of one record", DatasetFormat.NdJson, n => Bytes("{\"a\":\"" + Of("x", n) + "\"}"), Most: 1 << 22),
        new("lines", DatasetFormat.NdJson, n => Bytes(Of("{\"a\":1}\n", n / 8))),

        Libsvm("features of a line", n => "1 " + Each(n / 8, i => $"{i + 1}:1 ")),
        Libsvm("one index", n => "1 " + Of("1:1 ", n / 4)),
        Libsvm("falling indices", n => "1 " + Each(n / 8, i => $"{n - i}:1 ")),
        Libsvm("large indices", n => Of("1 2147483646:1\n", n / 15)),
        Libsvm("digits of an index", n => "1 " + Of("9", n) + ":1\n"),
        Libsvm("digits of a value", n => "1 1:" + Of("9", n) + "\n"),
        Libsvm("a comment", n => "1 1:1 #" + Of("#", n)),
        Libsvm("colons", n => "1 " + Of(":", n)),
        Libsvm("labels", n => "1 1:1\n" + Of("1\n", n / 2)),
        Libsvm("wrong lines", n => Of("x\n", n / 2)),
        Libsvm("blank lines", n => Of("\r\n", n / 2) + "1 1:1\n"),

        Parquet("columns of bytes", n => $"select {Names(n, i => $"'\\xAA'::blob as c{i}")}", most: 2_000),
        Parquet("columns of texts in bytes", n => $"select {Names(n, i => $"'a'::blob as c{i}")}", most: 2_000),
        Parquet("columns of whole numbers", n => $"select {Names(n, i => $"1::bigint as c{i}")}", most: 2_000),
        Parquet("columns of dates in texts", n => $"select {Names(n, i => $"'2024-01-31' as c{i}")}", most: 2_000),
        Parquet("columns of lists", n => $"select {Names(n, i => $"[1] as c{i}")}", most: 2_000),
        Parquet("row groups", n => $"select i from range({n}) t(i)", most: 1 << 20, options: ", row_group_size 2048"),
        Parquet("records of many names", n => $"select {{{Names(n, i => $"'c{i}': 1")}}} as a", most: 4_000),
        new("a footer of lists that claim much", DatasetFormat.Parquet,
            n => Footer([.. Enumerable.Repeat((byte[])[0x19, 0xF7, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], n / 7).SelectMany(list => list)])),
        new("a footer of nothing", DatasetFormat.Parquet, n => Footer(new byte[n])),
        new("a footer of steps", DatasetFormat.Parquet, n => Footer([.. Enumerable.Repeat((byte)0x11, n)])),
        new("a footer of lists of nothing", DatasetFormat.Parquet,
            n => Footer([.. Enumerable.Repeat((byte[])[0x19, 0x0C], n / 2).SelectMany(list => list), 0])),
    ];

    public static TheoryData<string> ShapeNames => [.. Shapes.Select(shape => shape.Name)];

    [Theory]
    [MemberData(nameof(ShapeNames))]
    public void TwiceTheFileTakesTwiceTheTime(string name)
    {
        var shape = Shapes.Single(shape => shape.Name == name);
        var smallest = shape.Most < 10_000 ? shape.Most / 16 : 1 << 14;
        Effort.ShouldGrowLikeItsInput(size => Read(shape, shape.Bytes(size)), smallest, shape.Most, enough: 20, little: 80);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private Action Read(Shape shape, byte[] bytes)
    {
        var path = Path.Combine(_directory, $"{_files++}");
        File.WriteAllBytes(path, bytes);
        return () =>
        {
            var file = new TableFile(path, shape.Format, shape.Csv, new Dictionary<string, ColumnType>(), MaxColumns: 2_000, MaxRows: 10_000_000,
                MinCells: 50_000_000, MaxCellsPerByte: 1_000, MaxRecordBytes: 1 << 24, MaxNameLength: 1_000);
            var parquet = Path.Combine(_directory, $"{_files++}.parquet");
            try
            {
                var task = new ImportTask(file, parquet, $"{parquet}.spill", 512, Threads: 1, ExactProfileRows: 4_000_000, MaxWrittenBytes: long.MaxValue);
                DatasetImport.Run(task, TestContext.Current.CancellationToken);
            }
            catch (Exception refusal) when (refusal is InvalidDatasetException or DatasetTooLargeException)
            {
                // The time of a refusal counts, too.
            }
        };
    }

    private static string Of(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string Each(int count, Func<int, FormattableString> text) =>
        string.Concat(Enumerable.Range(0, count).Select(i => text(i).ToString(CultureInfo.InvariantCulture)));

    private static string Names(int count, Func<int, string> name) => string.Join(", ", Enumerable.Range(0, count).Select(name));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Footer(byte[] footer) => [.. "PAR1"u8, .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8];

    private static Shape Csv(string name, Func<int, string> text, int most = 1 << 24, string query = "") => Csv(name, n => Bytes(text(n)), most, query);

    private static Shape Csv(string name, Func<int, byte[]> bytes, int most = 1 << 24, string query = "") => new(name, DatasetFormat.Csv, bytes, most)
    {
        Csv = new(Delimiter: query.Contains("delimiter", StringComparison.Ordinal) ? ';' : null,
            Header: query.Contains("header", StringComparison.Ordinal) ? true : null),
    };

    private static Shape Json(string name, Func<int, string> text, int most = 1 << 24) => new(name, DatasetFormat.Json, n => Bytes(text(n)), most);

    private static Shape Libsvm(string name, Func<int, string> text, int most = 1 << 24) => new(name, DatasetFormat.Libsvm, n => Bytes(text(n)), most);

    private static Shape Parquet(string name, Func<int, string> query, int most, string options = "") =>
        new(name, DatasetFormat.Parquet, n => SampleFiles.Parquet(query(n), options), most);

    /// <param name="Bytes">Creates a file of a size, which is roughly its bytes, or its columns in shapes of few.</param>
    /// <param name="Most">The largest size. Larger files are refused or not read further.</param>
    private sealed record Shape(string Name, DatasetFormat Format, Func<int, byte[]> Bytes, int Most = 1 << 24)
    {
        public CsvOverrides Csv { get; init; } = new();
    }
}
