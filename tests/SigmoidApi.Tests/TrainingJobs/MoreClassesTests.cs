using System.Globalization;
using System.Net;
using System.Text.Json;

namespace SigmoidApi.Tests.TrainingJobs;

/// <summary>More than two classes over HTTP: from a file to predictions.</summary>
[Trait("Speed", "Slow")]
public sealed class MoreClassesTests(TestApplication application) : IClassFixture<TestApplication>
{
    private static readonly string[] Jobs = ["fixed", "freelance", "others", "partime"];

    private readonly ApiClient _api = application.Api;

    [Fact]
    public async Task TargetOfFourLevelsTrainsASoftmaxRegression()
    {
        var model = await Train("credit.csv", """ "target": "Job" """);

        model.GetProperty("classes").EnumerateArray().Select(label => label.GetString()).ShouldBe(Jobs);
        model.GetProperty("multiClass").GetString().ShouldBe("multinomial");
        model.TryGetProperty("intercept", out _).ShouldBeFalse();
        model.Numbers("intercepts").Sum().ShouldBe(0, 1e-9);
        model.Numbers("standardizedIntercepts").Sum().ShouldBe(0, 1e-9);
        foreach (var coefficient in model.GetProperty("coefficients").EnumerateArray())
        {
            coefficient.EnumerateObject().Select(member => member.Name).ShouldBe(["term", "estimates", "standardized"]);
            coefficient.Numbers("estimates").Length.ShouldBe(4);
            coefficient.Numbers("standardized").Sum().ShouldBe(0, 1e-9);
        }

        var scores = model.GetProperty("metrics").GetProperty("training");
        scores.TryGetProperty("rocAuc", out _).ShouldBeFalse();
        scores.GetProperty("confusionMatrix").EnumerateArray().Sum(row => row.EnumerateArray().Sum(cell => cell.GetInt64())).ShouldBe(4452);
        scores.Numbers("topKAccuracy")[0].ShouldBe(scores.GetProperty("accuracy").GetDouble());
        scores.GetProperty("rocAucOvo").GetProperty("macro").GetDouble().ShouldBeInRange(0.8, 0.83);
    }

