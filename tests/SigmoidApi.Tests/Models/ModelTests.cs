using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Tests.Database;
using SigmoidApi.Tests.TrainingJobs;

namespace SigmoidApi.Tests.Models;

[Trait("Speed", "Slow")]
public sealed class SqliteModelTests(SqliteApplication store) : ModelTests(store), IClassFixture<SqliteApplication>;

[Trait("Speed", "Slow")]
public sealed class PostgresModelTests(PostgresApplication store) : ModelTests(store), IClassFixture<PostgresApplication>;

/// <summary>Models, on each kind of store.</summary>
public abstract class ModelTests(StoreApplication store)
{
    private readonly ApiClient _api = store.Api;

    [Fact]
    public async Task VersionNumbersIncreaseAndAreNotReused()
    {
        (await Version("counted")).ShouldBe(1);
        (await Version("counted")).ShouldBe(2);
        (await Version("other")).ShouldBe(1);

        (await _api.Delete("models/counted/versions/2")).Expect(HttpStatusCode.NoContent).Text.ShouldBeEmpty();
        (await _api.Get("models/counted")).Json.GetProperty("version").GetInt32().ShouldBe(1);
        (await Version("counted")).ShouldBe(3);
        (await _api.Get("models/counted")).Json.GetProperty("version").GetInt32().ShouldBe(3);
        (await _api.Get("models/counted/versions/2")).Problem(HttpStatusCode.NotFound).Detail
            .ShouldBe("There is no version 2 of model 'counted'; 'counted' has 2 versions from 1 to 3.");
        (await _api.Delete("models/counted/versions/2")).Problem(HttpStatusCode.NotFound);

        (await _api.Delete("models/counted")).Expect(HttpStatusCode.NoContent);
        (await _api.Get("models/counted")).Problem(HttpStatusCode.NotFound).Detail.ShouldBe("There is no model 'counted'.");
        (await _api.Delete("models/counted")).Problem(HttpStatusCode.NotFound);
        (await Version("counted")).ShouldBe(4);
    }

    [Fact]
    public async Task ModelDescribesItself()
    {
        var job = await Train("described");
        var model = (await _api.Get("models/described")).Expect(HttpStatusCode.OK).Json;

        model.EnumerateObject().Select(p => p.Name).ShouldBe(
        [
            "name", "version", "jobId", "datasetId", "target", "classes", "intercept", "standardizedIntercept", "coefficients", "preparation", "metrics",
            "convergence", "path", "selection", "inference", "createdAt",
        ]);
        model.GetProperty("jobId").GetString().ShouldBe(job.GetProperty("id").GetString());
        ApiResponse.Read<double[]>(model.GetProperty("classes")).ShouldBe([0, 1]);
        model.GetProperty("metrics").GetProperty("training").EnumerateObject().Select(p => p.Name).ShouldBe(
        [
            "logLoss", "rocAuc", "averagePrecision", "brier", "accuracy", "precision", "recall", "f1", "matthewsCorrelation", "expectedCalibrationError",
            "confusion",
        ]);
        var convergence = model.GetProperty("convergence");
        convergence.EnumerateObject().Select(p => p.Name).ShouldBe(
            ["converged", "iterations", "objective", "gradientNorm", "warnings", "solver", "passes", "seconds"]);
        convergence.GetProperty("converged").GetBoolean().ShouldBeTrue();
        foreach (var coefficient in model.GetProperty("coefficients").EnumerateArray())
            coefficient.EnumerateObject().Select(p => p.Name).ShouldBe(["term", "estimate", "standardized"]);
    }

    [Fact]
    public async Task ModelsAndVersionsAreListedNewestFirst()
    {
        await using var empty = await store.Another();
        foreach (var name in new[] { "a", "b", "a" })
            await empty.Api.Train(Request(name));

        (await Listed(empty, "models")).ShouldBe(["a 2", "b 1"]);
        (await Listed(empty, "models/a/versions")).ShouldBe(["a 2", "a 1"]);
        var page = (await empty.Api.Get("models?limit=1")).Json;
        (await Listed(empty, $"models?limit=1&cursor={page.GetProperty("nextCursor").GetString()}")).ShouldBe(["b 1"]);
        (await empty.Api.Get("models/c/versions")).Problem(HttpStatusCode.NotFound).Detail.ShouldBe("There is no model 'c'.");
        (await empty.Api.Get("models?limit=x")).Error().Path.ShouldBe("limit");
    }

