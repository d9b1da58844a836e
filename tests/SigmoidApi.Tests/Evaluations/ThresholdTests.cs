using System.Net;
using System.Text;
using System.Text.Json;
using SigmoidApi.Tests.Database;

namespace SigmoidApi.Tests.Evaluations;

[Trait("Speed", "Slow")]
public sealed class SqliteThresholdTests(SqliteApplication store) : ThresholdTests(store), IClassFixture<SqliteApplication>;

[Trait("Speed", "Slow")]
public sealed class PostgresThresholdTests(PostgresApplication store) : ThresholdTests(store), IClassFixture<PostgresApplication>;

/// <summary>The threshold of a version, on each kind of store.</summary>
public abstract class ThresholdTests(StoreApplication store)
{
    private const string Csv = "x,y\n1,no\n2,no\n3,yes\n4,no\n5,yes\n6,no\n7,yes\n8,yes\n9,yes\n10,no\n11,yes\n12,yes\n";
    private readonly ApiClient _api = store.Api;

    [Fact]
    public async Task PredictionsUseTheThresholdWhereTheRequestNamesNone()
    {
        await Train("used");
        var probability = (await Predict("used", "")).Numbers("probabilities")[0];
        var above = Math.BitIncrement(probability);
        (await Get("used")).GetProperty("isDefault").GetBoolean().ShouldBeTrue();

        await Put("models/used/threshold", new { threshold = above });
        Label(await Predict("used", "")).ShouldBe("no");
        Label(await Predict("used", """, "threshold": 0 """)).ShouldBe("yes");
        (await File("models/used/predict")).ShouldEndWith(",no");
        (await File("models/used/predict?threshold=0")).ShouldEndWith(",yes");

        await Put("models/used/threshold", new { threshold = probability });
        Label(await Predict("used", "")).ShouldBe("yes");
        (await File("models/used/versions/1/predict")).ShouldEndWith(",yes");
    }

    [Fact]
    public async Task HistoryIsKeptAlsoByADelete()
    {
        await Train("history");
        await Put("models/history/threshold", new { threshold = 0.25 });
        await Put("models/history/versions/1/threshold", new { threshold = 0.75 });
        await Put("models/history/threshold", new { threshold = 0.75 });

        for (var i = 0; i < 2; i++)
            (await _api.Delete("models/history/threshold")).Expect(HttpStatusCode.NoContent);

        var answer = await Get("history");
        answer.GetProperty("threshold").GetDouble().ShouldBe(0.5);
        answer.GetProperty("isDefault").GetBoolean().ShouldBeTrue();
        answer.GetProperty("changes").GetInt32().ShouldBe(3, "a call that changes nothing is no change");
        answer.GetProperty("history").EnumerateArray().Select(change => change.GetProperty("threshold").GetDouble()).ShouldBe([0.5, 0.75, 0.25]);
        answer.GetProperty("history")[0].GetProperty("isDefault").GetBoolean().ShouldBeTrue();
        answer.GetProperty("history")[1].TryGetProperty("isDefault", out _).ShouldBeFalse();
        (await Predict("history", """, "threshold": 0.5 """)).Json.GetProperty("labels").GetRawText()
            .ShouldBe((await Predict("history", "")).Json.GetProperty("labels").GetRawText());
    }

