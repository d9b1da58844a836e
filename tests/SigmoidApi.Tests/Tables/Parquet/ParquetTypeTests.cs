using System.Globalization;
using System.Net;
using System.Numerics;
using SigmoidApi.Datasets;
using SigmoidApi.Tables;

namespace SigmoidApi.Tests.Tables.Parquet;

/// <summary>Columns of Parquet files that DuckDB misreads, reads with quotes, or can't read at all.</summary>
[Trait("Speed", "Slow")]
public sealed class ParquetTypeTests(TestApplication application) : IClassFixture<TestApplication>, IDisposable
{
    private const string MediaType = "application/vnd.apache.parquet";

    private static readonly DatasetUploadQuery Parquet = new("parquet", null, null, null, null, null, null);

    /// <summary>A file of pyarrow with decimal256(39, 2) and int32, uncompressed and plain: x in 17 bytes, and y = 0, 1, 0, 1, 0, 1.</summary>
    private static readonly byte[] WideDecimals = Convert.FromBase64String(
        "UEFSMRUAFcwBFcwBLBUMFQAVBhUGAAAAAAAAAAAAAAAAAAAAAAAAlv////////////////////8fAAAAAAAAAAAAAAAAAt/cHD7/////////////////////////////////////////"
        + "///+AAAAAAAAAAAAAAAAAAAAAGMVABUwFTAsFQwVABUGFQYAAAAAAAABAAAAAAAAAAEAAAAAAAAAAQAAABUCGTxIBnNjaGVtYRUEABUOFSIVABgBeCUKFQQVTixcFQQVTgAAABUCJQAY"
        + "AXkAFgwZHBksJggcFQ4ZJQAGGRgBeBUAFgwW8gEW8gEmCAAAJvoBHBUCGSUABhkYAXkVABYMFlIWUib6AQAAFsQCFgwAAHIAAABQQVIx");

    /// <summary>A file of pyarrow with times of day in microseconds, marked as UTC: 12:30, 0:00, 1:00 and a missing one, all repeated.</summary>
    private static readonly byte[] Times = Convert.FromBase64String(
        "UEFSMRUAFVwVXCwVDBUAFQYVBgAAAgAAAAM3AII1egoAAAAAAAAAAAAAAACkk9YAAAAAAII1egoAAAAAAAAAAAAAABUAFTAVMCwVDBUAFQYVBgAAAAAAAAEAAAAAAAAAAQAAAAAAAAAB"
        + "AAAAFQIZPEgGc2NoZW1hFQQAFQQlAhgBdGx8ERwsAAAAAAAVAiUAGAF5ABYMGRwZLCYIHBUEGSUABhkYAXQVABYMFn4WfiYIAAAmhgEcFQIZJQAGGRgBeRUAFgwWUhZSJoYBAAAW0AEW"
        + "DAAAaQAAAFBBUjE=");

    /// <summary>
    /// A file without converted types, which newer writers may leave out:
    /// d has dates; u, s and k have unsigned whole numbers of 32, 8 and 64 bits; p, q and b have decimals
    /// in 4, 8 and 16 bytes; j has binary JSON, with both kinds of types. The second of three rows has no values.
    /// </summary>
    private static readonly byte[] LogicalTypes = Convert.FromBase64String(
        "UEFSMRUAFSQVJCwVBhUAFQYVBgAABgAAAAIBAgACASlNAAD/////FQAVJBUkLBUGFQAVBhUGAAAGAAAAAgECAAIB/////wcAAAAVABUkFSQsFQYVABUGFQYAAAYAAAACAQIAAgH/AAAA"
        + "BwAAABUAFTQVNCwVBhUAFQYVBgAABgAAAAIBAgACAf//////////BwAAAAAAAAAVABUkFSQsFQYVABUGFQYAAAYAAAACAQIAAgE5MAAA/////xUAFTQVNCwVBhUAFQYVBgAABgAAAAIB"
        + "AgACATkwAAAAAAAA//////////8VABVUFVQsFQYVABUGFQYAAAYAAAACAQIAAgEAAAAAAAAAAAAAAAAAADA5/////////////////////xUAFTgVOCwVBhUAFQYVBgAABgAAAAIBAgAC"
        + "AQUAAAAFAAAAAAUAAAAFAAAAABUCGZxIBnNjaGVtYRUQABUCJQIYAWRsbAAAABUCJQIYAXVsrBMgEgAAABUCJQIYAXNsrBMIEgAAABUEJQIYAWtsrBNAEgAAABUCJQIYAXBsXBUEFRIA"
        + "AAAVBCUCGAFxbFwVBhUkAAAAFQ4VIBUCGAFibFwVBBVMAAAAFQwlAhgBaiUoTNwAAAAWBhkcGYwmCBwVAhklAAYZGAFkFQAWBhZGFkYmCAAAJk4cFQIZJQAGGRgBdRUAFgYWRhZGJk4A"
        + "ACaUARwVAhklAAYZGAFzFQAWBhZGFkYmlAEAACbaARwVBBklAAYZGAFrFQAWBhZWFlYm2gEAACawAhwVAhklAAYZGAFwFQAWBhZGFkYmsAIAACb2AhwVBBklAAYZGAFxFQAWBhZWFlYm"
        + "9gIAACbMAxwVDhklAAYZGAFiFQAWBhZ2FnYmzAMAACbCBBwVDBklAAYZGAFqFQAWBhZaFlomwgQAABaUBRYGAABpAQAAUEFSMQ==");

