using System.Net;
using System.Text;
using System.Text.Json;

namespace SigmoidApi.Tests.TrainingJobs;

[Trait("Speed", "Slow")]
public sealed class DatasetTrainingTests(TestApplication application) : IClassFixture<TestApplication>
{
    private const string Mails = "free,length,spam\n0.9,60,1\n0,3,0\n0.4,20,1\n0.1,30,0\n0.3,90,0\n0.7,10,1\n";
    private const string Weighed = "a,w,b,g,y\n1,1,4,0,0\n2,2,-2,1,1\n3,0.5,7,0,0\n4,1,3,1,1\n5,0,1,2,0\n6,1,9,2,1\n7,3,0,0,0\n8,1,2,1,1\n";
    private readonly ApiClient _api = application.Api;

    [Theory]
    [InlineData(0.01)]
    [InlineData(1.0)]
    [InlineData(100.0)]
    public async Task SpambaseReachesTheReferencesOptimumWithDefaults(double c)
    {
        var csv = await File.ReadAllBytesAsync(ReferenceData.PathOf("spambase.csv"), TestContext.Current.CancellationToken);
        var spambase = await Upload($"spambase-{c}".Replace('.', '_'), csv);
        var all = ReferenceData.Json("spambase-fits.json");
        var reference = all.GetProperty("l2").EnumerateArray().Single(fit => fit.GetProperty("C").GetDouble() == c);

        var model = await _api.TrainModel(new { datasetId = spambase, target = "Decision", c });

        model.GetProperty("convergence").GetProperty("converged").GetBoolean().ShouldBeTrue();
        var coefficients = model.GetProperty("coefficients").EnumerateArray().ToArray();
        coefficients.Select(k => k.GetProperty("term").GetString()).ShouldBe(all.GetProperty("features").EnumerateArray().Select(f => f.GetString()));
        ReferenceData.Distance(coefficients.Select(k => k.GetProperty("standardized").GetDouble()), reference.Numbers("coefficients")).ShouldBeLessThan(1e-6);
        model.GetProperty("standardizedIntercept").GetDouble().ShouldBe(reference.GetProperty("intercept").GetDouble(), 1e-6);
        var deviations = all.Numbers("standard_deviation");
        ReferenceData.Distance(
            coefficients.Select((k, i) => k.GetProperty("estimate").GetDouble() * deviations[i]), reference.Numbers("coefficients")).ShouldBeLessThan(1e-6);
        (model.GetProperty("convergence").GetProperty("objective").GetDouble() / c).ShouldBe(reference.GetProperty("objective").GetDouble(), 1e-6);

        var metrics = model.GetProperty("metrics").GetProperty("training");
        var expected = reference.GetProperty("training_metrics");
        foreach (var (name, theirs) in new[]
        {
            ("logLoss", "log_loss"), ("rocAuc", "roc_auc"), ("averagePrecision", "average_precision"), ("brier", "brier"),
            ("accuracy", "accuracy_at_half"), ("matthewsCorrelation", "mcc_at_half"),
        })
        {
            metrics.GetProperty(name).GetDouble().ShouldBe(expected.GetProperty(theirs).GetDouble(), 1e-8, name);
        }
    }

    [Fact]
    public async Task DefaultsAreTakenFromTheDataSet()
    {
        var id = await Upload("defaults", Mails);

        var job = await _api.Train("""{ "datasetId": "defaults", "target": "spam" }""");

        var request = job.GetProperty("request");
        request.GetProperty("datasetId").GetString().ShouldBe(id);
        request.GetProperty("features").Deserialize<string[]>().ShouldBe(["free", "length"]);
        request.GetProperty("modelName").GetString().ShouldBe("defaults");
        var model = (await _api.Get("models/defaults")).Json;
        model.GetProperty("datasetId").GetString().ShouldBe(id);
        model.GetProperty("target").GetString().ShouldBe("spam");
    }

