using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SigmoidApi.Tests.Tables;

namespace SigmoidApi.Tests.Datasets;

/// <summary>A file becomes a data set, or is refused and leaves nothing behind.</summary>
[Trait("Speed", "Slow")]
public sealed class UploadTests(UploadTests.Target target) : IClassFixture<UploadTests.Target>
{
    private const string Csv = "a,b\n1,x\n2,y\n";

    private const string ExpectedCharset =
        "Expected a charset such as utf-8, utf-16le, windows-1252, shift_jis, euc-kr, gb18030 or big5 (any label of the WHATWG Encoding Standard)";

    private static readonly byte[] Plain = Encoding.UTF8.GetBytes(Csv);

    private readonly ApiClient _api = target.Api;

    public static TheoryData<string, string, string, string> Formats => new()
    {
        { "csv", "text/csv", "", "csv" },
        { "csv", "text/csv; charset=utf-8", "", "csv" },
        { "csv", "application/octet-stream", "", "csv" },
        { "csv", "text/plain", "", "csv" },
        { "csv", "application/octet-stream", "&format=csv", "csv" },
        { "tsv", "text/tab-separated-values", "", "csv" },
        { "json", "application/json", "", "json" },
        { "json", "application/octet-stream", "", "json" },
        { "json", "text/csv", "&format=json", "json" },
        { "ndjson", "application/x-ndjson", "", "ndjson" },
        { "ndjson", "application/octet-stream", "", "ndjson" },
        { "ndjson", "application/octet-stream", "&format=jsonl", "ndjson" },
        { "libsvm", "text/x-libsvm", "", "libsvm" },
        { "libsvm", "application/octet-stream", "", "libsvm" },
        { "parquet", "application/vnd.apache.parquet", "", "parquet" },
        { "parquet", "application/octet-stream", "", "parquet" },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task TheFormatIsDeclaredOrDetectedInTheBytes(string file, string mediaType, string query, string format)
    {
        var dataset = await _api.Upload($"name=formats{query}", Bytes(file), mediaType);

        dataset.GetProperty("origin").GetProperty("format").GetString().ShouldBe(format);
        dataset.GetProperty("rows").GetInt32().ShouldBe(2);
        dataset.GetProperty("columns").GetArrayLength().ShouldBe(file == "libsvm" ? 3 : 2);
    }

    [Theory]
    [InlineData("rows.csv", "csv", "csv", null)]
    [InlineData("rows.tsv", "tsv", "csv", null)]
    [InlineData("rows.parquet", "parquet", "parquet", null)]
    [InlineData("rows.jsonl", "ndjson", "ndjson", null)]
    [InlineData("rows.JSON", "json", "json", null)]
    [InlineData("rows.svm", "libsvm", "libsvm", null)]
    [InlineData("rows.csv.gz", "gzip", "csv", "gzip")]
    [InlineData("rows.csv.zst", "zstd", "csv", "zstd")]
    public async Task TheNameOfAFileInAFormShowsItsFormat(string name, string file, string format, string? compression)
    {
        using var form = new MultipartFormDataContent { { ApiClient.Bytes(Bytes(file), "application/octet-stream"), "file", name } };

        var dataset = (await _api.Send(HttpMethod.Post, "datasets", form)).Expect(HttpStatusCode.Created).Json;

        dataset.GetProperty("name").GetString().ShouldBe("rows");
        var origin = dataset.GetProperty("origin");
        origin.GetProperty("format").GetString().ShouldBe(format);
        (origin.TryGetProperty("compression", out var found) ? found.GetString() : null).ShouldBe(compression);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("zstd", "zstd")]
    [InlineData("gzip", "")]
    [InlineData("zstd", "")]
    [InlineData("gzip", "identity")]
    public async Task CompressionIsDeclaredOrDetectedInTheBytes(string coding, string header)
    {
        var bytes = Bytes(coding);
        var content = ApiClient.Bytes(bytes, "text/csv");
        if (header.Length > 0)
            content.Headers.TryAddWithoutValidation("Content-Encoding", header);

        var dataset = (await _api.Send(HttpMethod.Post, "datasets?name=packed", content)).Expect(HttpStatusCode.Created).Json;

        dataset.GetProperty("rows").GetInt32().ShouldBe(2);
        dataset.GetProperty("bytes").GetInt32().ShouldBe(bytes.Length);
        dataset.GetProperty("sha256").GetString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        dataset.GetProperty("origin").GetProperty("compression").GetString().ShouldBe(coding);
    }

    // Each cell has the bytes that Windows, Python or Excel write. '똠' is one of the syllables that UHC adds, and '髙' is in NEC's rows.
    [Theory]
    [InlineData("windows-1252", "80F6", "€ö")]
    [InlineData("iso-8859-1", "80F6", "€ö")]
    [InlineData("US-ASCII", "80F6", "€ö")]
    [InlineData("iso-8859-15", "A4F6", "€ö")]
    [InlineData("utf-8", "E282ACC3B6", "€ö")]
    [InlineData("utf8", "EC849CEC9AB8", "서울")]
    [InlineData("\"UTF8\"", "EC849CEC9AB8", "서울")]
    [InlineData("cp949", "BCADBFEF", "서울")]
    [InlineData("\" MS949 \"", "8C63B9E6", "똠방")]
    [InlineData("euc-kr", "8C63B9E6", "똠방")]
    [InlineData("shift_jis", "EEE08BB4", "髙橋")]
    [InlineData("windows-31j", "FBFC8BB4", "髙橋")]
    [InlineData("cp1251", "CCEEF1EAE2E0", "Москва")]
    [InlineData("big5", "A578A55F", "台北")]
    [InlineData("cp936", "B1B1BEA980", "北京€")]
    [InlineData("gb18030", "B1B1BEA98139EE39", "北京\u3400")]
    [InlineData("utf-16le", null, "Zoë 서울")]
    [InlineData("utf-16", null, "Zoë 서울")]
    [InlineData("utf-16be", null, "Zoë 서울")]
    [InlineData("utf-32", null, "Zoë 😀")]
    public async Task TextIsReadInTheDeclaredCharset(string charset, string? cell, string text)
    {
        var mediaType = $"text/csv; charset={charset}";
        var encoding = charset switch { "utf-16be" => Encoding.BigEndianUnicode, "utf-32" => Encoding.UTF32, _ => Encoding.Unicode };
        byte[] file = cell is null ? encoding.GetBytes($"a,b\n1,{text}\n2,x\n") : [.. "a,b\n1,"u8, .. Convert.FromHexString(cell), .. "\n2,x\n"u8];

        Levels(await _api.Upload("name=charset", file, mediaType)).ShouldBe([text, "x"], ignoreOrder: true);
        Levels(await _api.Upload("name=charset", SampleFiles.Gzip(file), mediaType)).ShouldBe([text, "x"], ignoreOrder: true);
        Levels(await UploadForm("rows.csv", file, mediaType)).ShouldBe([text, "x"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("application/json", "cp949", """[{"a":1,"b":"서울"},{"a":2,"b":"x"}]""")]
    [InlineData("application/json", "utf-16le", """[{"a":1,"b":"서울"},{"a":2,"b":"x"}]""")]
    [InlineData("application/x-ndjson", "euc-kr", "{\"a\":1,\"b\":\"서울\"}\n{\"a\":2,\"b\":\"x\"}\n")]
    [InlineData("application/x-ndjson", "utf-16be", "{\"a\":1,\"b\":\"서울\"}\n{\"a\":2,\"b\":\"x\"}\n")]
    [InlineData("text/tab-separated-values", "UHC", "a\tb\n1\t서울\n2\tx\n")]
    [InlineData("application/octet-stream", "utf-16le", "a\tb\n1\t서울\n2\tx\n")]
    public async Task EveryTextFormatIsReadInItsCharset(string mediaType, string charset, string text)
    {
        var file = charset switch
        {
            "utf-16le" => Encoding.Unicode.GetBytes(text),
            "utf-16be" => Encoding.BigEndianUnicode.GetBytes(text),
            _ => [.. text.SelectMany(c => c switch { '서' => [0xBC, 0xAD], '울' => [0xBF, 0xEF], _ => new[] { (byte)c } })],
        };

        Levels(await _api.Upload("name=charset", file, $"{mediaType}; charset={charset}")).ShouldBe(["서울", "x"], ignoreOrder: true);
    }

    [Fact]
    public async Task LibsvmIsReadInItsCharset()
    {
        var dataset = await _api.Upload("name=charset", Encoding.Unicode.GetBytes("1 1:0.5\n0 2:1.5\n"), "text/x-libsvm; charset=utf-16le");

        dataset.GetProperty("columns").GetArrayLength().ShouldBe(3);
    }

    [Theory]
    [InlineData("application/vnd.apache.parquet; charset=cp949", "")]
    [InlineData("application/octet-stream; charset=utf-16le", "")]
    public async Task ParquetHasNoCharset(string mediaType, string query) =>
        (await _api.Upload($"name=charset{query}", Bytes("parquet"), mediaType)).GetProperty("rows").GetInt32().ShouldBe(2);

    [Fact]
    public async Task AFormMayNameTheCharsetInAPartBeforeTheFile()
    {
        byte[] file = [.. "a,b\n1,"u8, 0x8C, 0x63, .. "\n2,x\n"u8];

        Levels(await UploadForm("rows.csv", file, "text/csv", "cp949")).ShouldBe(["똠", "x"], ignoreOrder: true);
        byte[] latin = [.. "a,b\n1,"u8, 0xF6, .. "\n2,x\n"u8];
        Levels(await UploadForm("rows.csv", latin, "text/csv; charset=latin1", "utf-8")).ShouldBe(["ö", "x"], ignoreOrder: true);
        using var form = Form("rows.csv", file, "text/csv", "no-such");
        (await _api.Send(HttpMethod.Post, "datasets?name=refused", form)).Problem(HttpStatusCode.UnsupportedMediaType).Detail.ShouldContain("got no-such.");
    }

    [Theory]
    [InlineData("no-such", $"{ExpectedCharset}, got no-such.")]
    [InlineData("utf-7", $"{ExpectedCharset}, got utf-7.")]
    [InlineData("iso-2022-kr", "The charset iso-2022-kr is not read: the WHATWG Encoding Standard refuses it for security reasons. Send the text in UTF-8.")]
    public async Task ACharsetThatIsNotReadIsNamed(string charset, string detail)
    {
        (await _api.PostBytes("datasets?name=refused", Plain, $"text/csv; charset={charset}")).Problem(HttpStatusCode.UnsupportedMediaType).Detail
            .ShouldBe(detail);
        using var form = Form("rows.csv", Plain, $"text/csv; charset={charset}");
        (await _api.Send(HttpMethod.Post, "datasets?name=refused", form)).Problem(HttpStatusCode.UnsupportedMediaType).Detail.ShouldBe(detail);

        await ShouldHaveLeftNothing("refused");
    }

    [Fact]
    public async Task BytesThatAreNotInTheCharsetAreNamedByLine()
    {
        byte[] file = [.. "a,b\n1,x\n2,"u8, 0xFF, .. "\n3,"u8, 0xB0, 0xA1, .. "\n4,"u8, 0x8C, (byte)'\n', .. "5,x\n"u8];

        var problem = (await _api.PostBytes("datasets?name=refused", file, "text/csv; charset=cp949")).Problem(HttpStatusCode.BadRequest);

        const string Expected =
            "expected text in EUC-KR as the request says, or the file's own charset in the Content-Type (charset=windows-1252); got other bytes: ";
        problem.Errors!["line 3"].ShouldBe([Expected + "FF at byte 10"]);
        problem.Errors["line 5"].ShouldBe([Expected + "8C 0A at byte 19"]);
        problem.Errors.Count.ShouldBe(2);
        problem.Detail.ShouldBe($"The file has 2 errors. Nothing of it was kept. line 3: {Expected}FF at byte 10");
        await ShouldHaveLeftNothing("refused");
    }

    [Fact]
    public async Task AForeignFileIsNamedWhateverTheCharset()
    {
        byte[] file = [.. "PK\u0003\u0004"u8, 0xFF, 0xFF, .. "[Content_Types].xml"u8];

        var problem = (await _api.PostBytes("datasets?name=refused", file, "text/csv; charset=euc-kr")).Problem(HttpStatusCode.BadRequest);

        problem.Errors!["line 1"].ShouldBe(["expected separated values; the file looks like an Excel workbook; save the sheet as CSV"]);
    }

    [Theory]
    [InlineData("gzip", "text/csv", HttpStatusCode.BadRequest)]
    [InlineData("zstd", "text/csv", HttpStatusCode.BadRequest)]
    [InlineData("br", "text/csv", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("gzip, zstd", "text/csv", HttpStatusCode.UnsupportedMediaType)]
    public async Task AWrongContentEncodingIsRefused(string coding, string mediaType, HttpStatusCode status)
    {
        var content = ApiClient.Bytes(Plain, mediaType);
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);

        (await _api.Send(HttpMethod.Post, "datasets?name=refused", content)).Problem(status);

        await ShouldHaveLeftNothing("refused");
    }

    [Theory]
    [InlineData("sha-256", true)]
    [InlineData("sha-512", true)]
    [InlineData("sha-256", false)]
    [InlineData("sha-512", false)]
    public async Task AContentDigestIsChecked(string algorithm, bool isRight)
    {
        // The digest is of the bytes as they are sent.
        var sent = Bytes("gzip");
        byte[] hashed = isRight ? sent : Plain;
        var digest = Convert.ToBase64String(algorithm == "sha-256" ? SHA256.HashData(hashed) : SHA512.HashData(hashed));

        var answer = await _api.Send(
            HttpMethod.Post, "datasets?name=digested", ApiClient.Bytes(sent, "text/csv"), ("Content-Digest", $"{algorithm}=:{digest}:"));

        if (isRight)
        {
            answer.Expect(HttpStatusCode.Created);
            (await _api.Delete("datasets/digested")).Expect(HttpStatusCode.NoContent);
        }
        else
        {
            answer.Problem(HttpStatusCode.BadRequest).Detail
                .ShouldBe("The body does not match the Content-Digest header: it was changed or cut off on its way.");
        }

        await ShouldHaveLeftNothing("digested");
    }

    [Theory]
    [InlineData("sha-256=:AAAA:")]
    [InlineData("sha-256=AAAA")]
    [InlineData("nonsense")]
    public async Task AMalformedDigestIsRefused(string header)
    {
        (await _api.Send(HttpMethod.Post, "datasets?name=malformed", ApiClient.Bytes(Plain, "text/csv"), ("Content-Digest", header)))
            .Problem(HttpStatusCode.BadRequest);

        await ShouldHaveLeftNothing("malformed");
    }

    [Fact]
    public async Task EachLimitIsNamed()
    {
        await TooLarge(new byte[Target.MaxBytes + 1], "text/csv", $"The upload is larger than {Target.MaxBytes} bytes (Datasets:MaxUploadBytes).");
        var bomb = Encoding.UTF8.GetBytes("a\n" + string.Concat(Enumerable.Repeat("1\n", Target.MaxBytes)));
        foreach (var packed in new[] { SampleFiles.Gzip(bomb), SampleFiles.Zstd(bomb) })
            await TooLarge(packed, "text/csv", $"The body has more than {Target.MaxBytes} bytes when it is unpacked (Datasets:MaxUploadBytes).");
        var rows = string.Concat(Enumerable.Repeat("1\n", Target.MaxRows + 1));
        await TooLarge(Encoding.UTF8.GetBytes("a\n" + rows), "text/csv", "The file has 1001 rows; at most 1000 are taken (Datasets:MaxRows).");
        await TooLarge(
            SampleFiles.Parquet("select i as a from range(1001) t(i)"),
            "application/vnd.apache.parquet",
            "The file has 1001 rows; at most 1000 are taken (Datasets:MaxRows).");
        await TooLarge(
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":1}\n", 1001))),
            "application/x-ndjson",
            "The file has more than 1000 rows; at most 1000 are taken (Datasets:MaxRows).");
        await TooLarge("a,b,c,d\n1,2,3,4\n"u8.ToArray(), "text/csv", "The file has 4 columns; at most 3 are taken (Datasets:MaxColumns).");
        await TooLarge(
            """[{"a":1,"b":2,"c":3,"d":4}]"""u8.ToArray(),
            "application/json",
            "The file has more than 3 columns; at most 3 are taken (Datasets:MaxColumns).");
        await TooLarge(
            "1 1:1 2:1 9:1\n"u8.ToArray(), "text/x-libsvm", "The file has a label and 9 features; at most 3 columns are taken (Datasets:MaxColumns).");

        async Task TooLarge(byte[] file, string mediaType, string detail)
        {
            (await _api.PostBytes("datasets?name=large", file, mediaType)).Problem(HttpStatusCode.RequestEntityTooLarge).Detail.ShouldBe(detail);
            await ShouldHaveLeftNothing("large");
        }
    }

