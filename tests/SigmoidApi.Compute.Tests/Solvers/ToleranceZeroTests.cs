using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

/// <summary>With a tolerance of 0 a fit converges when its gradient is only rounding.</summary>
[Trait("Speed", "Slow")]
public class ToleranceZeroTests
{
    public static TheoryData<Solver, Penalty, bool, int> Cases => new(
        from kind in new[]
        {
            (Solver.Newton, Penalty.None), (Solver.Newton, Penalty.L2), (Solver.Lbfgs, Penalty.None), (Solver.Lbfgs, Penalty.L2),
            (Solver.CoordinateDescent, Penalty.None),
            (Solver.Auto, Penalty.Firth), (Solver.CoordinateDescent, Penalty.L1), (Solver.CoordinateDescent, Penalty.ElasticNet),
            (Solver.CoordinateDescent, Penalty.L2),
        }
        from standardize in new[] { true, false }
        from rows in new[] { 8, 60, 5_000, 60_000 }
        select new TheoryDataRow<Solver, Penalty, bool, int>(kind.Item1, kind.Item2, standardize, rows));

    [Theory]
    [MemberData(nameof(Cases))]
    public void AFitConvergesWithoutAWarning(Solver solver, Penalty penalty, bool standardize, int rows)
    {
        var (features, labels) = rows == 8 ? Few() : RandomData.Make(rows, rows == 60_000 ? 20 : 4, 3);
        var options = new LogisticOptions { Solver = solver, Penalty = penalty, Standardize = standardize, Tolerance = 0 };

        var fit = Fit(features, labels, options);

        fit.Convergence.Warnings.ShouldBeEmpty();
        fit.Convergence.Converged.ShouldBeTrue();
        fit.Convergence.GradientNorm.ShouldBeLessThan(penalty == Penalty.Firth ? 1e-11 : 1e-13);
        fit.Convergence.Iterations.ShouldBeLessThan(200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void GradientDescentConvergesInTheEnd(bool standardize)
    {
        var (features, labels) = RandomData.Make(60, 2, 3);
        var options =
            new LogisticOptions { Solver = Solver.GradientDescent, Standardize = standardize, Tolerance = 0, LearningRate = 1, MaxIterations = 20_000 };

        var fit = Fit(features, labels, options);

        fit.Convergence.Warnings.ShouldBeEmpty();
        fit.Convergence.Iterations.ShouldBeLessThan(20_000);
    }

    [Theory]
    [InlineData(Solver.Newton)]
    [InlineData(Solver.Lbfgs)]
    [InlineData(Solver.CoordinateDescent)]
    public void SeparatedRowsDoNotConverge(Solver solver)
    {
        var features = DesignMatrix.FromRows([1, 2, 3, 4, 5, 6], 6, 1);

        var fit = Fit(features, [0, 0, 0, 1, 1, 1], new LogisticOptions { Solver = solver, Penalty = Penalty.None, Tolerance = 0 });

        fit.Convergence.Converged.ShouldBeFalse();
        fit.Convergence.Warnings.ShouldHaveSingleItem().Code.ShouldBe("separation");
        fit.Convergence.Iterations.ShouldBeLessThan(500);
        fit.Inference!.Coefficients[0].ShouldBeNull();
    }

    private static (DesignMatrix Features, double[] Labels) Few() => (DesignMatrix.FromRows([1, 2, 3, 4, 5, 6, 7, 8], 8, 1), [0, 1, 0, 0, 1, 0, 1, 1]);

    private static LogisticFit Fit(DesignMatrix features, double[] labels, LogisticOptions options) =>
        LogisticTrainer.Fit(features, labels, options, null, TestContext.Current.CancellationToken);
}
