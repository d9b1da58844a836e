using System.Globalization;
using System.Net;
using System.Text.Json;
using SigmoidApi.Tests.Database;

namespace SigmoidApi.Tests.Evaluations;

/// <summary>Evaluations over HTTP: the reference's figures, what is stored, and rows for which little is defined.</summary>
[Trait("Speed", "Slow")]
public sealed class EvaluationTests(SqliteApplication store) : IClassFixture<SqliteApplication>
{
    private const string Csv =
        "x,kind,weight,y\n1,a,1,no\n2,a,2,no\n3,b,1,yes\n4,b,1,no\n5,a,0,yes\n6,b,1,yes\n7,a,3,yes\n8,b,1,no\n9,a,1,yes\n10,b,1,yes\n";

    private readonly ApiClient _api = store.Api;

    public static TheoryData<string, bool> Cases => new MatrixTheoryData<string, bool>(["spambase", "credit", "spector", "tied"], [false, true]);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task ScoresMadeElsewhereHaveTheReferencesFigures(string name, bool weighted)
    {
        var columns = ReferenceData.Columns($"evaluation-{name}.csv");
        var expected = ReferenceData.Json("evaluation.json").GetProperty("cases").GetProperty(name);
        var request = new Dictionary<string, object>
        {
            ["labels"] = Numbers(columns["label"]),
            ["probabilities"] = Numbers(columns["probability_a"]),
            ["costs"] = new { falsePositive = 1, falseNegative = 5 },
            ["precisionAtLeast"] = new[] { 0.9 },
        };
        if (weighted)
            request["weights"] = Numbers(columns["weight"]);
        else
            request["otherProbabilities"] = Numbers(columns["probability_b"]);

        var answer = (await _api.Post("evaluations", request)).Expect(HttpStatusCode.Created).Json;

        var right = expected.GetProperty(weighted ? "weighted" : "unweighted");
        var (metrics, calibration) = (answer.GetProperty("metrics"), answer.GetProperty("calibration"));
        Holds(right, "weight", answer, "weight");
        Holds(right, "roc_auc", metrics, "rocAuc");
        Holds(right, "average_precision", metrics, "averagePrecision");
        Holds(right, "brier", metrics, "brier");
        Holds(right, "expected_calibration_error", calibration, "expectedCalibrationError");
        Holds(right, "maximum_calibration_error", calibration, "maximumCalibrationError");
        Holds(right.GetProperty("hosmer_lemeshow"), "statistic", calibration.GetProperty("hosmerLemeshow"), "statistic");
        Holds(right.GetProperty("at_half"), "specificity", metrics, "specificity");
        Holds(right.GetProperty("at_half"), "kappa", metrics, "kappa");
        Holds(right.GetProperty("brier_decomposition"), "resolution", answer.GetProperty("brierDecomposition"), "resolution");
        var rules = answer.GetProperty("best").EnumerateArray().ToDictionary(best => best.GetProperty("rule").GetString()!);
        HoldsBest(right.GetProperty("best").GetProperty("cost"), rules["least_cost"]);
        HoldsBest(right.GetProperty("best").GetProperty("recall_at_precision_0.9"), rules["recall_at_precision"]);
        if (!weighted)
        {
            var (pair, comparison) = (expected.GetProperty("comparison"), answer.GetProperty("comparison"));
            var delong = comparison.GetProperty("delong");
            Holds(expected.GetProperty("intervals").GetProperty("delong"), "z", delong, "z");
            Holds(expected.GetProperty("intervals").GetProperty("delong"), "p_value", delong, "pValue");
            Holds(pair.GetProperty("mcnemar"), "exact_p_value", comparison.GetProperty("mcnemar"), "exactPValue");
            Holds(pair.GetProperty("log_loss"), "difference", comparison.GetProperty("logLoss"), "difference");
        }

        var curve = (await _api.Get($"evaluations/{answer.GetProperty("id").GetString()}/curves/roc")).Expect(HttpStatusCode.OK).Json;
        curve.GetProperty("falsePositiveRate").GetArrayLength().ShouldBe(right.GetProperty("roc").GetProperty("thresholds").GetArrayLength());
    }