    [Fact]
    public async Task ColumnsOfWeightsAndClustersAreNotFeatures()
    {
        await Upload("weighed", Weighed);

        var job = await _api.Train("""
            { "datasetId": "weighed", "target": "y", "sampleWeight": "w", "clusterBy": "g", "penalty": "none", "covarianceType": "cluster",
              "maxIterations": 20 }
            """);

        var request = job.GetProperty("request");
        request.GetProperty("features").Deserialize<string[]>().ShouldBe(["a", "b"]);
        request.GetProperty("sampleWeight").GetString().ShouldBe("w");
        request.GetProperty("clusterBy").GetString().ShouldBe("g");
        (await _api.Get("models/weighed")).Json.GetProperty("coefficients").EnumerateArray().Select(c => c.GetProperty("term").GetString())
            .ShouldBe(["a", "b"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""" , "validation": { "holdout": 0.5 } """)]
    [InlineData(""" , "penalty": "none" """)]
    public async Task SelectionBestIsAllowedWithoutAPath(string more)
    {
        await Upload("one-fit", Mails);

        var selected = await _api.Train($$"""{ "datasetId": "one-fit", "target": "spam", "selection": "best" {{more}} }""");
        var plain = await _api.Train($$"""{ "datasetId": "one-fit", "target": "spam" {{more}} }""");

        // The stored job has the selection, and can be read.
        (await _api.Job(selected.GetProperty("id").GetString()!)).GetProperty("request").GetProperty("selection").GetString().ShouldBe("best");
        (await Coefficients(selected)).ShouldBe(await Coefficients(plain));

        async Task<string> Coefficients(JsonElement job) =>
            (await _api.Get($"models/one-fit/versions/{job.GetProperty("model").GetProperty("version").GetInt32()}")).Json
                .GetProperty("coefficients").GetRawText();
    }

    [Fact]
    public async Task RequestIsShownWithDefaultsThatDependOnOtherFields()
    {
        await Upload("shown", Mails);

        var one = (await _api.Train("""{ "datasetId": "shown", "target": "spam", "l1Ratio": 0 }""")).GetProperty("request");
        var path = (await _api.Train("""
            { "datasetId": "shown", "target": "spam", "cs": [1, 0.1], "classWeight": { "0": 2 }, "validation": { "folds": 2 } }
            """)).GetProperty("request");

        one.GetProperty("penalty").GetString().ShouldBe("l2");
        one.GetProperty("c").GetDouble().ShouldBe(1);
        one.GetProperty("selection").ValueKind.ShouldBe(JsonValueKind.Null);
        path.GetProperty("selection").GetString().ShouldBe("best");
        one.GetProperty("confidenceLevel").GetDouble().ShouldBe(0.95);
        one.GetProperty("covarianceType").GetString().ShouldBe("nonrobust");
        path.GetProperty("c").ValueKind.ShouldBe(JsonValueKind.Null);
        path.GetProperty("cs").GetRawText().ShouldBe("[1,0.1]");
        path.GetProperty("classWeight").GetRawText().ShouldBe("""{"0":2}""");
    }

    [Theory]
    [InlineData(""" "sampleWeight": "v" """, "sampleWeight", "expected a column of data set 'columns', got 'v'", HttpStatusCode.BadRequest)]
    [InlineData(""" "clusterBy": "v", "penalty": "none", "covarianceType": "cluster" """, "clusterBy",
        "expected a column of data set 'columns', got 'v'", HttpStatusCode.BadRequest)]
    [InlineData(""" "sampleWeight": "b" """, "sampleWeight", "expected a column of numbers of at least 0, with one above 0, but 'b' goes from -2 to 9")]
    [InlineData(""" "sampleWeight": "zero" """, "sampleWeight", "expected a column of numbers of at least 0, with one above 0, but 'zero' goes from 0 to 0")]
    [InlineData(""" "clusterBy": "zero", "penalty": "none", "covarianceType": "cluster" """, "clusterBy",
        "expected a column of at least two different values, but 'zero' has 1")]
    [InlineData(""" "classWeight": { "0": 1, "3": 2 } """, "classWeight", "expected weights for 0 and 1, the values of 'y', got one for '3'")]
    [InlineData(""" "sampleWeight": "w", "initialWeights": [1, 2, 3, 4, 5] """, "initialWeights",
        "expected a weight for each of the 4 features, got 5", HttpStatusCode.BadRequest)]
    public async Task ColumnsAndLabelsMustSuitTheDataSet(string fields, string path, string message, HttpStatusCode status = HttpStatusCode.UnprocessableEntity)
    {
        await Upload("columns", Weighed.Replace("\n", ",0\n", StringComparison.Ordinal).Replace("y,0\n", "y,zero\n", StringComparison.Ordinal));

        (await _api.Post("training-jobs", $$"""{ "datasetId": "columns", "target": "y", {{fields}} }""")).Error(status).ShouldBe((path, message));
    }

    [Theory]
    [InlineData(""" "sampleWeight": "nothing" """, "sampleWeight",
        "expected a column of numbers of at least 0, with one above 0, but 'nothing' has no values")]
    [InlineData(""" "clusterBy": "nothing", "penalty": "none", "covarianceType": "cluster" """, "clusterBy",
        "expected a column of at least two different values, but 'nothing' has 0")]
    public async Task ErrorSaysThatAColumnHasNoValues(string fields, string path, string message)
    {
        await Upload("without-values", "x,nothing,y\n1,,1\n2,,0\n");

        (await _api.Post("training-jobs", $$"""{ "datasetId": "without-values", "target": "y", {{fields}} }""")).Error(HttpStatusCode.UnprocessableEntity)
            .ShouldBe((path, message));
    }

    [Fact]
    public async Task DataSetWithOnlyTargetAndWeightsIsRefused()
    {
        await Upload("only-weights", "w,y\n1,1\n2,0\n");

        (await _api.Post("training-jobs", """{ "datasetId": "only-weights", "target": "y", "sampleWeight": "w" }""")).Error(HttpStatusCode.UnprocessableEntity)
            .ShouldBe(("datasetId", "expected a data set with a column besides the target and the sampleWeight"));
    }

    [Fact]
    public async Task NameMeansTheNewestDataSetOfThatName()
    {
        await Upload("twice", Mails);
        var newest = await Upload("twice", Mails);

        (await _api.Train("""{ "datasetId": "twice", "target": "spam" }""")).GetProperty("request").GetProperty("datasetId").GetString().ShouldBe(newest);
    }

    [Fact]
    public async Task PositiveClassReversesTheModel()
    {
        await Upload("turned", Mails.Replace(",1\n", ",2\n", StringComparison.Ordinal).Replace(",0\n", ",7\n", StringComparison.Ordinal));
        var larger = await _api.TrainModel(new { datasetId = "turned", target = "spam", modelName = "larger" });
        var smaller = await _api.TrainModel(new { datasetId = "turned", target = "spam", modelName = "smaller", positiveClass = "2" });

        ApiResponse.Read<double[]>(larger.GetProperty("classes")).ShouldBe([2, 7]);
        ApiResponse.Read<double[]>(smaller.GetProperty("classes")).ShouldBe([7, 2]);
        ReferenceData.Distance(Estimates(larger).Select(e => -e), Estimates(smaller)).ShouldBeLessThan(1e-9);
        const string Features = """{ "features": [[0.9, 60], [0, 3]] }""";
        (await _api.Post("models/larger/predict", Features)).Numbers("labels").ShouldBe([2, 7]);
        (await _api.Post("models/smaller/predict", Features)).Numbers("labels").ShouldBe([2, 7]);
    }

    [Theory]
    [InlineData(null, "[false,true]")]
    [InlineData("true", "[false,true]")]
    [InlineData("\"True\"", "[false,true]")]
    [InlineData("1", "[false,true]")]
    [InlineData("false", "[true,false]")]
    [InlineData("\"0\"", "[true,false]")]
    public async Task BooleanTargetHasBooleanClasses(string? positive, string classes)
    {
        var name = $"bought-{Guid.NewGuid():n}";
        await Upload(name, "x,bought\n0,False\n1,True\n2,False\n3,True\n0.5,\n4,True\n");

        var positiveClass = positive is null ? "" : $", \"positiveClass\": {positive}";
        await _api.Train($$"""{ "datasetId": "{{name}}", "target": "bought", "classWeight": { "true": 2 }{{positiveClass}} }""");

        (await _api.Get($"models/{name}")).Json.GetProperty("classes").GetRawText().ShouldBe(classes);
        foreach (var data in new[] { """{ "rows": [{ "x": -5 }, { "x": 9 }] }""", """{ "features": [[-5], [9]] }""" })
            (await _api.Post($"models/{name}/predict", data)).Expect(HttpStatusCode.OK).Json.GetProperty("labels").GetRawText().ShouldBe("[false,true]");
        (await _api.PostBytes($"models/{name}/predict", "x\n-5\n9\n"u8.ToArray(), "text/csv")).Expect(HttpStatusCode.OK)
            .Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')[2]).ShouldBe(["label", "false", "true"]);
        (await _api.PostBytes($"models/{name}/predict", "{\"x\":-5}\n{\"x\":9}\n"u8.ToArray(), "application/x-ndjson")).Expect(HttpStatusCode.OK)
            .Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[line.LastIndexOf(':')..]).ShouldBe([":false}", ":true}"]);
    }

