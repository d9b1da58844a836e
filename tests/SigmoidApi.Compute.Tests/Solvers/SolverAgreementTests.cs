using CsCheck;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

/// <summary>Compares the solvers with each other on random problems.</summary>
[Trait("Speed", "Slow")]
public class SolverAgreementTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void AllSolversFindTheSameOptimum() =>
        Gen.Select(Gen.Int[5, 150], Gen.Int[1, 12], Gen.Double[0.01, 10], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 10_000])
            .Sample((rows, columns, c, intercept, standardize, weighted, seed) =>
            {
                var (features, labels) = RandomData.Make(rows, columns, seed);
                var options = new LogisticOptions
                {
                    C = c,
                    FitIntercept = intercept,
                    Standardize = standardize,
                    Tolerance = 1e-11,
                    MaxIterations = 5000,
                    SampleWeight = weighted ? [.. Enumerable.Range(0, rows).Select(i => 0.5 + i % 4)] : null,
                    ClassWeight = weighted ? ClassWeight.Balanced : null,
                };

                var fits = new[] { Solver.Newton, Solver.Lbfgs, Solver.CoordinateDescent }
                    .Select(solver => LogisticTrainer.Fit(features, labels, options with { Solver = solver }, null, Token)).ToArray();

                fits.ShouldAllBe(fit => fit.Convergence.Converged);
                foreach (var fit in fits[1..])
                {
                    fit.Convergence.Objective.ShouldBe(fits[0].Convergence.Objective, 1e-12 * fits[0].Convergence.Objective);
                    for (var j = 0; j < columns; j++)
                        fit.Model.Coefficients[j].ShouldBe(fits[0].Model.Coefficients[j], 1e-7 * (1 + Math.Abs(fits[0].Model.Coefficients[j])));
                }
            }, iter: 150);

    /// <summary>The data are large enough to start on parts of the rows and to reuse a Hessian. The result must be that of the other solvers.</summary>
    [Theory]
    [InlineData(40_000, 30, false)]
    [InlineData(40_000, 30, true)]
    [InlineData(12_000, 100, false)]
    public void NewtonByPartsFindsTheSameOptimum(int rows, int columns, bool sorted)
    {
        var (features, labels) = RandomData.Make(rows, columns, seed: 5);
        if (sorted)
        {
            var order = Enumerable.Range(0, rows).OrderBy(i => labels[i]).ToArray();
            (features, labels) = (features.Select(order), [.. order.Select(i => labels[i])]);
        }
        var options = new LogisticOptions { Standardize = false };

        var byParts = LogisticTrainer.Fit(features, labels, options with { Solver = Solver.Newton }, null, Token);
        var lbfgs = LogisticTrainer.Fit(features, labels, options with { Solver = Solver.Lbfgs, Tolerance = 1e-10 }, null, Token);

        byParts.Convergence.Converged.ShouldBeTrue();
        byParts.Convergence.Passes.ShouldBeLessThan(12, byParts.Convergence.ToString());
        byParts.Convergence.Objective.ShouldBe(lbfgs.Convergence.Objective, 1e-13 * lbfgs.Convergence.Objective);
        byParts.Model.Coefficients.ToArray().ShouldBe(lbfgs.Model.Coefficients.ToArray(), 1e-7);
    }

    [Theory]
    [InlineData(Solver.Newton, Penalty.L2)]
    [InlineData(Solver.Lbfgs, Penalty.L2)]
    [InlineData(Solver.CoordinateDescent, Penalty.L1)]
    public void AFitHasTheSameBitsOnAnyNumberOfThreads(Solver solver, Penalty penalty)
    {
        var (features, labels) = RandomData.Make(40_000, 30, seed: 8);
        var options = new LogisticOptions { Solver = solver, Penalty = penalty };

        var fits = new[] { 1, 2, 5 }.Select(threads => LogisticTrainer.Fit(features, labels, options with { Threads = threads }, null, Token)).ToArray();

        foreach (var fit in fits[1..])
        {
            fit.Model.Intercept.ShouldBe(fits[0].Model.Intercept);
            fit.Model.Coefficients.ToArray().ShouldBe(fits[0].Model.Coefficients.ToArray());
            fit.Convergence.Objective.ShouldBe(fits[0].Convergence.Objective);
        }
    }

    [Theory]
    [InlineData(Solver.Newton, Penalty.None)]
    [InlineData(Solver.Lbfgs, Penalty.L2)]
    [InlineData(Solver.CoordinateDescent, Penalty.L1)]
    public void SparseAndFloat32RowsGiveTheSameFitAsDenseRows(Solver solver, Penalty penalty)
    {
        var (dense, single, sparse, labels) = RandomData.MakeSparse(rows: 400, columns: 12, seed: 4);
        foreach (var standardize in new[] { true, false })
        {
            var options = new LogisticOptions { Solver = solver, Penalty = penalty, Standardize = standardize, Tolerance = 1e-11 };

            var expected = LogisticTrainer.Train(dense, labels, options, null, Token);
            var ofFloat32 = LogisticTrainer.Train(single, labels, options, null, Token);
            var ofSparse = LogisticTrainer.Train(sparse, labels, options, null, Token);

            expected.Convergence.Converged.ShouldBeTrue();
            ofFloat32.Model.Coefficients.ToArray().ShouldBe(expected.Model.Coefficients.ToArray());
            ofSparse.Model.Coefficients.ToArray().ShouldBe(expected.Model.Coefficients.ToArray(), 1e-7);
            ofSparse.Convergence.Objective.ShouldBe(expected.Convergence.Objective, 1e-11 * expected.Convergence.Objective);
            ofSparse.TrainingMetrics.LogLoss.ShouldBe(expected.TrainingMetrics.LogLoss, 1e-8);
        }
    }
}
