using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Regression;

/// <summary>A fit without an intercept: no column is centred, so that there is no intercept in original units either.</summary>
public class WithoutInterceptTests
{
    private static readonly LogisticOptions Options = new() { FitIntercept = false, Penalty = Penalty.None, Tolerance = 1e-11 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Solver.Newton, true)]
    [InlineData(Solver.Newton, false)]
    [InlineData(Solver.Lbfgs, true)]
    [InlineData(Solver.Lbfgs, false)]
    [InlineData(Solver.CoordinateDescent, true)]
    [InlineData(Solver.CoordinateDescent, false)]
    public void EstimatesAndErrorsAreThoseOfUnscaledRows(Solver solver, bool standardize)
    {
        var (rows, labels) = Rows();
        var (estimates, covariance) = PlainNewton.Fit(rows, labels, [.. labels.Select(_ => 1.0)]);

        var fit = LogisticTrainer.Train(Matrix(rows), labels, Options with { Solver = solver, Standardize = standardize }, null, Token);

        (fit.Model.Intercept, fit.StandardizedIntercept).ShouldBe((0.0, 0.0));
        double.IsNegative(fit.Model.Intercept).ShouldBeFalse();
        fit.Convergence.Warnings.ShouldBeEmpty();
        fit.Inference!.Intercept.ShouldBeNull();
        for (var j = 0; j < estimates.Length; j++)
        {
            var error = Math.Sqrt(covariance[j][j]);
            fit.Model.Coefficients[j].ShouldBe(estimates[j], 1e-8 * error);
            fit.Inference.Coefficients[j]!.StandardError.ShouldBe(error, 1e-8 * error);
            fit.StandardizedCoefficients[j].ShouldBe(estimates[j] * RootMeanSquare(rows, j), 1e-8);
        }
    }

    [Fact]
    public void GradientDescentHasNoInterceptEither()
    {
        var (rows, labels) = Rows();
        var options = Options with { Solver = Solver.GradientDescent, LearningRate = 1, MaxIterations = 20_000, Tolerance = 1e-12 };

        var fit = LogisticTrainer.Fit(Matrix(rows), labels, options, null, Token);

        var (estimates, _) = PlainNewton.Fit(rows, labels, [.. labels.Select(_ => 1.0)]);
        fit.Model.Intercept.ShouldBe(0);
        for (var j = 0; j < estimates.Length; j++)
            fit.Model.Coefficients[j].ShouldBe(estimates[j], 1e-8);
    }

    [Theory]
    [InlineData(Penalty.L1)]
    [InlineData(Penalty.L2)]
    [InlineData(Penalty.ElasticNet)]
    public void APenaltyIsOnColumnsScaledAboutZero(Penalty penalty)
    {
        var (rows, labels) = Rows();
        var scales = Enumerable.Range(0, rows[0].Length).Select(j => RootMeanSquare(rows, j)).ToArray();
        var options = Options with { Penalty = penalty, C = 0.1 };

        var fit = LogisticTrainer.Fit(Matrix(rows), labels, options, null, Token);

        var scaled = LogisticTrainer.Fit(Matrix([.. rows.Select(row => row.Zip(scales, (x, scale) => x / scale).ToArray())]), labels,
            options with { Standardize = false }, null, Token);
        fit.Model.Intercept.ShouldBe(0);
        for (var j = 0; j < scales.Length; j++)
            (fit.Model.Coefficients[j] * scales[j]).ShouldBe(scaled.Model.Coefficients[j], 1e-8);
    }

    [Fact]
    public void AConstantColumnActsAsAnIntercept()
    {
        var (rows, labels) = Rows();
        double[][] constant = [.. rows.Select(row => (double[])[.. row, 5])];

        var fit = LogisticTrainer.Fit(Matrix(constant), labels, Options, null, Token);

        var expected = LogisticTrainer.Fit(Matrix(rows), labels, Options with { FitIntercept = true }, null, Token);
        fit.Convergence.Warnings.ShouldBeEmpty();
        (5 * fit.Model.Coefficients[2]).ShouldBe(expected.Model.Intercept, 1e-8);
        (5 * fit.Inference!.Coefficients[2]!.StandardError).ShouldBe(expected.Inference!.Intercept!.StandardError, 1e-8);
    }

    [Fact]
    public void DenseAndSparseRowsAreScaledAlike()
    {
        var (dense, single, sparse, labels) = RandomData.MakeSparse(500, 6, seed: 5);

        var expected = LogisticTrainer.Fit(dense, labels, Options, null, Token);

        foreach (var features in new FeatureMatrix[] { single, sparse })
        {
            var fit = LogisticTrainer.Fit(features, labels, Options, null, Token);
            fit.Model.Intercept.ShouldBe(0);
            for (var j = 0; j < 6; j++)
            {
                fit.Model.Coefficients[j].ShouldBe(expected.Model.Coefficients[j], 1e-9);
                fit.Inference!.Coefficients[j]!.StandardError.ShouldBe(expected.Inference!.Coefficients[j]!.StandardError, 1e-9);
            }
        }
    }

    [Fact]
    public void MissingNumbersStillGetTheMean()
    {
        var (rows, labels) = Rows();
        var table = new FeatureTable(rows.Length, [new FeatureColumn("a", null), new FeatureColumn("b", null)], Matrix(rows), hasMissing: false);

        var fit = LogisticTrainer.Train(table, [new(), new()], labels, Options, null, Token);

        var fill = fit.Preparation!.Columns[0].ShouldBeOfType<FittedNumber>().Fill;
        fill.ShouldBe(rows.Average(row => row[0]), 1e-12);
    }

    [Theory]
    [InlineData(1e160)]
    [InlineData(1e-160)]
    public void SquaresOfColumnsNeitherOverflowNorVanish(double unit)
    {
        var (rows, labels) = Rows();
        var expected = LogisticTrainer.Fit(Matrix(rows), labels, Options, null, Token);

        var fit = LogisticTrainer.Fit(Matrix([.. rows.Select(row => row.Select(x => x * unit).ToArray())]), labels, Options, null, Token);

        (fit.Model.Coefficients[0] * unit).ShouldBe(expected.Model.Coefficients[0], 1e-9);
    }

    /// <summary>Columns whose means are large compared with their deviations.</summary>
    private static (double[][] Rows, double[] Labels) Rows()
    {
        var random = new Random(3);
        double[][] rows = [.. Enumerable.Range(0, 120).Select(_ => new[] { 3 + random.NextDouble(), 2 * random.NextDouble() - 5 })];
        return (rows, [.. rows.Select(row => random.NextDouble() < 1 / (1 + Math.Exp(-row[0] - 0.8 * row[1])) ? 1.0 : 0)]);
    }

    private static double RootMeanSquare(double[][] rows, int column) => Math.Sqrt(rows.Average(row => row[column] * row[column]));

    private static DesignMatrix Matrix(double[][] rows) => DesignMatrix.FromRows([.. rows.SelectMany(row => row)], rows.Length, rows[0].Length);
}