    private readonly ApiClient _api = application.Api;
    private readonly TemporaryStore _store = new();

    [Fact]
    public async Task DecimalsOfMoreThan38DigitsAreReadCorrectly()
    {
        var (id, dataset) = await _store.Import(WideDecimals, Parquet);

        dataset.Columns[0].Type.ShouldBe(ColumnType.Number);
        _store.Numbers(id, dataset.Columns[0])[0].ShouldBe([1.5, -2.25, 123456789.1, -0.01, -0.02, 0.99]);
        (await TemporaryRows(WideDecimals, "x:text")).ShouldBe(["1.50", "-2.25", "123456789.10", "-0.01", "-0.02", "0.99"]);
    }

    /// <summary>Numbers just below and above 64, 127 and 128 bits, and with more decimal places than digits.</summary>
    [Theory]
    [InlineData(40, 0, "0")]
    [InlineData(40, 39, "-1")]
    [InlineData(40, 1, "18446744073709551616")]
    [InlineData(40, 5, "-18446744073709551615")]
    [InlineData(41, 10, "170141183460469231731687303715884105727")]
    [InlineData(41, 10, "170141183460469231731687303715884105728")]
    [InlineData(41, 10, "-170141183460469231731687303715884105729")]
    [InlineData(41, 3, "340282366920938463463374607431768211455")]
    [InlineData(41, 3, "340282366920938463463374607431768211456")]
    [InlineData(41, 3, "-340282366920938463463374607431768211457")]
    [InlineData(41, 40, "9999999999999999999999999999999999999999")]
    public async Task ADecimalOfAnyDigitsIsTheNearestFloat64(int precision, int scale, string digits)
    {
        var value = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        var expected = double.Parse($"{digits}e-{scale}", CultureInfo.InvariantCulture);

        var (id, dataset) = await _store.Import(Decimals(precision, scale, value, 1, 2, 3, 4, 5), Parquet with { Types = ["x:number"] });

        _store.Numbers(id, dataset.Columns[0])[0][0].ShouldBe(expected);
    }

    [Fact]
    public async Task WholeDecimalsThatFloat64CantHoldAreKeys()
    {
        (await _store.Rows(Decimals(39, 0, BigInteger.Pow(2, 53) + 1, 1, 2, 3, 4, -5), Parquet)).Select(row => row[0])
            .ShouldBe(["9007199254740993", "1", "2", "3", "4", "-5"]);
        (await _store.Rows(Decimals(39, 0, BigInteger.Pow(2, 53), 1, 2, 3, 4, -5), Parquet)).Select(row => row[0])
            .ShouldBe([9007199254740992.0, 1.0, 2.0, 3.0, 4.0, -5.0]);
    }

