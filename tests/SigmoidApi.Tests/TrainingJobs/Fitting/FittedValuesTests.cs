using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace SigmoidApi.Tests.TrainingJobs.Fitting;

/// <summary>Fits of real data with penalties, paths, weights and inference, compared with scikit-learn, statsmodels and brglm2.</summary>
[Trait("Speed", "Slow")]
public sealed class FittedValuesTests(TestApplication application) : IClassFixture<TestApplication>
{
    private readonly ApiClient _api = application.Api;

    [Fact]
    public async Task L1OnSpambaseHasTheReferencesOptimumAndZeros()
    {
        await UploadFile("spambase-l1", "spambase.csv");
        var reference = ReferenceData.Json("spambase-fits.json").GetProperty("l1").EnumerateArray()
            .Single(fit => fit.GetProperty("C").GetDouble() == 0.1);

        var model = await _api.TrainModel(new { datasetId = "spambase-l1", target = "Decision", penalty = "l1", c = 0.1 });

        ReferenceData.Distance(Standardized(model), reference.Numbers("coefficients")).ShouldBeLessThan(1e-6);
        Standardized(model).Count(w => w != 0).ShouldBe(reference.GetProperty("non_zero").GetInt32());
        (model.GetProperty("convergence").GetProperty("objective").GetDouble() / 0.1).ShouldBe(reference.GetProperty("objective").GetDouble(), 1e-6);
        model.GetProperty("convergence").GetProperty("solver").GetString().ShouldBe("coordinate_descent");
    }

    [Theory]
    [InlineData("best")]
    [InlineData("one_standard_error")]
    public async Task PointOfAPathIsSelectedByFolds(string selection)
    {
        double[] cs = [1, 0.001, 0.03, 0.01];
        var model = await _api.TrainModel(new { data = Article(), modelName = "folds", penalty = "l1", cs, validation = new { folds = 4 }, selection });

        var path = model.GetProperty("path").EnumerateArray().ToArray();
        path.Select(p => p.GetProperty("c").GetDouble()).ShouldBe([0.001, 0.01, 0.03, 1]);
        path.ShouldAllBe(p => p.GetProperty("l1Ratio").GetDouble() == 1);
        var losses = path.Select(p => p.GetProperty("validation").GetProperty("logLoss").GetDouble()).ToArray();
        var errors = path.Select(p => p.GetProperty("validation").GetProperty("standardError").GetDouble()).ToArray();
        var best = Array.IndexOf(losses, losses.Min());
        var expected = selection == "best" ? best : Array.FindIndex(losses, loss => loss <= losses[best] + errors[best]);
        var selected = model.GetProperty("selection");
        selected.GetProperty("rule").GetString().ShouldBe(selection);
        selected.GetProperty("index").GetInt32().ShouldBe(expected);
        selected.GetProperty("c").GetDouble().ShouldBe(path[expected].GetProperty("c").GetDouble());
        Standardized(model).Count(w => w != 0).ShouldBe(path[expected].GetProperty("nonZero").GetInt32());
    }

