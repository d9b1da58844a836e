using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

[Trait("Speed", "Slow")]
public class CoordinateDescentTests : SolverContract
{
    protected override LogisticOptions Options => new() { Solver = Solver.CoordinateDescent, C = 0.5, Tolerance = 1e-11 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// 0 ∈ ∂ of the mean objective means |g + l2·w + l1·sign w| = 0 if w ≠ 0, and |g| ≤ l1 if w = 0. The test computes g by its definition.
    /// </summary>
    [Fact]
    public void AtTheElasticNetsOptimumEveryCoefficientSatisfiesItsOptimalityCondition() =>
        Gen.Select(Gen.Int[5, 120], Gen.Int[1, 14], Gen.Double[0.02, 3], Gen.Int[0, 2].Select(i => new[] { 1, 0.5, 0.05 }[i]), Gen.Bool, Gen.Int[0, 10_000])
            .Sample((rows, columns, c, ratio, intercept, seed) =>
            {
                var (features, labels) = RandomData.Make(rows, columns, seed);
                var options = new LogisticOptions
                {
                    Penalty = ratio == 1 ? Penalty.L1 : Penalty.ElasticNet,
                    L1Ratio = ratio,
                    C = c,
                    FitIntercept = intercept,
                    Standardize = false,
                    Tolerance = 1e-10,
                };

                var fit = LogisticTrainer.Fit(features, labels, options, null, Token);

                fit.Convergence.Converged.ShouldBeTrue();
                var (l1, l2) = (ratio / (c * rows), (1 - ratio) / (c * rows));
                var (weights, gradient, slope) = (fit.Model.Coefficients.ToArray(), new double[columns], 0.0);
                for (var i = 0; i < rows; i++)
                {
                    var row = features.Row(i);
                    var margin = fit.Model.Intercept;
                    for (var j = 0; j < columns; j++)
                        margin += weights[j] * row[j];
                    var residual = (1 / (1 + Math.Exp(-margin)) - labels[i]) / rows;
                    slope += residual;
                    for (var j = 0; j < columns; j++)
                        gradient[j] += residual * row[j];
                }
                Math.Abs(intercept ? slope : 0).ShouldBeLessThan(1e-9);
                for (var j = 0; j < columns; j++)
                {
                    if (weights[j] != 0)
                        (gradient[j] + l2 * weights[j] + l1 * Math.Sign(weights[j])).ShouldBe(0, 1e-8);
                    else
                        Math.Abs(gradient[j]).ShouldBeLessThanOrEqualTo(l1 + 1e-9);
                }
            }, iter: 200);

    [Fact]
    public void WithAPenaltyStrongEnoughEveryCoefficientIsExactly0()
    {
        var (features, labels) = RandomData.Make(80, 6, 3);

        var fit = LogisticTrainer.Fit(features, labels, new LogisticOptions { Penalty = Penalty.L1, C = 1e-4 }, null, Token);

        fit.Model.Coefficients.ToArray().ShouldAllBe(coefficient => coefficient == 0);
        var positive = labels.Average();
        fit.Model.Intercept.ShouldBe(Math.Log(positive / (1 - positive)), 1e-9);
    }

    [Fact]
    public void SeparatedDataHaveAFiniteOptimumUnderL1()
    {
        var features = DesignMatrix.FromRows([1, 2, 3, 4], 4, 1);

        var fit = LogisticTrainer.Fit(features, [0, 0, 1, 1], new LogisticOptions { Penalty = Penalty.L1, C = 100 }, null, Token);

        fit.Convergence.Converged.ShouldBeTrue();
        fit.Convergence.Warnings.ShouldBeEmpty();
    }
}