    [Fact]
    public async Task PredictionKeepsEveryDigitOfWideDecimals()
    {
        await _api.Upload("name=wide", WideDecimals, MediaType);
        await _api.Train("""{ "datasetId": "wide", "target": "y", "modelName": "wide" }""");
        var expected = (await _api.Post("models/wide/predict", """{ "columns": { "x": [1.5, -2.25, 123456789.1, -0.01, -0.02, 0.99] } }"""))
            .Expect(HttpStatusCode.OK).Numbers("probabilities");

        var answer = (await _api.PostBytes("models/wide/predict", WideDecimals, MediaType)).Expect(HttpStatusCode.OK);

        (await SampleFiles.Query(answer.Content, "parquet", "select probability")).Select(text => double.Parse(text, CultureInfo.InvariantCulture))
            .ShouldBe(expected);
        (await SampleFiles.Query(answer.Content, "parquet", "select x::varchar")).ShouldBe(["1.50", "-2.25", "123456789.10", "-0.01", "-0.02", "0.99"]);
    }

    [Fact]
    public async Task DecimalsOfMoreThan38DigitsWithinAListAreLeftOutWithAWarning()
    {
        // DuckDB writes 38 digits; then the file is changed to claim 39.
        var file = Precise(SampleFiles.Parquet("select {'a': [1.5::decimal(38, 2)]} as v, 2 as b"), from: 38, to: 39);

        var (_, dataset) = await _store.Import(file, Parquet);

        dataset.Columns.ShouldHaveSingleItem().Name.ShouldBe("b");
        var warning = dataset.Origin.Warnings.ShouldHaveSingleItem();
        (warning.Code, string.Join(',', warning.Columns)).ShouldBe((DatasetWarningCode.DecimalsLeftOut, "v"));
    }

    [Fact]
    public async Task DecimalAfterNestedColumnsIsFound()
    {
        var file = Precise(SampleFiles.Parquet("select {'a': [1], 'b': {'c': 2}} as v, map {'k': [1]} as w, -1.5::decimal(38, 2) as x, 2 as b"), from: 38,
            to: 39);

        (await _store.Rows(file, Parquet)).ShouldBe([["""{"a":[1],"b":{"c":2}}""", """{"k":[1]}""", -1.5, 2L]]);
    }

    [Fact]
    public async Task LogicalTypesWithoutConvertedTypesAreRead()
    {
        (await _store.Rows(LogicalTypes, Parquet)).ShouldBe(
        [
            ["2024-01-31", 4294967295L, 255L, "18446744073709551615", 123.45, 12.345, 123.45],
            [null, null, null, null, null, null, null],
            ["1969-12-31", 7L, 7L, "7", -0.01, -0.001, -0.01],
        ]);
        (await _store.Import(LogicalTypes, Parquet)).Dataset.Origin.Warnings.ShouldHaveSingleItem().Columns.ShouldBe(["j"]);
    }

    [Fact]
    public async Task TextsDeclaredAsBytesPredictAsTexts()
    {
        var file = SampleFiles.Parquet("select i % 3 % 2 as y, encode(case when i % 2 = 0 then 'größer' else '서울' end) as place from range(20) t(i)");
        await _api.Upload("name=places", file, MediaType);
        await _api.Train("""{ "datasetId": "places", "target": "y", "modelName": "places" }""");
        var records = await _api.Post("models/places/predict", """{ "columns": { "place": ["größer", "서울"] } }""");
        var expected = records.Expect(HttpStatusCode.OK).Numbers("probabilities");

        var answer = (await _api.PostBytes("models/places/predict", file, MediaType)).Expect(HttpStatusCode.OK);

        answer.Headers.Contains("Unknown-Levels").ShouldBeFalse();
        var probabilities = await SampleFiles.Query(answer.Content, "parquet", "select probability");
        probabilities.Take(2).Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ShouldBe(expected);
    }

    [Fact]
    public async Task AColumnOfJsonPredictsAsItWasUploaded()
    {
        var file = SampleFiles.Parquet("""select i % 3 % 2 as y, (case when i % 2 = 0 then '{"a": 1.50}' else '"s"' end)::json as x from range(20) t(i)""");
        await _api.Upload("name=json-cells", file, MediaType);
        await _api.Train("""{ "datasetId": "json-cells", "target": "y", "modelName": "json-cells" }""");

        (await _api.PostBytes("models/json-cells/predict", file, MediaType)).Expect(HttpStatusCode.OK).Headers.Contains("Unknown-Levels").ShouldBeFalse();
    }

