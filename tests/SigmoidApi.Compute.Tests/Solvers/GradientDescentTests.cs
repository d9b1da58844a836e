using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

public class GradientDescentTests : SolverContract
{
    protected override LogisticOptions Options => new()
    {
        Solver = Solver.GradientDescent,
        LearningRate = 1,
        Tolerance = 1e-10,
        MaxIterations = 100_000,
        C = 0.5,
    };

    private static readonly DesignMatrix Features = DesignMatrix.FromRows([1, 2, -1, 0.5, 3, -2, 0.25, 1], 4, 2);
    private static readonly double[] Labels = [1, 0, 1, 0];

    [Fact]
    public void OneStepAgreesWithTheArticleUpToRounding()
    {
        double[] start = [0.1, -0.2];

        var (weights, cost) = LogisticTrainer.UpdateWeights(Features, Labels, start, 0.5, 1, TestContext.Current.CancellationToken);

        var expected = (double[])start.Clone();
        for (var j = 0; j < 2; j++)
            expected[j] -= 0.5 * Enumerable.Range(0, 4).Sum(i => (Sigmoid(Margin(i, start)) - Labels[i]) * Features.Row(i)[j]) / 4;
        weights[0].ShouldBe(expected[0], 1e-16);
        weights[1].ShouldBe(expected[1], 1e-16);
        cost.ShouldBe(-Enumerable.Range(0, 4).Average(i => Math.Log(Labels[i] == 1 ? Sigmoid(Margin(i, expected)) : 1 - Sigmoid(Margin(i, expected)))), 1e-15);
    }

    [Fact]
    public void SingleStepsGiveTheSameWeightsAsOneCall()
    {
        var token = TestContext.Current.CancellationToken;
        double[] weights = [0.1, -0.2];
        for (var step = 0; step < 7; step++)
            weights = LogisticTrainer.UpdateWeights(Features, Labels, weights, 0.5, 1, token).Weights;

        LogisticTrainer.UpdateWeights(Features, Labels, [0.1, -0.2], 0.5, 7, token).Weights.ShouldBe(weights);
    }

    [Fact]
    public void UpdatingWeightsAcceptsLabelsOfOneClass()
    {
        var (weights, _) = LogisticTrainer.UpdateWeights(DesignMatrix.FromRows([2], 1, 1), [1], [0], 0.1, 1, TestContext.Current.CancellationToken);

        weights[0].ShouldBe(0.1, 1e-16);
    }

    [Fact]
    public void WithoutAToleranceAllIterationsRun()
    {
        var options = Options with { Tolerance = null, MaxIterations = 500, LearningRate = 0.01 };

        var training = LogisticTrainer.Train(Features, Labels, options, null, TestContext.Current.CancellationToken);

        training.Convergence.Iterations.ShouldBe(500);
        training.Convergence.Converged.ShouldBe(training.Convergence.GradientNorm <= 1e-8);
    }

    [Fact]
    public void OverflowingWeightsGiveAWarningAndStayFinite()
    {
        var options = Options with { LearningRate = 1e300, Penalty = Penalty.None, Standardize = false };
        var features = DesignMatrix.FromRows([1e10, 2, -1, 1e10, 3e10, -2e10, 0.25, 1], 4, 2);

        var training = LogisticTrainer.Train(features, Labels, options, null, TestContext.Current.CancellationToken);

        training.Convergence.Converged.ShouldBeFalse();
        // These few rows are also separated, which does not depend on the step.
        training.Convergence.Warnings.Select(warning => warning.Code).ShouldBe(["separation", "diverged"]);
        training.Model.Coefficients.ToArray().ShouldAllBe(value => double.IsFinite(value));
    }

    [Fact]
    public void UpdatingWeightsUntilTheyOverflowIsRefused()
    {
        var features = DesignMatrix.FromRows([1e10, 2, -1, 1e10, 3e10, -2e10, 0.25, 1], 4, 2);

        var problem = Should.Throw<UntrainableDataException>(() =>
            LogisticTrainer.UpdateWeights(features, Labels, [0, 0], 1e300, 5, TestContext.Current.CancellationToken));

        problem.Code.ShouldBe("diverged");
    }

    private static double Margin(int row, double[] weights) => Features.Row(row)[0] * weights[0] + Features.Row(row)[1] * weights[1];

    private static double Sigmoid(double margin) => 1 / (1 + Math.Exp(-margin));
}
