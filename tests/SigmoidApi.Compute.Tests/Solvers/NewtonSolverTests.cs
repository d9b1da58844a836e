using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

public class NewtonSolverTests : SolverContract
{
    protected override LogisticOptions Options => new() { Solver = Solver.Newton, C = 0.5 };

    private static readonly LogisticOptions Unpenalized = new() { Solver = Solver.Newton, Penalty = Penalty.None };

    [Fact]
    public void CompleteSeparationGivesAWarningAndFiniteEstimates()
    {
        var training = Train([1, 2, 3, 4], 1, [0, 0, 1, 1], Unpenalized);

        ShouldBeSeparated(training);
        training.TrainingMetrics.Accuracy.ShouldBe(1);
        training.Model.Coefficients[0].ShouldBeGreaterThan(1);
    }

    [Fact]
    public void QuasiCompleteSeparationGivesAWarning()
    {
        // x₁ is 1 only where y is 1; within x₁ = 0 the classes overlap in x₂.
        double[] rows = [1, 0.3, 1, -1, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6];

        ShouldBeSeparated(Train(rows, 2, [1, 1, 0, 1, 0, 1, 0, 1], Unpenalized));
        ShouldBeSeparated(Train(rows, 2, [1, 1, 0, 1, 0, 1, 0, 1], Unpenalized with { Standardize = false }));
    }

    [Fact]
    public void QuasiCompleteSeparationByACombinationOfColumnsGivesAWarning()
    {
        // x₁ + x₂ = 3 for the last two rows, 0 for the others.
        double[] rows = [1, -1, 2, -2, 3, -3, 4, -4, 1, 2, 4, -1];

        ShouldBeSeparated(Train(rows, 2, [0, 1, 0, 1, 1, 1], Unpenalized));
    }