    [Fact]
    public async Task PathWithoutValidationBecomesItsLastPoint()
    {
        var path = await _api.TrainModel(new { data = Article(), modelName = "last", cs = new[] { 0.1, 10 }, l1Ratios = new[] { 0.2, 0.7 } });
        var alone = await _api.TrainModel(new { data = Article(), modelName = "alone", c = 10, l1Ratio = 0.7 });

        path.GetProperty("path").EnumerateArray().Select(p => (p.GetProperty("l1Ratio").GetDouble(), p.GetProperty("c").GetDouble())).ShouldBe(
            [(0.2, 0.1), (0.2, 10), (0.7, 0.1), (0.7, 10)]);
        path.GetProperty("path").EnumerateArray().ShouldAllBe(p => p.GetProperty("validation").ValueKind == JsonValueKind.Null);
        path.GetProperty("selection").GetRawText().ShouldBe("""{"rule":"last","index":3,"c":10,"l1Ratio":0.7}""");
        ReferenceData.Distance(Standardized(path), Standardized(alone)).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public async Task InferenceEqualsThatOfStatsmodels()
    {
        await UploadFile("spector", "spector.csv");
        var reference = ReferenceData.Json("spector-inference.json");

        var model = await _api.TrainModel(new { datasetId = "spector", target = "GRADE", penalty = "none" });

        var inference = model.GetProperty("inference");
        JsonElement[] parameters = [inference.GetProperty("intercept"), .. model.GetProperty("coefficients").EnumerateArray()];
        foreach (var (ours, theirs) in new[] { ("estimate", "coefficients"), ("standardError", "standard_errors"), ("z", "z"), ("pValue", "p_values") })
            ReferenceData.Distance(parameters.Select(p => p.GetProperty(ours).GetDouble()), reference.Numbers(theirs)).ShouldBeLessThan(1e-8, ours);
        var intervals = reference.GetProperty("confidence_95").EnumerateArray()
            .SelectMany(interval => interval.EnumerateArray()).Select(end => end.GetDouble());
        ReferenceData.Distance(parameters.SelectMany(p => p.Numbers("confidenceInterval")), intervals).ShouldBeLessThan(1e-8);
        var covariance = reference.GetProperty("covariance").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(v => v.GetDouble());
        ReferenceData.Distance(
            inference.GetProperty("covariance").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(v => v.GetDouble()), covariance)
            .ShouldBeLessThan(1e-7);
        foreach (var (ours, theirs) in new[]
        {
            ("logLikelihood", "log_likelihood"), ("nullLogLikelihood", "null_log_likelihood"), ("likelihoodRatio", "likelihood_ratio"),
            ("likelihoodRatioPValue", "likelihood_ratio_p"), ("mcFaddenR2", "mcfadden_r2"), ("aic", "aic"), ("bic", "bic"), ("observations", "observations"),
        })
        {
            inference.GetProperty(ours).GetDouble().ShouldBe(reference.GetProperty(theirs).GetDouble(), 1e-8, ours);
        }
    }

    [Theory]
    [InlineData("HC0")]
    [InlineData("cluster")]
    public async Task RobustStandardErrorsEqualThoseOfStatsmodels(string covarianceType)
    {
        var lines = File.ReadAllLines(ReferenceData.PathOf("spector.csv"));
        var grouped = lines.Skip(1).Select(line => $"{line},{Math.Floor(double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture) / 10)}");
        await Upload("grouped", $"{lines[0]},group\n{string.Join('\n', grouped)}\n");
        var reference = ReferenceData.Json("spector-robust.json").GetProperty(covarianceType);

        var model = await _api.TrainModel(new
        {
            datasetId = "grouped",
            target = "GRADE",
            features = new[] { "GPA", "TUCE", "PSI" },
            penalty = "none",
            covarianceType,
            clusterBy = covarianceType == "cluster" ? "group" : null,
        });

        JsonElement[] parameters = [model.GetProperty("inference").GetProperty("intercept"), .. model.GetProperty("coefficients").EnumerateArray()];
        foreach (var (ours, theirs) in new[] { ("standardError", "standard_errors"), ("z", "z"), ("pValue", "p_values") })
            ReferenceData.Distance(parameters.Select(p => p.GetProperty(ours).GetDouble()), reference.Numbers(theirs)).ShouldBeLessThan(1e-8, ours);
    }

    [Fact]
    public async Task FirthIsFiniteForSeparatedData()
    {
        await UploadFile("endometrial", "endometrial.csv");
        var reference = ReferenceData.Json("firth.json");

        var model = await _api.TrainModel(new { datasetId = "endometrial", target = "HG", penalty = "firth" });

        model.GetProperty("convergence").GetProperty("converged").GetBoolean().ShouldBeTrue();
        ReferenceData.Distance([model.GetProperty("intercept").GetDouble(), .. Estimates(model)], reference.Numbers("coefficients")).ShouldBeLessThan(1e-7);
        var nv = model.GetProperty("coefficients")[0];
        var interval = nv.Numbers("confidenceInterval");
        nv.GetProperty("estimate").GetDouble().ShouldBeInRange(interval[0], interval[1]);
    }

    [Theory]
    [InlineData(null, "profile", 0.009123667547085604)]
    [InlineData("profile", "profile", 0.009123667547085604)]
    [InlineData("wald", "wald", 0.058902140420840174)]
    [InlineData("none", "none", 0.058902140420840174)]
    public async Task FirthHasTheRequestedIntervalsAndNamesThem(string? intervals, string expected, double pValueOfNv)
    {
        await UploadFile("endometrial-intervals", "endometrial.csv");
        var reference = ReferenceData.Json("firth.json");

        var model = await _api.TrainModel(new { datasetId = "endometrial-intervals", target = "HG", penalty = "firth", intervals });

        model.GetProperty("inference").GetProperty("intervals").GetString().ShouldBe(expected);
        JsonElement[] parameters = [model.GetProperty("inference").GetProperty("intercept"), .. model.GetProperty("coefficients").EnumerateArray()];
        ReferenceData.Distance(parameters.Select(p => p.GetProperty("standardError").GetDouble()), reference.Numbers("standard_errors")).ShouldBeLessThan(1e-7);
        parameters[1].GetProperty("pValue").GetDouble().ShouldBe(pValueOfNv, 1e-9);
        foreach (var parameter in parameters)
        {
            var (estimate, error) = (parameter.GetProperty("estimate").GetDouble(), parameter.GetProperty("standardError").GetDouble());
            if (expected == "none")
            {
                (!parameter.TryGetProperty("confidenceInterval", out var none) || none.ValueKind == JsonValueKind.Null).ShouldBeTrue();
                continue;
            }

            var interval = parameter.Numbers("confidenceInterval");
            var middle = (interval[0] + interval[1]) / 2;
            (Math.Abs(middle - estimate) < 1e-9 * error).ShouldBe(expected == "wald");
        }
    }

    [Theory]
    [InlineData(null, "wald")]
    [InlineData("none", "none")]
    public async Task WithoutAPenaltyIntervalsAreWaldOrNone(string? intervals, string expected)
    {
        await UploadFile("spector-intervals", "spector.csv");

        var model = await _api.TrainModel(new { datasetId = "spector-intervals", target = "GRADE", penalty = "none", intervals });

        model.GetProperty("inference").GetProperty("intervals").GetString().ShouldBe(expected);
        model.GetProperty("coefficients").EnumerateArray().Count(c => c.TryGetProperty("confidenceInterval", out _)).ShouldBe(expected == "wald" ? 3 : 0);
        model.GetProperty("coefficients").EnumerateArray().ShouldAllBe(c => c.GetProperty("pValue").GetDouble() > 0);
    }

    [Fact]
    public async Task WeightCountsItsRowThatManyTimes()
    {
        double[][] features = [[1, 0.2], [2, 0.9], [3, 0.4], [4, 0.1], [5, 0.8], [6, 0.3], [7, 0.7], [8, 0.5]];
        double[] labels = [0, 0, 1, 0, 1, 0, 1, 1];
        double[] weights = [1, 2, 3, 1, 0, 1, 2, 1];
        var rows = Enumerable.Range(0, 8).SelectMany(i => Enumerable.Repeat(i, (int)weights[i])).ToArray();
        var lines = features.Select((row, i) => string.Create(CultureInfo.InvariantCulture, $"{row[0]},{weights[i]},{row[1]},{labels[i]}\n"));
        await Upload("weights", "a,w,b,y\n" + string.Concat(lines));

        var repeatedData = new { features = rows.Select(i => features[i]), labels = rows.Select(i => labels[i]) };
        var repeated = await _api.TrainModel(new { data = repeatedData, modelName = "repeated" });
        var inline = await _api.TrainModel(new { data = new { features, labels, sampleWeight = weights }, modelName = "inline" });
        var column = await _api.TrainModel(new { datasetId = "weights", target = "y", sampleWeight = "w" });

        ReferenceData.Distance(Estimates(inline), Estimates(repeated)).ShouldBeLessThan(1e-9);
        Estimates(column).ShouldBe(Estimates(inline));
    }

    [Fact]
    public async Task BalancedClassesEachHaveHalfOfTheWeight()
    {
        double[][] features = [[1], [2], [3], [4], [5], [6], [7], [8]];
        double[] labels = [0, 0, 1, 0, 0, 0, 1, 0];
        var data = new { features, labels };

        var plain = await _api.TrainModel(new { data, modelName = "plain" });
        var balanced = await _api.TrainModel(new { data, modelName = "balanced", classWeight = "balanced" });
        var classWeight = new Dictionary<string, double> { ["0"] = 8 / 12.0, ["1"] = 8 / 4.0 };
        var given = await _api.TrainModel(new { data, modelName = "given", classWeight });

        Estimates(balanced).ShouldNotBe(Estimates(plain));
        ReferenceData.Distance(Estimates(balanced), Estimates(given)).ShouldBeLessThan(1e-9);
    }

    [Fact]
    public async Task MoreFoldsThanRowsOfAClassFailTheJob()
    {
        const string Request = """
            { "data": { "features": [[1], [2], [3], [4], [5]], "labels": [0, 0, 0, 1, 1] }, "modelName": "few", "validation": { "folds": 3 } }
            """;

        var job = (await _api.Post("training-jobs", Request, ("Prefer", "wait=60"))).Expect(HttpStatusCode.Created).Json;

        job.GetProperty("status").GetString().ShouldBe("failed", job.ToString());
        job.GetProperty("error").GetProperty("status").GetInt32().ShouldBe(422);
    }

    [Theory]
    [InlineData("newton")]
    [InlineData("lbfgs")]
    [InlineData("coordinate_descent")]
    public async Task ModelNamesItsSolverPassesAndSeconds(string solver)
    {
        var automatic = await _api.TrainModel(new { data = Article(), modelName = "automatic" });
        var model = await _api.TrainModel(new { data = Article(), modelName = solver, solver, tolerance = 1e-10 });

        ReferenceData.Distance(Estimates(model), Estimates(automatic)).ShouldBeLessThan(1e-6);
        automatic.GetProperty("convergence").GetProperty("solver").GetString().ShouldNotBe("auto");
        var convergence = model.GetProperty("convergence");
        convergence.GetProperty("solver").GetString().ShouldBe(solver);
        convergence.GetProperty("passes").GetDouble().ShouldBeGreaterThanOrEqualTo(1);
        convergence.GetProperty("seconds").GetDouble().ShouldBeGreaterThan(0);
    }

    private static object Article()
    {
        var (features, labels) = ReferenceData.Article();
        return new { features, labels };
    }

    private Task UploadFile(string name, string file) => Upload(name, File.ReadAllText(ReferenceData.PathOf(file)));

    private async Task Upload(string name, string csv) =>
        (await _api.PostBytes($"datasets?name={name}", Encoding.UTF8.GetBytes(csv), "text/csv")).Expect(HttpStatusCode.Created);

    private static double[] Standardized(JsonElement model) => Coefficients(model, "standardized");

    private static double[] Estimates(JsonElement model) => Coefficients(model, "estimate");

    private static double[] Coefficients(JsonElement model, string member) =>
        [.. model.GetProperty("coefficients").EnumerateArray().Select(c => c.GetProperty(member).GetDouble())];
}
