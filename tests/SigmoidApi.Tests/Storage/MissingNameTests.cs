using System.Net;
using SigmoidApi.Datasets;
using SigmoidApi.Tests.Database;

namespace SigmoidApi.Tests.Storage;

/// <summary>A 404 for a name suggests a similar name, or lists the existing versions.</summary>
public abstract class MissingNameTests(StoreApplication application)
{
    private const string Csv = "x,y\n1,0\n2,1\n3,0\n4,1\n";

    private readonly ApiClient _api = application.Api;

    public static TheoryData<string, string, string?> DatasetRoutes => new()
    {
        { "GET", "", null },
        { "HEAD", "", null },
        { "DELETE", "", null },
        { "GET", "/rows", null },
        { "GET", "/content", null },
        { "POST", "/split", """{ "test": 0.5 }""" },
    };

    public static TheoryData<string, string, string?> ModelRoutes => new()
    {
        { "GET", "", null },
        { "DELETE", "", null },
        { "GET", "/covariance", null },
        { "GET", "/summary", null },
        { "GET", "/influence", null },
        { "GET", "/margins", null },
        { "GET", "/tests", null },
        { "GET", "/compare?with=1", null },
        { "GET", "/threshold", null },
        { "DELETE", "/threshold", null },
        { "PUT", "/threshold", """{ "threshold": 0.4 }""" },
        { "POST", "/evaluations", """{ "datasetId": "mails" }""" },
        { "POST", "/predict", """{ "features": [[1]] }""" },
    };

    [Theory]
    [MemberData(nameof(DatasetRoutes))]
    public async Task MisspelledDataSetIsAnsweredWithTheNearest(string method, string route, string? body)
    {
        await _api.Upload("name=mails", Csv);

        (await Detail(method, $"datasets/mials{route}", body)).ShouldBe("There is no data set 'mials'; did you mean 'mails'?");
        (await Detail(method, $"datasets/Mail_s@1{route}", body)).ShouldBe("There is no data set 'Mail_s@1'; did you mean 'mails'?");
        (await Detail(method, $"datasets/quite-another{route}", body)).ShouldBe("There is no data set 'quite-another'.");
        (await Detail(method, $"datasets/0198a5e1-0000-7000-8000-000000000000{route}", body))
            .ShouldBe("There is no data set '0198a5e1-0000-7000-8000-000000000000'.");
        (await Detail(method, $"datasets/mai ls{route}", body)).ShouldBe("There is no data set 'mai ls'.");
    }

    [Fact]
    public async Task JobOfAMisspelledDataSetIsAnsweredWithTheNearest()
    {
        await _api.Upload("name=mails", Csv);

        (await Detail("POST", "training-jobs", """{ "datasetId": "mials", "target": "y" }""")).ShouldBe("There is no data set 'mials'; did you mean 'mails'?");
    }

    [Fact]
    public async Task MissingVersionOfADataSetIsAnsweredWithTheExistingOnes()
    {
        await _api.Upload("name=versions", Csv);
        (await Detail("GET", "datasets/versions@2", null)).ShouldBe("There is no data set 'versions@2'; 'versions' has version 1 only.");
        for (var i = 0; i < 3; i++)
            await _api.Upload("name=versions", Csv);

        foreach (var reference in new[] { "versions@9", "versions@latest", "versions@0", "versions@99999999999" })
            (await Detail("GET", $"datasets/{reference}", null)).ShouldBe($"There is no data set '{reference}'; 'versions' has versions 1 to 4.");
        (await _api.Delete("datasets/versions@2")).Expect(HttpStatusCode.NoContent);
        (await Detail("GET", "datasets/versions@2", null)).ShouldBe("There is no data set 'versions@2'; 'versions' has 3 versions from 1 to 4.");
    }

