using System.Net;

namespace SigmoidApi.Tests.TrainingJobs;

public sealed class TrainingRequestRulesTests(TestApplication application) : IClassFixture<TestApplication>
{
    private const string Data = """ "data": { "features": [[1, 2], [3, 4], [5, 7]], "labels": [0, 1, 0] }""";
    private readonly ApiClient _api = application.Api;

    [Theory]
    [InlineData("""{ "target": "y" }""", "datasetId", "expected the id or name of a data set, or 'data' instead")]
    [InlineData("""{ "target": "y", "datasetId": "" }""", "datasetId", "expected the id or name of a data set, or 'data' instead")]
    [InlineData("""{ "datasetId": "mails" }""", "target", "expected the name of the column to predict")]
    [InlineData("""{ "datasetId": "mails", "target": "" }""", "target", "expected the name of the column to predict")]
    [InlineData("""{ "datasetId": "mails", "target": "y", "features": [] }""", "features", "expected at least one column, got none")]
    [InlineData("""{ "datasetId": "mails", "target": "y", "features": ["a", "b", "a"] }""", "features", "expected each column once")]
    [InlineData("""{ "datasetId": "mails", "target": "y", "features": ["a", "y"] }""", "features", "expected columns other than the target")]
    public async Task DataSetAndItsColumnsAreNamed(string request, string path, string message)
    {
        (await _api.Post("training-jobs", request)).Error().ShouldBe((path, message));
    }

    [Theory]
    [InlineData(""" "datasetId": "mails" """, "datasetId", "expected either 'datasetId' or 'data', got both")]
    [InlineData(""" "target": "y" """, "target", "expected no target beside 'data', whose 'labels' are the target")]
    [InlineData(""" "features": ["a"] """, "features", "expected no names of features beside 'data', whose columns are x1, x2, …")]
    [InlineData(""" "positiveClass": "yes" """, "positiveClass", "expected one of the target's two values, got 'yes'")]
    [InlineData(""" "positiveClass": "NaN" """, "positiveClass", "expected one of the target's two values, got 'NaN'")]
    [InlineData(""" "positiveClass": "2" """, "positiveClass", "expected 0 or 1, the labels of 'data', got '2'", HttpStatusCode.UnprocessableEntity)]
    [InlineData(""" "modelName": "" """, "modelName", "expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit, and not a UUID, got ''")]
    [InlineData(""" "modelName": "a b" """, "modelName", "expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit, and not a UUID, got 'a b'")]
    [InlineData(""" "modelName": "../x" """, "modelName", "expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit, and not a UUID, got '../x'")]
    [InlineData(""" "modelName": "0199c0a8-0000-7000-8000-000000000000" """, "modelName", "expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit, and not a UUID, got '0199c0a8-0000-7000-8000-000000000000'")]
    [InlineData(""" "c": 0 """, "c", "expected a finite number above 0, got 0")]
    [InlineData(""" "c": -1 """, "c", "expected a finite number above 0, got -1")]
    [InlineData(""" "c": "NaN" """, "c", "expected a finite number above 0, got NaN")]
    [InlineData(""" "c": "Infinity" """, "c", "expected a finite number above 0, got Infinity")]
    [InlineData(""" "l1Ratio": 0.5 """, "l1Ratio", "expected 0, which is the penalty 'l2', got 0.5; this version has no 'l1'")]
    [InlineData(""" "l1Ratio": 0, "penalty": "none" """, "penalty", "expected 'l2' or nothing beside an l1Ratio of 0")]
    [InlineData(""" "classWeight": "balanced" """, "classWeight", "expected null: this version has no class weights")]
    [InlineData(""" "sampleWeight": [1, 1, 1] """, "sampleWeight", "expected null: this version has no sample weights")]
    [InlineData(""" "maxIterations": 0 """, "maxIterations", "expected a whole number from 1 to 1000000, got 0")]
    [InlineData(""" "maxIterations": 1000001 """, "maxIterations", "expected a whole number from 1 to 1000000, got 1000001")]
    [InlineData(""" "tolerance": -1e-9 """, "tolerance", "expected a finite number of at least 0, got -1E-09")]
    [InlineData(""" "tolerance": "Infinity" """, "tolerance", "expected a finite number of at least 0, got Infinity")]
    [InlineData(""" "learningRate": 0 """, "learningRate", "expected a finite number above 0, got 0")]
    [InlineData(""" "learningRate": "NaN" """, "learningRate", "expected a finite number above 0, got NaN")]
    [InlineData(""" "initialWeights": [1, "NaN"] """, "initialWeights", "expected finite numbers")]
    [InlineData(""" "initialWeights": [1] """, "initialWeights", "expected a weight for each of the 2 columns, got 1")]
    [InlineData(""" "validation": { "holdout": 0 } """, "validation.holdout", "expected a share of the rows above 0 and below 1, got 0")]
    [InlineData(""" "validation": { "holdout": 1 } """, "validation.holdout", "expected a share of the rows above 0 and below 1, got 1")]
    [InlineData(""" "validation": { "holdout": null } """, "validation.holdout", "expected a share of the rows above 0 and below 1, got null")]
    [InlineData(""" "solver": "lbfgs" """, "solver", "expected one of auto, gradient_descent, newton, got the string \"lbfgs\"")]
    [InlineData(""" "penalty": "l1" """, "penalty", "expected one of none, l2, got the string \"l1\"")]
    [InlineData(""" "fitIntercept": 1 """, "fitIntercept", "expected true or false, got 1")]
    [InlineData(""" "standardize": "true" """, "standardize", "expected true or false, got the string \"true\"")]
    [InlineData(""" "seed": 0.5 """, "seed", "expected an integer from -9223372036854775808 to 9223372036854775807, got 0.5")]
    [InlineData(""" "learning_rate": 0.1 """, "learning_rate", "unknown field")]
    public async Task FieldBesideInlineDataIsHeldToItsRule(string field, string path, string message, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        (await _api.Post("training-jobs", $$"""{ {{Data}}, {{field}} }""")).Error(status).ShouldBe((path, message));
    }

