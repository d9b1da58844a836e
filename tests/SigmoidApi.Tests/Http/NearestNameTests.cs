using System.Net;
using SigmoidApi.Tables;

namespace SigmoidApi.Tests.Http;

/// <summary>A misspelled name is answered with the most similar known name.</summary>
[Trait("Speed", "Slow")]
public sealed class NearestNameTests(TestApplication application) : IClassFixture<TestApplication>
{
    private readonly ApiClient _api = application.Api;

    [Theory]
    [InlineData("penality", "penalty")]
    [InlineData("penatly", "penalty")]
    [InlineData("PENALTY", "penalty")]
    [InlineData("max_iterations", "maxIterations")]
    [InlineData("maxIteration", "maxIterations")]
    [InlineData("itersMax", null)]
    [InlineData("pen", null)]
    [InlineData("C", "c")]
    [InlineData("d", null)]
    [InlineData("", null)]
    [InlineData("penalty", null)]
    public void NameWithinAThirdOfItsLengthIsNear(string written, string? near) =>
        NearestName.Of(written, ["solver", "c", "penalty", "maxIterations"]).ShouldBe(near);

    [Fact]
    public void NearestOfSeveralIsSuggestedAndTheFirstOfEquals()
    {
        NearestName.Of("features", ["feature_ab", "featurez", "future"]).ShouldBe("featurez");
        NearestName.Of("colum", ["columA", "columB"]).ShouldBe("columA");
        NearestName.Of("ab", ["ba", "abc"]).ShouldBeNull();
    }

    [Fact]
    public void SwappedNeighboursAreOneEdit()
    {
        NearestName.Of("abc", ["acb"]).ShouldBe("acb");
        NearestName.Of("abcd", ["badc"]).ShouldBeNull();
    }

    [Fact]
    public void CostIsBoundedForLongAndManyNames()
    {
        NearestName.Of(new string('x', 1_000_000), [new string('x', 1_000_001), "x"]).ShouldBeNull();
        NearestName.Of("x1", Enumerable.Range(0, 1_000_000)
            .Select(i => i < 4096 ? $"column {i}" : throw new InvalidOperationException("too many were looked at"))).ShouldBeNull();
    }

    [Theory]
    [InlineData("training-jobs", """{ "datasetId": "iris", "target": "y", "penality": "l1" }""", "penality", "unknown field; did you mean 'penalty'?")]
    [InlineData("training-jobs", """{ "datasetId": "iris", "target": "y", "validation": { "fold": 3 } }""", "validation.fold",
        "unknown field; did you mean 'folds'?")]
    [InlineData("training-jobs", """{ "datasetId": "iris", "target": "y", "preparation": { "columns": { "a": { "imputaton": "mean" } } } }""",
        "preparation.columns.a.imputaton", "unknown field; did you mean 'imputation'?")]
    [InlineData("training-jobs", """{ "datasetId": "iris", "target": "y", "qqqqqq": 1 }""", "qqqqqq", "unknown field")]
    [InlineData("training-jobs", """{ "datasetId": "iris", "target": "y", "solver": "newtn" }""", "solver",
        "expected one of auto, gradient_descent, newton, lbfgs, coordinate_descent, got the string \"newtn\"; did you mean 'newton'?")]
    [InlineData("training-jobs", """{ "datasetId": "iris", "target": "Y" }""", "target", "expected a column of data set 'iris', got 'Y'; did you mean 'y'?")]
    [InlineData("training-jobs", """{ "datasetId": "iris", "target": "y", "features": ["sepal length", "lenght"] }""", "features[0]",
        "expected a column of data set 'iris', got 'sepal length'; did you mean 'sepal_length'?")]
    [InlineData("training-jobs", """{ "datasetId": "iris", "target": "y", "preparation": { "columns": { "sepal_lenght": { "type": "category" } } } }""",
        "preparation.columns.sepal_lenght", "expected a column of data set 'iris', got 'sepal_lenght'; did you mean 'sepal_length'?")]
    [InlineData("training-jobs", """{ "datasetId": "iris", "target": "y", "penalty": "none", "covarianceType": "cluster", "clusterBy": "petals" }""",
        "clusterBy", "expected a column of data set 'iris', got 'petals'; did you mean 'petal'?")]
    [InlineData("datasets/iris/split", """{ "stratifyBy": "petall" }""", "stratifyBy",
        "expected a column of data set 'iris', got 'petall'; did you mean 'petal'?")]
    [InlineData("activations/elu", """{ "values": [1], "parameters": { "alhpa": 1 } }""", "parameters.alhpa",
        "expected a parameter of elu (alpha), got 'alhpa'; did you mean 'alpha'?")]
    public async Task MisspelledNameInABodyIsAnsweredWithTheNearest(string path, string body, string field, string message)
    {
        await _api.Upload("name=iris", "sepal_length,petal,y\n1,2,0\n2,1,1\n3,2,0\n4,1,1\n");

        (await _api.Post(path, body)).Error().ShouldBe((field, message));
    }

    [Theory]
    [InlineData("datasets/iris?target=petl", "expected a column of data set 'iris', got 'petl'; did you mean 'petal'?")]
    [InlineData("models/none?include=covarience", "expected covariance, got 'covarience'; did you mean 'covariance'?")]
    [InlineData("training-jobs?status=runing", "expected queued, running, succeeded, failed or canceled, got 'runing'; did you mean 'running'?")]
    [InlineData("datasets/iris/content?format=parqet", "expected 'parquet', 'csv', 'ndjson' or 'json', got 'parqet'; did you mean 'parquet'?")]
    public async Task MisspelledNameInAQueryIsAnsweredWithTheNearest(string path, string message)
    {
        await _api.Upload("name=iris", "sepal_length,petal,y\n1,2,0\n2,1,1\n3,2,0\n4,1,1\n");

        (await _api.Get(path)).Error().Message.ShouldBe(message);
    }

    [Fact]
    public async Task MisspelledActivationIsAnsweredWithTheNearest()
    {
        (await _api.Post("activations/softpluss", """{ "values": 0 }""")).Problem(HttpStatusCode.NotFound).Detail
            .ShouldBe("There is no activation 'softpluss'; GET /api/v1/activations lists them; did you mean 'softplus'?");
    }

    [Fact]
    public async Task RecordThatLacksAColumnGetsTheNearestName()
    {
        await _api.Upload("name=near", "length,y\n1,0\n2,1\n3,0\n4,1\n");
        await _api.Train("""{ "datasetId": "near", "target": "y" }""");

        (await _api.Post("models/near/predict", """{ "rows": [{ "lenght": 1 }] }""")).Error()
            .ShouldBe(("rows[0].length", "expected a number: the model needs this column, and the record lacks it; did you name it 'lenght'?"));
    }

    [Theory]
    [InlineData("/api/v1/dataset", "/api/v1/datasets")]
    [InlineData("/api/v1/trainingjobs/latest", "/api/v1/training-jobs/latest")]
    [InlineData("/api/v1/models/a/version/1", "/api/v1/models/a/versions/1")]
    [InlineData("/api/v1/model/a%20b", "/api/v1/models/a%20b")]
    public async Task MisspelledPathIsAnsweredWithTheNearest(string path, string near) =>
        (await _api.Get(path)).Problem(HttpStatusCode.NotFound).Detail
            .ShouldBe($"There is nothing at this path; did you mean {near}? GET /openapi/v1.json lists what there is.");
}
