using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using SigmoidApi.Datasets;
using SigmoidApi.Models;
using SigmoidApi.Tests.Database;

namespace SigmoidApi.Tests.Models;

/// <summary>Lists have short summaries, and the covariance has an endpoint of its own.</summary>
public abstract class SummaryTests(StoreApplication store)
{
    private const int WideTerms = 60;
    private readonly ApiClient _api = store.Api;

    [Fact]
    public async Task ListsHaveNoCovarianceAndNoProfiles()
    {
        await _api.Upload("name=wide", Wide());
        var job = await _api.Train("""{ "datasetId": "wide", "target": "y", "penalty": "firth", "intervals": "none" }""");
        var dataset = (await _api.Get("datasets/wide")).Json;
        var model = (await _api.Get("models/wide")).Json;

        foreach (var path in new[] { "models?limit=1", "models/wide/versions?limit=1" })
        {
            var list = (await _api.Get(path)).Expect(HttpStatusCode.OK);
            list.Content.Length.ShouldBeLessThan(1500);
            var summary = list.Json.GetProperty("items")[0];
            summary.EnumerateObject().Select(member => member.Name).ShouldBe(
                ["name", "version", "jobId", "datasetId", "target", "classes", "terms", "penalty", "c", "metrics", "converged", "createdAt"]);
            summary.GetProperty("terms").GetInt32().ShouldBe(WideTerms);
            summary.GetProperty("penalty").GetString().ShouldBe("firth");
            summary.GetProperty("c").ValueKind.ShouldBe(JsonValueKind.Null);
            summary.GetProperty("jobId").GetString().ShouldBe(job.GetProperty("id").GetString());
            summary.GetProperty("converged").GetBoolean().ShouldBe(model.GetProperty("convergence").GetProperty("converged").GetBoolean());
            foreach (var member in new[] { "name", "version", "datasetId", "target", "classes", "metrics", "createdAt" })
                summary.GetProperty(member).GetRawText().ShouldBe(model.GetProperty(member).GetRawText());
        }

        var datasets = (await _api.Get("datasets?limit=1&name=wide")).Expect(HttpStatusCode.OK);
        datasets.Content.Length.ShouldBeLessThan(500);
        var listed = datasets.Json.GetProperty("items")[0];
        listed.EnumerateObject().Select(member => member.Name).ShouldBe(
            ["id", "name", "version", "rows", "columnCount", "bytes", "sha256", "format", "createdAt"]);
        listed.GetProperty("columnCount").GetInt32().ShouldBe(WideTerms + 1);
        listed.GetProperty("format").GetString().ShouldBe("csv");
        foreach (var member in new[] { "id", "name", "version", "rows", "bytes", "sha256", "createdAt" })
            listed.GetProperty(member).GetRawText().ShouldBe(dataset.GetProperty(member).GetRawText());
    }

    /// <summary>For a path, the strength is that of the selected point.</summary>
    [Fact]
    public async Task PenaltyAndItsStrengthAreListed()
    {
        await _api.Upload("name=strength", Table());
        await _api.Train("""{ "datasetId": "strength", "target": "y", "c": 0.5 }""");
        await _api.Train("""{ "datasetId": "strength", "target": "y", "penalty": "l1", "cs": [0.1, 3, 20] }""");
        await _api.Train("""{ "datasetId": "strength", "target": "y", "penalty": "none", "maxIterations": 5 }""");

        (await Items("models/strength/versions")).Select(item => $"{item.GetProperty("penalty")} {item.GetProperty("c").GetRawText()}")
            .ShouldBe(["none null", "l1 20", "l2 0.5"]);
    }

    /// <summary>Covers the store of an older version of the service, and rows that a replica of an older version adds after the migration.</summary>
    [Fact]
    public async Task RowsOfOlderVersionsAreListedTheSameWay()
    {
        await using var own = await store.Another();
        await own.Api.Upload("name=kept", Table());
        await own.Api.Post("datasets/kept/split", "{}");
        await own.Api.Train("""{ "datasetId": "kept", "target": "y", "c": 0.25 }""");
        await own.Api.Train("""{ "datasetId": "kept", "target": "y", "penalty": "firth", "validation": { "holdout": 0.4 } }""");
        await own.Api.Train("""{ "datasetId": "kept-train", "target": "y", "penalty": "l1", "cs": [0.1, 1], "positiveClass": "no" }""");
        string[] lists = ["models", "models/kept/versions", "datasets", "datasets?name=kept"];
        var before = new List<string>();
        foreach (var list in lists)
            before.Add((await own.Api.Get(list)).Expect(HttpStatusCode.OK).Text);

        await using var db = await own.Database();
        var migrator = db.GetService<IMigrator>();
        await migrator.MigrateAsync("JobWarnings", TestContext.Current.CancellationToken);
        await migrator.MigrateAsync(targetMigration: null, TestContext.Current.CancellationToken);
        for (var i = 0; i < lists.Length; i++)
            (await own.Api.Get(lists[i])).Text.ShouldBe(before[i]);

        (await db.ListedModels.ExecuteDeleteAsync(TestContext.Current.CancellationToken)).ShouldBe(3);
        (await db.ListedDatasets.ExecuteDeleteAsync(TestContext.Current.CancellationToken)).ShouldBe(3);
        for (var i = 0; i < lists.Length; i++)
            (await own.Api.Get(lists[i])).Text.ShouldBe(before[i]);
    }

