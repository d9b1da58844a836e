using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SigmoidApi.Datasets;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Fitting;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Tests.Datasets;

[Trait("Speed", "Slow")]
public sealed class DatasetEndpointTests : IDisposable
{
    private const string Mails = "free,\"Length;(!$\",spam\n0.5,278,1\n0,191,0\n1.25,12,1\n";

    private readonly string _directory = Directory.CreateTempSubdirectory("sigmoid-datasets-").FullName;
    private readonly WebApplicationFactory<Program> _service;
    private readonly HttpClient _client;

    public DatasetEndpointTests()
    {
        _service = new WebApplicationFactory<Program>().WithWebHostBuilder(host => host
            .UseSetting("Storage:Directory", _directory).UseSetting("Datasets:MaxUploadBytes", "100000").UseSetting("Datasets:MaxColumns", "3"));
        _client = _service.CreateClient();
    }

    [Fact]
    public async Task AnUploadedDataSetIsFoundByIdAndByName()
    {
        using var answer = await Upload("mails", Mails);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var created = await Json(answer);
        var id = created.GetProperty("id").GetGuid();
        id.Version.ShouldBe(7);
        answer.Headers.Location!.OriginalString.ShouldBe($"/api/v1/datasets/{id}");
        created.GetProperty("name").GetString().ShouldBe("mails");
        created.GetProperty("rows").GetInt64().ShouldBe(3);
        created.GetProperty("bytes").GetInt64().ShouldBe(Encoding.UTF8.GetByteCount(Mails));
        created.GetProperty("sha256").GetString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Mails))));
        created.GetProperty("createdAt").GetDateTimeOffset().Offset.ShouldBe(TimeSpan.Zero);
        var column = created.GetProperty("columns")[1];
        column.GetRawText().ShouldBe(
            """
            {"name":"Length;(!$","type":"number","missing":0,"distinct":3,"minimum":12,"maximum":278,"mean":160.33333333333334,
            "standardDeviation":110.73792886309953,
            "quantiles":{"p01":15.58,"p05":29.900000000000002,"p25":101.5,"p50":191,"p75":234.5,"p95":269.3,"p99":276.26},
            "histogram":[1,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,1],"warnings":[]}
            """.ReplaceLineEndings(""));
        created.GetProperty("columns")[2].GetProperty("type").GetString().ShouldBe("boolean");

        foreach (var key in new[] { id.ToString(), "mails" })
            (await Json(await Get($"datasets/{key}"))).GetRawText().ShouldBe(created.GetRawText());
    }

    [Fact]
    public async Task ANameMeansItsNewestDataSet()
    {
        await Upload("mails", Mails);
        var second = (await Json(await Upload("mails", "a\n1\n"))).GetProperty("id").GetGuid();

        (await Json(await Get("datasets/mails"))).GetProperty("id").GetGuid().ShouldBe(second);
    }

    [Theory]
    [InlineData("?name=other", "mails.v2.csv", "other")]
    [InlineData("", "mails.v2.csv", "mails.v2")]
    [InlineData("", "my data.csv", "my-data")]
    [InlineData("", "Sales (2024).csv", "Sales-2024")]
    [InlineData("", "_größte Menge_.csv", "gr-te-Menge_")]
    public async Task AFileInAFormNamesTheDataSet(string query, string file, string expected)
    {
        using var form = new MultipartFormDataContent { { new StringContent(","), "delimiter" }, { new StringContent(Mails), "file", file } };

        using var answer = await _client.PostAsync($"/api/v1/datasets{query}", form, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var dataset = await Json(answer);
        dataset.GetProperty("name").GetString().ShouldBe(expected);
        dataset.GetProperty("rows").GetInt64().ShouldBe(3);
        dataset.GetProperty("bytes").GetInt64().ShouldBe(Mails.Length);
    }

    [Theory]
    [InlineData("データ.csv")]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301.csv")]
    public async Task AFileNameThatGivesNoDataSetNameIsShown(string file)
    {
        using var form = new MultipartFormDataContent { { new StringContent(Mails), "file", file } };

        using var answer = await _client.PostAsync("/api/v1/datasets", form, TestContext.Current.CancellationToken);

        (await Problem(answer, HttpStatusCode.BadRequest)).GetProperty("errors").GetProperty("name")[0].GetString()
            .ShouldBe("expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit, and not a UUID, got none, "
                + $"and no name can be made from the file's name '{file}'");
    }

    [Fact]
    public async Task TheProblemOfAnInvalidFileNamesItsCells()
    {
        using var answer = await Upload("mails", "a,b\n1,x\n2\n3,4,5\n6,y\n7,x\n8,y\n");

        var problem = await Problem(answer, HttpStatusCode.BadRequest);
        problem.GetProperty("errorCount").GetInt64().ShouldBe(2);
        problem.GetProperty("detail").GetString().ShouldBe("The file has 2 errors. Nothing of it was kept. line 3, column b: expected 2 cells; the row has 1");
        problem.GetProperty("errors").EnumerateObject().Select(e => (e.Name, e.Value[0].GetString())).ShouldBe([
            ("line 3, column b", "expected 2 cells; the row has 1"),
            ("line 4", "expected 2 cells; the row has 3"),
        ]);
        await ShouldHaveKeptNothing();
    }

    [Theory]
    [InlineData("name=-bad", "a\n1\n", "text/csv", 400)]
    [InlineData("name=0198a5e1-0000-7000-8000-000000000000", "a\n1\n", "text/csv", 400)]
    [InlineData("", "a\n1\n", "text/csv", 400)]
    [InlineData("name=x", "a\n1\n", "application/xml", 415)]
    [InlineData("name=x", "a\n1\n", "application/json", 400)]
    [InlineData("name=x", "a\n1\n", "text/csv; charset=no-such", 415)]
    [InlineData("name=x", "a\n1\n", "multipart/form-data", 415)]
    [InlineData("name=x", "a\n1\n", "multipart/form-data; boundary=b", 400)]
    [InlineData("name=x", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\na\n1\n", "multipart/form-data; boundary=b", 400)]
    [InlineData("name=x", "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\na\r\n--b--\r\n", "multipart/form-data; boundary=b", 400)]
    [InlineData("name=x", "", "text/csv", 400)]
    [InlineData("name=x", "a,b,c,d\n1,2,3,4\n", "text/csv", 413)]
    public async Task ARefusedUploadIsAProblemAndLeavesNothing(string query, string body, string mediaType, int status)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(mediaType) } };

        using var answer = await _client.PostAsync($"/api/v1/datasets?{query}", content, TestContext.Current.CancellationToken);

        await Problem(answer, (HttpStatusCode)status);
        await ShouldHaveKeptNothing();
    }

    [Fact]
    public async Task AnUploadAboveTheLimitIsTooLarge()
    {
        using var answer = await Upload("mails", "a\n" + new string('1', 100_000));

        (await Problem(answer, HttpStatusCode.RequestEntityTooLarge)).GetProperty("detail").GetString()
            .ShouldBe("The upload is larger than 100000 bytes (Datasets:MaxUploadBytes).");
        await ShouldHaveKeptNothing();
    }

    [Fact]
    public async Task ListsArePagedNewestFirst()
    {
        foreach (var name in new[] { "one", "two", "three" })
            await Upload(name, "a\n1\n");

        var first = await Json(await Get("datasets?limit=2"));
        var second = await Json(await Get($"datasets?limit=2&cursor={first.GetProperty("nextCursor").GetString()}"));

        first.GetProperty("items").EnumerateArray().Select(d => d.GetProperty("name").GetString()).ShouldBe(["three", "two"]);
        second.GetProperty("items").EnumerateArray().Select(d => d.GetProperty("name").GetString()).ShouldBe(["one"]);
        second.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task RowsAreReturnedAsTheyWereUploaded()
    {
        await Upload("mails", Mails);

        (await Json(await Get("datasets/mails/rows?offset=1&limit=5"))).GetRawText().ShouldBe(
            """{"offset":1,"total":3,"rows":[{"free":0,"Length;(!$":191,"spam":0},{"free":1.25,"Length;(!$":12,"spam":1}]}""");
        (await Json(await Get("datasets/mails/rows?offset=3"))).GetProperty("rows").GetArrayLength().ShouldBe(0);
        (await Json(await Get("datasets/mails/rows"))).GetProperty("rows").GetArrayLength().ShouldBe(3);
    }

    [Theory]
    [InlineData("offset=-1", "offset")]
    [InlineData("offset=x", "offset")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    public async Task AnInvalidOffsetOrLimitIsNamed(string query, string parameter)
    {
        await Upload("mails", Mails);

        var problem = await Problem(await Get($"datasets/mails/rows?{query}"), HttpStatusCode.BadRequest);

        problem.GetProperty("errors").TryGetProperty(parameter, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task AnUnknownDataSetIsNotFound()
    {
        foreach (var path in new[] { "datasets/none", $"datasets/{Guid.NewGuid()}", "datasets/none/rows" })
            await Problem(await Get(path), HttpStatusCode.NotFound);
        await Problem(await _client.DeleteAsync("/api/v1/datasets/none", TestContext.Current.CancellationToken), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task DeleteRemovesRowAndFile()
    {
        await Upload("mails", Mails);

        (await _client.DeleteAsync("/api/v1/datasets/mails", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await Problem(await Get("datasets/mails"), HttpStatusCode.NotFound);
        await ShouldHaveKeptNothing();
    }

    [Theory]
    [InlineData(TrainingJobStatus.Running, HttpStatusCode.Conflict)]
    [InlineData(TrainingJobStatus.Failed, HttpStatusCode.NoContent)]
    public async Task ADataSetInUseIsNotDeleted(TrainingJobStatus status, HttpStatusCode expected)
    {
        var id = (await Json(await Upload("mails", Mails))).GetProperty("id").GetGuid();
        await using (var db = await Database())
        {
            db.TrainingJobs.Add(new TrainingJob
            {
                Id = Guid.CreateVersion7(),
                Status = status,
                DatasetId = id,
                CreatedAt = DateTimeOffset.UnixEpoch,
                Request = new TrainingRequest { DatasetId = id.ToString(), Target = "spam" },
            });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        (await _client.DeleteAsync($"/api/v1/datasets/{id}", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(expected);

        (await Get($"datasets/{id}")).StatusCode.ShouldBe(expected == HttpStatusCode.Conflict ? HttpStatusCode.OK : HttpStatusCode.NotFound);
        File.Exists(Path.Combine(_directory, "datasets", $"{id}.parquet")).ShouldBe(expected == HttpStatusCode.Conflict);
    }

    public void Dispose()
    {
        _client.Dispose();
        _service.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private Task<HttpResponseMessage> Upload(string name, string csv) =>
        _client.PostAsync($"/api/v1/datasets?name={name}", new StringContent(csv, Encoding.UTF8, "text/csv"), TestContext.Current.CancellationToken);

    private Task<HttpResponseMessage> Get(string path) => _client.GetAsync($"/api/v1/{path}", TestContext.Current.CancellationToken);

    private static Task<JsonElement> Json(HttpResponseMessage answer) =>
        answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

    private static async Task<JsonElement> Problem(HttpResponseMessage answer, HttpStatusCode status)
    {
        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    private Task<SigmoidDbContext> Database() =>
        _service.Services.GetRequiredService<IDbContextFactory<SigmoidDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);

    private async Task ShouldHaveKeptNothing()
    {
        await using var db = await Database();
        (await db.Datasets.CountAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
        Directory.GetFileSystemEntries(Path.Combine(_directory, "datasets")).ShouldBeEmpty();
        Directory.GetFileSystemEntries(Path.Combine(_directory, "uploads")).ShouldBeEmpty();
    }
}
