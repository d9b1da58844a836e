using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Http.Json;
using SigmoidApi.Models;
using SigmoidApi.Tests.Http.Json;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.Tests.TrainingJobs.Fitting;

/// <summary>The translation of a request to the options of the trainer.</summary>
public sealed class TrainingMappingTests
{
    [Theory]
    [InlineData("{}", Penalty.L2, 0.5)]
    [InlineData("""{ "penalty": "none" }""", Penalty.None, 0.5)]
    [InlineData("""{ "penalty": "l1" }""", Penalty.L1, 0.5)]
    [InlineData("""{ "penalty": "firth" }""", Penalty.Firth, 0.5)]
    [InlineData("""{ "l1Ratio": 0 }""", Penalty.L2, 0)]
    [InlineData("""{ "l1Ratio": 1 }""", Penalty.L1, 1)]
    [InlineData("""{ "l1Ratio": 0.25 }""", Penalty.ElasticNet, 0.25)]
    [InlineData("""{ "penalty": "elasticnet", "l1Ratio": 0.75 }""", Penalty.ElasticNet, 0.75)]
    [InlineData("""{ "penalty": "elasticnet", "l1Ratio": 1 }""", Penalty.ElasticNet, 1)]
    [InlineData("""{ "l1Ratios": [0, 1] }""", Penalty.ElasticNet, 0.5)]
    public void PenaltyFollowsFromItsFields(string request, Penalty penalty, double l1Ratio)
    {
        var options = Options(request);

        options.Penalty.ShouldBe(penalty);
        options.L1Ratio.ShouldBe(l1Ratio);
    }

    [Theory]
    [InlineData("auto", Solver.Auto)]
    [InlineData("newton", Solver.Newton)]
    [InlineData("lbfgs", Solver.Lbfgs)]
    [InlineData("coordinate_descent", Solver.CoordinateDescent)]
    [InlineData("gradient_descent", Solver.GradientDescent)]
    public void SolverIsNamedInSnakeCase(string name, Solver solver)
    {
        Options($$"""{ "solver": "{{name}}" }""").Solver.ShouldBe(solver);
    }

    [Fact]
    public void OptionsThatAreNotRequestedAreTheTrainersDefaults()
    {
        var options = Options("{}");
        var defaults = new LogisticOptions();

        // Except those that come from the settings.
        (options with { ThreadStart = null, TimeProvider = defaults.TimeProvider }).ShouldBe(defaults);
    }

    [Fact]
    public void CountOfCsIsThatNumberOfValuesEvenlySpacedInLog()
    {
        var cs = Options("""{ "cs": 5, "penalty": "l1" }""").Cs.ShouldNotBeNull();

        cs.Length.ShouldBe(5);
        for (var i = 0; i < cs.Length; i++)
            (cs[i] / Math.Pow(10, 2 * i - 4)).ShouldBe(1, 1e-14);
        Options("""{ "cs": 2 }""").Cs.ShouldBe([1e-4, 1e4]);
    }

    [Fact]
    public void GivenCsAreFittedFromTheSmallest()
    {
        var options = Options("""{ "cs": [10, 0.1, 3], "l1Ratios": [0.9, 0.1], "validation": { "folds": 3 }, "selection": "one_standard_error" }""");

        options.Cs.ShouldBe([0.1, 3, 10]);
        options.L1Ratios.ShouldBe([0.9, 0.1]);
        options.Folds.ShouldBe(3);
        options.Holdout.ShouldBeNull();
        options.Selection.ShouldBe(Selection.OneStandardError);
    }

    [Theory]
    [InlineData("null", null, null)]
    [InlineData("\"balanced\"", null, null)]
    [InlineData("""{ "2": 3, "7": 5 }""", 3.0, 5.0)]
    [InlineData("""{ "7": 5 }""", 1.0, 5.0)]
    [InlineData("""{ "2.0": 0.25 }""", 0.25, 1.0)]
    public void ClassWeightsAreMatchedToTheirLabels(string classWeight, double? negative, double? positive)
    {
        var weight = Options($$"""{ "classWeight": {{classWeight}} }""").ClassWeight;

        if (classWeight == "null")
            weight.ShouldBeNull();
        else
            weight.ShouldBe(negative is null ? ClassWeight.Balanced : ClassWeight.Of(negative.Value, positive!.Value));
    }

    [Fact]
    public void ClassWeightsFollowThePositiveClass()
    {
        Options("""{ "classWeight": { "2": 3, "7": 5 }, "positiveClass": "2" }""", classes: [7, 2]).ClassWeight.ShouldBe(ClassWeight.Of(5, 3));
    }

