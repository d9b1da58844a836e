using System.Net;

namespace SigmoidApi.Tests.Functions;

[Trait("Speed", "Slow")]
public sealed class PredictionTests(TestApplication application) : IClassFixture<TestApplication>
{
    private const string ExpectedLabel = "expected 0 or 1 (of more than two classes, 1 for one and 0 for the others)";

    private readonly ApiClient _api = application.Api;

    [Fact]
    public async Task ProbabilityIsTheSigmoidOfTheLinearPredictor()
    {
        const string Body = """{ "features": [[1, 2], [-3, 0.5]], "weights": [0.5, -1], "intercept": 0.25 }""";

        var response = (await _api.Post("predict", Body)).Expect(HttpStatusCode.OK);

        ReferenceData.Distance(response.Numbers("probabilities"), [1 / (1 + Math.Exp(1.25)), 1 / (1 + Math.Exp(1.75))]).ShouldBeLessThan(1e-16);
        response.Numbers("labels").ShouldBe([0, 0]);
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.5000001, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public async Task LabelIsOneFromTheThresholdOn(double threshold, double label)
    {
        (await _api.Post("predict", new { features = new[] { new[] { 0.0 } }, weights = new[] { 1.0 }, threshold })).Numbers("labels").ShouldBe([label]);
    }

    [Fact]
    public async Task CostIsTheMeanLogLoss()
    {
        var cost = await Cost("""{ "features": [[1], [-2]], "labels": [1, 1], "weights": [1] }""");

        cost.ShouldBe((Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(2))) / 2, 1e-15);
    }

    [Theory]
    [InlineData(1000, 0, 1000)]
    [InlineData(-1000, 1, 1000)]
    [InlineData(1000, 1, 0)]
    [InlineData(1e300, 0, 1e300)]
    public async Task CostIsFiniteEvenIfAProbabilityRoundsToZeroOrOne(double x, double label, double cost)
    {
        (await Cost($$"""{ "features": [[{{x:R}}]], "labels": [{{label}}], "weights": [1] }""")).ShouldBe(cost);
    }

    [Fact]
    public async Task ThousandStepsGiveTheWeightsOfTheArticle()
    {
        var reference = ReferenceData.Json("article-training.json");
        var (features, labels) = ReferenceData.Article();
        var weights = reference.Numbers("initial_weights");
        (await _api.Post("cost", new { features, labels, weights })).Json.GetProperty("cost").GetDouble()
            .ShouldBe(reference.GetProperty("initial_cost").GetDouble(), 1e-12);

        var cost = double.NaN;
        for (var i = 0; i < reference.GetProperty("iterations").GetInt32(); i++)
        {
            var step = (await _api.Post("update-weights", new { features, labels, weights, learningRate = 0.1 })).Expect(HttpStatusCode.OK);
            (weights, cost) = (step.Numbers("weights"), step.Json.GetProperty("cost").GetDouble());
        }

        ReferenceData.Distance(weights, reference.Numbers("final_weights")).ShouldBeLessThan(1e-12);
        cost.ShouldBe(reference.GetProperty("final_cost").GetDouble(), 1e-12);
        weights = reference.Numbers("initial_weights");
        var atOnce = (await _api.Post("update-weights", new { features, labels, weights, learningRate = 0.1, iterations = 1000 })).Expect(HttpStatusCode.OK);
        ReferenceData.Distance(atOnce.Numbers("weights"), reference.Numbers("final_weights")).ShouldBeLessThan(1e-12);
    }

    [Fact]
    public async Task WeightsThatOverflowAreAProblem()
    {
        const string Body = """{ "features": [[1e200], [-1e200]], "labels": [1, 0], "weights": [0], "learningRate": 1e200, "iterations": 3 }""";

        (await _api.Post("update-weights", Body)).Problem(HttpStatusCode.UnprocessableEntity).Detail.ShouldContain("smaller learning rate");
    }

