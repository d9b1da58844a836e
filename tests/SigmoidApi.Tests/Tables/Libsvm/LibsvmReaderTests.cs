using System.Globalization;
using System.Text;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Libsvm;

namespace SigmoidApi.Tests.Tables.Libsvm;

public sealed class LibsvmReaderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void RowsHaveZerosForUnnamedFeatures()
    {
        var (header, rows) = Read("# spam\n+1 1:0.5 3:-2e1 # first\r\n\n  -1\t2:+.5   \n0.5 # no feature\n007 1:1. 2:00.25 3:1E-3");

        header.ShouldBe(new LibsvmHeader(4, 3, ZeroBased: false));
        rows.ShouldBe([[1, 0.5, 0, -20], [-1, 0, 0.5, 0], [0.5, 0, 0, 0], [7, 1, 0.25, 0.001]]);
    }

    [Fact]
    public void IndicesCountFromZeroIfAnyIsZero()
    {
        var (header, rows) = Read("1 1:1 2:2\n0 0:5\n");

        header.ShouldBe(new LibsvmHeader(2, 3, ZeroBased: true));
        rows.ShouldBe([[1, 0, 1, 2], [0, 5, 0, 0]]);
    }

    [Theory]
    [InlineData("1 0:7", 1)]
    [InlineData("1 1:7", 1)]
    [InlineData("1 3:7", 3)]
    [InlineData("1 3:0", 3)]
    public void FeaturesReachToTheLargestIndex(string text, int features) => Read(text).Header.Features.ShouldBe(features);

    [Theory]
    [InlineData("x 1:1", 1, null, "expected a label, which is a number; got 'x'")]
    [InlineData("1:1 2:1", 1, null, "expected a label, which is a number; got '1:1'")]
    [InlineData("1,2 1:1", 1, null, "expected a label, which is a number; got '1,2'")]
    [InlineData("nan 1:1", 1, null, "expected a label, which is a number; got 'nan'")]
    [InlineData("-1e999 1:1", 1, null, "expected a number of at most 1.8e308; got '-1e999'")]
    [InlineData("\n# x\r\n1 1:1\r\n1 qid:3 1:1", 4, null, "expected index:value; got 'qid:3', the query id of ranking data, which is not supported")]
    [InlineData("1 1:1\n1 2", 2, null, "expected index:value, the index an integer from 0 to 2147483646; got '2'")]
    [InlineData("1 a:1", 1, null, "expected index:value, the index an integer from 0 to 2147483646; got 'a:1'")]
    [InlineData("1 -1:1", 1, null, "expected index:value, the index an integer from 0 to 2147483646; got '-1:1'")]
    [InlineData("1 :1", 1, null, "expected index:value, the index an integer from 0 to 2147483646; got ':1'")]
    [InlineData("1 2147483647:1", 1, null, "expected index:value, the index an integer from 0 to 2147483646; got '2147483647:1'")]
    [InlineData("1 18446744073709551617:1", 1, null, "expected index:value, the index an integer from 0 to 2147483646; got '18446744073709551617:1'")]
    [InlineData("1 12:", 1, "feature 12", "expected a number; got nothing after the colon")]
    [InlineData("1 12: 5", 1, "feature 12", "expected a number; got nothing after the colon", 2)]
    [InlineData("1 12:x", 1, "feature 12", "expected a number; got 'x'")]
    [InlineData("1 12:inf", 1, "feature 12", "expected a number; got 'inf'")]
    [InlineData("1 12:0x1", 1, "feature 12", "expected a number; got '0x1'")]
    [InlineData("1 12:1_000", 1, "feature 12", "expected a number; got '1_000'")]
    [InlineData("1 12:+-1", 1, "feature 12", "expected a number; got '+-1'")]
    [InlineData("1 12:1e", 1, "feature 12", "expected a number; got '1e'")]
    [InlineData("1 12:.", 1, "feature 12", "expected a number; got '.'")]
    [InlineData("1 12:1:2", 1, "feature 12", "expected a number; got '1:2'")]
    [InlineData("1 12:1e309", 1, "feature 12", "expected a number of at most 1.8e308; got '1e309'")]
    [InlineData("1 3:1 2:1", 1, "feature 2", "expected every index once, in ascending order; got 2 after 3")]
    [InlineData("1 3:1 3:1", 1, "feature 3", "expected every index once, in ascending order; got 3 after 3")]
    [InlineData("1 0:1 0:1", 1, "feature 0", "expected every index once, in ascending order; got 0 after 0")]
    [InlineData("1 1:1\r0 1:1\r", 1, null, "expected index:value, the index an integer from 0 to 2147483646; got '0'", 2)]
    [InlineData("", 1, null, "expected at least one line of a label and index:value pairs; the file has none")]
    [InlineData("\n # 1 1:1\n", 1, null, "expected at least one line of a label and index:value pairs; the file has none")]
    [InlineData("1\n0\n", 1, null, "expected at least one index:value; the file has labels only")]
    public void WrongLineIsNamed(string text, long line, string? column, string message, long count = 1)
    {
        var refusal = Should.Throw<InvalidDatasetException>(() => Read(text));

        refusal.Errors[0].ShouldBe(new DatasetError(line, column, message));
        refusal.ErrorCount.ShouldBe(count);
    }

    [Fact]
    public void TenErrorsAreNamedAndAllCounted()
    {
        var refusal = Should.Throw<InvalidDatasetException>(() => Read(string.Concat(Enumerable.Repeat("x 1:y 1:1\n", 100))));

        refusal.ErrorCount.ShouldBe(300);
        refusal.Errors.Select(e => e.Line).ShouldBe([1, 1, 1, 2, 2, 2, 3, 3, 3, 4]);
    }

    [Theory]
    [InlineData(2, 3, null)]
    [InlineData(1, 3, "The file has 2 rows; at most 1 are taken (Datasets:MaxRows).")]
    [InlineData(2, 2, "The file has a label and 2 features; at most 2 columns are taken (Datasets:MaxColumns).")]
    public void MoreThanTheLimitsIsTooLarge(long maxRows, int maxColumns, string? message)
    {
        using var file = new MemoryStream("1 1:1\n1 2:1\n"u8.ToArray());

        if (message is null)
            LibsvmReader.Scan(file, maxRows, maxColumns, Cancellation).Rows.ShouldBe(2);
        else
            Should.Throw<DatasetTooLargeException>(() => LibsvmReader.Scan(file, maxRows, maxColumns, Cancellation)).Message.ShouldBe(message);
    }

    /// <summary>Lines, comments and words of any length may span buffers.</summary>
    [Fact]
    public void LongLinesAreReadAndLongWordsRefused()
    {
        const int Features = 50_000;
        var values = Enumerable.Range(1, Features).Select(i => i / 8.0).ToArray();
        var line = "1 " + string.Join(' ', values.Select((value, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}:{value}")));
        var (header, rows) = Read($"#{new string('x', 300_000)}\n{line} #{new string('y', 300_000)}\n{line}");
        header.ShouldBe(new LibsvmHeader(2, Features, ZeroBased: false));
        rows.ShouldBe([[1, .. values], [1, .. values]]);

        foreach (var digits in new[] { 131_070, 131_072, 131_073, 400_000 })
        {
            var refusal = Should.Throw<InvalidDatasetException>(() => Read($"1 1:{new string('1', digits)} 2:3\n1 1:x"));
            refusal.ErrorCount.ShouldBe(2);
            refusal.Errors[0].Message.ShouldContain($"got '{new string('1', 30)}");
            refusal.Errors[0].Message.Length.ShouldBeLessThan(100);
            refusal.Errors[1].ShouldBe(new DatasetError(2, "feature 1", "expected a number; got 'x'"));
        }
    }

    [Fact]
    public void AFileThatHasChangedIsRefused()
    {
        using var file = new MemoryStream("1 1:1 4:1\n"u8.ToArray());
        var reader = new LibsvmReader(file, new LibsvmHeader(1, 3, ZeroBased: false), Cancellation);

        Should.Throw<InvalidDatasetException>(() => reader.Read(new double[4])).Errors.ShouldHaveSingleItem()
            .ShouldBe(new DatasetError(1, "feature 4", "expected indices from 1 to 3"));
    }

    [Fact]
    public void CanceledScanStops()
    {
        using var file = new MemoryStream("1 1:1\n"u8.ToArray());

        Should.Throw<OperationCanceledException>(() => LibsvmReader.Scan(file, 10, 10, new CancellationToken(canceled: true)));
    }

    /// <summary>A changed file is refused, or read like a simple parser reads it.</summary>
    [Fact]
    public void MutatedFilesAreRefusedOrReadLikeASimpleParserDoes()
    {
        var structural = "0123456789:+-.eE# \t\r\n\0xq"u8.ToArray();
        var random = new Random(6);
        var taken = 0;
        for (var i = 0; i < 2_000; i++)
        {
            var file = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => Line(random))));
            for (var j = random.Next(1, 3); j > 0 && file.Length > 1; j--)
                file = Mutate(file, structural, random);
            var text = Encoding.Latin1.GetString(file);
            try
            {
                var (header, rows) = Read(file);
                rows.ShouldBe(Plain(text, header), text);
                taken++;
            }
            catch (InvalidDatasetException refusal)
            {
                refusal.Errors.Count.ShouldBe((int)Math.Min(refusal.ErrorCount, 10));
                refusal.Errors.ShouldAllBe(error => error.Line >= 1 && error.Message.Length > 0);
            }
        }

        taken.ShouldBeInRange(200, 1_800);
    }

    private static byte[] Mutate(byte[] file, byte[] structural, Random random)
    {
        var at = random.Next(file.Length);
        switch (random.Next(4))
        {
            case 0:
                file[at] = structural[random.Next(structural.Length)];
                return file;
            case 1:
                file[at] = (byte)random.Next(256);
                return file;
            case 2:
                return file[..at];
            default:
                return [.. file[..at], .. file[random.Next(file.Length)..]];
        }
    }

    private static string Line(Random random)
    {
        var words = Enumerable.Range(1, 9).Where(_ => random.Next(2) == 0)
            .Select(index => (Index: index, Value: random.Next(2) == 0 ? random.Next(-9, 9) : Math.Round(random.NextDouble(), 3)))
            .Select(feature => string.Create(CultureInfo.InvariantCulture, $" {feature.Index}:{feature.Value}"));
        return (random.Next(2) == 0 ? "+1" : "-1") + string.Concat(words) + (random.Next(3) == 0 ? " # x" : "") + (random.Next(2) == 0 ? "\n" : "\r\n");
    }

    private static IEnumerable<double[]> Plain(string text, LibsvmHeader header)
    {
        var lines = text.Split('\n').Select(line => line.Split('#')[0].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries));
        foreach (var line in lines.Where(line => line.Length > 0))
        {
            var row = new double[header.Features + 1];
            row[0] = double.Parse(line[0], CultureInfo.InvariantCulture);
            foreach (var pair in line[1..].Select(word => word.Split(':')))
                row[int.Parse(pair[0], CultureInfo.InvariantCulture) + (header.ZeroBased ? 1 : 0)] = double.Parse(pair[1], CultureInfo.InvariantCulture);
            yield return row;
        }
    }

    private static (LibsvmHeader Header, List<double[]> Rows) Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private static (LibsvmHeader Header, List<double[]> Rows) Read(byte[] text)
    {
        using var file = new MemoryStream(text);
        var header = LibsvmReader.Scan(file, 1_000, 100_000, Cancellation);
        var reader = new LibsvmReader(file, header, Cancellation);
        var rows = new List<double[]>();
        var row = new double[header.Features + 1];
        while (reader.Read(row))
            rows.Add([.. row]);
        rows.Count.ShouldBe((int)header.Rows);
        return (header, rows);
    }
}