    [Fact]
    public async Task ModelIsEvaluatedOnADataSetWithWeightsAndGroups()
    {
        await Train("grouped");

        var answer = (await _api.Post("models/grouped/evaluations", """{ "datasetId": "grouped", "sampleWeight": "weight", "groupBy": ["kind"] }"""))
            .Expect(HttpStatusCode.Created).Json;

        answer.GetProperty("rows").GetInt32().ShouldBe(10);
        answer.GetProperty("weight").GetDouble().ShouldBe(12);
        answer.GetProperty("target").GetString().ShouldBe("y");
        answer.GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("group").GetProperty("kind").GetString()).ShouldBe(["a", "b"]);
        answer.GetProperty("groups").EnumerateArray().Sum(group => group.GetProperty("weight").GetDouble()).ShouldBe(12);
        Codes(answer).ShouldBe(["training_rows", "few_rows_in_group", "few_rows_in_group"]);
        answer.GetProperty("intervals").EnumerateObject().ShouldBeEmpty("DeLong's interval is for rows that all weigh 1");
    }

    [Fact]
    public async Task EvaluationIsStoredAndOutlivesItsModelAndItsData()
    {
        await Train("short-lived");
        var response = (await _api.Post("models/short-lived/evaluations", """{ "datasetId": "short-lived", "resamples": 20 }"""))
            .Expect(HttpStatusCode.Created);
        var id = response.Json.GetProperty("id").GetString();
        response.Headers.Location!.ToString().ShouldEndWith($"/api/v1/evaluations/{id}");
        response.Json.GetProperty("intervals").GetProperty("brier").GetProperty("method").GetString().ShouldBe("bootstrap");

        (await _api.Delete("models/short-lived")).Expect(HttpStatusCode.NoContent);
        (await _api.Delete("datasets/short-lived")).Expect(HttpStatusCode.NoContent);

        (await _api.Get($"evaluations/{id}")).Expect(HttpStatusCode.OK).Json.ToString().ShouldBe(response.Json.ToString());
        (await _api.Get($"evaluations/{id}/curves/gains")).Expect(HttpStatusCode.OK).Json.GetProperty("gain").EnumerateArray().Last().GetDouble().ShouldBe(1);
        (await _api.Get("evaluations?model=short-lived")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
        (await _api.Delete($"evaluations/{id}")).Expect(HttpStatusCode.NoContent);
        (await _api.Get($"evaluations/{id}")).Problem(HttpStatusCode.NotFound);
        (await _api.Get($"evaluations/{id}/curves/roc")).Problem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task RepeatedRequestHasTheFirstAnswer()
    {
        const string Request = """{ "labels": [0, 1, 1], "probabilities": [0.2, 0.4, 0.7] }""";
        var first = (await _api.Post("evaluations", Request, ("Idempotency-Key", "evaluation"))).Expect(HttpStatusCode.Created).Json;
        var second = (await _api.Post("evaluations", Request, ("Idempotency-Key", "evaluation"))).Expect(HttpStatusCode.Created).Json;

        second.GetProperty("id").GetString().ShouldBe(first.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("""{ "labels": [1, 1], "probabilities": [0.2, 0.4] }""", "one_class")]
    [InlineData("""{ "labels": [1], "probabilities": [0.2] }""", "one_class")]
    [InlineData("""{ "labels": [0, 1, 1], "probabilities": [0.5, 0.5, 0.5] }""", null)]
    [InlineData("""{ "labels": [0, 1, 1], "probabilities": [0, 1, 0] }""", null)]
    [InlineData("""{ "labels": [0, 1, 1], "probabilities": [0.1, 0.9, 0.3], "weights": [1, 0, 0] }""", "one_class")]
    public async Task WhatIsNotDefinedIsLeftOut(string request, string? warning)
    {
        var answer = (await _api.Post("evaluations", request)).Expect(HttpStatusCode.Created).Json;

        Codes(answer).ShouldBe(warning is null ? [] : [warning]);
        answer.GetProperty("metrics").TryGetProperty("rocAuc", out _).ShouldBe(warning is null);
        answer.ToString().ShouldNotContain("NaN");
        answer.ToString().ShouldNotContain("Infinity");
        foreach (var curve in new[] { "roc", "precision_recall", "gains", "calibration", "thresholds", "scores" })
            (await _api.Get($"evaluations/{answer.GetProperty("id").GetString()}/curves/{curve}")).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{ "labels": [], "probabilities": [] }""", HttpStatusCode.BadRequest, "probabilities")]
    [InlineData("""{ "labels": [0, 1], "probabilities": [0.2] }""", HttpStatusCode.BadRequest, "labels")]
    [InlineData("""{ "labels": [0, 1], "probabilities": [0.2, 1.2] }""", HttpStatusCode.BadRequest, "probabilities[1]")]
    [InlineData("""{ "labels": [0, 1], "probabilities": [0.2, 0.3], "weights": [0, 0] }""", HttpStatusCode.UnprocessableEntity, "weights")]
    [InlineData("""{ "labels": [0, 1, 2], "probabilities": [0.2, 0.3, 0.4] }""", HttpStatusCode.UnprocessableEntity, "labels")]
    [InlineData("""{ "labels": [0, 1], "probabilities": [0.2, 0.3], "resamples": -1 }""", HttpStatusCode.BadRequest, "resamples")]
    [InlineData("""{ "labels": [0, 1], "probabilities": [0.2, 0.3], "recallAtLeast": [2] }""", HttpStatusCode.BadRequest, "recallAtLeast[0]")]
    public async Task ImpossibleScoresAreRefused(string request, HttpStatusCode status, string path)
    {
        var problem = (await _api.Post("evaluations", request)).Problem(status);

        problem.Errors!.Keys.ShouldBe([path]);
    }

    [Theory]
    [InlineData("""{ "datasetId": "other-columns" }""", HttpStatusCode.UnprocessableEntity, "datasetId")]
    [InlineData("""{ "datasetId": "asked", "target": "kind" }""", HttpStatusCode.UnprocessableEntity, "target")]
    [InlineData("""{ "datasetId": "asked", "target": "z" }""", HttpStatusCode.BadRequest, "target")]
    [InlineData("""{ "datasetId": "asked", "sampleWeight": "kind" }""", HttpStatusCode.UnprocessableEntity, "sampleWeight")]
    [InlineData("""{ "datasetId": "asked", "groupBy": ["z"] }""", HttpStatusCode.BadRequest, "groupBy[0]")]
    [InlineData("""{ }""", HttpStatusCode.BadRequest, "datasetId")]
    public async Task DataThatDoNotSuitTheModelAreRefused(string request, HttpStatusCode status, string path)
    {
        await Train("asked");
        await _api.Upload("name=other-columns", "a,y\n1,no\n2,yes\n");

        (await _api.Post("models/asked/evaluations", request)).Problem(status).Errors!.Keys.ShouldBe([path]);
        (await _api.Post("models/asked/evaluations", """{ "datasetId": "deleted" }""")).Problem(HttpStatusCode.NotFound);
        (await _api.Post("models/nobody/evaluations", """{ "datasetId": "asked" }""")).Problem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task RowsInTheRequestAreComparedWithAnotherModel()
    {
        await Train("pair");
        await _api.Train("""{ "datasetId": "pair", "target": "y", "features": ["kind"], "modelName": "pair" }""");

        var answer = (await _api.Post("models/pair/versions/1/evaluations", """
            {
              "data": { "rows": [{ "x": 1, "kind": "a" }, { "x": 8, "kind": "b" }, { "x": 9, "kind": "a" }], "labels": ["no", "yes", "yes"] },
              "compareWith": { "name": "pair", "version": 2 }
            }
            """)).Expect(HttpStatusCode.Created).Json;

        answer.GetProperty("comparison").GetProperty("with").GetProperty("version").GetInt32().ShouldBe(2);
        answer.GetProperty("comparison").GetProperty("delong").GetProperty("first").GetProperty("estimate").GetDouble()
            .ShouldBe(answer.GetProperty("metrics").GetProperty("rocAuc").GetDouble());
        answer.TryGetProperty("datasetId", out _).ShouldBeFalse();
        (await _api.Post("models/pair/evaluations", """
            { "data": { "rows": [{ "kind": "a" }], "labels": ["perhaps"] } }
            """)).Problem(HttpStatusCode.UnprocessableEntity).Errors!.Keys.ShouldBe(["data.labels[0]"]);
        (await _api.Post("models/pair/evaluations", """
            { "datasetId": "pair", "compareWith": { "name": "pair", "version": 9 } }
            """)).Problem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task MoreClassesHaveTheirMetricsAndACurveForEachClass()
    {
        await _api.Upload("name=classes", "x,y\n1,a\n2,a\n3,b\n4,a\n5,b\n6,c\n7,b\n8,c\n9,c\n10,a\n");
        await _api.Train("""{ "datasetId": "classes", "target": "y", "modelName": "classes" }""");

        var answer = (await _api.Post("models/classes/evaluations", """{ "datasetId": "classes", "resamples": 10 }""")).Expect(HttpStatusCode.Created).Json;
        var id = answer.GetProperty("id").GetString();

        answer.GetProperty("metrics").GetProperty("confusionMatrix").EnumerateArray().Sum(row => row.EnumerateArray().Sum(cell => cell.GetDouble()))
            .ShouldBe(10);
        answer.GetProperty("intervals").EnumerateObject().Count().ShouldBeGreaterThan(5);
        answer.TryGetProperty("best", out _).ShouldBeFalse();
        (await _api.Get($"evaluations/{id}/curves/roc?class=b")).Expect(HttpStatusCode.OK).Json.GetProperty("class").GetString().ShouldBe("b");
        (await _api.Get($"evaluations/{id}/curves/roc")).Problem(HttpStatusCode.BadRequest).Errors!.Keys.ShouldBe(["class"]);
        (await _api.Get($"evaluations/{id}/curves/roc?class=d")).Problem(HttpStatusCode.BadRequest).Errors!.Keys.ShouldBe(["class"]);
        (await _api.Get($"evaluations/{id}/curves/rok?class=b")).Problem(HttpStatusCode.NotFound).Detail.ShouldContain("did you mean");
        (await _api.Get($"evaluations/{id}/curves/roc?class=b&points=1")).Problem(HttpStatusCode.BadRequest).Errors!.Keys.ShouldBe(["points"]);
    }

    private async Task Train(string name)
    {
        await _api.Upload($"name={name}", Csv);
        await _api.Train($$"""{ "datasetId": "{{name}}", "target": "y", "features": ["x", "kind"], "modelName": "{{name}}" }""");
    }

    private static string[] Codes(JsonElement answer) =>
        [.. answer.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("code").GetString()!)];

    private static double[] Numbers(IEnumerable<string> cells) => [.. cells.Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];

    private static void HoldsBest(JsonElement expected, JsonElement best)
    {
        if (expected.ValueKind == JsonValueKind.Null)
            best.TryGetProperty("threshold", out _).ShouldBeFalse();
        else
            Holds(expected, "threshold", best, "threshold");
    }

    private static void Holds(JsonElement expected, string name, JsonElement given, string member)
    {
        var right = expected.GetProperty(name).GetDouble();
        given.GetProperty(member).GetDouble().ShouldBe(right, 1e-9 * Math.Max(1, Math.Abs(right)), member);
    }
}