    [Fact]
    public async Task RowsColumnsAndFeaturesPredictTheSameNumbers()
    {
        await Train("served");
        const string Rows = """{ "rows": [{ "x1": 0.5, "x2": 3 }, { "x2": -1.25, "x1": 0.125, "unused": "a" }] }""";
        const string Columns = """{ "columns": { "x2": [3, -1.25], "x1": [0.5, 0.125], "unused": [null, "a"] } }""";
        const string Features = """{ "features": [[0.5, 3], [0.125, -1.25]] }""";
        var model = (await _api.Get("models/served")).Json;

        var rows = (await _api.Post("models/served/predict", Rows)).Expect(HttpStatusCode.OK);

        (await _api.Post("models/served/predict", Columns)).Text.ShouldBe(rows.Text);
        rows.Read<string[]>("unknownColumns").ShouldBe(["unused"]);
        var plain = (await _api.Post("models/served/predict", Features)).Text;
        plain.ShouldBe(rows.Text.Replace(""","unknownColumns":["unused"],"unknownColumnCount":1""", "", StringComparison.Ordinal));
        (await _api.Post($"models/served/versions/{model.GetProperty("version")}/predict", Features)).Text.ShouldBe(plain);
        var estimates = model.GetProperty("coefficients").EnumerateArray().Select(c => c.GetProperty("estimate").GetDouble()).ToArray();
        var margin = model.GetProperty("intercept").GetDouble() + 0.5 * estimates[0] + 3 * estimates[1];
        rows.Numbers("probabilities")[0].ShouldBe(1 / (1 + Math.Exp(-margin)), 1e-15);
        rows.Json.GetProperty("model").GetProperty("name").GetString().ShouldBe("served");
        rows.Json.GetProperty("model").GetProperty("version").GetInt32().ShouldBe(model.GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task ThresholdDecidesTheLabel()
    {
        await Train("threshold");
        var p = (await _api.Post("models/threshold/predict", """{ "features": [[0.5, 2]] }""")).Numbers("probabilities")[0];

        (await Label(p)).ShouldBe(1);
        (await Label(Math.BitIncrement(p))).ShouldBe(0);

        async Task<double> Label(double threshold) =>
            (await _api.Post("models/threshold/predict", new { features = new[] { new[] { 0.5, 2 } }, threshold })).Numbers("labels").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task LatestPredictsWithTheCurrentNewestVersion()
    {
        await Train("moving");
        (await PredictingVersion()).ShouldBe(1);

        await Train("moving");
        (await PredictingVersion()).ShouldBe(2);
        await _api.Delete("models/moving/versions/2");
        (await PredictingVersion()).ShouldBe(1);
        (await _api.Post("models/moving/versions/2/predict", """{ "features": [[1, 2]] }""")).Problem(HttpStatusCode.NotFound);
        await _api.Delete("models/moving");
        (await _api.Post("models/moving/predict", """{ "features": [[1, 2]] }""")).Problem(HttpStatusCode.NotFound);

        async Task<int> PredictingVersion()
        {
            var answer = (await _api.Post("models/moving/predict", """{ "features": [[1, 2]] }""")).Expect(HttpStatusCode.OK);
            return answer.Json.GetProperty("model").GetProperty("version").GetInt32();
        }
    }

    [Theory]
    [InlineData("{}", "features", "expected exactly one of 'rows', 'columns' and 'features'")]
    [InlineData("""{ "features": [[1, 2]], "rows": [{ "x1": 1, "x2": 2 }] }""", "features", "expected exactly one of 'rows', 'columns' and 'features'")]
    [InlineData("""{ "features": [[1, 2]], "threshold": -0.1 }""", "threshold", "expected a number from 0 to 1, got -0.1")]
    [InlineData("""{ "features": [] }""", "features", "expected at least one row")]
    [InlineData("""{ "features": [[1, 2, 3]] }""", "features[0]", "expected 2 numbers, one for each of the model's coefficients, got 3")]
    [InlineData("""{ "features": [[1, 2], [1, "NaN"]] }""", "features[1][1]", "expected a finite number, got NaN")]
    [InlineData("""{ "rows": [] }""", "rows", "expected at least one record")]
    [InlineData("""{ "rows": [{ "x1": 1, "x2": 2 }, { "x1": 1 }] }""", "rows[1].x2", "expected a number: the model needs this column, and the record lacks it")]
    [InlineData(
        """{ "rows": [{ "x1": 1, "X2": 2 }] }""",
        "rows[0].x2",
        "expected a number: the model needs this column, and the record lacks it; did you name it 'X2'?")]
    [InlineData("""{ "rows": [{ "x1": 1, "x2": "Infinity" }] }""", "rows[0].x2", "expected a finite number, got Infinity")]
    [InlineData("""{ "rows": [{ "x1": 1, "x2": 2 }, { "x1": 1, "x2": "two" }] }""", "rows[1].x2", "expected a number, got 'two'")]
    [InlineData("""{ "rows": [{ "x1": 1, "x2": [2] }] }""", "rows[0].x2", "expected a number, got '[2]'")]
    [InlineData("""{ "columns": { "x1": [1, 2], "x2": ["true", 2] } }""", "columns.x2[0]", "expected a number, got 'true'")]
    [InlineData("""{ "columns": {} }""", "columns", "expected at least one value in each column")]
    [InlineData("""{ "columns": { "x1": [1] } }""", "columns.x2", "expected an array of numbers: the model needs this column")]
    [InlineData("""{ "columns": { "x1": [1, 2], "x2": [3, "-Infinity"] } }""", "columns.x2[1]", "expected a finite number, got -Infinity")]
    public async Task InvalidObservationIsNamed(string body, string path, string message)
    {
        await Train("strict");

        (await _api.Post("models/strict/predict", body)).Error().ShouldBe((path, message));
    }

    [Theory]
    [InlineData("models/none")]
    [InlineData("models/none/versions/1")]
    [InlineData("models/none/versions")]
    [InlineData("models/none/versions/x")]
    [InlineData("models/none/versions/99999999999")]
    public async Task UnknownModelIsNotFound(string path)
    {
        (await _api.Get(path)).Problem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task UnknownModelPredictsNothing()
    {
        (await _api.Post("models/none/predict", """{ "features": [[1]] }""")).Problem(HttpStatusCode.NotFound).Detail.ShouldBe("There is no model 'none'.");
        (await _api.Post("models/none/versions/7/predict", """{ "features": [[1]] }""")).Problem(HttpStatusCode.NotFound).Detail
            .ShouldBe("There is no version 7 of model 'none'.");
    }

    /// <summary>Versions of the service before paths and inference stored models without them; columns in warnings were positions.</summary>
    [Fact]
    public async Task ModelStoredByAnOlderVersionIsShownAndPredicts()
    {
        const string Stored = """
            {"classes":[0,1],"intercept":-1,"standardizedIntercept":0.25,"coefficients":[{"term":"x1","estimate":2,"standardized":1.5}],
            "metrics":{"training":{"logLoss":0.5,"rocAuc":0.75,"averagePrecision":0.5,"brier":0.25,"accuracy":0.5,"precision":0.5,"recall":0.5,"f1":0.5,
            "matthewsCorrelation":0,"expectedCalibrationError":0,
            "confusion":{"trueNegatives":1,"falsePositives":1,"falseNegatives":1,"truePositives":1}},"validation":null},
            "convergence":{"converged":true,"iterations":5,"objective":2.5,"gradientNorm":1E-12,
            "warnings":[{"code":"separation","message":"A.","columns":[0]}]}}
            """;
        await Train("older");
        await using (var db = await store.Application.Database())
        {
            (await db.Database.ExecuteSqlAsync(
                $"update \"ModelVersions\" set \"Trained\" = {Stored} where \"Name\" = 'older'", TestContext.Current.CancellationToken)).ShouldBe(1);
        }

        var model = (await _api.Get("models/older")).Expect(HttpStatusCode.OK).Json;

        model.GetProperty("intercept").GetDouble().ShouldBe(-1);
        foreach (var member in new[] { "path", "selection", "inference" })
            model.GetProperty(member).ValueKind.ShouldBe(JsonValueKind.Null);
        model.GetProperty("convergence").GetRawText().ShouldBe(
            """{"converged":true,"iterations":5,"objective":2.5,"gradientNorm":1E-12,"warnings":[{"code":"separation","message":"A.","columns":["x1"]}],"""
            + "\"solver\":null,\"passes\":null,\"seconds\":null}");
        (await _api.Post("models/older/predict", """{ "features": [[0.5]] }""")).Numbers("probabilities").ShouldBe([0.5]);
    }

    private Task<JsonElement> Train(string name) => _api.Train(Request(name));

    private async Task<int> Version(string name) => (await Train(name)).GetProperty("model").GetProperty("version").GetInt32();

    private static string Request(string name) => LongFit.Quick.Replace("\"quick\"", $"\"{name}\"", StringComparison.Ordinal);

    private static async Task<string[]> Listed(TestApplication application, string path)
    {
        var items = (await application.Api.Get(path)).Expect(HttpStatusCode.OK).Json.GetProperty("items");
        return [.. items.EnumerateArray().Select(m => $"{m.GetProperty("name")} {m.GetProperty("version")}")];
    }
}
