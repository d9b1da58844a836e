using SigmoidApi.Datasets;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tests.Tables.Parquet;

[Trait("Speed", "Slow")]
public sealed class ParquetFileTests : IDisposable
{
    private static readonly DatasetUploadQuery Parquet = new("parquet", null, null, null, null, null, null);

    private readonly TemporaryStore _store = new();

    /// <summary>A file of 2 KB that claimed 150,000,000 rows once took 14 s and 769 MB. Now it is refused before its pages are read.</summary>
    [Theory]
    [InlineData(
        "select null::integer as a from range(2_000_000)",
        100_000_000,
        "The file has 2000000 cells in",
        "(Datasets:MinCells and Datasets:MaxCellsPerByte)")]
    [InlineData("select [0 for i in range(2_000_000)] as a", 100_000_000, "The file has 2000000 cells in", "(Datasets:MinCells and Datasets:MaxCellsPerByte)")]
    [InlineData(
        "select true as a, true as b from range(1_000_000)",
        100_000_000,
        "The file has 2000000 cells in",
        "(Datasets:MinCells and Datasets:MaxCellsPerByte)")]
    [InlineData("select hash(i) as a from range(2_000) t(i)", 1_999, "The file has 2000 rows;", "at most 1999 are taken (Datasets:MaxRows)")]
    [InlineData("select 1 as a, 2 as b, 3 as c", 100, "The file has 3 columns;", "at most 2 are taken (Datasets:MaxColumns)")]
    public async Task ClaimedSizeIsCheckedBeforeReading(string query, int maxRows, string has, string taken)
    {
        using var store = new TemporaryStore(new DatasetOptions { MaxRows = maxRows, MaxColumns = 2, MinCells = 1_000_000, MaxCellsPerByte = 1 });
        var file = SampleFiles.Parquet(query);
        var footer = BitConverter.ToInt32(file, file.Length - 8);
        file.AsSpan(4..(file.Length - 8 - footer)).Fill(0xFF);

        var refusal = await Should.ThrowAsync<DatasetTooLargeException>(store.Import(file, Parquet));

        refusal.Message.ShouldContain(has);
        refusal.Message.ShouldContain(taken);
    }

    /// <summary>Such a file has only a few kilobytes. It was once refused for having more than 1,000 rows for each of them.</summary>
    [Fact]
    public async Task AFileOfMillionsOfEqualValuesIsRead()
    {
        var file = SampleFiles.Parquet("select true as a from range(5_000_000)", ", compression zstd, row_group_size 5_000_000");
        file.Length.ShouldBeLessThan(5_000);

        var (_, dataset) = await _store.Import(file, Parquet);

        dataset.Rows.ShouldBe(5_000_000);
        dataset.Columns[0].Maximum.ShouldBe(1);
    }

    [Theory]
    [InlineData("1.25::decimal(10, 2)", ColumnType.Number, 1.25)]
    [InlineData("0.123456::decimal(38, 18)", ColumnType.Number, 0.123456)]
    // A quantity with any number of digits, as in separated values: keys have no fraction.
    [InlineData("12345678901234567890.5::decimal(38, 1)", ColumnType.Number, 12345678901234567890.5)]
    [InlineData("1234567890123.45::decimal(18, 2)", ColumnType.Number, 1234567890123.45)]
    [InlineData("1234567890123456.78::decimal(18, 2)", ColumnType.Number, 1234567890123456.78)]
    [InlineData("9007199254740993::decimal(18, 0)", ColumnType.Category, "9007199254740993")]
    [InlineData("9007199254740992", ColumnType.Number, 9007199254740992L)]
    [InlineData("-9007199254740993", ColumnType.Category, "-9007199254740993")]
    [InlineData("9223372036854775807", ColumnType.Category, "9223372036854775807")]
    [InlineData("18446744073709551615::ubigint", ColumnType.Category, "18446744073709551615")]
    [InlineData("9223372036854775808::ubigint", ColumnType.Number, 9223372036854775808.0)]
    [InlineData("7::tinyint", ColumnType.Number, 7L)]
    [InlineData("7::ubigint", ColumnType.Number, 7.0)]
    [InlineData("170141183460469231731687303715884105727::hugeint", ColumnType.Number, 1.7014118346046923e38)]
    [InlineData("0.1::float", ColumnType.Number, 0.10000000149011612)]
    [InlineData("true", ColumnType.Boolean, true)]
    [InlineData("date '2024-02-29'", ColumnType.DateTime, "2024-02-29")]
    [InlineData("timestamp '2024-02-29 12:30:00.123456'", ColumnType.DateTime, "2024-02-29T12:30:00.123456Z")]
    [InlineData("timestamptz '2024-02-29 12:30:00+02:00'", ColumnType.DateTime, "2024-02-29T10:30:00Z")]
    [InlineData("'2024-02-29T12:30:00+02:00'", ColumnType.DateTime, "2024-02-29T10:30:00Z")]
    [InlineData("'x'", ColumnType.Category, "x")]
    [InlineData("'bytes'::blob", ColumnType.Category, "bytes")]
    [InlineData("'b'::enum('a', 'b')", ColumnType.Category, "b")]
    [InlineData("time '12:30:00'", ColumnType.Category, "12:30:00")]
    [InlineData("uuid 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'", ColumnType.Category, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6")]
    [InlineData("[1, 2]", ColumnType.Category, "[1,2]")]
    [InlineData("{'x': 1, 'y': ['z']}", ColumnType.Category, """{"x":1,"y":["z"]}""")]
    public async Task EachTypeIsStoredAsAColumnType(string value, ColumnType type, object kept)
    {
        var file = SampleFiles.Parquet($"select {value} as a, 2 as b union all select null, 3");

        var (id, dataset) = await _store.Import(file, Parquet);

        (dataset.Columns[0].Type, dataset.Columns[0].Missing, dataset.Columns[0].Distinct).ShouldBe((type, 1, 1));
        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 10, TestContext.Current.CancellationToken)).ShouldBe([[kept, 2L], [null, 3L]]);
    }