    [Fact]
    public async Task UploadingANameAgainMakesItsNextVersionAndNumbersAreNotReused()
    {
        for (var version = 1; version <= 3; version++)
            (await _api.Upload("name=versioned", $"a\n{version}\n{version}\n")).GetProperty("version").GetInt32().ShouldBe(version);

        (await _api.Get("datasets/versioned@2")).Expect(HttpStatusCode.OK).Json.GetProperty("columns")[0].GetProperty("minimum").GetDouble().ShouldBe(2);
        (await _api.Get("datasets/versioned")).Json.GetProperty("version").GetInt32().ShouldBe(3);
        (await _api.Delete("datasets/versioned@3")).Expect(HttpStatusCode.NoContent);
        (await _api.Get("datasets/versioned@3")).Problem(HttpStatusCode.NotFound);
        (await _api.Get("datasets/versioned")).Json.GetProperty("version").GetInt32().ShouldBe(2);
        (await _api.Upload("name=versioned", "a\n9\n")).GetProperty("version").GetInt32().ShouldBe(4);
        foreach (var reference in new[] { "versioned@0", "versioned@x", "versioned@", "versioned@99999999999", "none@1" })
            (await _api.Get($"datasets/{reference}")).Problem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task VersionsUploadedAtOnceAreAllKept()
    {
        var datasets = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _api.Upload("name=at-once", Csv)));