    [Theory]
    [InlineData("predict", """{ "features": [], "weights": [] }""", "features", "expected at least one row of at least one number")]
    [InlineData("predict", """{ "features": [[]], "weights": [] }""", "features", "expected at least one row of at least one number")]
    [InlineData("predict", """{ "features": [[1, 2], [3, "NaN"]], "weights": [1, 2] }""", "features[1][1]", "expected a finite number, got NaN")]
    [InlineData("predict", """{ "features": [[1, 2]], "weights": [1] }""", "weights", "expected a weight for each of the 2 columns, got 1")]
    [InlineData("predict", """{ "features": [[1]], "weights": ["Infinity"] }""", "weights[0]", "expected a finite number, got Infinity")]
    [InlineData("predict", """{ "features": [[1]], "weights": [1], "intercept": "NaN" }""", "intercept", "expected a finite number, got NaN")]
    [InlineData("predict", """{ "features": [[1]], "weights": [1], "threshold": 1.5 }""", "threshold", "expected a number from 0 to 1, got 1.5")]
    [InlineData("predict", """{ "features": [[1]], "weights": [1], "threshold": "NaN" }""", "threshold", "expected a number from 0 to 1, got NaN")]
    [InlineData("cost", """{ "features": [[]], "labels": [1], "weights": [] }""", "features", "expected at least one row of at least one number")]
    [InlineData("cost", """{ "features": [[1], [2]], "labels": [1], "weights": [1] }""", "labels", "expected a label for each of the 2 rows, got 1")]
    [InlineData("cost", """{ "features": [[1], [2]], "labels": [1, 0.5], "weights": [1] }""", "labels[1]", $"{ExpectedLabel}, got 0.5")]
    [InlineData("cost", """{ "features": [[1]], "labels": [1], "weights": [] }""", "weights", "expected a weight for each of the 1 columns, got 0")]
    [InlineData(
        "cost",
        """{ "features": [[1]], "labels": [1], "weights": [1], "intercept": "-Infinity" }""",
        "intercept",
        "expected a finite number, got -Infinity")]
    [InlineData(
        "update-weights", """{ "features": [[1, 2]], "labels": [1, 0], "weights": [1, 2] }""", "labels", "expected a label for each of the 1 rows, got 2")]
    [InlineData("update-weights", """{ "features": [[1]], "labels": ["NaN"], "weights": [1] }""", "labels[0]", $"{ExpectedLabel}, got NaN")]
    [InlineData("update-weights", """{ "features": [[1]], "labels": [1], "weights": ["NaN"] }""", "weights[0]", "expected a finite number, got NaN")]
    [InlineData(
        "update-weights",
        """{ "features": [[1]], "labels": [1], "weights": [1], "learningRate": 0 }""",
        "learningRate",
        "expected a finite number above 0, got 0")]
    [InlineData(
        "update-weights",
        """{ "features": [[1]], "labels": [1], "weights": [1], "learningRate": "Infinity" }""",
        "learningRate",
        "expected a finite number above 0, got Infinity")]
    [InlineData(
        "update-weights",
        """{ "features": [[1]], "labels": [1], "weights": [1], "iterations": 0 }""",
        "iterations",
        "expected a whole number from 1 to 10000, got 0")]
    [InlineData(
        "update-weights",
        """{ "features": [[1]], "labels": [1], "weights": [1], "iterations": 10001 }""",
        "iterations",
        "expected a whole number from 1 to 10000, got 10001")]
    public async Task EveryRuleNamesTheFieldAndWhatItExpected(string path, string body, string field, string message)
    {
        (await _api.Post(path, body)).Error().ShouldBe((field, message));
    }

    [Fact]
    public async Task AProblemNamesEveryBrokenRule()
    {
        const string Body = """{ "features": [[1], [2]], "labels": [1], "weights": [1, 2], "learningRate": -1 }""";

        var problem = (await _api.Post("update-weights", Body)).Problem(HttpStatusCode.BadRequest);

        problem.Errors!.Keys.ShouldBe(["labels", "weights", "learningRate"]);
        problem.Detail.ShouldBe("labels: expected a label for each of the 2 rows, got 1 (and 2 more)");
    }

    private async Task<double> Cost(string body) => (await _api.Post("cost", body)).Expect(HttpStatusCode.OK).Json.GetProperty("cost").GetDouble();
}
