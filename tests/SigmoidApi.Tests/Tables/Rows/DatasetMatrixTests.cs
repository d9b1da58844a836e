using System.Globalization;
using System.Text;
using SigmoidApi.Compute.Data;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.Tests.Tables.Rows;

[Trait("Speed", "Slow")]
public sealed class DatasetMatrixTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    [Fact]
    public async Task MatrixIsTheCsvParsedBitForBit()
    {
        var csv = await File.ReadAllTextAsync("Reference/spambase.csv", TestContext.Current.CancellationToken);
        var lines = csv.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var (id, dataset) = await _store.Import(csv);

        var read = Read(id, [.. dataset.Columns.Take(57)], dataset.Columns[57]);

        var features = (DesignMatrix)read.Numbers!;
        read.HasMissingNumbers.ShouldBeFalse();
        features.Rows.ShouldBe(lines.Length - 1);
        features.Columns.ShouldBe(57);
        for (var row = 0; row < features.Rows; row++)
        {
            var expected = Array.ConvertAll(lines[row + 1].Split(','), cell => double.Parse(cell, CultureInfo.InvariantCulture));
            Bits([.. features.Row(row), read.Others[0].Numbers![row]]).ShouldBe(Bits(expected));
        }
    }

    [Fact]
    public async Task EveryNumberIsRoundedAsDoubleParseDoes()
    {
        var random = new Random(20261);
        var cells = new List<string>
        {
            "2.2250738585072011e-308", "2.2250738585072012e-308", "4.9406564584124654e-324", "2.4703282292062328e-324", "2.4703282292062327e-324",
            "1.7976931348623157e308", "1.7976931348623158e308", "9007199254740993", "9007199254740992.99999999999999999999", "-0", "-0.0", "1e-400",
            "0.500000000000000166533453693773481063544750213623046875", "3.518437208883201171875E13", "1." + new string('0', 400) + "1", new string('9', 308),
        };
        while (cells.Count < 250_000)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64());
            cells.Add((cells.Count % 4) switch
            {
                0 when double.IsFinite(value) => value.ToString("R", CultureInfo.InvariantCulture),
                1 => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
                2 => Math.BitIncrement(random.Next()).ToString("F30", CultureInfo.InvariantCulture),
                _ => (random.NextDouble() * Math.Pow(10, random.Next(-300, 300))).ToString("E40", CultureInfo.InvariantCulture),
            });
        }

        var (id, dataset) = await _store.Import("row,value\n" + string.Join('\n', cells.Select((cell, i) => $"{i},{cell}")));
        var read = Read(id, [dataset.Columns[1]], dataset.Columns[0]);

        read.Others[0].Numbers!.ShouldBe(Enumerable.Range(0, cells.Count).Select(i => (double)i)); // the order of rows, over three row groups
        for (var i = 0; i < cells.Count; i++)
        {
            BitConverter.DoubleToInt64Bits(((DesignMatrix)read.Numbers!).Row(i)[0])
                .ShouldBe(BitConverter.DoubleToInt64Bits(double.Parse(cells[i], CultureInfo.InvariantCulture)), cells[i]);
        }
    }

    /// <summary>A file of 250,000 rows is read in two parts, which find its levels in different orders.</summary>
    [Fact]
    public async Task RowsWithoutARequiredValueAreLeftOutOfEveryPart()
    {
        const int Rows = 250_000;
        string? Level(int row) => row % 7 == 3 ? null : row < 1_000 ? "first" : row > Rows - 1_000 ? "the last rows' level" : $"level {row * 31L % 400}";
        double Number(int row) => row % 5 == 0 ? double.NaN : row;
        var csv = new StringBuilder("required,level,value\n");
        for (var row = 0; row < Rows; row++)
        {
            var number = Number(row);
            csv.Append(CultureInfo.InvariantCulture, $"{(row % 3 == 0 ? "" : "yes")},{Level(row)},{(double.IsNaN(number) ? "" : number)}\n");
        }

        var (id, dataset) = await _store.Import(csv.ToString());
        ColumnToRead[] others = [new(dataset.Columns[1], AsLevels: true), new(dataset.Columns[0], dataset.Columns[0].IsText, Required: true)];
        var read = _store.Engine.Read(id, [dataset.Columns[2]], others, TestContext.Current.CancellationToken);

        int[] kept = [.. Enumerable.Range(0, Rows).Where(row => row % 3 != 0)];
        read.Rows.ShouldBe(kept.Length);
        read.HasMissingNumbers.ShouldBeTrue();
        Enumerable.Range(0, kept.Length).Select(i => ((DesignMatrix)read.Numbers!).Row(i)[0]).ShouldBe(kept.Select(Number));
        var levels = read.Others[0];
        levels.Levels.ShouldBe(kept.Select(Level).OfType<string>().Distinct());
        levels.Codes!.Select(code => code == ColumnValues.Missing ? null : levels.Levels[code]).ShouldBe(kept.Select(Level));
    }

    [Fact]
    public async Task FeaturesComeInTheOrderAskedFor()
    {
        var (id, dataset) = await _store.Import("a,b,c\n1,2,3\n4,5,6\n");
        var (a, b, c) = (dataset.Columns[0], dataset.Columns[1], dataset.Columns[2]);

        var read = Read(id, [c, a], b, a, b);

        ((DesignMatrix)read.Numbers!).Row(0).ToArray().ShouldBe([3, 1]);
        ((DesignMatrix)read.Numbers!).Row(1).ToArray().ShouldBe([6, 4]);
        read.Others.Select(values => values.Numbers).ShouldBe([[2, 5], [1, 4], [2, 5]]);
    }

    [Fact]
    public async Task APageHoldsTheRowsAskedFor()
    {
        var csv = new StringBuilder("a,b\n");
        for (var i = 0; i < 130_000; i++)
            csv.Append(CultureInfo.InvariantCulture, $"{i},{-i}\n");
        var (id, dataset) = await _store.Import(csv.ToString());

        // Across the end of the first row group, the end of the file, and beyond.
        (await Page(122_878, 4)).ShouldBe([122_878, 122_879, 122_880, 122_881]);
        (await Page(129_998, 100)).ShouldBe([129_998, 129_999]);
        (await Page(130_000, 100)).ShouldBeEmpty();
        (await Page(0, 0)).ShouldBeEmpty();
        (await Page(0, 2)).ShouldBe([0, 1]);
        (await Page(long.MaxValue, 100)).ShouldBeEmpty();

        async Task<long[]> Page(long offset, int limit)
        {
            var rows = await _store.Engine.ReadRowsAsync(id, dataset.Columns, offset, limit, TestContext.Current.CancellationToken);
            rows.ShouldAllBe(row => (long)row[1]! == -(long)row[0]!);
            return [.. rows.Select(row => (long)row[0]!)];
        }
    }

    [Fact]
    public async Task ReadingStopsWhenCanceled()
    {
        var (id, dataset) = await _store.Import("a,b\n1,2\n");

        Should.Throw<OperationCanceledException>(() => _store.Engine.Read(id, dataset.Columns, [], new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task DamageIsFoundAfterAnEarlierReadToo()
    {
        var (id, dataset) = await _store.Import("a,b\n1,2\n3,4\n");
        var path = _store.Files.ParquetPath(id);
        var content = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        _store.Numbers(id, dataset.Columns).ShouldBe([[1, 3], [2, 4]]);

        await File.WriteAllBytesAsync(path, content[..^20], TestContext.Current.CancellationToken);
        Should.Throw<DatasetFileException>(() => _store.Numbers(id, dataset.Columns));
        byte[] damagedPage = [.. content.Take(4), .. Enumerable.Repeat((byte)0xFF, 16), .. content.Skip(20)];
        await File.WriteAllBytesAsync(path, damagedPage, TestContext.Current.CancellationToken);
        Should.Throw<DatasetFileException>(() => _store.Numbers(id, dataset.Columns));
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        _store.Numbers(id, dataset.Columns).ShouldBe([[1, 3], [2, 4]]);
    }

    [Fact]
    public async Task ReadsOfSeveralDataSetsAtTheSameTimeDoNotMix()
    {
        var (first, columns) = await _store.Import("a,b\n1,2\n3,4\n");
        var (second, _) = await _store.Import("a,b\n5,6\n7,8\n");

        Parallel.For(0, 24, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            _store.Numbers(i % 3 == 0 ? first : second, columns.Columns).ShouldBe(i % 3 == 0 ? [[1, 3], [2, 4]] : [[5, 7], [6, 8]]));
    }

    public void Dispose() => _store.Dispose();

    private DatasetColumns Read(Guid id, IReadOnlyList<ColumnProfile> numbers, params ColumnProfile[] others) =>
        _store.Engine.Read(id, numbers, [.. others.Select(column => new ColumnToRead(column, AsLevels: false))], TestContext.Current.CancellationToken);

    private static long[] Bits(double[] values) => Array.ConvertAll(values, BitConverter.DoubleToInt64Bits);
}