    [Theory]
    [InlineData("""{ "features": [], "labels": [] }""", "data.features", "expected at least one row of at least one number")]
    [InlineData("""{ "features": [[1], ["-Infinity"]], "labels": [0, 1] }""", "data.features[1][0]", "expected a finite number, got -Infinity")]
    [InlineData("""{ "features": [[1], [2]], "labels": [0] }""", "data.labels", "expected a label for each of the 2 rows, got 1")]
    [InlineData("""{ "features": [[1], [2]], "labels": [0, 2] }""", "data.labels[1]", "expected 0 or 1, got 2")]
    [InlineData("""{ "features": [[1], [2]] }""", "data.labels", "required, but missing")]
    [InlineData("""{ "features": [[1], [2]], "labels": [0, 1], "weights": [1] }""", "data.weights", "unknown field")]
    [InlineData("""{ "features": [[1], [2]], "labels": [1, 1] }""", "data.labels", "expected both 0 and 1 among the labels, got only 1", HttpStatusCode.UnprocessableEntity)]
    public async Task InlineDataIsHeldToItsRules(string data, string path, string message, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        (await _api.Post("training-jobs", $$"""{ "data": {{data}} }""")).Error(status).ShouldBe((path, message));
    }

    [Fact]
    public async Task RefusedRequestLeavesNoJob()
    {
        (await _api.Post("training-jobs", $$"""{ {{Data}}, "c": 0, "modelName": "-" }""")).Problem(HttpStatusCode.BadRequest).Errors!.Keys.ShouldBe(["modelName", "c"]);

        (await _api.Get("training-jobs")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
        (await _api.Get("training-jobs/latest")).Problem(HttpStatusCode.NotFound).Detail.ShouldBe("There is no training job 'latest'.");
    }
}