    [Fact]
    public void APenaltyMakesSeparatedDataConverge()
    {
        var training = Train([1, 2, 3, 4], 1, [0, 0, 1, 1], Unpenalized with { Penalty = Penalty.L2, C = 1e6 });

        training.Convergence.Converged.ShouldBeTrue();
        training.Convergence.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ACollinearColumnKeepsItsStartAndIsNamed(bool standardize)
    {
        double[] x = [1, 2, 3, 4, 5, 6, 7, 8];
        double[] labels = [0, 1, 0, 0, 1, 0, 1, 1];
        var rows = x.SelectMany(value => new[] { value, 3 - 2 * value }).ToArray();

        var training = Train(rows, 2, labels, Unpenalized with { Standardize = standardize });

        training.Convergence.Converged.ShouldBeTrue();
        var warning = training.Convergence.Warnings.ShouldHaveSingleItem();
        warning.Code.ShouldBe("collinear_columns");
        warning.Columns.ShouldBe([0, 1]);
        warning.Intercept.ShouldBeTrue();
        training.Model.Coefficients[1].ShouldBe(0);
        var alone = Train(x, 1, labels, Unpenalized);
        training.Model.Coefficients[0].ShouldBe(alone.Model.Coefficients[0], 1e-9);
        training.Convergence.Objective.ShouldBe(alone.Convergence.Objective, 1e-12);
    }

    [Fact]
    public void AConstantColumnIsNamedWithoutStandardizingToo()
    {
        var training = Train([1, 5, 2, 5, 3, 5, 4, 5], 2, [0, 1, 0, 1], Unpenalized with { Standardize = false });

        training.Convergence.Warnings.ShouldHaveSingleItem().Columns.ShouldBe([1]);
        training.Model.Coefficients[1].ShouldBe(0);
    }

    [Fact]
    public void WithAPenaltyCollinearColumnsGiveNoWarning()
    {
        var training = Train([1, 1, 2, 2, 3, 3, 4, 4], 2, [0, 1, 0, 1], new LogisticOptions());

        training.Convergence.Warnings.ShouldBeEmpty();
        training.Model.Coefficients[0].ShouldBe(training.Model.Coefficients[1], 1e-12);
    }

    [Fact]
    public void FewerRowsThanColumnsGiveNamedWarnings() =>
        Gen.Select(Gen.Int[2, 12], Gen.Int[1, 20], Gen.Bool, Gen.Int).Sample((n, more, standardize, seed) =>
        {
            var random = new Random(seed);
            var columns = n + more;
            var rows = Enumerable.Range(0, n * columns).Select(_ => random.NextDouble()).ToArray();
            var labels = Enumerable.Range(0, n).Select(i => (double)(i % 2)).ToArray();

            var training = Train(rows, columns, labels, Unpenalized with { Standardize = standardize });

            training.Convergence.Warnings.Select(warning => warning.Code).ShouldBe(["collinear_columns", "separation"]);
            training.Convergence.Warnings[0].Columns.Count.ShouldBe(columns);
            training.Convergence.Warnings[1].Columns.Count.ShouldBe(n - 1);
            training.Inference!.Coefficients.ShouldAllBe(coefficient => coefficient == null);
            training.Model.Coefficients.ToArray().ShouldAllBe(value => double.IsFinite(value));
            training.TrainingMetrics.Accuracy.ShouldBe(1);
        }, iter: 100);

    [Theory]
    [InlineData(1e-150, Penalty.None)]
    [InlineData(1e-150, Penalty.L2)]
    [InlineData(1e150, Penalty.None)]
    [InlineData(1e150, Penalty.L2)]
    [InlineData(1e-200, Penalty.None)]
    [InlineData(1e200, Penalty.None)]
    public void UnstandardizedColumnsOfExtremeScaleConverge(double unit, Penalty penalty)
    {
        double[] labels = [0, 1, 0, 0, 1, 0, 1, 1];
        var rows = Enumerable.Range(1, 8).Select(x => x * unit).ToArray();

        var training = Train(rows, 1, labels, Unpenalized with { Standardize = false, Penalty = penalty });

        training.Convergence.Converged.ShouldBeTrue();
        training.Convergence.Warnings.ShouldBeEmpty();
        if (penalty == Penalty.None)
        {
            var expected = Train([1, 2, 3, 4, 5, 6, 7, 8], 1, labels, Unpenalized);
            (training.Model.Coefficients[0] * unit).ShouldBe(expected.Model.Coefficients[0], 1e-9);
        }
    }

    [Fact]
    public void UnstandardizedColumnsWhoseSquaresExceedFloat64AreRefused()
    {
        var problem = Should.Throw<UntrainableDataException>(() =>
            Train([1e200, 3e200, 2e200, 4e200], 1, [0, 0, 1, 1], Unpenalized with { Standardize = false, Penalty = Penalty.L2 }));

        problem.Code.ShouldBe("numeric_range_exceeded");
    }

    [Theory]
    [InlineData(30)]
    [InlineData(-800)]
    public void AStartWhereEveryRowIsSaturatedStillFindsTheOptimum(double weight)
    {
        double[] rows = [1, 2, 3, 4, 5, 6, 7, 8];
        double[] labels = [0, 1, 0, 0, 1, 0, 1, 1];

        var training = Train(rows, 1, labels, Unpenalized with { InitialWeights = [weight], MaxIterations = 10_000 });

        training.Convergence.Warnings.ShouldBeEmpty();
        training.Convergence.Converged.ShouldBeTrue();
        training.Model.Coefficients[0].ShouldBe(Train(rows, 1, labels, Unpenalized).Model.Coefficients[0], 1e-8);
    }

    [Fact]
    public void TooManyColumnsForAHessianAreRefused()
    {
        var problem = Should.Throw<UntrainableDataException>(() => Train(new double[2 * 5000], 5000, [0, 1], Unpenalized));

        problem.Code.ShouldBe("too_many_columns");
        problem.Message.ShouldContain("5001");
    }

    [Fact]
    public void AToleranceBelowRoundingEndsWithoutConverging()
    {
        var training = Train([1, 2, 3, 4, 5, 6, 7, 8], 1, [0, 1, 0, 0, 1, 0, 1, 1], Unpenalized with { Tolerance = 0, MaxIterations = 50 });

        training.Convergence.GradientNorm.ShouldBeLessThan(1e-15);
        training.Convergence.Warnings.ShouldAllBe(warning => warning.Code == "max_iterations_reached" || warning.Code == "line_search_failed");
    }

    private static LogisticTraining Train(double[] rows, int columns, double[] labels, LogisticOptions options) =>
        LogisticTrainer.Train(DesignMatrix.FromRows(rows, labels.Length, columns), labels, options, null, TestContext.Current.CancellationToken);

    private static void ShouldBeSeparated(LogisticTraining training)
    {
        training.Convergence.Converged.ShouldBeFalse();
        training.Convergence.Warnings.ShouldHaveSingleItem().Code.ShouldBe("separation");
        training.Model.Coefficients.ToArray().ShouldAllBe(value => double.IsFinite(value));
        double.IsFinite(training.Convergence.Objective).ShouldBeTrue();
    }
}
