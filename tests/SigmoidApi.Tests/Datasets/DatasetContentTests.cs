using System.Net;
using System.Text.Json;

namespace SigmoidApi.Tests.Datasets;

/// <summary>Downloads of a data set, splits, and the warnings about a target.</summary>
[Trait("Speed", "Slow")]
public sealed class DatasetContentTests : IAsyncDisposable
{
    private const string People =
        "when,name,age,member,left,gone\n2024-01-01T12:00:00Z,Ann,31.5,true,no,0\n2024-01-02T00:30:00Z,\"Bob, Jr.\",,false,yes,1\n"
        + "2024-01-03T00:00:00Z,Cid,40,true,no,0\n2024-01-04T01:02:03Z,Dee,28,false,yes,1\n";

    private readonly TestApplication _application = new();

    [Theory]
    [InlineData("text/csv", "when,name,age,member,left,gone\n2024-01-01T12:00:00Z,Ann,31.5,true,no,0\n2024-01-02T00:30:00Z,\"Bob, Jr.\",,false,yes,1\n")]
    [InlineData("application/x-ndjson", """{"when":"2024-01-01T12:00:00Z","name":"Ann","age":31.5,"member":true,"left":"no","gone":0}""")]
    [InlineData("text/csv;q=0.1, application/x-ndjson", """{"when":"2024-01-01""")]
    public async Task ContentComesInTheFormatThatAcceptAsksFor(string accept, string start)
    {
        await Upload("people", People);
        (await _application.Api.Get("datasets/people/content", ("Accept", accept))).Expect(HttpStatusCode.OK).Text.ShouldStartWith(start);
        _application.Files("uploads").ShouldBeEmpty();
    }

    [Fact]
    public async Task EveryFormatReadsBackAsTheSameRows()
    {
        await Upload("people", People);
        var rows = await Rows("people");
        (string Accept, string Name)[] formats =
        [
            ("text/csv", "csv"), ("application/json", "json"), ("application/x-ndjson", "ndjson"), ("application/vnd.apache.parquet", "parquet"),
        ];
        foreach (var (accept, name) in formats)
        {
            var content = (await _application.Api.Get("datasets/people/content", ("Accept", accept))).Expect(HttpStatusCode.OK);
            content.ContentHeaders.ContentType!.MediaType.ShouldBe(accept);
            await _application.Api.Upload($"name={name}", content.Content, accept);
            (await Rows(name)).ShouldBe(rows, name);
        }
    }

    [Fact]
    public async Task FormatThatADataSetIsNotExportedToIsRefused()
    {
        await Upload("people", People);
        (await _application.Api.Get("datasets/people/content", ("Accept", "image/png"))).Expect(HttpStatusCode.NotAcceptable);
        (await _application.Api.Get("datasets/people/content?format=libsvm")).Expect(HttpStatusCode.BadRequest);
        (await _application.Api.Get("datasets/nobody/content")).Expect(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("Range", "bytes=999999-", HttpStatusCode.RequestedRangeNotSatisfiable)]
    [InlineData("If-Match", "\"another\"", HttpStatusCode.PreconditionFailed)]
    public async Task RangeOrVersionThatAFileDoesNotHaveIsAProblem(string header, string value, HttpStatusCode status)
    {
        await Upload("people", People);
        foreach (var format in new[] { "parquet", "csv" })
        {
            var answer = await _application.Api.Get($"datasets/people/content?format={format}", (header, value));
            answer.Problem(status).Detail.ShouldContain("file");
            answer.ContentHeaders.ContentDisposition.ShouldBeNull();
            answer.ContentHeaders.ContentRange?.HasLength.ShouldBe(true);
        }
    }

    [Fact]
    public async Task SplitPartsHoldEachRowOnceAndTheSameRowsAgain()
    {
        await Upload("numbers", "n,half,y\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{(i < 20 ? "low" : "high")},{i % 4 / 3}\n")));
        var first = await Split("""{ "test": 0.25, "stratifyBy": "y", "seed": 7 }""");
        var again = await Split("""{ "test": 0.25, "stratifyBy": "y", "seed": 7 }""");
        first.GetProperty("training").GetProperty("rows").GetInt32().ShouldBe(30);
        first.GetProperty("test").GetProperty("rows").GetInt32().ShouldBe(10);
        again.GetProperty("test").GetProperty("version").GetInt32().ShouldBe(2);
        again.GetProperty("test").GetProperty("sha256").GetString().ShouldBe(first.GetProperty("test").GetProperty("sha256").GetString());

