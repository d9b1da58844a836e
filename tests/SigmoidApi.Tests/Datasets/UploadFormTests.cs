using System.Net;
using System.Text;

namespace SigmoidApi.Tests.Datasets;

/// <summary>A part of a form other than the file is read as a query parameter or refused; nothing is silently ignored.</summary>
[Trait("Speed", "Slow")]
public sealed class UploadFormTests(TestApplication application) : IClassFixture<TestApplication>
{
    private const string Csv = "a;b;y\n1;NA;0\n2;-;1\n3;5;1\n4;6;0\n";

    private const string UnknownPart =
        "unknown part of the form: this path takes file, dates, decimal, delimiter, format, header, name, nullValue, quote, types";

    private const string UnknownPartOfPrediction =
        "unknown part of the form: this path takes file, dates, decimal, delimiter, explain, format, header, nullValue, quote, raw, threshold, types";

    private readonly ApiClient _api = application.Api;

    [Theory]
    [InlineData("datasets", "file name=forms")]
    [InlineData("datasets", "name=forms file")]
    [InlineData("datasets?name=forms", "file name=forms")]
    [InlineData("datasets?name=forms", "name=forms file")]
    [InlineData("datasets?name=forms", "file")]
    public async Task NameMayComeBeforeOrAfterTheFile(string path, string parts) =>
        (await Send(path, parts)).Expect(HttpStatusCode.Created).Json.GetProperty("name").GetString().ShouldBe("forms");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EveryParameterOfAnUploadMayBeAPart(bool before)
    {
        const string parameters =
            "name=parts delimiter=; nullValue=NA nullValue=- types=a:category types=b:number header=true quote=\" decimal=. dates=dmy format=csv";

        var dataset = (await Send("datasets", before ? parameters + " file" : "file " + parameters)).Expect(HttpStatusCode.Created).Json;

        dataset.GetProperty("name").GetString().ShouldBe("parts");
        var columns = dataset.GetProperty("columns").EnumerateArray().ToArray();
        columns.Select(column => column.GetProperty("type").GetString()).ShouldBe(["category", "number", "boolean"]);
        columns[1].GetProperty("missing").GetInt64().ShouldBe(2);
    }

