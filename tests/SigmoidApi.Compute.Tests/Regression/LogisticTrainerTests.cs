using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Regression;

public class LogisticTrainerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void LabelsOfOneClassAreRefused(double label) => CodeOf([label, label, label, label]).ShouldBe("single_class");

    [Fact]
    public void LabelsThatAreNeither0Nor1AreRefused() => CodeOf([0, 1, 2, 1]).ShouldBe("invalid_label");

    [Fact]
    public void AHoldoutTooSmallForAClassIsRefused() =>
        CodeOf([0, 0, 0, 1], new LogisticOptions { Holdout = 0.3 }).ShouldBe("class_missing_from_split");

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void FeaturesThatAreNotFiniteAreRefused(double value)
    {
        var features = DesignMatrix.FromRows([1, 2, value, 4], 4, 1);

        var problem = Should.Throw<UntrainableDataException>(() => LogisticTrainer.Train(features, [0, 1, 0, 1], new LogisticOptions(), null, Token));

        problem.Code.ShouldBe("non_finite_value");
    }

    [Fact]
    public void DifferentNumbersOfLabelsAndRowsAreRefused() =>
        Should.Throw<ArgumentException>(() => LogisticTrainer.Train(new DesignMatrix(4, 1), [0, 1], new LogisticOptions(), null, Token))
            .Message.ShouldStartWith("There are 4 rows and 2 labels.");

    public static TheoryData<string, LogisticOptions> BadOptions => new()
    {
        { "C", new LogisticOptions { C = 0 } },
        { "C", new LogisticOptions { C = double.NaN } },
        { "C", new LogisticOptions { C = double.PositiveInfinity } },
        { "MaxIterations", new LogisticOptions { MaxIterations = 0 } },
        { "Tolerance", new LogisticOptions { Tolerance = -1 } },
        { "Tolerance", new LogisticOptions { Tolerance = double.NaN } },
        { "LearningRate", new LogisticOptions { LearningRate = 0 } },
        { "InitialWeights", new LogisticOptions { InitialWeights = [1, 2] } },
        { "InitialWeights", new LogisticOptions { InitialWeights = [double.NaN] } },
        { "InitialIntercept", new LogisticOptions { InitialIntercept = double.NaN } },
        { "InitialIntercept", new LogisticOptions { InitialIntercept = 1, FitIntercept = false } },
        { "Holdout", new LogisticOptions { Holdout = 1 } },
        { "Holdout", new LogisticOptions { Holdout = 0 } },
        { "Solver", new LogisticOptions { Solver = (Solver)99 } },
        { "Penalty", new LogisticOptions { Penalty = (Penalty)99 } },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void AnInvalidOptionIsNamed(string name, LogisticOptions options) =>
        Should.Throw<ArgumentException>(() => LogisticTrainer.Train(new DesignMatrix(2, 1), [0, 1], options, null, Token)).ParamName.ShouldBe(name);

    [Fact]
    public void WithAHoldoutTheModelIsFittedToTheTrainingRowsAndScoredOnTheOthers()
    {
        var (features, labels) = ReferenceData.Csv("spambase.csv");

        var training = LogisticTrainer.Train(features, labels, new LogisticOptions { Holdout = 0.2, Seed = 7 }, null, Token);

        var (inside, outside) = StratifiedSplit.Holdout(labels, 0.2, 7);
        var alone = LogisticTrainer.Train(features.Select(inside), [.. inside.Select(row => labels[row])], new LogisticOptions(), null, Token);
        training.StandardizedCoefficients.ShouldBe(alone.StandardizedCoefficients, 1e-12);
        training.TrainingMetrics.Confusion.ShouldBe(alone.TrainingMetrics.Confusion);
        training.TrainingMetrics.LogLoss.ShouldBe(alone.TrainingMetrics.LogLoss, 1e-14);
        alone.ValidationMetrics.ShouldBeNull();
        var margins = alone.Model.PredictMargins(features.Select(outside), new ThreadCrew(), Token);
        var expected = ClassificationMetrics.FromMargins([.. outside.Select(row => labels[row])], margins);
        training.ValidationMetrics.ShouldNotBeNull().Confusion.ShouldBe(expected.Confusion);
        training.ValidationMetrics.LogLoss.ShouldBe(expected.LogLoss, 1e-13);
        training.ValidationMetrics.RocAuc.ShouldBe(expected.RocAuc, 1e-13);
    }

    [Fact]
    public void TheFeaturesAreNotChanged()
    {
        var features = DesignMatrix.FromRows([1, 2, 3, 4], 4, 1);

        LogisticTrainer.Train(features, [0, 1, 0, 1], new LogisticOptions(), null, Token);

        Enumerable.Range(0, 4).Select(i => features.Row(i)[0]).ShouldBe([1.0, 2, 3, 4]);
    }

    [Fact]
    public void AFitWithoutStandardizingPenalizesOriginalUnits()
    {
        // For two rows at ±u with labels 1 and 0 the optimum solves w = 2·c·u·σ(−u·w).
        var features = DesignMatrix.FromRows([10, -10], 2, 1);

        var training = LogisticTrainer.Train(features, [1, 0], new LogisticOptions { Standardize = false, C = 0.5 }, null, Token);

        var w = training.Model.Coefficients[0];
        w.ShouldBe(10 / (1 + Math.Exp(10 * w)), 1e-10);
        training.StandardizedCoefficients[0].ShouldBe(10 * w, 1e-14);
        training.Convergence.Objective.ShouldBe(0.5 * 2 * Math.Log(1 + Math.Exp(-10 * w)) + 0.5 * w * w, 1e-14);
    }

    [Fact]
    public void AutoIsNewton()
    {
        var (features, labels) = ReferenceData.Csv("spector.csv");

        LogisticTrainer.Train(features, labels, new LogisticOptions(), null, Token).StandardizedCoefficients
            .ShouldBe(LogisticTrainer.Train(features, labels, new LogisticOptions { Solver = Solver.Newton }, null, Token).StandardizedCoefficients);
    }

    private static string CodeOf(double[] labels, LogisticOptions? options = null) =>
        Should.Throw<UntrainableDataException>(() =>
            LogisticTrainer.Train(DesignMatrix.FromRows([1, 2, 3, 4], 4, 1), labels, options ?? new LogisticOptions(), null, Token)).Code;
}