        var (training, test) = (await Numbers("numbers-train@1"), await Numbers("numbers-test@1"));
        training.Concat(test).Order().ShouldBe(Enumerable.Range(0, 40));
        training.ShouldBe(training.Order());
        test.Count(n => n % 4 == 3).ShouldBe(2);
        _application.Files("uploads").ShouldBeEmpty();
    }

    [Fact]
    public async Task GroupsStayTogetherAndTheLatestRowsAreTheTestSet()
    {
        await Upload("numbers", "n,group\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{"abcdefgh"[i % 8]}\n")));
        await Split("""{ "test": 0.25, "groupBy": "group", "names": { "training": "a", "test": "b" } }""");
        (await Numbers("a")).Select(n => n % 8).Distinct().Intersect((await Numbers("b")).Select(n => n % 8)).ShouldBeEmpty();
        await Split("""{ "test": 0.25, "timeBy": "n", "names": { "training": "a", "test": "b" } }""");
        (await Numbers("b")).ShouldBe(Enumerable.Range(30, 10));
    }

    [Theory]
    [InlineData("""{ "test": 0 }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "stratifyBy": "left", "groupBy": "left" }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "stratifyBy": "nope" }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "names": { "test": "a b" } }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "timeBy": "name" }""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{ "timeBy": "age" }""", HttpStatusCode.UnprocessableEntity)]
    public async Task RefusedSplitLeavesNoFiles(string request, HttpStatusCode status)
    {
        await Upload("people", People);
        (await _application.Api.Post("datasets/people/split", request)).Expect(status);
        _application.Files("uploads").ShouldBeEmpty();
        _application.Files("datasets").Length.ShouldBe(1);
    }

    [Fact]
    public async Task WithATargetColumnsWarnOfLeaksAndOfARareClass()
    {
        var rows = Enumerable.Range(0, 400).Select(i => (Sick: i % 40 == 0, Noise: i * 7919 % 101));
        await Upload("sick", "sick,code,drug,noise\n" + string.Concat(rows.Select(row => row.Sick
            ? $"yes,{900 + row.Noise},insulin,{row.Noise}.5\n"
            : $"no,{row.Noise},{(row.Noise % 2 == 0 ? "none given" : "aspirin")},{row.Noise}.5\n")));
        var dataset = (await _application.Api.Get("datasets/sick?target=sick")).Expect(HttpStatusCode.OK).Json;
        var columns = dataset.GetProperty("columns").EnumerateArray().ToDictionary(
            column => column.GetProperty("name").GetString()!,
            column => column.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()).ToArray());
        columns["sick"].ShouldBe(["rare_class"]);
        columns["code"].ShouldBe(["leaks_target", "separating_threshold"]);
        columns["drug"].ShouldBe(["leaks_target", "separating_level"]);
        columns["noise"].ShouldBeEmpty();
        // A target of numbers must be whole; there may be many.
        (await _application.Api.Get("datasets/sick?target=noise")).Expect(HttpStatusCode.BadRequest);
        (await _application.Api.Get("datasets/sick?target=code")).Expect(HttpStatusCode.OK);
        (await _application.Api.Get("datasets/sick?target=nope")).Expect(HttpStatusCode.BadRequest);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private Task<JsonElement> Upload(string name, string csv) => _application.Api.Upload($"name={name}", csv);

    private async Task<JsonElement> Split(string request) =>
        (await _application.Api.Post("datasets/numbers/split", request)).Expect(HttpStatusCode.Created).Json;

    private async Task<string> Rows(string dataset) =>
        (await _application.Api.Get($"datasets/{dataset}/rows")).Expect(HttpStatusCode.OK).Json.GetProperty("rows").GetRawText();

    private async Task<int[]> Numbers(string dataset)
    {
        var page = (await _application.Api.Get($"datasets/{dataset}/rows")).Expect(HttpStatusCode.OK).Json;
        return [.. page.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("n").GetInt32())];
    }
}