    [Fact]
    public async Task EachVersionHasAThresholdOfItsOwn()
    {
        await Train("versions");
        await Put("models/versions/threshold", new { threshold = 0.9 });
        await Retrain("versions");

        (await Get("versions")).GetProperty("threshold").GetDouble().ShouldBe(0.5);
        (await _api.Get("models/versions/versions/1/threshold")).Json.GetProperty("threshold").GetDouble().ShouldBe(0.9);
        (await _api.Delete("models/versions/versions/1")).Expect(HttpStatusCode.NoContent);
        (await _api.Get("models/versions/versions/1/threshold")).Problem(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("least_cost", """, "costs": { "falsePositive": 1, "falseNegative": 5 } """)]
    [InlineData("f1", "")]
    [InlineData("youden", "")]
    [InlineData("recall_at_precision", """, "value": 0.75 """)]
    [InlineData("precision_at_recall", """, "value": 0.75 """)]
    public async Task RuleChoosesTheBestThresholdOfTheEvaluation(string rule, string more)
    {
        var name = $"rule-{rule.Replace('_', '-')}";
        await Train(name);
        var evaluation = (await _api.Post($"models/{name}/evaluations", $$"""
            {
              "datasetId": "{{name}}", "costs": { "falsePositive": 1, "falseNegative": 5 }, "precisionAtLeast": [0.75], "recallAtLeast": [0.75]
            }
            """)).Expect(HttpStatusCode.Created).Json;
        var best = evaluation.GetProperty("best").EnumerateArray().Single(one => one.GetProperty("rule").GetString() == rule);
        var id = evaluation.GetProperty("id").GetString();

        var answer = await Put($"models/{name}/threshold", $$"""{ "rule": "{{rule}}", "evaluationId": "{{id}}"{{more}} }""");

        answer.GetProperty("threshold").GetDouble().ShouldBe(best.GetProperty("threshold").GetDouble());
        var change = answer.GetProperty("history")[0];
        change.GetProperty("rule").GetString().ShouldBe(rule);
        change.GetProperty("evaluationId").GetString().ShouldBe(id);
        change.TryGetProperty("costs", out var costs).ShouldBe(rule == "least_cost");
        if (rule == "least_cost")
            costs.GetProperty("falseNegative").GetDouble().ShouldBe(5);
    }

    [Fact]
    public async Task RuleTakesTheCostsOfTheEvaluationAndTheRowsOfADeletedDataSet()
    {
        await Train("costly");
        var evaluation = (await _api.Post("models/costly/evaluations", """{ "datasetId": "costly", "costs": { "falsePositive": 9, "falseNegative": 1 } }"""))
            .Expect(HttpStatusCode.Created).Json;
        var best = evaluation.GetProperty("best").EnumerateArray().Single(one => one.GetProperty("rule").GetString() == "least_cost");
        (await _api.Delete("datasets/costly")).Expect(HttpStatusCode.NoContent);
        var id = evaluation.GetProperty("id").GetString();

        var answer = await Put("models/costly/threshold", $$"""{ "rule": "least_cost", "evaluationId": "{{id}}" }""");

        answer.GetProperty("threshold").GetDouble().ShouldBe(best.GetProperty("threshold").GetDouble());
        answer.GetProperty("history")[0].GetProperty("costs").GetProperty("falsePositive").GetDouble().ShouldBe(9);
        (await _api.Send(HttpMethod.Put, "models/costly/threshold", ApiClient.Json($$"""
            { "rule": "least_cost", "evaluationId": "{{id}}", "costs": { "falsePositive": 1000, "falseNegative": 0 } }
            """))).Problem(HttpStatusCode.UnprocessableEntity).Errors!.Keys.ShouldBe(["costs"]);
        (await Get("costly")).GetProperty("changes").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task EvaluationHasToBeOfTheVersion()
    {
        await Train("mine");
        await Train("yours");
        var yours = (await _api.Post("models/yours/evaluations", """{ "datasetId": "yours" }""")).Expect(HttpStatusCode.Created).Json;
        var foreign = (await _api.Post("evaluations", """{ "labels": [0, 1], "probabilities": [0.2, 0.7] }""")).Expect(HttpStatusCode.Created).Json;
        foreach (var evaluation in new[] { yours, foreign })
        {
            (await PutAny("mine", $$"""{ "rule": "f1", "evaluationId": "{{evaluation.GetProperty("id").GetString()}}" }"""))
                .Problem(HttpStatusCode.UnprocessableEntity).Errors!.Keys.ShouldBe(["evaluationId"]);
        }

        (await PutAny("mine", $$"""{ "rule": "f1", "evaluationId": "{{Guid.Empty}}" }""")).Problem(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("{ }", "threshold")]
    [InlineData("""{ "threshold": 1.5 }""", "threshold")]
    [InlineData("""{ "threshold": 0.5, "rule": "f1", "evaluationId": "01a22bcb-e419-7b76-823b-e3342861812d" }""", "threshold")]
    [InlineData("""{ "rule": "f1" }""", "evaluationId")]
    [InlineData("""{ "rule": "best", "evaluationId": "01a22bcb-e419-7b76-823b-e3342861812d" }""", "rule")]
    [InlineData("""{ "rule": "f1", "evaluationId": "x" }""", "evaluationId")]
    [InlineData("""{ "rule": "f1", "evaluationId": "01a22bcb-e419-7b76-823b-e3342861812d", "costs": { } }""", "costs")]
    [InlineData("""{ "rule": "f1", "evaluationId": "01a22bcb-e419-7b76-823b-e3342861812d", "value": 0.5 }""", "value")]
    [InlineData("""{ "rule": "recall_at_precision", "evaluationId": "01a22bcb-e419-7b76-823b-e3342861812d" }""", "value")]
    [InlineData("""{ "rule": "recall_at_precision", "evaluationId": "01a22bcb-e419-7b76-823b-e3342861812d", "value": 2 }""", "value")]
    public async Task ImpossibleThresholdsAreRefused(string request, string path) =>
        (await PutAny("any", request)).Problem(HttpStatusCode.BadRequest).Errors!.Keys.ShouldBe([path]);

    [Fact]
    public async Task MissingModelsAndModelsOfMoreClassesHaveNone()
    {
        await _api.Upload("name=three", "x,y\n1,a\n2,a\n3,b\n4,a\n5,b\n6,c\n7,b\n8,c\n9,c\n10,a\n");
        await _api.Train("""{ "datasetId": "three", "target": "y", "modelName": "three" }""");

        (await PutAny("three", """{ "threshold": 0.4 }""")).Problem(HttpStatusCode.UnprocessableEntity).Errors!.Keys.ShouldBe(["threshold"]);
        (await PutAny("nobody", """{ "threshold": 0.4 }""")).Problem(HttpStatusCode.NotFound);
        (await _api.Get("models/nobody/threshold")).Problem(HttpStatusCode.NotFound);
        (await _api.Delete("models/nobody/threshold")).Problem(HttpStatusCode.NotFound);
    }

    private async Task Train(string name)
    {
        await _api.Upload($"name={name}", Csv);
        await Retrain(name);
    }

    private Task<JsonElement> Retrain(string name) => _api.Train($$"""{ "datasetId": "{{name}}", "target": "y", "modelName": "{{name}}" }""");

    private async Task<JsonElement> Get(string name) => (await _api.Get($"models/{name}/threshold")).Expect(HttpStatusCode.OK).Json;

    private async Task<JsonElement> Put(string path, object request) => await Put(path, JsonSerializer.Serialize(request, JsonSerializerOptions.Web));

    private async Task<JsonElement> Put(string path, string request) =>
        (await _api.Send(HttpMethod.Put, path, ApiClient.Json(request))).Expect(HttpStatusCode.OK).Json;

    private Task<ApiResponse> PutAny(string name, string request) => _api.Send(HttpMethod.Put, $"models/{name}/threshold", ApiClient.Json(request));

    private async Task<ApiResponse> Predict(string name, string more) =>
        (await _api.Post($"models/{name}/predict", $$"""{ "rows": [{ "x": 6 }]{{more}} }""")).Expect(HttpStatusCode.OK);

    private async Task<string> File(string path) =>
        (await _api.PostBytes(path, Encoding.UTF8.GetBytes("x\n6\n"), "text/csv")).Expect(HttpStatusCode.OK).Text.TrimEnd();

    private static string Label(ApiResponse predicted) => predicted.Json.GetProperty("labels")[0].GetString()!;
}