        datasets.Select(dataset => dataset.GetProperty("version").GetInt32()).Order().ShouldBe(Enumerable.Range(1, 8));
    }

    [Fact]
    public async Task AClientThatDisconnectsLeavesNothing()
    {
        using (var connection = await RawConnection.Open(target.Address))
        {
            await connection.Send(
                "POST /api/v1/datasets?name=broken HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 5000\r\n\r\na,b\n1,2\n");
            await Eventually.True(() => target.Files("uploads").Length > 0);
        }

        await Eventually.True(() => target.Files("uploads").Length == 0);
        await ShouldHaveLeftNothing("broken");
    }

    private static IEnumerable<string?> Levels(JsonElement dataset) =>
        dataset.GetProperty("columns")[1].GetProperty("categories").EnumerateArray().Select(level => level.GetProperty("value").GetString());

    private static MultipartFormDataContent Form(string name, byte[] file, string mediaType, string? charset = null)
    {
        var form = new MultipartFormDataContent();
        if (charset is not null)
            form.Add(new StringContent(charset), "_charset_");
        form.Add(ApiClient.Bytes(file, mediaType), "file", name);
        return form;
    }

    private async Task<JsonElement> UploadForm(string name, byte[] file, string mediaType, string? charset = null)
    {
        using var form = Form(name, file, mediaType, charset);
        return (await _api.Send(HttpMethod.Post, "datasets?name=charset", form)).Expect(HttpStatusCode.Created).Json;
    }

    private async Task ShouldHaveLeftNothing(string name)
    {
        (await _api.Get($"datasets/{name}")).Problem(HttpStatusCode.NotFound);
        target.Files("uploads").ShouldBeEmpty();
    }

    private static byte[] Bytes(string file) => file switch
    {
        "tsv" => Encoding.UTF8.GetBytes(Csv.Replace(',', '\t')),
        "json" => """[{"a":1,"b":"x"},{"a":2,"b":"y"}]"""u8.ToArray(),
        "ndjson" => "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n"u8.ToArray(),
        "libsvm" => "1 1:0.5\n0 2:1.5\n"u8.ToArray(),
        "parquet" => SampleFiles.Parquet("select * from (values (1, 'x'), (2, 'y')) t(a, b)"),
        "gzip" => SampleFiles.Gzip(Plain),
        "zstd" => SampleFiles.Zstd(Plain),
        _ => Plain,
    };

    public sealed class Target : IAsyncDisposable
    {
        public const int MaxBytes = 100_000;
        public const int MaxRows = 1000;

        private readonly TestApplication _application = new()
        {
            Settings = { ["Datasets:MaxUploadBytes"] = $"{MaxBytes}", ["Datasets:MaxRows"] = $"{MaxRows}", ["Datasets:MaxColumns"] = "3" },
        };

        public ApiClient Api => _application.Api;

        public Uri Address => Api.Http.BaseAddress!;

        public string[] Files(string directory) => _application.Files(directory);

        public ValueTask DisposeAsync() => _application.DisposeAsync();
    }
}