    [Fact]
    public void InferenceIsRequestedByStatsmodelsNames()
    {
        var options = Options("""{ "penalty": "none", "covarianceType": "HC1", "confidenceLevel": 0.9 }""");

        options.CovarianceType.ShouldBe(CovarianceType.HC1);
        options.ConfidenceLevel.ShouldBe(0.9);
        options.Clusters.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{ "penalty": "firth" }""", ConfidenceIntervals.Profile)]
    [InlineData("""{ "penalty": "firth", "intervals": "none" }""", ConfidenceIntervals.None)]
    [InlineData("""{ "penalty": "none" }""", ConfidenceIntervals.Wald)]
    [InlineData("""{ "penalty": "none", "intervals": "none" }""", ConfidenceIntervals.None)]
    [InlineData("{}", null)]
    public void IntervalsAreThoseOfThePenaltyByDefault(string request, ConfidenceIntervals? expected) => Options(request).Intervals.ShouldBe(expected);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void InlineDataAreReadAsSent(bool weighted, bool clustered)
    {
        var data = new InlineData(Matrix.Of([1, 2, 3, 4, 5, 6], 3, 2), new Labels([0, 1, 0]), weighted ? [0.5, 0, 2] : null, clustered ? [9, -1, 9] : null);
        var request = new TrainingRequest { CovarianceType = clustered ? CovarianceType.Cluster : CovarianceType.Nonrobust };

        var rows = InlineRows.From(Guid.NewGuid(), data).Read(request);

        ((DesignMatrix)rows.Features.Numbers!).Row(2).ToArray().ShouldBe([5, 6]);
        rows.Target.Numbers.ShouldBe([0, 1, 0]);
        rows.SampleWeight.ShouldBe(weighted ? [0.5, 0, 2] : null);
        rows.Clusters.ShouldBe(clustered ? [0, 1, 0] : null);
    }

    [Fact]
    public void SettingsLimitTheThreadsOfAFit()
    {
        var time = new FakeTimeProvider();
        var options = RequestTrainer.Options(new(), Rows, [new(0), new(1)], new() { Threads = 3 }, time);

        options.Threads.ShouldBe(3);
        options.TimeProvider.ShouldBe(time);
    }

    [Fact]
    public void ThreadsOfAFitHaveTheNiceValueOfTheSettings()
    {
        var options = RequestTrainer.Options(new(), Rows, [new(0), new(1)], new() { Nice = 7 }, TimeProvider.System);
        var nice = 0;
        var thread = new Thread(() =>
        {
            options.ThreadStart!();
            // The 19th field (proc(5)), counted after the name in parentheses, which is the second.
            nice = OperatingSystem.IsLinux()
                ? int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[16], CultureInfo.InvariantCulture)
                : Thread.CurrentThread.Priority == ThreadPriority.BelowNormal ? 7 : 0;
        });

        thread.Start();
        thread.Join();

        nice.ShouldBe(7);
    }

    [Theory]
    [InlineData("""{ "cs": 10, "l1Ratios": [0, 0.5] }""")]
    [InlineData("""{ "cs": [10, 0.1] }""")]
    [InlineData("""{ "classWeight": "balanced", "sampleWeight": "w" }""")]
    [InlineData("""{ "classWeight": { "0": 1, "odd 'label'": 2.5 } }""")]
    [InlineData("""{ "penalty": "elasticnet", "l1Ratio": 0.5, "solver": "coordinate_descent" }""")]
    [InlineData("""{ "penalty": "none", "covarianceType": "cluster", "clusterBy": "g" }""")]
    [InlineData("""{ "validation": { "folds": 4 }, "selection": "one_standard_error" }""")]
    public void RequestIsStoredAndShownAsSent(string json)
    {
        var kept = JsonSerializer.SerializeToElement(JsonReading.Read<TrainingRequest>(json), JsonReading.Options());
        var again = JsonSerializer.SerializeToElement(kept.Deserialize<TrainingRequest>(JsonReading.Options()), JsonReading.Options());

        foreach (var member in JsonElement.Parse(json).EnumerateObject())
        {
            var shown = kept.GetProperty(member.Name);
            if (member.Name == "validation")
                shown.GetProperty("folds").GetInt32().ShouldBe(4);
            else
                JsonElement.DeepEquals(shown, member.Value).ShouldBeTrue(shown.ToString());
        }

        JsonElement.DeepEquals(again, kept).ShouldBeTrue();
    }

    /// <summary>The request as version 0.1 of the service stored it.</summary>
    [Fact]
    public void RequestStoredBeforePathsExistedIsRead()
    {
        const string Kept = """
            {"datasetId":"01a20cac-0aec-771c-8486-6b3936ff8ffc","target":"y","positiveClass":null,"features":["a"],"data":null,
            "modelName":"m","solver":"newton","penalty":null,"c":0.5,"l1Ratio":0,
            "fitIntercept":true,"standardize":true,"classWeight":null,"sampleWeight":null,"maxIterations":1000,"tolerance":null,
            "learningRate":0.1,"initialWeights":null,"validation":{"holdout":0.2},"seed":42}
            """;

        var options = Options(Kept);

        (options.Solver, options.Penalty, options.C, options.Holdout, options.Cs).ShouldBe((Solver.Newton, Penalty.L2, 0.5, 0.2, null));
    }

    private static TrainingRows Rows =>
        new(new FeatureTable(2, [new("x", null)], new DesignMatrix(2, 1)), [new ColumnPreparation()], new("y", [0, 1], null, []));

    private static LogisticOptions Options(string request, double[]? classes = null) =>
        RequestTrainer.Options(
            JsonReading.Read<TrainingRequest>(request), Rows, Array.ConvertAll(classes ?? [2, 7], label => new ClassLabel(label)), new(), TimeProvider.System);
}
