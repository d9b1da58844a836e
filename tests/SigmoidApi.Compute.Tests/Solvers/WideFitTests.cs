using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

/// <summary>Dense fits of so many numbers and columns that most passes read float32 rows. The optimum, and every bit of it, must not show that.</summary>
[Trait("Speed", "Slow")]
public class WideFitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(270, 4000, Solver.Lbfgs, 1)]
    [InlineData(1100, 1000, Solver.Lbfgs, 1)]
    [InlineData(1100, 1000, Solver.Lbfgs, 1e-3)]
    [InlineData(1100, 1000, Solver.Lbfgs, 1000)]
    [InlineData(6000, 300, Solver.Lbfgs, 1)]
    [InlineData(6000, 300, Solver.Newton, 1)]
    [InlineData(6000, 300, Solver.Newton, 1000)]
    public void TheOptimumIsTheExactOne(int rows, int columns, Solver solver, double c)
    {
        var (features, labels) = RandomData.Make(rows, columns, seed: rows);

        ShouldBeOptimal(features, labels, new LogisticOptions { Solver = solver, C = c });
        ShouldBeOptimal(features, labels, new LogisticOptions { Solver = solver, C = c, Standardize = false, FitIntercept = false });
    }

    /// <summary>Some of them are beyond what float32 can hold.</summary>
    [Theory]
    [InlineData(1e-3, 0)]
    [InlineData(1e3, 0)]
    [InlineData(1e-10, 0)]
    [InlineData(1e-30, 0)]
    [InlineData(1e-200, 0)]
    [InlineData(1, 1e6)]
    [InlineData(1e-9, 1e6)]
    public void ColumnsInOddUnitsGetTheExactOptimum(double unit, double offset)
    {
        var (features, labels) = RandomData.Make(2100, 500, seed: 3);
        for (var i = 0; i < features.Rows; i++)
        {
            features.Row(i)[7] = features.Row(i)[7] * unit + offset;
            features.Row(i)[8] /= unit;
        }

        ShouldBeOptimal(features, labels, new LogisticOptions { Solver = Solver.Lbfgs });
        if (offset == 0 && unit > 1e-20)
            ShouldBeOptimal(features, labels, new LogisticOptions { Solver = Solver.Lbfgs, Standardize = false, MaxIterations = 1000 });
    }

    [Fact]
    public void DependentColumnsGetTheExactOptimum()
    {
        var (features, labels) = RandomData.Make(4500, 300, seed: 4);
        for (var i = 0; i < features.Rows; i++)
        {
            var row = features.Row(i);
            row[10] = 3 * row[11];
            row[12] = row[13] + row[14];
            row[15] = 5;
        }

        foreach (var solver in new[] { Solver.Newton, Solver.Lbfgs })
            ShouldBeOptimal(features, labels, new LogisticOptions { Solver = solver });
    }

    [Theory]
    [InlineData(Solver.Newton)]
    [InlineData(Solver.Lbfgs)]
    public void RowsOfWeightZeroDoNotCount(Solver solver)
    {
        var (features, labels) = RandomData.Make(6000, 300, seed: 5);
        double[] weights = [.. Enumerable.Range(0, 6000).Select(i => i % 3 == 0 ? 0 : 0.5 + i % 4)];
        int[] kept = [.. Enumerable.Range(0, 6000).Where(i => weights[i] > 0)];
        var options = new LogisticOptions { Solver = solver, Tolerance = 1e-9 };

        var whole = LogisticTrainer.Fit(features, labels, options with { SampleWeight = weights }, null, Token);
        var selected = LogisticTrainer.Fit(
            features.Select(kept), [.. kept.Select(i => labels[i])], options with { SampleWeight = [.. kept.Select(i => weights[i])] }, null, Token);

        whole.Convergence.Converged.ShouldBeTrue();
        whole.Model.Coefficients.ToArray().ShouldBe(selected.Model.Coefficients.ToArray(), 1e-8);
    }

    [Theory]
    [InlineData(Solver.Newton, 1e-8)]
    [InlineData(Solver.Lbfgs, 1e-8)]
    [InlineData(Solver.Lbfgs, 0)]
    public void ThreadsAndStorageDoNotChangeABit(Solver solver, double tolerance)
    {
        var (features, labels) = RandomData.Make(6001, 300, seed: 6);
        var single = new SingleMatrix(features.Rows, features.Columns);
        for (var i = 0; i < features.Rows; i++)
        {
            for (var j = 0; j < features.Columns; j++)
                features.Row(i)[j] = single.Row(i)[j] = (float)features.Row(i)[j];
        }
        var streamed = new StreamedMatrix(features.Rows, features.Columns, (first, rows) =>
        {
            for (var i = 0; i < rows.Length / features.Columns; i++)
                features.Row(first + i).CopyTo(rows[(i * features.Columns)..]);
        });
        var options = new LogisticOptions { Solver = solver, Tolerance = tolerance, Threads = 1 };

        var expected = LogisticTrainer.Train(features, labels, options, null, Token);

        foreach (var (matrix, threads) in new (FeatureMatrix, int)[] { (features, 2), (features, 5), (single, 1), (streamed, 2) })
        {
            var actual = LogisticTrainer.Train(matrix, labels, options with { Threads = threads }, null, Token);
            actual.Model.Intercept.ShouldBe(expected.Model.Intercept);
            actual.Model.Coefficients.ToArray().ShouldBe(expected.Model.Coefficients.ToArray());
            actual.Convergence.Objective.ShouldBe(expected.Convergence.Objective);
            actual.Convergence.Passes.ShouldBe(expected.Convergence.Passes);
        }
    }

    /// <summary>Few iterations may end where f is only known from float32 rows; the objective reported must be exact all the same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void AFitThatEndsEarlyReportsTheExactObjective(int iterations)
    {
        var (features, labels) = RandomData.Make(1100, 1000, seed: 7);
        var options = new LogisticOptions { Solver = Solver.Lbfgs, MaxIterations = iterations, Standardize = false };

        var fit = LogisticTrainer.Fit(features, labels, options, null, Token);

        fit.Convergence.Converged.ShouldBeFalse();
        fit.Convergence.Objective.ShouldBe(Objective(fit.Model, features, labels, options.C), 1e-12 * fit.Convergence.Objective);
    }

    private static void ShouldBeOptimal(DesignMatrix features, double[] labels, LogisticOptions options)
    {
        var fit = LogisticTrainer.Fit(features, labels, options, null, Token);

        // Neither reads float32 rows: Newton's method on few rows for each column, and a sparse matrix.
        var isFew = features.Columns <= 1000 && features.Rows < 16 * features.Columns;
        var exact = isFew
            ? LogisticTrainer.Fit(features, labels, options with { Solver = Solver.Newton, Tolerance = 1e-10 }, null, Token)
            : LogisticTrainer.Fit(
                Sparse(features), labels, options with { Solver = Solver.Lbfgs, Tolerance = 1e-10, MaxIterations = 5000 }, null, Token);
        fit.Convergence.Converged.ShouldBeTrue(fit.Convergence.ToString());
        fit.Convergence.Objective.ShouldBe(exact.Convergence.Objective, 1e-12 * exact.Convergence.Objective);
        var scaling = options.Standardize ? StandardScaling.Fit(features, options.SampleWeight, crew: null, Token) : null;
        var expected = InUnitsOfTheFit(exact.Model);
        InUnitsOfTheFit(fit.Model).ShouldBe(expected, 1e-6 * (1 + expected.Max(Math.Abs)));

        double[] InUnitsOfTheFit(LogisticModel model) =>
            scaling?.ToStandardized(model.Intercept, model.Coefficients).Coefficients ?? [.. model.Coefficients];
    }

    private static SparseMatrix Sparse(DesignMatrix features)
    {
        var (rows, columns) = (features.Rows, features.Columns);
        return new SparseMatrix(
            [.. Enumerable.Range(0, rows + 1).Select(i => (long)i * columns)],
            [.. Enumerable.Range(0, rows).SelectMany(_ => Enumerable.Range(0, columns))],
            [.. Enumerable.Range(0, rows).SelectMany(i => features.Row(i).ToArray())],
            columns);
    }

    private static double Objective(LogisticModel model, DesignMatrix features, double[] labels, double c)
    {
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            var margin = model.Intercept;
            for (var j = 0; j < features.Columns; j++)
                margin += features.Row(i)[j] * model.Coefficients[j];
            sum += Math.Log(1 + Math.Exp(labels[i] > 0 ? -margin : margin));
        }
        return c * sum + model.Coefficients.ToArray().Sum(w => w * w) / 2;
    }
}