    [Theory]
    [MemberData(nameof(ModelRoutes))]
    public async Task MisspelledModelIsAnsweredWithTheNearest(string method, string route, string? body)
    {
        await Train("letters");

        (await Detail(method, $"models/leters{route}", body)).ShouldBe("There is no model 'leters'; did you mean 'letters'?");
        (await Detail(method, $"models/leters/versions/7{route}", body)).ShouldBe("There is no version 7 of model 'leters'; did you mean 'letters'?");
        (await Detail(method, $"models/none{route}", body)).ShouldBe("There is no model 'none'.");
    }

    [Theory]
    [MemberData(nameof(ModelRoutes))]
    public async Task MissingVersionOfAModelIsAnsweredWithTheExistingOnes(string method, string route, string? body)
    {
        await Train("numbered");

        (await Detail(method, $"models/numbered/versions/70{route}", body))
            .ShouldStartWith("There is no version 70 of model 'numbered'; 'numbered' has version");
    }

    [Fact]
    public async Task PredictionOfAFileSuggestsTheNearestNameToo()
    {
        await Train("filed");

        (await _api.PostBytes("models/fild/predict", "x\n1\n"u8.ToArray(), "text/csv")).Problem(HttpStatusCode.NotFound).Detail
            .ShouldBe("There is no model 'fild'; did you mean 'filed'?");
    }

    [Fact]
    public async Task VersionsOfAMisspelledModelAreAnsweredWithTheNearest()
    {
        await Train("listed");

        (await Detail("GET", "models/lsited/versions", null)).ShouldBe("There is no model 'lsited'; did you mean 'listed'?");
    }

    [Fact]
    public async Task DeletedNamesAreNotSuggested()
    {
        await Train("forgotten");
        (await Detail("GET", "models/forgoten", null)).ShouldBe("There is no model 'forgoten'; did you mean 'forgotten'?");
        (await _api.Delete("models/forgotten")).Expect(HttpStatusCode.NoContent);
        (await _api.Delete("datasets/forgotten")).Expect(HttpStatusCode.NoContent);

        (await Detail("GET", "models/forgoten", null)).ShouldBe("There is no model 'forgoten'.");
        (await Detail("GET", "models/forgotten/versions/1", null)).ShouldBe("There is no version 1 of model 'forgotten'.");
        (await Detail("GET", "datasets/forgoten", null)).ShouldBe("There is no data set 'forgoten'.");
    }

    /// <summary>If there are more names than are compared, those next to the requested one in sort order are used.</summary>
    [Fact]
    public async Task NamesNextToTheRequestedOneAreFoundAmongMany()
    {
        await using var own = await application.Another();
        var api = own.Api;
        await using (var db = await own.Database())
        {
            db.DatasetNames.AddRange(Enumerable.Range(0, 3_000).Select(i => new DatasetName { Name = $"many-{i:d4}", LastVersion = 1 }));
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await api.Upload("name=many-1500-x", Csv);

        (await api.Get("datasets/many-1500-z")).Problem(HttpStatusCode.NotFound).Detail
            .ShouldBe("There is no data set 'many-1500-z'; did you mean 'many-1500-x'?");
        // 500 other names come before it.
        (await api.Get("datasets/zany-1500-x")).Problem(HttpStatusCode.NotFound).Detail.ShouldBe("There is no data set 'zany-1500-x'.");
    }

    private async Task Train(string name)
    {
        await _api.Upload($"name={name}", Csv);
        await _api.Train($$"""{ "datasetId": "{{name}}", "target": "y" }""");
    }

    private async Task<string> Detail(string method, string path, string? body)
    {
        var answer = await _api.Send(HttpMethod.Parse(method), path, body is null ? null : ApiClient.Json(body));
        if (method != "HEAD")
            return answer.Problem(HttpStatusCode.NotFound).Detail;
        answer.Expect(HttpStatusCode.NotFound).Content.ShouldBeEmpty();
        return (await _api.Get(path)).Problem(HttpStatusCode.NotFound).Detail;
    }
}

[Trait("Speed", "Slow")]
public sealed class SqliteMissingNameTests(SqliteApplication application) : MissingNameTests(application), IClassFixture<SqliteApplication>;

public sealed class PostgresMissingNameTests(PostgresApplication application) : MissingNameTests(application), IClassFixture<PostgresApplication>;
