using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Tests.Objectives;

public class LogisticObjectiveTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private sealed record Case(DesignMatrix Features, double[] Labels, bool FitIntercept, bool Standardize, double Penalty, double[] Parameters)
    {
        public LogisticObjective Objective() =>
            new(Features, Labels, Standardize ? StandardScaling.Fit(Features, null, null, Token) : null, FitIntercept, Penalty);
    }

    private static readonly Gen<Case> Cases =
        from rows in Gen.Int[2, 80]
        from columns in Gen.Int[1, 18]
        from intercept in Gen.Bool
        from standardize in Gen.Bool
        from penalty in Gen.Bool.Select(penalized => penalized ? 0.3 : 0)
        from seed in Gen.Int
        select Make(rows, columns, intercept, standardize, penalty, seed);

    [Fact]
    public void GradientMatchesFiniteDifferences() => Cases.Sample(data =>
    {
        var objective = data.Objective();
        var gradient = new double[objective.Dimension];
        var unused = new double[objective.Dimension];
        objective.Evaluate(data.Parameters, gradient, Token);
        for (var j = 0; j < gradient.Length; j++)
        {
            var difference = Difference(data.Parameters, j, at => objective.Evaluate(at, unused, Token));
            gradient[j].ShouldBe(difference, 1e-8 + 1e-7 * Math.Abs(difference));
        }
    }, iter: 200);

    [Fact]
    public void HessianMatchesFiniteDifferencesOfTheGradient() => Cases.Sample(data =>
    {
        var objective = data.Objective();
        var gradient = new double[objective.Dimension];
        var hessian = new SymmetricMatrix(objective.Dimension);
        objective.Evaluate(data.Parameters, gradient, Token);
        objective.Hessian(data.Parameters, hessian, Token);
        for (var i = 0; i < hessian.Order; i++)
        {
            for (var j = 0; j < hessian.Order; j++)
            {
                var difference = Difference(data.Parameters, j, at =>
                {
                    objective.Evaluate(at, gradient, Token);
                    return gradient[i];
                });
                hessian[i, j].ShouldBe(difference, 1e-8 + 1e-7 * Math.Abs(difference));
            }
        }
    }, iter: 100);

    [Theory]
    [InlineData(3, false)]
    [InlineData(28, true)]
    [InlineData(70, false)]
    [InlineData(300, true)]
    public void BitsDoNotDependOnTheNumberOfThreads(int columns, bool standardize)
    {
        var data = Make(3000, columns, intercept: true, standardize, penalty: 0.1, seed: columns);
        var subset = Enumerable.Range(0, columns + 1).Where(j => j % 3 == 0).ToArray();

        var results = new[] { 1, 2, 3, 8 }.Select(threads =>
        {
            using var crew = new ThreadCrew(threads);
            var scaling = standardize ? StandardScaling.Fit(data.Features, null, crew, Token) : null;
            var rows = DesignRows.Of(data.Features, scaling, data.FitIntercept, crew);
            var objective = new LogisticObjective(rows, new RowLabels(data.Labels, Weights: null), data.Penalty);
            var gradient = new double[objective.Dimension];
            var (hessian, part) = (new SymmetricMatrix(objective.Dimension), new SymmetricMatrix(subset.Length));
            var value = objective.Evaluate(data.Parameters, gradient, Token);
            objective.Hessian(data.Parameters, hessian, Token);
            objective.Hessian(data.Parameters, part, Token, every: 2, subset);
            var (diagonal, largestMargin) = (objective.HessianDiagonal(Token), objective.LargestMargin(data.Parameters, Token));
            return (double[])[value, .. gradient, .. Upper(hessian), .. Upper(part), .. diagonal, largestMargin];
        }).ToArray();

        results[1..].ShouldAllBe(result => result.SequenceEqual(results[0]));
    }

    [Fact]
    public void RowOfWeight2CountsTwiceAndRowOfWeight0NotAtAll() => Cases.Sample(data =>
    {
        var weights = Enumerable.Range(0, data.Features.Rows).Select(i => (double)(i % 3)).ToArray();
        weights[0] = 2;
        var repeated = Enumerable.Range(0, weights.Length).SelectMany(i => Enumerable.Repeat(i, (int)weights[i])).ToArray();
        var copy = data.Features.Select(repeated);
        var expected = new LogisticObjective(copy, [.. repeated.Select(i => data.Labels[i])],
            data.Standardize ? StandardScaling.Fit(copy, null, null, Token) : null, data.FitIntercept, data.Penalty);
        var scaling = data.Standardize ? StandardScaling.Fit(data.Features, weights, null, Token) : null;
        var rows = DesignRows.Of(data.Features, scaling, data.FitIntercept, new ThreadCrew());
        var weighted = new LogisticObjective(rows, new RowLabels(data.Labels, weights), data.Penalty);
        var (gradient, expectedGradient) = (new double[expected.Dimension], new double[expected.Dimension]);
        var (hessian, expectedHessian) = (new SymmetricMatrix(expected.Dimension), new SymmetricMatrix(expected.Dimension));

        weighted.TotalWeight.ShouldBe(repeated.Length);
        weighted.Evaluate(data.Parameters, gradient, Token).ShouldBe(expected.Evaluate(data.Parameters, expectedGradient, Token), 1e-12);
        weighted.Hessian(data.Parameters, hessian, Token);
        expected.Hessian(data.Parameters, expectedHessian, Token);
        for (var i = 0; i < gradient.Length; i++)
        {
            gradient[i].ShouldBe(expectedGradient[i], 1e-11);
            for (var j = 0; j < gradient.Length; j++)
                hessian[i, j].ShouldBe(expectedHessian[i, j], 1e-11);
        }
    }, iter: 100);

    [Fact]
    public void SparseSingleAndDenseRowsGiveTheSameSums() => Cases.Sample(data =>
    {
        var dense = data.Features.Select([.. Enumerable.Range(0, data.Features.Rows)]);
        for (var i = 0; i < dense.Rows; i++)
        {
            for (var j = 0; j < dense.Columns; j++)
                dense.Row(i)[j] = (i + j) % 3 == 0 ? (float)dense.Row(i)[j] : 0;
        }
        var weights = Enumerable.Range(0, dense.Rows).Select(i => 1.0 + i % 2).ToArray();
        var subset = Enumerable.Range(0, data.Parameters.Length).Where(j => j % 2 == 0).ToArray();

        var results = new FeatureMatrix[] { dense, ToSingle(dense), ToSparse(dense) }.Select(matrix =>
        {
            var scaling = data.Standardize ? StandardScaling.Fit(matrix, weights, null, Token) : null;
            var rows = DesignRows.Of(matrix, scaling, data.FitIntercept, new ThreadCrew());
            var objective = new LogisticObjective(rows, new RowLabels(data.Labels, weights), data.Penalty);
            var gradient = new double[objective.Dimension];
            var (hessian, part) = (new SymmetricMatrix(objective.Dimension), new SymmetricMatrix(subset.Length));
            var value = objective.Evaluate(data.Parameters, gradient, Token);
            objective.Hessian(data.Parameters, hessian, Token);
            objective.Hessian(data.Parameters, part, Token, subset: subset);
            var (diagonal, largestMargin) = (objective.HessianDiagonal(Token), objective.LargestMargin(data.Parameters, Token));
            return (double[])[value, .. gradient, .. Upper(hessian), .. Upper(part), .. diagonal, largestMargin];
        }).ToArray();

        results[1].ShouldBe(results[0]);
        for (var i = 0; i < results[0].Length; i++)
            results[2][i].ShouldBe(results[0][i], 1e-11 * (1 + Math.Abs(results[0][i])));
    }, iter: 100);

    [Theory]
    [InlineData(DesignMatrix.BlockRows)]
    [InlineData(DesignMatrix.BlockRows + 1)]
    [InlineData(3 * DesignMatrix.BlockRows)]
    [InlineData(4 * DesignMatrix.BlockRows + 33)]
    public void SumsOverBlocksMatchTheDefinition(int rows)
    {
        var data = Make(rows, 2, intercept: true, standardize: false, penalty: 0.25, seed: rows);
        var objective = data.Objective();
        var gradient = new double[3];
        var hessian = new SymmetricMatrix(3);

        var result = objective.Evaluate(data.Parameters, gradient, Token);
        objective.Hessian(data.Parameters, hessian, Token);

        var (b, w0, w1) = (data.Parameters[0], data.Parameters[1], data.Parameters[2]);
        var (loss, slope, cross, largest) = (0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < rows; i++)
        {
            var x = data.Features.Row(i);
            var margin = b + w0 * x[0] + w1 * x[1];
            var p = 1 / (1 + Math.Exp(-margin));
            loss -= Math.Log(data.Labels[i] == 1 ? p : 1 - p);
            slope += (p - data.Labels[i]) * x[1];
            cross += p * (1 - p) * x[0] * x[1];
            largest = Math.Max(largest, Math.Abs(margin));
        }
        result.ShouldBe(loss / rows + 0.125 * (w0 * w0 + w1 * w1), 1e-12);
        objective.LargestMargin(data.Parameters, Token).ShouldBe(largest, 1e-12);
        gradient[2].ShouldBe(slope / rows + 0.25 * w1, 1e-13);
        hessian[1, 2].ShouldBe(cross / rows, 1e-13);
    }

    [Fact]
    public void StandardizingInThePassIsAccurateWhereTheMeanIsMuchLargerThanTheDeviation()
    {
        var near = Make(500, 3, intercept: true, standardize: true, penalty: 0, seed: 3);
        var far = near.Features.Select([.. Enumerable.Range(0, 500)]);
        for (var i = 0; i < 500; i++)
        {
            // Multiples of 2⁻²⁰ stay exact when 2³⁰ is added.
            foreach (ref var x in near.Features.Row(i))
                x = Math.Round(x * 0x100000) / 0x100000;
            near.Features.Row(i).CopyTo(far.Row(i));
            foreach (ref var x in far.Row(i))
                x += 0x40000000;
        }
        var (gradient, farGradient) = (new double[4], new double[4]);
        var (hessian, farHessian) = (new SymmetricMatrix(4), new SymmetricMatrix(4));

        var (nearObjective, farObjective) = (near.Objective(), (near with { Features = far }).Objective());
        var value = nearObjective.Evaluate(near.Parameters, gradient, Token);
        var farValue = farObjective.Evaluate(near.Parameters, farGradient, Token);
        nearObjective.Hessian(near.Parameters, hessian, Token);
        farObjective.Hessian(near.Parameters, farHessian, Token);

        // The mean is near 2³⁰, so as a float64 it is only exact to 1e-7.
        farValue.ShouldBe(value, 1e-7);
        farGradient[1].ShouldBe(gradient[1], 1e-7);
        farHessian[1, 2].ShouldBe(hessian[1, 2], 1e-7);
    }

    [Fact]
    public void CanceledPassStopsBeforeItsNextBlock()
    {
        var data = Make(10, 1, intercept: true, standardize: false, penalty: 0, seed: 1);

        var canceled = new CancellationToken(canceled: true);

        Should.Throw<OperationCanceledException>(() => data.Objective().Evaluate(data.Parameters, new double[2], canceled));
    }

    private static Case Make(int rows, int columns, bool intercept, bool standardize, double penalty, int seed)
    {
        var random = new Random(seed);
        var features = new DesignMatrix(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            foreach (ref var x in features.Row(i))
                x = 4 * random.NextDouble() - 2;
        }
        var labels = Enumerable.Range(0, rows).Select(_ => (double)random.Next(2)).ToArray();
        var parameters = Enumerable.Range(0, columns + (intercept ? 1 : 0)).Select(_ => 2 * random.NextDouble() - 1).ToArray();
        return new Case(features, labels, intercept, standardize, penalty, parameters);
    }

    private static SingleMatrix ToSingle(DesignMatrix matrix)
    {
        var single = new SingleMatrix(matrix.Rows, matrix.Columns);
        for (var i = 0; i < matrix.Rows; i++)
            Array.ConvertAll(matrix.Row(i).ToArray(), x => (float)x).CopyTo(single.Row(i));
        return single;
    }

    private static SparseMatrix ToSparse(DesignMatrix matrix)
    {
        var entries = Enumerable.Range(0, matrix.Rows)
            .SelectMany(i => Enumerable.Range(0, matrix.Columns).Where(j => matrix.Row(i)[j] != 0).Select(j => (Row: i, Column: j)))
            .ToArray();
        var starts = Enumerable.Range(0, matrix.Rows + 1).Select(i => (long)entries.Count(entry => entry.Row < i)).ToArray();
        double[] values = [.. entries.Select(entry => matrix.Row(entry.Row)[entry.Column])];
        return new SparseMatrix(starts, [.. entries.Select(entry => entry.Column)], values, matrix.Columns);
    }

    private static IEnumerable<double> Upper(SymmetricMatrix matrix) =>
        Enumerable.Range(0, matrix.Order).SelectMany(i => Enumerable.Range(i, matrix.Order - i).Select(j => matrix[i, j]));

    private static double Difference(double[] parameters, int j, Func<double[], double> function)
    {
        const double h = 1e-5;
        var at = (double[])parameters.Clone();
        at[j] = parameters[j] + h;
        var above = function(at);
        at[j] = parameters[j] - h;
        return (above - function(at)) / (2 * h);
    }
}