    [Fact]
    public async Task BytesThatAreNotTextAreLeftOutWithAWarning()
    {
        var file = SampleFiles.Parquet(
            @"select ('\xAA' || chr(65 + i::integer))::blob as sha, ('key ' || i)::blob as name, i as x, '\x00\x01'::blob as zero, "
            + @"[('\xFF')::blob] as many from range(3) t(i)");

        var (id, dataset) = await _store.Import(file, Parquet);

        dataset.Columns.Select(column => column.Name).ShouldBe(["name", "x"]);
        var warning = dataset.Origin.Warnings.ShouldHaveSingleItem();
        (warning.Code, string.Join(',', warning.Columns)).ShouldBe((DatasetWarningCode.BytesLeftOut, "sha,zero,many"));
        (await _store.Engine.ReadRowsAsync(id, dataset.Columns, 0, 10, TestContext.Current.CancellationToken))
            .ShouldBe([["key 0", 0L], ["key 1", 1L], ["key 2", 2L]]);
    }

    [Fact]
    public async Task TextsWithinListsMayBeWrittenAsBytes()
    {
        (await _store.Rows(SampleFiles.Parquet("select ['a'::blob, null] as v, 'b'::blob as w, {'BLOB': 1} as x"), Parquet))
            .ShouldBe([["""["a",null]""", "b", """{"BLOB":1}"""]]);
    }

    [Fact]
    public async Task RequestedColumnOfBytesIsRefused()
    {
        var file = SampleFiles.Parquet(@"select '\xAA'::blob as sha, 1 as x");
        const string Message =
            "expected texts, numbers or dates; the column holds bytes that are not UTF-8 text: write them as text, in hexadecimal or Base64";

        (await _store.Refusal(file, Parquet with { Types = ["sha:text"] })).Errors.ShouldBe([new DatasetError(1, "sha", Message)]);
        (await _store.Refusal(SampleFiles.Parquet(@"select '\xAA'::blob as sha, '\xAB'::blob as b"), Parquet)).Errors.ShouldBe(
            [new DatasetError(1, "sha", Message), new DatasetError(1, "b", Message)]);
    }

    [Fact]
    public async Task PredictionKeepsColumnsOfBytes()
    {
        var file = SampleFiles.Parquet(@"select i % 2 as y, ('\xAA' || chr(65 + i::integer))::blob as sha, i * i % 7 as x from range(20) t(i)");
        var dataset = await _api.Upload("name=bytes", file, MediaType);
        dataset.GetProperty("origin").GetProperty("warnings")[0].ToString().ShouldBe("""{"code":"bytes_left_out","columns":["sha"]}""");
        await _api.Train("""{ "datasetId": "bytes", "target": "y", "modelName": "bytes" }""");

        var answer = (await _api.PostBytes("models/bytes/predict", file, MediaType)).Expect(HttpStatusCode.OK);

        (await SampleFiles.Query(answer.Content, "parquet", "select hex(sha)")).ShouldBe(Enumerable.Range(0, 20).Select(i => $"AA{65 + i:X2}"));
        (await SampleFiles.Query(answer.Content, "parquet", "select typeof(sha) || ' ' || (probability between 0 and 1)"))
            .ShouldAllBe(text => text == "BLOB true");
        var bytes = SampleFiles.Parquet(@"select '\xAA'::blob as x");
        (await _api.PostBytes("models/bytes/predict", bytes, MediaType)).Error().Path.ShouldBe("line 1, column x");
    }

    [Fact]
    public async Task TimesOfDayHaveNoQuotes()
    {
        (await _store.Rows(Times, Parquet)).Select(row => row[0]).ShouldBe(["12:30:00", "00:00:00", "01:00:00", null, "12:30:00", "00:00:00"]);
    }

