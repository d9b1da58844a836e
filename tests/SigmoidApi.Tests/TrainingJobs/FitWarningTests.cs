using System.Globalization;
using System.Net;
using System.Text.Json;

namespace SigmoidApi.Tests.TrainingJobs;

/// <summary>The warnings of jobs and models: about rows that are left out, and about parameters that the data do not determine.</summary>
[Trait("Speed", "Slow")]
public sealed class FitWarningTests(TestApplication application) : IClassFixture<TestApplication>
{
    private readonly ApiClient _api = application.Api;

    [Fact]
    public async Task RowsWithoutWeightClusterOrTargetAreCountedInTheJobAndTheModel()
    {
        // Of 60 rows, every third lacks the weight, every fifth the cluster, every tenth the target. A weight of 0 is not missing.
        var rows = Enumerable.Range(0, 60).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{i * 7 % 20},{(i % 3 == 0 ? "" : i % 3 - 1)},{(i % 5 == 0 ? "" : "c" + i % 4)},{(i % 10 == 0 ? "" : i * i % 7 % 2)}"));
        await _api.Upload("name=lacking", $"x,w,c,y\n{string.Join('\n', rows)}\n");
        const string Request = """
            { "datasetId": "lacking", "target": "y", "features": ["x"], "sampleWeight": "w", "clusterBy": "c",
              "penalty": "none", "covarianceType": "cluster", "modelName": "lacking" }
            """;

        var accepted = (await _api.Post("training-jobs", Request)).Expect(HttpStatusCode.Accepted).Json;
        var ended = await _api.Ended(accepted.GetProperty("id").GetString()!);

        (string, long, string)[] expected = [("rows_without_target", 6, "y"), ("rows_without_weight", 20, "w"), ("rows_without_cluster", 12, "c")];
        Counted(accepted.GetProperty("warnings")).ShouldBe(expected);
        ended.GetProperty("status").GetString().ShouldBe("succeeded", ended.ToString());
        var model = (await _api.Get("models/lacking")).Json;
        Counted(ended.GetProperty("warnings")).ShouldBe(expected);
        Counted(model.GetProperty("convergence").GetProperty("warnings")).ShouldBe(expected);
        model.GetProperty("convergence").GetProperty("warnings")[1].GetProperty("message")
            .GetString()!.ShouldStartWith("20 of 60 rows have no value in 'w', their weight (sampleWeight)");
    }

    [Theory]
    [InlineData("\"holdout\": 0.25, \"groupBy\": \"g\"", "rows_without_group", 8)]
    [InlineData("\"holdout\": 0.25, \"timeBy\": \"t\"", "rows_without_time", 6)]
    public async Task RowsWithoutGroupOrTimeAreCounted(string validation, string code, long count)
    {
        var rows = Enumerable.Range(0, 48).Select(
            i => string.Create(CultureInfo.InvariantCulture, $"{i * 7 % 20},{(i % 6 == 0 ? "" : i % 7)},{(i % 8 == 0 ? "" : i)},{i * i % 7 % 2}"));
        await _api.Upload($"name={code}", $"x,g,t,y\n{string.Join('\n', rows)}\n");

        var job = await _api.Train($$"""{ "datasetId": "{{code}}", "target": "y", "features": ["x"], "validation": { {{validation}} } }""");

        Counted(job.GetProperty("warnings")).ShouldBe([(code, count, code == "rows_without_group" ? "g" : "t")]);
    }

    [Fact]
    public async Task CompleteRowsHaveNoWarning()
    {
        await _api.Upload("name=whole", "x,y\n1,0\n2,1\n3,0\n4,1\n,0\n");

        (await _api.Train("""{ "datasetId": "whole", "target": "y" }""")).GetProperty("warnings").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("lbfgs")]
    public async Task LevelThatSeparatesIsNamedAsATermAndHasNoInference(string solver)
    {
        await _api.Upload($"name=staff-{solver}", Staff("Human_Resources"));

        var model = await _api.TrainModel(new { datasetId = $"staff-{solver}", target = "Left", positiveClass = "Yes", penalty = "none", solver });

        var warning = model.GetProperty("convergence").GetProperty("warnings").EnumerateArray().ShouldHaveSingleItem();
        warning.GetProperty("code").GetString().ShouldBe("separation");
        warning.GetProperty("message").GetString()!.ShouldContain("penalty: \"firth\"");
        warning.GetProperty("columns").Deserialize<string[]>().ShouldBe(["JobRole=Human_Resources"]);
        warning.TryGetProperty("intercept", out _).ShouldBeFalse();
        var inference = model.GetProperty("inference");
        inference.GetProperty("intercept").GetProperty("standardError").GetDouble().ShouldBeInRange(0.1, 10);
        foreach (var member in new[] { "likelihoodRatio", "likelihoodRatioPValue", "aic", "bic" })
            inference.GetProperty(member).ValueKind.ShouldBe(JsonValueKind.Null);
        foreach (var coefficient in model.GetProperty("coefficients").EnumerateArray())
        {
            var isSeparated = coefficient.GetProperty("term").GetString() == "JobRole=Human_Resources";
            foreach (var member in new[] { "standardError", "z", "pValue", "confidenceInterval" })
                coefficient.TryGetProperty(member, out _).ShouldBe(!isSeparated);
        }

        var terms = model.GetProperty("coefficients").EnumerateArray().Select(coefficient => coefficient.GetProperty("term").GetString()).ToList();
        var place = 1 + terms.IndexOf("JobRole=Human_Resources");
        foreach (var (i, row) in inference.GetProperty("covariance").EnumerateArray().Index())
        {
            foreach (var (j, entry) in row.EnumerateArray().Index())
                (entry.ValueKind == JsonValueKind.Null).ShouldBe(i == place || j == place);
        }
    }

