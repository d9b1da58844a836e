using System.Text.Json;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Regression;

public class ReferenceFitTests
{
    [Fact]
    public void GradientDescentAgreesWithTheArticlesLoop()
    {
        var (features, labels) = ReferenceData.Csv("article-training.csv");
        var expected = ReferenceData.Json("article-training.json");
        var costs = new List<double>();
        var options = new LogisticOptions
        {
            Solver = Solver.GradientDescent,
            Penalty = Penalty.None,
            FitIntercept = false,
            Standardize = false,
            MaxIterations = 1000,
            LearningRate = 0.1,
            InitialWeights = expected.GetProperty("initial_weights").Numbers(),
        };

        var training = LogisticTrainer.Train(features, labels, options, progress => costs.Add(progress.Loss), TestContext.Current.CancellationToken);

        ShouldBeWithin(training.Model.Coefficients, expected.GetProperty("final_weights").Numbers(), 1e-12);
        training.Model.Intercept.ShouldBe(0);
        training.Convergence.Iterations.ShouldBe(1000);
        costs.Count.ShouldBe(1001);
        ShouldBeWithin(costs.Where((_, i) => i % 100 == 0).ToArray(), expected.GetProperty("cost_every_100").Numbers(), 1e-12);
    }

    [Fact]
    public void UpdateWeightsAgreesWithTheArticlesLoop()
    {
        var (features, labels) = ReferenceData.Csv("article-training.csv");
        var expected = ReferenceData.Json("article-training.json");

        var (weights, cost) = LogisticTrainer.UpdateWeights(features, labels, expected.GetProperty("initial_weights").Numbers(), 0.1, 1000,
            TestContext.Current.CancellationToken);

        ShouldBeWithin(weights, expected.GetProperty("final_weights").Numbers(), 1e-12);
        cost.ShouldBe(expected.GetProperty("final_cost").GetDouble(), 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void SpambaseFitsAndScoresAgreeWithScikitLearn(int index)
    {
        var (features, labels) = ReferenceData.Csv("spambase.csv");
        var expected = ReferenceData.Json("spambase-fits.json").GetProperty("l2")[index];
        var c = expected.GetProperty("C").GetDouble();

        var training = LogisticTrainer.Train(features, labels, new LogisticOptions { C = c }, null, TestContext.Current.CancellationToken);

        training.Convergence.Converged.ShouldBeTrue();
        training.Convergence.Warnings.ShouldBeEmpty();
        training.StandardizedIntercept.ShouldBe(expected.GetProperty("intercept").GetDouble(), 1e-9);
        ShouldBeWithin(training.StandardizedCoefficients, expected.GetProperty("coefficients").Numbers(), 1e-9);
        // The reference divides scikit-learn's objective by C.
        (training.Convergence.Objective / c).ShouldBe(expected.GetProperty("objective").GetDouble(), 1e-9);
        var metrics = training.TrainingMetrics;
        var reference = expected.GetProperty("training_metrics");
        metrics.LogLoss.ShouldBe(Metric(reference, "log_loss"), 1e-12);
        metrics.RocAuc.ShouldBe(Metric(reference, "roc_auc"), 1e-12);
        metrics.AveragePrecision.ShouldBe(Metric(reference, "average_precision"), 1e-12);
        metrics.Brier.ShouldBe(Metric(reference, "brier"), 1e-12);
        metrics.Accuracy.ShouldBe(Metric(reference, "accuracy_at_half"), 1e-12);
        metrics.MatthewsCorrelation.ShouldBe(Metric(reference, "mcc_at_half"), 1e-12);
    }

    [Fact]
    public void StandardizedAndOriginalUnitsPredictTheSame()
    {
        var (features, labels) = ReferenceData.Csv("spambase.csv");
        var reference = ReferenceData.Json("spambase-fits.json");
        var (means, deviations) = (reference.GetProperty("mean").Numbers(), reference.GetProperty("standard_deviation").Numbers());

        var training = LogisticTrainer.Train(features, labels, new LogisticOptions(), null, TestContext.Current.CancellationToken);

        var row = features.Row(17);
        var margin = training.StandardizedIntercept;
        for (var j = 0; j < row.Length; j++)
            margin += training.StandardizedCoefficients[j] * (row[j] - means[j]) / deviations[j];
        var probability = new double[1];
        training.Model.PredictProbabilities(row, probability);
        probability[0].ShouldBe(1 / (1 + Math.Exp(-margin)), 1e-13);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SpectorWithoutPenaltyAgreesWithStatsmodels(bool standardize)
    {
        var (features, labels) = ReferenceData.Csv("spector.csv");
        var expected = ReferenceData.Json("spector-inference.json");
        var options = new LogisticOptions { Penalty = Penalty.None, Standardize = standardize };

        var training = LogisticTrainer.Train(features, labels, options, null, TestContext.Current.CancellationToken);

        training.Convergence.Converged.ShouldBeTrue();
        ShouldBeWithin([training.Model.Intercept, .. training.Model.Coefficients], expected.GetProperty("coefficients").Numbers(), 1e-9);
        training.Convergence.Objective.ShouldBe(-expected.GetProperty("log_likelihood").GetDouble(), 1e-10);
    }

    [Fact]
    public void WithoutAPenaltyUnitsDoNotMatter()
    {
        var (features, labels) = ReferenceData.Csv("spambase.csv");
        var options = new LogisticOptions { Penalty = Penalty.None };

        var standardized = LogisticTrainer.Train(features, labels, options, null, TestContext.Current.CancellationToken);
        var raw = LogisticTrainer.Train(features, labels, options with { Standardize = false }, null, TestContext.Current.CancellationToken);

        raw.Convergence.Objective.ShouldBe(standardized.Convergence.Objective, 1e-9);
        ShouldBeWithin(raw.StandardizedCoefficients, standardized.StandardizedCoefficients, 1e-7);
    }

    private static double Metric(JsonElement metrics, string name) => metrics.GetProperty(name).GetDouble();

    private static void ShouldBeWithin(ReadOnlySpan<double> actual, double[] expected, double tolerance)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
            actual[i].ShouldBe(expected[i], tolerance, $"value {i}");
    }
}