    [Theory]
    [InlineData("timetz '12:30:00.25+02:30'", "10:00:00.25")]
    [InlineData("time_ns '12:30:00.123456789'", "12:30:00.123456789")]
    [InlineData("interval '1 year 2 days 3 hours'", "1 year 2 days 03:00:00")]
    [InlineData("'1010'::bit", "1010")]
    [InlineData("map {'k': time '01:02:03'}", """{"k":"01:02:03"}""")]
    [InlineData("union_value(n := 1)", """{"":0,"n":1}""")]
    [InlineData("12345678901234567890::bignum", "12345678901234567890")]
    [InlineData("'{\"a\":1}'::json", """{"a":1}""")]
    [InlineData("'\"a\"'::json", "a")]
    [InlineData("'x'::variant", "x")]
    [InlineData("{'x': 1}::variant", """{"x":1}""")]
    [InlineData("'POINT(1 2)'::geometry", "POINT (1 2)")]
    [InlineData("timestamp_ns '2024-02-29 12:30:00.123456789'", "2024-02-29T12:30:00.123456Z")]
    [InlineData("timestamp_s '2024-02-29 12:30:00'", "2024-02-29T12:30:00Z")]
    public async Task OtherDuckDbTypesBecomeReadableTexts(string value, string text)
    {
        (await _store.Rows(SampleFiles.Parquet($"select 7 as a, {value} as v union all select 8, null"), Parquet)).ShouldBe([[7L, text], [8L, null]]);
    }

    [Fact]
    public async Task UnreadableColumnIsNamed()
    {
        var file = SampleFiles.Parquet("select i as a, 'value ' || i as b from range(1000) t(i)", ", compression uncompressed, dictionary_size_limit 1");
        // Change bytes within a text, not a length.
        file[file.AsSpan().IndexOf("value 500"u8)] = 0xFF;

        (await _store.Refusal(file, Parquet)).Errors
            .ShouldBe([new DatasetError(1, "b",
                "expected values that can be read; the column is damaged, has text that is not UTF-8, or uses an encoding that is not supported")]);
    }

    /// <summary>DuckDB's own conversion is off by one bit for one in forty such numbers.</summary>
    [Fact]
    public async Task DecimalsAreTheNearestFloat64()
    {
        var random = new Random(5);
        var values = Enumerable.Range(0, 500).Select(_ => (decimal)random.NextInt64(1_000_000_000_000_000_000) / 100).ToArray();
        var file = SampleFiles.Parquet(
            $"select unnest([{string.Join(',', values.Select(value => $"'{value.ToString(CultureInfo.InvariantCulture)}'::decimal(18, 2)"))}]) as x");

        var (id, dataset) = await _store.Import(file, Parquet);

        _store.Numbers(id, dataset.Columns[0])[0]
            .ShouldBe(values.Select(value => double.Parse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)));
    }

    public void Dispose() => _store.Dispose();

    private async Task<object?[]> TemporaryRows(byte[] file, string types) =>
        [.. (await _store.Rows(file, Parquet with { Types = [types] })).Select(row => row[0])];

    /// <summary>The file of six decimals with other values.</summary>
    private static byte[] Decimals(int precision, int scale, params BigInteger[] values)
    {
        byte[] file = [.. WideDecimals];
        var at = file.AsSpan().IndexOf((byte[])[.. new byte[16], 150]);
        for (var i = 0; i < values.Length; i++)
        {
            var bytes = file.AsSpan(at + 17 * i, 17);
            bytes.Fill(values[i].Sign < 0 ? (byte)0xFF : (byte)0);
            var written = values[i].ToByteArray(isBigEndian: true);
            written.CopyTo(bytes[(17 - written.Length)..]);
        }

        ReadOnlySpan<byte> scaled = [0x15, 4, 0x15, 39 << 1];
        for (var i = 0; i + 4 <= file.Length; i++)
        {
            if (file.AsSpan(i, 4).SequenceEqual(scaled))
                file[i + 1] = (byte)(scale << 1);
        }

        return Precise(file, 39, precision);
    }

    /// <summary>Changes the digits that a file claims for its decimals: fields of Thrift's compact protocol, first the scale, then the precision.</summary>
    private static byte[] Precise(byte[] file, int from, int to)
    {
        byte[] changed = [.. file];
        var count = 0;
        for (var i = 0; i + 3 < changed.Length; i++)
        {
            if (changed[i] != 0x15 || changed[i + 2] != 0x15 || changed[i + 3] != from << 1)
                continue;
            changed[i + 3] = (byte)(to << 1);
            count++;
        }

        count.ShouldBeGreaterThan(0);
        return changed;
    }
}