    [Fact]
    public async Task ReferenceLevelThatSeparatesAffectsItsColumnAndTheIntercept()
    {
        await _api.Upload("name=staff-reference", Staff("Accounting"));

        var model = await _api.TrainModel(new { datasetId = "staff-reference", target = "Left", positiveClass = "Yes", penalty = "none" });

        var warning = model.GetProperty("convergence").GetProperty("warnings").EnumerateArray().ShouldHaveSingleItem();
        warning.GetProperty("columns").Deserialize<string[]>().ShouldBe(["JobRole=Human_Resources", "JobRole=Research", "JobRole=Sales"]);
        warning.GetProperty("intercept").GetBoolean().ShouldBeTrue();
        model.GetProperty("inference").GetProperty("intercept").ValueKind.ShouldBe(JsonValueKind.Null);
        model.GetProperty("coefficients").EnumerateArray().Where(coefficient => coefficient.TryGetProperty("standardError", out _))
            .Select(coefficient => coefficient.GetProperty("term").GetString()).ShouldBe(["Age", "OverTime=Yes"]);
    }

    [Fact]
    public async Task CollinearColumnsOfInlineDataAreNamed()
    {
        var labels = new[] { 0, 1, 0, 0, 1, 0, 1, 1 };
        var features = labels.Select((_, i) => new double[] { i, 3 - 2 * i, i % 3, 80 }).ToArray();

        var model = await _api.TrainModel(new { data = new { features, labels }, modelName = "determined", penalty = "none" });

        var warnings = model.GetProperty("convergence").GetProperty("warnings").EnumerateArray().ToArray();
        warnings.Select(warning => warning.GetProperty("code").GetString()).ShouldBe(["constant_column", "collinear_columns"]);
        warnings.Select(warning => warning.GetProperty("columns").Deserialize<string[]>()!).ShouldBe([["x4"], ["x1", "x2"]]);
        warnings[1].GetProperty("intercept").GetBoolean().ShouldBeTrue();
        model.GetProperty("coefficients").EnumerateArray().Where(coefficient => coefficient.TryGetProperty("standardError", out _))
            .Select(coefficient => coefficient.GetProperty("term").GetString()).ShouldBe(["x3"]);
    }

    [Theory]
    [InlineData("", "a=p,a=q,a=r,b=v,x")]
    [InlineData("\"a\": { \"drop\": \"first\" }", "a=q,a=r,b=u,b=v,x")]
    [InlineData("\"b\": { \"drop\": \"none\" }", "a=q,a=r,b=u,b=v,x")]
    [InlineData("\"a\": { \"reference\": \"q\" }", "a=p,a=r,b=u,b=v,x")]
    [InlineData("\"a\": { \"drop\": \"first\" }, \"b\": { \"reference\": \"v\" }", "a=q,a=r,b=u,x")]
    public async Task WithoutAnInterceptTheFirstCategoryKeepsItsLevels(string columns, string terms)
    {
        var rows = Enumerable.Range(0, 40).Select(i => $"{"pqr"[i % 3]},{"uv"[i * i % 5 % 2]},{i * 7 % 11},{(i * i + i / 3) % 7 % 2}");
        await _api.Upload("name=levels", $"a,b,x,y\n{string.Join('\n', rows)}\n");

        var model = (await _api.Train($$"""
            { "datasetId": "levels", "target": "y", "modelName": "levels", "penalty": "none", "fitIntercept": false,
              "preparation": { "columns": { {{columns}} } } }
            """)).GetProperty("model");

        var fitted = (await _api.Get($"models/levels/versions/{model.GetProperty("version")}")).Json;
        fitted.GetProperty("coefficients").EnumerateArray().Select(coefficient => coefficient.GetProperty("term").GetString()).ShouldBe(terms.Split(','));
        fitted.GetProperty("intercept").GetDouble().ShouldBe(0);
        fitted.GetProperty("convergence").GetProperty("warnings").GetArrayLength().ShouldBe(0);
        fitted.GetProperty("inference").GetProperty("intercept").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private static IEnumerable<(string, long, string)> Counted(JsonElement warnings) =>
        warnings.EnumerateArray().Where(warning => warning.TryGetProperty("count", out _)).Select(warning => (
            warning.GetProperty("code").GetString()!,
            warning.GetProperty("count").GetInt64(),
            warning.GetProperty("columns").EnumerateArray().Single().GetString()!));

    private static string Staff(string neverLeaves)
    {
        var random = new Random(5);
        string[] roles = ["Accounting", "Human_Resources", "Research", "Sales"];
        var rows = Enumerable.Range(0, 300).Select(i =>
        {
            var (age, role, overTime) = (random.Next(20, 60), roles[random.Next(4)], random.Next(2) == 1);
            var leaves = role != neverLeaves && random.NextDouble() < 1 / (1 + Math.Exp(0.05 * (age - 35) - (overTime ? 1 : 0)));
            return $"{age},{role},{(overTime ? "Yes" : "No")},{(leaves ? "Yes" : "No")}";
        });
        return $"Age,JobRole,OverTime,Left\n{string.Join('\n', rows)}\n";
    }
}