    [Fact]
    public async Task AnAnswerHasAsManyProbabilitiesAsTheLimitAllows()
    {
        var labels = Enumerable.Range(0, 200).Select(i => i % 100).ToArray();
        var job = await _api.Train(JsonSerializer.Serialize(
            new { modelName = "hundred", data = new { features = labels.Select(label => new double[] { label }), labels } }));
        job.GetProperty("status").GetString().ShouldBe("succeeded");
        var rows = Enumerable.Repeat(new[] { 1 }, 50_001).ToArray();

        var (path, message) = (await _api.Post("models/hundred/predict", JsonSerializer.Serialize(new { features = rows })))
            .Error(HttpStatusCode.RequestEntityTooLarge);
        path.ShouldBe("features");
        message.ShouldStartWith("expected at most 50000 rows for a model of 100 classes, got 50001");
        (await _api.Post("models/hundred/predict", JsonSerializer.Serialize(new { features = rows[1..] }))).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("multinomial")]
    [InlineData("one_vs_rest")]
    public async Task RecordsAndFilesArePredictedTheSame(string multiClass)
    {
        var name = Name(await Train("credit.csv", $$""" "target": "Job", "multiClass": "{{multiClass}}" """));
        var lines = (await File.ReadAllLinesAsync(ReferenceData.PathOf("credit.csv"), TestContext.Current.CancellationToken))[..41];
        var columns = lines[0].Replace("\"", "", StringComparison.Ordinal).Split(',');
        var records = lines[1..].Select(line => columns.Zip(line.Split(','))
            .ToDictionary(cell => cell.First, cell => cell.Second is "" or "NA" ? null : cell.Second.Trim('"')));

        var ofRecords = (await _api.Post($"models/{name}/predict", JsonSerializer.Serialize(new { rows = records }))).Expect(HttpStatusCode.OK).Json;
        var ofFile = (await _api.PostBytes($"models/{name}/predict", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)), "text/csv"))
            .Expect(HttpStatusCode.OK).Text.Trim().Split('\n');

        ofFile[0].Replace("\"", "", StringComparison.Ordinal)
            .ShouldEndWith("Price,probability_fixed,probability_freelance,probability_others,probability_partime,label");
        ofFile.Length.ShouldBe(41);
        foreach (var (i, row) in ofRecords.GetProperty("probabilities").EnumerateArray().Index())
        {
            double[] probabilities = [.. row.EnumerateArray().Select(p => p.GetDouble())];
            probabilities.Sum().ShouldBe(1, 1e-12);
            var cells = ofFile[i + 1].Split(',')[^5..];
            cells[..4].Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ShouldBe(probabilities);
            var label = Jobs[Array.IndexOf(probabilities, probabilities.Max())];
            cells[4].Trim('"').ShouldBe(label);
            ofRecords.GetProperty("labels")[i].GetString().ShouldBe(label);
        }
    }

    [Fact]
    public async Task JsonLinesAndParquetHaveAColumnForEachClass()
    {
        await _api.Upload("name=digits", "x,z,digit\n1,5,0\n2,3,1\n3,4,2\n4,1,0\n5,9,1\n6,2,2\n7,7,0\n8,8,1\n9,6,2\n");
        await _api.Train("""{ "datasetId": "digits", "target": "digit" }""");

        var answer = (await _api.PostBytes("models/digits/predict", "{\"x\":1,\"z\":2,\"label\":\"old\"}\n"u8.ToArray(), "application/x-ndjson"))
            .Expect(HttpStatusCode.OK);

        var row = JsonElement.Parse(answer.Text);
        row.EnumerateObject().Select(member => member.Name).ShouldBe(["x", "z", "label", "probability_0", "probability_1", "probability_2", "label_1"]);
        row.GetProperty("label_1").ValueKind.ShouldBe(JsonValueKind.Number);
        (row.GetProperty("probability_0").GetDouble() + row.GetProperty("probability_1").GetDouble() + row.GetProperty("probability_2").GetDouble())
            .ShouldBe(1, 1e-12);
    }

    [Fact]
    public async Task UnpenalizedFitHasTheInferenceOfStatsmodels()
    {
        var reference = ReferenceData.Json("multinomial.json").GetProperty("inference").GetProperty("anes96");
        var model = await Train(
            "multinomial-anes96.csv", """ "target": "PID", "features": ["logpopul", "selfLR", "age", "educ", "income"], "penalty": "none" """);

        var inference = model.GetProperty("inference");
        inference.GetProperty("baseClass").GetDouble().ShouldBe(0);
        inference.GetProperty("logLikelihood").GetDouble().ShouldBe(reference.GetProperty("log_likelihood").GetDouble(), 1e-8);
        inference.GetProperty("likelihoodRatioDegreesOfFreedom").GetInt32().ShouldBe(30);
        inference.GetProperty("aic").GetDouble().ShouldBe(reference.GetProperty("aic").GetDouble(), 1e-7);
        foreach (var (k, ofClass) in inference.GetProperty("classes").EnumerateArray().Index())
        {
            ofClass.GetProperty("class").GetDouble().ShouldBe(k + 1);
            JsonElement[] parameters = [ofClass.GetProperty("intercept"), .. ofClass.GetProperty("coefficients").EnumerateArray()];
            ShouldBe(parameters, "estimate", reference.GetProperty("coefficients")[k]);
            ShouldBe(parameters, "standardError", reference.GetProperty("standard_errors")[k]);
            ShouldBe(parameters, "z", reference.GetProperty("z")[k]);
            ShouldBe(parameters, "pValue", reference.GetProperty("p_values")[k]);
        }

        model.Numbers("intercepts")[0].ShouldBe(0);
        var covariance = (await _api.Get($"models/{Name(model)}/covariance")).Expect(HttpStatusCode.OK).Json;
        covariance.GetProperty("terms").GetArrayLength().ShouldBe(36);
        covariance.GetProperty("terms")[6].GetString().ShouldBe("2: intercept");
        Math.Sqrt(covariance.GetProperty("covariance")[6][6].GetDouble()).ShouldBe(reference.GetProperty("standard_errors")[1][0].GetDouble(), 1e-8);
    }

    [Fact]
    public async Task BaseClassIsTheOneThatOthersAreComparedWith()
    {
        var model = await Train("multinomial-anes96.csv", """ "target": "PID", "penalty": "none", "baseClass": 6, "features": ["age", "income"] """);

        model.GetProperty("inference").GetProperty("baseClass").GetDouble().ShouldBe(6);
        model.Numbers("intercepts")[6].ShouldBe(0);
        model.GetProperty("inference").GetProperty("classes").GetArrayLength().ShouldBe(6);
    }

    [Theory]
    [InlineData(""" "penalty": "firth" """, "penalty",
        "expected another penalty than 'firth' for 4 classes: it is for two; 'l2' also keeps every estimate finite")]
    [InlineData(""" "positiveClass": "fixed" """, "positiveClass", "expected nothing for 4 classes: each has a probability of its own")]
    [InlineData(""" "penalty": "none", "baseClass": "none" """, "baseClass",
        "expected fixed or freelance or partime or others, the values of 'Job', got 'none'")]
    [InlineData(""" "classWeight": { "fixed": 1, "free": 2 } """, "classWeight",
        "expected weights for fixed and freelance and partime and others, the values of 'Job', got one for 'free'")]
    [InlineData(""" "initialWeights": [1] """, "initialWeights", "expected nothing for 4 classes: they are for two")]
    [InlineData(""" "baseClass": "fixed" """, "baseClass",
        "expected nothing but with the penalty 'none' and multinomial classes: otherwise each class has coefficients of its own", HttpStatusCode.BadRequest)]
    public async Task RequestMustSuitTheClasses(string fields, string path, string message, HttpStatusCode status = HttpStatusCode.UnprocessableEntity)
    {
        await Upload("credit.csv", "classes");

        (await _api.Post("training-jobs", $$"""{ "datasetId": "classes", "target": "Job", "features": ["Age"], {{fields}} }""")).Error(status)
            .ShouldBe((path, message));
    }

    [Theory]
    [InlineData("texts", "c", "a", "b")]
    [InlineData("numbers", "7", "0", "10")]
    public async Task ClassThatIsTooRareForTheValidationIsRefused(string name, string rare, string first, string second)
    {
        var rows = Enumerable.Range(0, 30).Select(i => $"{i},{(i < 3 ? rare : i % 2 == 0 ? first : second)}\n");
        await _api.Upload($"name=rare-{name}", "x,y\n" + string.Concat(rows));
        string Job(string validation) => $$"""{ "datasetId": "rare-{{name}}", "target": "y", "validation": { {{validation}} } }""";

        (await _api.Post("training-jobs", Job("\"folds\": 5"))).Error(HttpStatusCode.UnprocessableEntity)
            .ShouldBe(("validation.folds", $"expected at most as many folds as each class has rows, but target has '{rare}' in 3 of them"));
        var (path, message) = (await _api.Post("training-jobs", Job("\"holdout\": 0.1"))).Error(HttpStatusCode.UnprocessableEntity);
        path.ShouldBe("validation.holdout");
        message.ShouldBe(
            $"expected a share that leaves rows of each class in both parts, but target has '{rare}' in 3 rows, of which 0.1 is none or all; "
            + "use folds, or leave this class out");
        foreach (var possible in new[] { "\"folds\": 3", "\"holdout\": 0.3" })
            (await _api.Train(Job(possible))).GetProperty("status").GetString().ShouldBe("succeeded");
    }

    [Fact]
    public async Task ClassWeightsAndBalancedWeightsAreThoseOfTheLabels()
    {
        var balanced = await Train("credit.csv", """ "target": "Job", "classWeight": "balanced", "features": ["Age", "Seniority"] """);
        var counts = new Dictionary<string, int> { ["fixed"] = 2805, ["freelance"] = 1024, ["others"] = 171, ["partime"] = 452 };
        var given = JsonSerializer.Serialize(counts.ToDictionary(count => count.Key, count => 4452 / (4.0 * count.Value)));

        var weighed = await Train("credit.csv", $$""" "target": "Job", "classWeight": {{given}}, "features": ["Age", "Seniority"] """);

        ReferenceData.Distance(balanced.Numbers("intercepts"), weighed.Numbers("intercepts")).ShouldBeLessThan(1e-9);
    }

    [Fact]
    public async Task ThresholdIsForTwoClasses()
    {
        var name = Name(await Train("credit.csv", """ "target": "Job", "features": ["Age", "Seniority"] """));

        (await _api.Post($"models/{name}/predict", """{ "features": [[30, 5]], "threshold": 0.3 }""")).Error()
            .ShouldBe(("threshold", "expected nothing for a model of 4 classes, which predicts the most probable one"));
        (await _api.PostBytes($"models/{name}/predict?threshold=0.3", "Age,Seniority\n30,5\n"u8.ToArray(), "text/csv")).Error().Path.ShouldBe("threshold");
        (await _api.Post($"models/{name}/predict", """{ "features": [[30, 5]], "threshold": 0.5 }""")).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""["b", "a", "c", "b", "a", "c"]""", """["a","b","c"]""")]
    [InlineData("[3, -1, 7, 3, -1, 7]", "[-1,3,7]")]
    public async Task InlineLabelsMayBeOfMoreClasses(string labels, string classes)
    {
        var job = await _api.Train($$"""
            { "data": { "features": [[1, 2], [2, 1], [5, 5], [1, 3], [3, 1], [6, 5]], "labels": {{labels}} }, "modelName": "more" }
            """);

        var version = job.GetProperty("model").GetProperty("version").GetInt32();
        var model = (await _api.Get($"models/more/versions/{version}")).Json;
        model.GetProperty("classes").GetRawText().ShouldBe(classes);
        var predicted = (await _api.Post($"models/more/versions/{version}/predict", """{ "features": [[6, 6]] }""")).Json;
        predicted.GetProperty("labels")[0].GetRawText().ShouldBe(classes.Trim('[', ']').Split(',')[2]);
    }

    [Theory]
    [InlineData(""" "penalty": "l1", "cs": [0.01, 0.1, 1], "validation": { "folds": 3 } """)]
    [InlineData(""" "penalty": "elasticnet", "l1Ratio": 0.5, "validation": { "holdout": 0.25 } """)]
    [InlineData(""" "multiClass": "one_vs_rest", "cs": 3, "validation": { "folds": 3 } """)]
    [InlineData(""" "solver": "lbfgs" """)]
    [InlineData(""" "solver": "gradient_descent", "maxIterations": 200 """)]
    public async Task EveryKindOfFitTakesMoreClasses(string fields)
    {
        var model = await Train("credit.csv", $$""" "target": "Job", {{fields}} """);

        model.GetProperty("metrics").GetProperty("training").GetProperty("accuracy").GetDouble().ShouldBeGreaterThan(0.62);
        if (fields.Contains("validation", StringComparison.Ordinal))
            model.GetProperty("metrics").GetProperty("validation").GetProperty("logLoss").GetDouble().ShouldBeLessThan(0.85);
    }

    /// <summary>With 1,000 classes the matrices of a page of models would have a hundred million numbers.</summary>
    [Fact]
    public async Task ListsLeaveTheConfusionMatrixOut()
    {
        var name = Name(await Train("credit.csv", """ "target": "Job", "features": ["Age", "Seniority"], "validation": { "holdout": 0.2 } """));

        foreach (var list in new[] { "models", $"models/{name}/versions" })
        {
            var item = (await _api.Get(list)).Expect(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()
                .Single(model => model.GetProperty("name").GetString() == name);
            foreach (var part in new[] { "training", "validation" })
            {
                var scores = item.GetProperty("metrics").GetProperty(part);
                scores.GetProperty("accuracy").GetDouble().ShouldBeGreaterThan(0.5);
                scores.TryGetProperty("confusionMatrix", out _).ShouldBeFalse();
            }
        }
    }

    [Theory]
    [InlineData(""" "multiClass": "one_vs_rest", "penalty": "none" """, "one_vs_rest fits each class on its own, without inference")]
    [InlineData(""" "multiClass": "one_vs_rest" """, "one_vs_rest fits each class on its own, without inference")]
    [InlineData(""" "multiClass": "multinomial" """, "its coefficients are penalized")]
    public async Task MissingCovarianceHasItsReason(string fields, string reason)
    {
        var name = Name(await Train("credit.csv", $$""" "target": "Job", "features": ["Age", "Seniority"], {{fields}} """));

        (await _api.Get($"models/{name}/covariance")).Expect(HttpStatusCode.NotFound).Json.GetProperty("detail").GetString()!.ShouldContain(reason);
    }

    private static string Name(JsonElement model) => model.GetProperty("name").GetString()!;

    private static void ShouldBe(JsonElement[] parameters, string member, JsonElement expected) =>
        ReferenceData.Distance(parameters.Select(parameter => parameter.GetProperty(member).GetDouble()), expected.EnumerateArray().Select(e => e.GetDouble()))
            .ShouldBeLessThan(1e-8, member);

    private async Task Upload(string file, string name) =>
        (await _api.PostBytes(
            $"datasets?name={name}", await File.ReadAllBytesAsync(ReferenceData.PathOf(file), TestContext.Current.CancellationToken), "text/csv"))
            .Expect(HttpStatusCode.Created);

    private async Task<JsonElement> Train(string file, string fields)
    {
        var name = $"classes-{Guid.NewGuid():n}";
        await Upload(file, name);
        await _api.Train($$"""{ "datasetId": "{{name}}", {{fields}} }""");
        return (await _api.Get($"models/{name}")).Expect(HttpStatusCode.OK).Json;
    }
}