    [Fact]
    public async Task TargetOfZerosAndOnesHasNumbersAsClasses()
    {
        await Upload("ones", "x,bought\n0,0\n1,1\n2,0\n3,1\n");

        var model = await _api.TrainModel(new { datasetId = "ones", target = "bought", positiveClass = true });

        model.GetProperty("classes").GetRawText().ShouldBe("[0,1]");
        (await _api.Post("models/ones/predict", """{ "rows": [{ "x": -5 }, { "x": 9 }] }""")).Numbers("labels").ShouldBe([0, 1]);
        (await _api.Post("training-jobs", """{ "datasetId": "ones", "target": "bought", "positiveClass": [1] }""")).Error()
            .ShouldBe(("positiveClass", "expected text, a number, true or false, got an array"));
    }

    [Fact]
    public async Task FeaturesKeepTheOrderOfTheRequest()
    {
        await Upload("ordered", Mails);

        var model = await _api.TrainModel(new { datasetId = "ordered", target = "spam", features = new[] { "length", "free" } });

        model.GetProperty("coefficients").EnumerateArray().Select(c => c.GetProperty("term").GetString()).ShouldBe(["length", "free"]);
    }

    [Fact]
    public async Task ColumnThatARecordLacksIsNamed()
    {
        await Upload("needed", "char_freq_!,x,y\n1,2,0\n2,1,1\n3,4,0\n4,3,1\n");
        await _api.Train("""{ "datasetId": "needed", "target": "y" }""");

        (await _api.Post("models/needed/predict", """{ "rows": [{ "char_freq_!": 1, "x": 2 }, { "x": 2 }] }""")).Error()
            .ShouldBe(("rows[1]['char_freq_!']", "expected a number: the model needs this column, and the record lacks it"));
        (await _api.Post("models/needed/predict", """{ "columns": { "x": [2] } }""")).Error()
            .ShouldBe(("columns['char_freq_!']", "expected an array of numbers: the model needs this column"));
    }