    [Theory]
    [InlineData("name=a nmae=b file", "nmae", $"{UnknownPart}; did you mean 'name'?")]
    [InlineData("name=a file Types=a:number", "Types", $"{UnknownPart}; did you mean 'types'?")]
    [InlineData("name=a file threshold=1", "threshold", UnknownPart)]
    [InlineData("name=a File=x", "File", $"{UnknownPart}; did you mean 'file'?")]
    [InlineData("name=a name=a file", "name", "expected once in the form, got more than once")]
    [InlineData("name=a file name=a", "name", "expected once in the form, got more than once")]
    [InlineData("name=a file file", "file", "expected once in the form, got more than once")]
    [InlineData("name=a _charset_=utf-8 _charset_=utf-8 file", "_charset_", "expected once in the form, got more than once")]
    [InlineData("name=a file _charset_=utf-8", "_charset_", "expected before the part 'file', whose charset it names")]
    [InlineData("name=a", "file", "expected a part named 'file' in the form, got none")]
    [InlineData("name=-a file", "name", "expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit, and not a UUID, got '-a'")]
    [InlineData("name= file", "name", "expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit, and not a UUID, got ''")]
    [InlineData("name=a file format=parqet", "format", "expected 'csv', 'tsv', 'parquet', 'json', 'ndjson' or 'libsvm', got 'parqet'; did you mean 'parquet'?")]
    [InlineData("name=a delimiter=,, file", "delimiter", "expected one ASCII character other than a line end, a digit or a letter, or 'tab', got ',,'")]
    public async Task InvalidPartIsNamed(string parts, string name, string message)
    {
        (await Send("datasets", parts)).Error().ShouldBe((name, message));

        (await _api.Get("datasets/a")).Expect(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("datasets?name=letters", "file name=mails", "name", "expected in the form or in the query, got 'mails' in the form and 'letters' in the query")]
    [InlineData("datasets?name=mails&nullValue=NA", "nullValue=NA nullValue=- file", "nullValue",
        "expected in the form or in the query, got 'NA, -' in the form and 'NA' in the query")]
    [InlineData("datasets?name=mails&quote=", "file quote='", "quote", "expected in the form or in the query, got ''' in the form and '' in the query")]
    public async Task FormAndQueryThatDifferAreRefused(string path, string parts, string name, string message) =>
        (await Send(path, parts)).Error().ShouldBe((name, message));

    [Fact]
    public async Task PartWithoutANameIsRefused()
    {
        const string form = "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\na\n1\n\r\n--b--\r\n";

        (await _api.PostBytes("datasets?name=a", Encoding.UTF8.GetBytes(form), "multipart/form-data; boundary=b")).Problem(HttpStatusCode.BadRequest).Detail
            .ShouldBe("The form has a part without a name; expected its head to have 'Content-Disposition: form-data; name=\"file\"'.");
    }

    [Fact]
    public async Task FormThatIsCutOffAfterItsFileIsRefused()
    {
        const string form =
            "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\na\n1\n\r\n--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nna";

        (await _api.PostBytes("datasets?name=cut", Encoding.UTF8.GetBytes(form), "multipart/form-data; boundary=b")).Problem(HttpStatusCode.BadRequest).Detail
            .ShouldBe("The multipart form is malformed.");
        (await _api.Get("datasets/cut")).Expect(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("text/plain; charset=windows-1252", null)]
    [InlineData("text/plain", "windows-1252")]
    [InlineData(null, "windows-1252")]
    public async Task PartIsReadInItsCharset(string? mediaType, string? charset)
    {
        using var form = new MultipartFormDataContent();
        if (charset is not null)
            form.Add(new StringContent(charset), "_charset_");
        form.Add(ApiClient.Bytes(Encoding.Latin1.GetBytes("Größe:category"), mediaType), "types");
        form.Add(ApiClient.Bytes(Encoding.Latin1.GetBytes("Größe,y\n1,0\n2,1\n1,1\n"), "text/csv; charset=windows-1252"), "file", "sizes.csv");

        var dataset = (await _api.Send(HttpMethod.Post, "datasets", form)).Expect(HttpStatusCode.Created).Json;
        dataset.GetProperty("columns")[0].GetProperty("type").GetString().ShouldBe("category");
    }

    [Fact]
    public async Task PartThatIsNotInItsCharsetIsRefused()
    {
        using var form = new MultipartFormDataContent
        {
            { ApiClient.Bytes([0xFF, (byte)'a'], null), "types" },
            { ApiClient.Bytes(Encoding.UTF8.GetBytes(Csv), "text/csv"), "file", "a.csv" },
        };

        (await _api.Send(HttpMethod.Post, "datasets?name=a", form)).Error().ShouldBe(
            ("types", "expected text in UTF-8; name another charset in the Content-Type of the part, or in a part '_charset_' before it"));
    }

    [Theory]
    [InlineData("file types={0}", "types")]
    [InlineData("types={0} file", "types")]
    [InlineData("nullValue={1} nullValue={1} file", "nullValue")]
    public async Task PartsOtherThanTheFileHaveTheSizeLimitOfAQuery(string parts, string name)
    {
        var (long_, half) = (new string('x', 9_000), new string('x', 5_000));

        (await Send("datasets?name=a", string.Format(null, CompositeFormat.Parse(parts), long_, half))).Error(HttpStatusCode.RequestEntityTooLarge).ShouldBe(
            (name, "expected at most 8192 bytes in all parts other than 'file' (Limits:MaxRequestLineBytes)"));
    }

    [Fact]
    public async Task EmptyPartsCountTowardsTheSizeLimit() =>
        (await Send("datasets?name=a", string.Join(' ', Enumerable.Repeat("nullValue=", 1_000)) + " file"))
            .Error(HttpStatusCode.RequestEntityTooLarge).Path.ShouldBe("nullValue");

    [Theory]
    [InlineData("threshold=0.99 file", "")]
    [InlineData("file threshold=0.99", "")]
    [InlineData("file threshold=0.99", "?threshold=0.99")]
    public async Task ThresholdOfAFilePredictionMayBeAPart(string parts, string query)
    {
        await Train();

        (await Send("models/forms-model/predict" + query, parts)).Expect(HttpStatusCode.OK).Text.TrimEnd().Split('\n').Skip(1)
            .ShouldAllBe(line => line.EndsWith(";0") || line.EndsWith(",0"));
        (await Send("models/forms-model/versions/1/predict" + query, parts)).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("file threshold=2", "threshold", "expected a number from 0 to 1, got '2'")]
    [InlineData("file name=mails", "name", UnknownPartOfPrediction)]
    [InlineData("treshold=1 file", "treshold", $"{UnknownPartOfPrediction}; did you mean 'threshold'?")]
    public async Task PredictionRefusesOtherParts(string parts, string name, string message)
    {
        await Train();

        (await Send("models/forms-model/predict", parts)).Error().ShouldBe((name, message));
        (await Send("models/forms-model/versions/1/predict", parts)).Error().ShouldBe((name, message));
    }

    [Fact]
    public async Task IdempotencyKeyCoversThePartsOfAForm()
    {
        var key = ("Idempotency-Key", "forms");

        var first = (await Send("datasets", "file name=keyed", key)).Expect(HttpStatusCode.Created);

        (await Send("datasets", "name=keyed file", key)).Expect(HttpStatusCode.Created).Json.GetProperty("id").GetGuid()
            .ShouldBe(first.Json.GetProperty("id").GetGuid());
        (await Send("datasets", "file name=other", key)).Expect(HttpStatusCode.UnprocessableEntity);
        (await Send("datasets", "file name=keyed types=a:category", key)).Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task DocumentDescribesThePartsOfAForm()
    {
        var paths = (await _api.Get("/openapi/v1.json")).Json.GetProperty("paths");
        foreach (var path in new[] { "/api/v1/datasets", "/api/v1/models/{name}/predict", "/api/v1/models/{name}/versions/{version}/predict" })
        {
            var post = paths.GetProperty(path).GetProperty("post");
            var form = post.GetProperty("requestBody").GetProperty("content").GetProperty("multipart/form-data").GetProperty("schema");

            form.GetProperty("properties").EnumerateObject().Select(part => part.Name).ShouldBe(["file"]);
            form.GetProperty("description").GetString().ShouldStartWith("Each parameter of the query may be a part of the form instead");
            form.GetProperty("required").EnumerateArray().Select(part => part.GetString()).ShouldBe(["file"]);
        }
    }

    private async Task Train()
    {
        await _api.Upload("name=forms-model&delimiter=;", Csv);
        await _api.Train("""{ "datasetId": "forms-model", "target": "y", "features": ["a"] }""");
    }

    /// <param name="path">The path of the request.</param>
    /// <param name="parts">The parts in their order, separated by blanks: <c>name=value</c>, or <c>file</c>.</param>
    /// <param name="headers">Additional headers.</param>
    private async Task<ApiResponse> Send(string path, string parts, params (string Name, string Value)[] headers)
    {
        using var form = new MultipartFormDataContent();
        foreach (var part in parts.Split(' '))
        {
            if (part == "file")
                form.Add(ApiClient.Bytes(Encoding.UTF8.GetBytes(Csv), "text/csv"), "file", "from-a-file.csv");
            else
                form.Add(new StringContent(part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..]), part[..part.IndexOf('=', StringComparison.Ordinal)]);
        }

        return await _api.Send(HttpMethod.Post, path, form, headers);
    }
}