    [Fact]
    public async Task KeysOfManyDigitsAreNumbersIfTheUploadSaysSo()
    {
        var file = SampleFiles.Parquet("select 9007199254740993 as a, 5::ubigint as b, 1.50::decimal(10, 2) as c");

        (await _store.Rows(file, Parquet with { Types = ["a:number,b:category,c:text"] })).ShouldBe([[9007199254740993L, "5", "1.50"]]);
    }

    [Fact]
    public async Task NaNIsMissingAndInfinityIsRefused()
    {
        (await _store.Rows(SampleFiles.Parquet("select unnest(['nan'::float, 1.5]) as a"), Parquet)).ShouldBe([[null], [1.5]]);
        (await _store.Rows(SampleFiles.Parquet("select unnest(['nan'::double, 1.5]) as a"), Parquet)).ShouldBe([[null], [1.5]]);
        _store.Files.Delete(Guid.Empty);
        foreach (var (infinity, shown) in new[] { ("'inf'::double", "Infinity"), ("'-inf'::float", "-Infinity") })
        {
            using var store = new TemporaryStore();
            (await store.Refusal(SampleFiles.Parquet($"select unnest([1.5, {infinity}]) as a"), Parquet)).Errors
                .ShouldBe([new DatasetError(2, "a", $"expected finite numbers; the column holds {shown}")]);
        }
    }

    /// <summary>The profile once failed on such dates; a mutated file showed it.</summary>
    [Theory]
    [InlineData("date '0001-01-01'", true)]
    [InlineData("date '9999-12-31'", true)]
    [InlineData("timestamp '9999-12-31 23:59:59.999999'", true)]
    [InlineData("date '5877580-01-01'", false)]
    [InlineData("date '10000-01-01'", false)]
    [InlineData("date '0001-12-31 (BC)'", false)]
    [InlineData("date 'infinity'", false)]
    [InlineData("date '-infinity'", false)]
    [InlineData("timestamp '20000-01-01 00:00:00'", false)]
    [InlineData("timestamptz '0044-03-15 (BC) 00:00:00Z'", false)]
    public async Task DatesBeyondTheCalendarAreRefused(string date, bool isTaken)
    {
        var file = SampleFiles.Parquet($"select {date} as a, 1 as b union all select date '2024-01-01', 2");

        const string Message = "expected dates from the year 1 to 9999; the column holds others";
        if (isTaken)
            (await _store.Rows(file, Parquet)).Length.ShouldBe(2);
        else
            (await _store.Refusal(file, Parquet)).Errors.ShouldBe([new DatasetError(1, "a", Message)]);
    }

    [Fact]
    public async Task AFileWithoutARowIsRefused()
    {
        (await _store.Refusal(SampleFiles.Parquet("select 1 as a where false"), Parquet)).Errors
            .ShouldBe([new DatasetError(1, null, "expected at least one row")]);
    }

    [Fact]
    public async Task ADamagedFileIsRefused()
    {
        var file = SampleFiles.Parquet("select i as a, 'level ' || i % 3 as b from range(1000) t(i)");

        const string Message = "expected an intact Parquet file; this one is damaged, cut off, encrypted, or has parts that can't be read";
        foreach (var damaged in new[] { file[..^1], file[..100], [], "PAR1"u8.ToArray() })
            (await _store.Refusal(damaged, Parquet)).Errors.ShouldBe([new DatasetError(1, null, Message)]);

        (await _store.Refusal([.. file[..50], .. new byte[100], .. file[150..]], Parquet)).Errors.ShouldHaveSingleItem().Column.ShouldBe("a");
    }

    [Fact]
    public async Task NamesThatDifferOnlyInCaseAreRefused()
    {
        var other = SampleFiles.ParquetOf("aa,b\n1,2\n", "'aa': 'INTEGER', 'b': 'INTEGER'");
        // Replace the name in the file by one of the same length.
        for (var i = 0; i + 1 < other.Length; i++)
        {
            if (other[i] == 'a' && other[i + 1] == 'a')
                (other[i], other[i + 1]) = ((byte)'B', (byte)'B');
        }

        (await _store.Rows(other, Parquet)).ShouldBe([[1L, 2L]]);
    }

    [Theory]
    [InlineData("a:category", ColumnType.Category, "1")]
    [InlineData("a:text", ColumnType.Text, "1")]
    [InlineData("a:number", ColumnType.Number, 1L)]
    [InlineData("a:boolean", ColumnType.Boolean, true)]
    public async Task UploadSetsTheTypeOfAColumn(string types, ColumnType type, object kept)
    {
        var (id, dataset) = await _store.Import(SampleFiles.Parquet("select 1 as a, 2 as b"), Parquet with { Types = [types] });

        dataset.Columns[0].Type.ShouldBe(type);
        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 10, TestContext.Current.CancellationToken)).ShouldBe([[kept, 2L]]);
    }

    public void Dispose() => _store.Dispose();
}