    [Fact]
    public async Task DeletedModelsAndDataSetsAreNotListed()
    {
        await using var own = await store.Another();
        await own.Api.Upload("name=gone", Table());
        await own.Api.Train("""{ "datasetId": "gone", "target": "y" }""");

        (await own.Api.Delete("models/gone")).Expect(HttpStatusCode.NoContent);
        (await own.Api.Delete("datasets/gone")).Expect(HttpStatusCode.NoContent);

        (await own.Api.Get("models")).Text.ShouldBe("""{"items":[],"nextCursor":null}""");
        (await own.Api.Get("datasets")).Text.ShouldBe("""{"items":[],"nextCursor":null}""");
        await using var db = await own.Database();
        (await db.ListedModels.CountAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
        (await db.ListedDatasets.CountAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
    }

    [Fact]
    public async Task CovarianceIsReturnedOnRequest()
    {
        await _api.Upload("name=covariance", Table());
        await _api.Train("""{ "datasetId": "covariance", "target": "y", "penalty": "firth" }""");

        foreach (var path in new[] { "models/covariance", "models/covariance/versions/1" })
        {
            (await _api.Get(path)).Json.GetProperty("inference").TryGetProperty("covariance", out _).ShouldBeFalse();
            var included = (await _api.Get($"{path}?include=covariance")).Expect(HttpStatusCode.OK).Json;
            var covariance = (await _api.Get($"{path}/covariance")).Expect(HttpStatusCode.OK).Json;
            covariance.GetProperty("covariance").GetRawText().ShouldBe(included.GetProperty("inference").GetProperty("covariance").GetRawText());
            covariance.GetProperty("terms").EnumerateArray().Select(term => term.GetString()).ShouldBe(
                ["intercept", .. included.GetProperty("coefficients").EnumerateArray().Select(coefficient => coefficient.GetProperty("term").GetString())]);
            covariance.GetProperty("covariance").GetArrayLength().ShouldBe(covariance.GetProperty("terms").GetArrayLength());
            var (field, message) = (await _api.Get($"{path}?include=everything")).Error();
            field.ShouldBe("include");
            message.ShouldBe("expected covariance, got 'everything'");
        }
    }

    [Fact]
    public async Task CovarianceWithoutAnInterceptCoversTheTermsOnly()
    {
        await _api.Upload("name=origin", Table());
        await _api.Train("""{ "datasetId": "origin", "target": "y", "features": ["a"], "penalty": "firth", "fitIntercept": false }""");

        var covariance = (await _api.Get("models/origin/covariance")).Expect(HttpStatusCode.OK).Json;

        covariance.GetProperty("terms").EnumerateArray().Select(term => term.GetString()).ShouldBe(["a"]);
        covariance.GetProperty("covariance").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task MissingCovarianceHasAReason()
    {
        await using var own = await store.Another(("Training:MaxCovarianceParameters", "2"));
        await own.Api.Upload("name=none", Table());
        await own.Api.Train("""{ "datasetId": "none", "target": "y" }""");
        await own.Api.Train("""{ "datasetId": "none", "target": "y", "penalty": "firth" }""");

        (await own.Api.Get("models/none/versions/1/covariance")).Problem(HttpStatusCode.NotFound).Detail.ShouldContain("penalized");
        (await own.Api.Get("models/none/covariance")).Problem(HttpStatusCode.NotFound).Detail.ShouldContain("Training:MaxCovarianceParameters");
        (await own.Api.Get("models/nobody/covariance")).Problem(HttpStatusCode.NotFound).Detail.ShouldBe("There is no model 'nobody'.");
        (await own.Api.Get("models/none/versions/9/covariance")).Problem(HttpStatusCode.NotFound).Detail
            .ShouldBe("There is no version 9 of model 'none'; 'none' has versions 1 to 2.");
        var latest = (await own.Api.Get("models/none?include=covariance")).Expect(HttpStatusCode.OK).Json;
        latest.GetProperty("inference").TryGetProperty("covariance", out _).ShouldBeFalse();
        var first = (await own.Api.Get("models/none/versions/1?include=covariance")).Expect(HttpStatusCode.OK).Json;
        first.GetProperty("inference").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private async Task<JsonElement[]> Items(string path) => [.. (await _api.Get(path)).Expect(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()];

    private static string Table() => "a,b,kind,y\n" + string.Concat(
        Enumerable.Range(0, 40).Select(i => $"{i * 7 % 11},{i * 3 % 13},{(i % 3 == 0 ? "x" : "z")},{(i * 5 % 7 > 3 ? "yes" : "no")}\n"));

    private static string Wide()
    {
        var random = new Random(5);
        var rows = Enumerable.Range(0, 400).Select(_ => string.Join(
            ',',
            Enumerable.Range(0, WideTerms).Select(_ => random.Next(1000).ToString(CultureInfo.InvariantCulture)).Append(random.Next(2) == 0 ? "a" : "b")));
        return $"{string.Join(',', Enumerable.Range(0, WideTerms).Select(i => $"column_{i}"))},y\n{string.Join('\n', rows)}\n";
    }
}

[Trait("Speed", "Slow")]
public sealed class SqliteSummaryTests(SqliteApplication store) : SummaryTests(store), IClassFixture<SqliteApplication>;

public sealed class PostgresSummaryTests(PostgresApplication store) : SummaryTests(store), IClassFixture<PostgresApplication>;
