using System.Text.Json;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Models;
using SigmoidApi.Tests.Http.Json;

namespace SigmoidApi.Tests.Models;

/// <summary>The stored result of a fit, and its JSON.</summary>
public sealed class TrainedModelTests
{
    private const int MaxCovarianceParameters = 3;
    private static readonly ClassificationMetrics Metrics = new(0.5, 0.5, 0.5, 0.25, 0.5, 0.5, 0.5, 0.5, 0, 0, new ConfusionMatrix(1, 1, 1, 1));

    [Fact]
    public void FitWithAPenaltyHasNoInference()
    {
        var model = Json(Training());

        model.GetProperty("coefficients")[0].EnumerateObject().Select(p => p.Name).ShouldBe(["term", "estimate", "standardized"]);
        foreach (var member in new[] { "inference", "path", "selection" })
            model.GetProperty(member).ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void InferenceIsShownForEachParameterAndForTheFit()
    {
        var model = Json(Training() with { Inference = Inference(new(1, 0.5, 2, 0.05, 0.02, 1.98)) });

        Numbers(model.GetProperty("coefficients")[0]).ShouldBe(
            "term, estimate 10, standardized 20, standardError 0.5, z 2, pValue 0.05, confidenceInterval [0.02,1.98]");
        var inference = model.GetProperty("inference");
        Numbers(inference.GetProperty("intercept")).ShouldBe("estimate -3, standardError 1.5, z -2, pValue 0.04, confidenceInterval [-5.9,-0.1]");
        Numbers(inference).ShouldBe(
            "intercept, logLikelihood -12, nullLogLikelihood -20, likelihoodRatio 16, likelihoodRatioPValue 0.001, mcFaddenR2 0.4, aic 28, bic 30, "
            + "observations 32, confidenceLevel 0.95, covarianceType, covariance [[1,2,3],[2,4,5],[3,5,6]], intervals");
        inference.GetProperty("intervals").GetString().ShouldBe("wald");
        inference.GetProperty("covarianceType").GetString().ShouldBe("HC1");
    }

    [Fact]
    public void ParameterWithoutAFinishedProfileHasNoIntervalAndNoPValue()
    {
        var inference = Inference(new(1, 0.5, 2, double.NaN, double.NaN, double.NaN)) with { Intervals = ConfidenceIntervals.Profile };
        inference = inference with { Intercept = inference.Intercept! with { PValue = double.NaN, ConfidenceLow = double.NaN, ConfidenceHigh = double.NaN } };

        var model = Json(Training() with { Inference = inference });

        Numbers(model.GetProperty("coefficients")[0]).ShouldBe("term, estimate 10, standardized 20, standardError 0.5, z 2");
        var intercept = model.GetProperty("inference").GetProperty("intercept");
        intercept.GetProperty("pValue").ValueKind.ShouldBe(JsonValueKind.Null);
        intercept.GetProperty("confidenceInterval").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void CollinearColumnHasOnlyAnEstimate()
    {
        var model = Json(Training() with { Inference = Inference(null) });

        Numbers(model.GetProperty("coefficients")[0]).ShouldBe("term, estimate 10, standardized 20");
        Numbers(model.GetProperty("coefficients")[1]).ShouldStartWith("term, estimate 11, standardized 21, standardError 2");
    }

    [Fact]
    public void NumberThatIsNotFiniteIsNull()
    {
        var inference = Inference(new(1, double.NaN, double.NaN, double.NaN, double.NegativeInfinity, 4)) with
        {
            Intercept = new(0, double.PositiveInfinity, double.NaN, 1, double.NegativeInfinity, double.PositiveInfinity),
            Covariance = [[1, double.NaN], [double.NaN, double.PositiveInfinity]],
            LikelihoodRatioPValue = double.NaN,
            McFaddenR2 = double.NegativeInfinity,
        };

        var model = Json(Training() with { Inference = inference });

        Numbers(model.GetProperty("coefficients")[0]).ShouldBe("term, estimate 10, standardized 20, confidenceInterval [null,4]");
        Numbers(model.GetProperty("inference").GetProperty("intercept")).ShouldBe(
            "estimate 0, standardError null, z null, pValue 1, confidenceInterval [null,null]");
        model.GetProperty("inference").GetProperty("covariance").GetRawText().ShouldBe("[[1,null],[null,null]]");
        model.GetProperty("inference").GetProperty("likelihoodRatioPValue").ValueKind.ShouldBe(JsonValueKind.Null);
        model.GetRawText().ShouldNotContain("NaN");
        model.GetRawText().ShouldNotContain("Infinity");
    }

    [Fact]
    public void CovarianceOfMoreParametersThanTheSettingIsNotStored()
    {
        const int Parameters = MaxCovarianceParameters + 1;
        var wide = Inference(null) with { Covariance = [.. Enumerable.Range(0, Parameters).Select(_ => new double[Parameters])] };

        var inference = Json(Training() with { Inference = wide }).GetProperty("inference");

        inference.GetProperty("covariance").GetArrayLength().ShouldBe(0);
        inference.GetProperty("aic").GetDouble().ShouldBe(28);
    }

    [Fact]
    public void PathShowsItsPointsAndWhichBecameTheModel()
    {
        var model = new LogisticModel(0, [1, 0]);
        var path = new RegularizationPath(
            [new(0.1, 1, model, 7.5, 1, 3, true, new(0.6, 0.01)), new(10, 1, model, 70.25, 2, 4, true, new(0.55, null))], 1, "one_standard_error");

        var kept = Json(Training() with { Path = path });

        var points = kept.GetProperty("path").EnumerateArray().ToArray();
        points.Select(Numbers).ShouldBe(
        [
            "c 0.1, l1Ratio 1, objective 7.5, nonZero 1, iterations 3, validation",
            "c 10, l1Ratio 1, objective 70.25, nonZero 2, iterations 4, validation",
        ]);
        points.Select(p => p.GetProperty("validation").GetRawText()).ShouldBe(
            ["""{"logLoss":0.6,"standardError":0.01}""", """{"logLoss":0.55,"standardError":null}"""]);
        kept.GetProperty("selection").GetRawText().ShouldBe("""{"rule":"one_standard_error","index":1,"c":10,"l1Ratio":1}""");
    }

    [Fact]
    public void PathWithoutValidationHasNoScores()
    {
        var path = new RegularizationPath([new(1, 0, new LogisticModel(0, [1]), 5, 1, 3, true, null)], 0, "last");

        var kept = Json(Training() with { Path = path });

        kept.GetProperty("path")[0].GetProperty("validation").ValueKind.ShouldBe(JsonValueKind.Null);
        kept.GetProperty("selection").GetProperty("rule").GetString().ShouldBe("last");
    }

    [Fact]
    public void ConvergenceHasPassesAndSeconds()
    {
        var convergence = Json(Training()).GetProperty("convergence");

        convergence.GetRawText().ShouldBe(
            """{"converged":true,"iterations":5,"objective":2.5,"gradientNorm":1E-12,"warnings":[],"""
            + "\"solver\":\"coordinate_descent\",\"passes\":4.125,\"seconds\":0.25}");
    }

    [Fact]
    public void WarningsNameTermsAndTheIntercept()
    {
        var warned = Training();
        warned = warned with
        {
            Convergence = warned.Convergence with
            {
                Warnings = [new("separation", "A.", [1]) { Intercept = true, SeparatingColumns = [1] }, new("stopped", "B.", [])],
            },
        };
        var rowWarning = new ModelWarning("rows_without_weight", "C.", ["w"], Count: 12);

        var model = JsonSerializer.SerializeToElement(
            TrainedModel.From(new([new(0), new(1)], warned), ["x1", "x2"], [], decimalPoint: null, [rowWarning], MaxCovarianceParameters),
            JsonReading.Options());

        model.GetProperty("convergence").GetProperty("warnings").GetRawText().ShouldBe(
            """[{"code":"rows_without_weight","message":"C.","columns":["w"],"count":12},"""
            + """{"code":"separation","message":"A.","columns":["x2"],"intercept":true,"separatingColumns":["x2"]},"""
            + """{"code":"stopped","message":"B.","columns":[]}]""");
        JsonElement.DeepEquals(ReadAndWritten(model), model).ShouldBeTrue();
    }

    [Fact]
    public void ATermThatLooksLikeAPositionIsKept()
    {
        Named("""["1","0"]""").ShouldBe(["1", "0"]);
        Named("[1,0]").ShouldBe(["b", "a"]);

        static IReadOnlyList<string> Named(string columns) =>
            JsonSerializer.Deserialize<ModelWarning>($$"""{"code":"collinear_columns","message":"A.","columns":{{columns}}}""", JsonReading.Options())!
                .Named([new("a"), new("b")]).Columns;
    }

    [Fact]
    public void StoredModelIsReadUnchanged()
    {
        var training = Training() with
        {
            Inference = Inference(new(1, 0.5, 2, 0.05, 0.02, double.PositiveInfinity)),
            Path = new([new(1, 0, new LogisticModel(0, [1]), 5, 1, 3, true, new(0.5, null))], 0, "best"),
        };
        var stored = Json(training);

        JsonElement.DeepEquals(ReadAndWritten(stored), stored).ShouldBeTrue();
    }

    private static LogisticTraining Training() =>
        new(new(-3, [10, 11]), -1, [20, 21], new(true, 5, 2.5, 1e-12, []) { Solver = Solver.CoordinateDescent, Passes = 4.125, Seconds = 0.25 }, Metrics, null);

    private static LogisticInference Inference(ParameterInference? first) => new(
        new(-3, 1.5, -2, 0.04, -5.9, -0.1), [first, new(11, 2, 5.5, 0.001, 7, 15)], [[1, 2, 3], [2, 4, 5], [3, 5, 6]],
        -12, -20, 16, 0.001, 0.4, 28, 30, 32, 0.95, CovarianceType.HC1);

    private static JsonElement Json(LogisticTraining training) =>
        JsonSerializer.SerializeToElement(
            TrainedModel.From(new([new(0), new(1)], training), ["x1", "x2"], [], decimalPoint: null, [], MaxCovarianceParameters), JsonReading.Options());

    private static JsonElement ReadAndWritten(JsonElement model) =>
        JsonSerializer.SerializeToElement(model.Deserialize<TrainedModel>(JsonReading.Options()), JsonReading.Options());

    /// <summary>The members of an object in their order, with the values of numbers and arrays.</summary>
    private static string Numbers(JsonElement element) => string.Join(", ", element.EnumerateObject().Select(p =>
        p.Value.ValueKind is JsonValueKind.Number or JsonValueKind.Array || (p.Value.ValueKind == JsonValueKind.Null && p.Name is "standardError" or "z")
            ? $"{p.Name} {p.Value.GetRawText()}"
            : p.Name));
}
