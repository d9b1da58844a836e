using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

/// <summary>Fits of more columns than <see cref="GramNewton"/> takes, over working sets.</summary>
[Trait("Speed", "Slow")]
public class ColumnNewtonTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>With duplicates of columns, constant columns, and rows of weight 0.</summary>
    [Fact]
    public void EveryCoefficientSatisfiesItsOptimalityCondition() =>
        Gen.Select(
            Gen.Int[8, 90], Gen.Int[512, 900], Gen.Double[0.01, 30], Gen.Int[0, 2].Select(i => new[] { 1, 0.5, 0.05 }[i]), Gen.Bool,
            Gen.Bool, Gen.Int[0, 10_000])
            .Sample((rows, columns, c, ratio, intercept, weighted, seed) =>
            {
                var (features, labels) = RandomData.Make(rows, columns, seed);
                for (var i = 0; i < rows; i++)
                {
                    var row = features.Row(i);
                    (row[7], row[8]) = (row[6], row[6]);
                    (row[20], row[21]) = (0, 3);
                }
                double[]? weights = weighted ? [.. Enumerable.Range(0, rows).Select(i => i is 0 || i == rows - 1 ? 1 : (seed + i) % 4 / 2.0)] : null;
                var options = Options(ratio) with { C = c, FitIntercept = intercept, Standardize = false, SampleWeight = weights, Tolerance = 1e-10 };

                var fit = LogisticTrainer.Fit(features, labels, options, null, Token);

                fit.Convergence.Converged.ShouldBeTrue();
                ShouldBeOptimal(features, labels, weights, fit.Model, c, ratio, intercept);
            }, iter: 60);

    /// <summary>Each step makes the strong rule discard nothing.</summary>
    [Theory]
    [InlineData(1.0, false)]
    [InlineData(1.0, true)]
    [InlineData(0.3, true)]
    public void EveryPointOfACoarseGridIsOptimal(double ratio, bool standardize)
    {
        var (features, labels) = RandomData.Make(80, 1500, 4);
        double[] cs = [1e-5, 0.1, 1, 10, 1000];

        var path = LogisticTrainer.Fit(features, labels, Options(ratio) with { Cs = cs, Standardize = standardize }, null, Token).Path!;

        path.Points[0].NonZero.ShouldBe(0);
        path.Points[^1].NonZero.ShouldBeGreaterThan(20);
        foreach (var point in path.Points)
        {
            point.Converged.ShouldBeTrue();
            if (!standardize)
                ShouldBeOptimal(features, labels, null, point.Model, point.C, ratio, intercept: true);
            var alone = LogisticTrainer.Fit(features, labels, Options(ratio) with { C = point.C, Standardize = standardize }, null, Token);
            point.Objective.ShouldBe(alone.Convergence.Objective, 1e-11 * alone.Convergence.Objective);
        }
    }

    /// <summary>The rows are separated, so the loss goes to 0 and its curvatures with it; about as many coefficients as rows are not 0.</summary>
    [Theory]
    [InlineData(1e4, true)]
    [InlineData(1e6, true)]
    [InlineData(1e6, false)]
    [InlineData(1e9, true)]
    public void AnAlmostUnpenalisedWideFitIsOptimal(double c, bool intercept)
    {
        var (features, labels) = RandomData.Make(60, 900, 8);

        var fit = LogisticTrainer.Fit(features, labels, Options(1) with { C = c, FitIntercept = intercept, Standardize = false }, null, Token);

        fit.Convergence.Converged.ShouldBeTrue(fit.Convergence.ToString());
        ShouldBeOptimal(features, labels, null, fit.Model, c, 1, intercept);
    }

    /// <summary>More coefficients than the old limit of 5000, all of them other than 0.</summary>
    [Fact]
    public void AllColumnsMayHaveACoefficientOtherThan0()
    {
        var (features, labels) = RandomData.Make(30, 5200, 6);
        var options = Options(0.0001) with { C = 1000, Standardize = false };

        var fit = LogisticTrainer.Fit(features, labels, options, null, Token);

        fit.Convergence.Converged.ShouldBeTrue();
        fit.Model.Coefficients.ToArray().Count(coefficient => coefficient != 0).ShouldBeGreaterThan(5000);
        ShouldBeOptimal(features, labels, null, fit.Model, 1000, 0.0001, intercept: true);
    }

    [Theory]
    [InlineData(Penalty.L2)]
    [InlineData(Penalty.ElasticNet)]
    public void WithoutL1TheOptimumIsThatOfTheOtherSolvers(Penalty penalty)
    {
        var (features, labels) = RandomData.Make(50, 700, 7);
        var options = new LogisticOptions { Penalty = penalty, L1Ratio = 0, Solver = Solver.CoordinateDescent, Tolerance = 1e-10 };

        var fit = LogisticTrainer.Fit(features, labels, options, null, Token);

        var lbfgs = LogisticTrainer.Fit(features, labels, options with { Penalty = Penalty.L2, Solver = Solver.Lbfgs }, null, Token);
        fit.Convergence.Converged.ShouldBeTrue();
        fit.Model.Coefficients.ToArray().ShouldBe(lbfgs.Model.Coefficients.ToArray(), 1e-8);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void EveryKindOfMatrixGivesTheSameFit(bool intercept, bool standardize)
    {
        var (dense, single, sparse, labels) = RandomData.MakeSparse(120, 800, 9);
        var streamed = new StreamedMatrix(dense.Rows, dense.Columns, (first, rows) =>
        {
            for (var i = 0; i < rows.Length / dense.Columns; i++)
                dense.Row(first + i).CopyTo(rows[(i * dense.Columns)..]);
        });
        var options = Options(1) with { Cs = [0.01, 0.3, 4], FitIntercept = intercept, Standardize = standardize, Threads = 1 };

        var fit = LogisticTrainer.Fit(dense, labels, options, null, Token);

        foreach (var (features, threads) in new (FeatureMatrix, int)[] { (dense, 3), (single, 1), (streamed, 1), (streamed, 2) })
        {
            var same = LogisticTrainer.Fit(features, labels, options with { Threads = threads }, null, Token);
            same.Path!.Points.Select(point => point.Objective).ShouldBe(fit.Path!.Points.Select(point => point.Objective));
            same.Model.Coefficients.ToArray().ShouldBe(fit.Model.Coefficients.ToArray());
            same.Convergence.Passes.ShouldBe(fit.Convergence.Passes);
        }
        var ofSparse = LogisticTrainer.Fit(sparse, labels, options, null, Token);
        ofSparse.Model.Coefficients.ToArray().ShouldBe(fit.Model.Coefficients.ToArray(), 1e-7);
        ofSparse.Path!.Points.Select(point => point.NonZero).ShouldBe(fit.Path!.Points.Select(point => point.NonZero));
        LogisticTrainer.Fit(sparse, labels, options with { Threads = 3 }, null, Token).Model.Coefficients.ToArray()
            .ShouldBe(ofSparse.Model.Coefficients.ToArray());
    }

    /// <summary>Enough work in each step for the threads to share it.</summary>
    [Fact]
    public void ALargeFitHasTheSameBitsOnAnyNumberOfThreads()
    {
        var (features, labels) = RandomData.Make(5000, 530, 3);
        var options = Options(1) with { Cs = [0.003, 0.1] };

        var fits = new[] { 1, 2, 5 }.Select(threads => LogisticTrainer.Fit(features, labels, options with { Threads = threads }, null, Token)).ToArray();

        foreach (var fit in fits[1..])
        {
            fit.Model.Coefficients.ToArray().ShouldBe(fits[0].Model.Coefficients.ToArray());
            fit.Convergence.Passes.ShouldBe(fits[0].Convergence.Passes);
        }
    }

    [Fact]
    public void AWidePathReadsTheMatrixAboutOnceForEachPoint()
    {
        var (features, labels) = RandomData.Make(100, 4000, 12);
        double[] cs = [.. Enumerable.Range(0, 30).Select(i => 0.02 * Math.Pow(1.15, i))];

        var fit = LogisticTrainer.Fit(features, labels, Options(1) with { Cs = cs, Tolerance = null }, null, Token);

        fit.Path!.Points.ShouldAllBe(point => point.Converged);
        fit.Convergence.Passes.ShouldBeLessThan(2.5 * cs.Length);
    }

    [Fact]
    public void ATooSmallNumberOfIterationsGivesAWarning()
    {
        var (features, labels) = RandomData.Make(60, 600, 5);

        var fit = LogisticTrainer.Fit(features, labels, Options(1) with { MaxIterations = 2 }, null, Token);

        fit.Convergence.Iterations.ShouldBe(2);
        fit.Convergence.Warnings.ShouldHaveSingleItem().Code.ShouldBe("max_iterations_reached");
    }

    [Fact]
    public void EachIterationIsReportedAndLowersTheLoss()
    {
        var (features, labels) = RandomData.Make(60, 600, 5);
        var reports = new List<FitProgress>();

        var fit = LogisticTrainer.Fit(features, labels, Options(1), reports.Add, Token);

        reports.Select(report => report.Iteration).ShouldBe(Enumerable.Range(0, fit.Convergence.Iterations + 1));
        reports.Zip(reports.Skip(1)).ShouldAllBe(pair => pair.Second.Loss <= pair.First.Loss + 1e-13);
        reports[^1].GradientNorm.ShouldBe(fit.Convergence.GradientNorm);
    }

    [Fact]
    public void AFitThatStartsAtItsOptimumStaysThere()
    {
        var (features, labels) = RandomData.Make(60, 600, 5);
        var optimum = LogisticTrainer.Fit(features, labels, Options(1), null, Token).Model;

        var again = LogisticTrainer.Fit(
            features, labels, Options(1) with { InitialWeights = optimum.Coefficients.ToArray(), InitialIntercept = optimum.Intercept }, null, Token);

        again.Convergence.Iterations.ShouldBeLessThanOrEqualTo(2);
        again.Model.Coefficients.ToArray().ShouldBe(optimum.Coefficients.ToArray(), 1e-9);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WithATolerance0AFitConverges(bool standardize)
    {
        var (features, labels) = RandomData.Make(60, 600, 5);

        var fit = LogisticTrainer.Fit(features, labels, Options(1) with { Tolerance = 0, Standardize = standardize }, null, Token);

        fit.Convergence.Warnings.ShouldBeEmpty();
        fit.Convergence.GradientNorm.ShouldBeLessThan(1e-13);
    }

    [Fact]
    public void AColumnWithNaNIsNamed()
    {
        var (features, labels) = RandomData.Make(60, 600, 5);
        features.Row(3)[500] = double.NaN;

        Should.Throw<UntrainableDataException>(() => LogisticTrainer.Fit(features, labels, Options(1) with { Standardize = false }, null, Token))
            .Message.ShouldStartWith("Row 3, column 500 is NaN;");
    }

    private static LogisticOptions Options(double ratio) => new()
    {
        Penalty = ratio == 1 ? Penalty.L1 : Penalty.ElasticNet,
        L1Ratio = ratio,
        Tolerance = 1e-9,
    };

    /// <summary>
    /// 0 ∈ ∂ of the mean objective means |g + l2·w + l1·sign w| = 0 if w ≠ 0, and |g| ≤ l1 if w = 0. This computes g by its definition.
    /// </summary>
    private static void ShouldBeOptimal(
        DesignMatrix features, double[] labels, double[]? rowWeights, LogisticModel model, double c, double ratio, bool intercept)
    {
        var total = rowWeights?.Sum() ?? labels.Length;
        var (l1, l2) = (ratio / (c * total), (1 - ratio) / (c * total));
        var (weights, gradient, slope) = (model.Coefficients.ToArray(), new double[features.Columns], 0.0);
        for (var i = 0; i < labels.Length; i++)
        {
            var row = features.Row(i);
            var margin = model.Intercept;
            for (var j = 0; j < weights.Length; j++)
                margin += weights[j] * row[j];
            var residual = (rowWeights?[i] ?? 1) * (1 / (1 + Math.Exp(-margin)) - labels[i]) / total;
            slope += residual;
            for (var j = 0; j < weights.Length; j++)
                gradient[j] += residual * row[j];
        }
        Math.Abs(intercept ? slope : 0).ShouldBeLessThan(1e-9);
        for (var j = 0; j < weights.Length; j++)
        {
            if (weights[j] != 0)
                (gradient[j] + l2 * weights[j] + l1 * Math.Sign(weights[j])).ShouldBe(0, 1e-8);
            else
                Math.Abs(gradient[j]).ShouldBeLessThanOrEqualTo(l1 + 1e-9);
        }
    }
}