    [Theory]
    [InlineData(""" "target": "ham" """, "target", "expected a column of data set 'mails', got 'ham'")]
    [InlineData(""" "target": "spam", "features": ["free", "size"] """, "features[1]", "expected a column of data set 'mails', got 'size'")]
    [InlineData(""" "target": "spam", "initialWeights": [1, 2, 3] """, "initialWeights", "expected a weight for each of the 2 features, got 3")]
    [InlineData(""" "target": "free" """, "target",
        "expected a column of classes, but 'free' has 6 numbers that are not all whole; a classifier predicts classes: add a column that names the class of "
        + "each row, and upload that (such as 1 above a threshold and 0 below it)", HttpStatusCode.UnprocessableEntity)]
    [InlineData(""" "target": "spam", "positiveClass": "2" """, "positiveClass",
        "expected 0 or 1, the values of 'spam', got '2'", HttpStatusCode.UnprocessableEntity)]
    public async Task RequestMustSuitTheDataSet(string fields, string path, string message, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        await Upload("mails", Mails);

        (await _api.Post("training-jobs", $$"""{ "datasetId": "mails", {{fields}} }""")).Error(status).ShouldBe((path, message));
    }

    [Fact]
    public async Task TargetOfOneValueIsRefused()
    {
        await Upload("one-class", "x,y\n1,1\n2,1\n");

        (await _api.Post("training-jobs", """{ "datasetId": "one-class", "target": "y" }""")).Error(HttpStatusCode.UnprocessableEntity)
            .ShouldBe((
                "target", "expected a column of at least two different values, but 'y' has 1; choose another target, or upload rows of several classes"));
    }

    [Fact]
    public async Task DataSetWithoutFeaturesIsRefused()
    {
        await Upload("narrow", "y\n1\n0\n");

        (await _api.Post("training-jobs", """{ "datasetId": "narrow", "target": "y" }""")).Error(HttpStatusCode.UnprocessableEntity)
            .ShouldBe(("datasetId", "expected a data set with a column besides the target"));
    }

    [Theory]
    [InlineData("no-such-data")]
    [InlineData("01999999-0000-7000-8000-000000000000")]
    public async Task UnknownDataSetIsNotFound(string id)
    {
        (await _api.Post("training-jobs", $$"""{ "datasetId": "{{id}}", "target": "y" }""")).Problem(HttpStatusCode.NotFound).Detail
            .ShouldBe($"There is no data set '{id}'.");
    }

    [Fact]
    public async Task DataSetThatAJobUsesCannotBeDeleted()
    {
        var rows = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"{i % 17},{i % 2}\n"));
        var id = await Upload("used", "x,y\n" + rows);
        var job = await _api.Enqueue($$"""
            { "datasetId": "{{id}}", "target": "y", "solver": "gradient_descent", "tolerance": 0, "maxIterations": 1000000, "learningRate": 1e-9 }
            """);

        (await _api.Delete($"datasets/{id}")).Problem(HttpStatusCode.Conflict);

        (await _api.Post($"training-jobs/{job}/cancel", "")).Expect(HttpStatusCode.Accepted);
        await _api.Ended(job);
        (await _api.Delete($"datasets/{id}")).Expect(HttpStatusCode.NoContent);
        (await _api.Get($"datasets/{id}")).Problem(HttpStatusCode.NotFound);
    }

    private Task<string> Upload(string name, string csv) => Upload(name, Encoding.UTF8.GetBytes(csv));

    private async Task<string> Upload(string name, byte[] csv) =>
        (await _api.PostBytes($"datasets?name={name}", csv, "text/csv")).Expect(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;

    private static IEnumerable<double> Estimates(JsonElement model) =>
        model.GetProperty("coefficients").EnumerateArray().Select(c => c.GetProperty("estimate").GetDouble());
}
