using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Tests.Objectives;

/// <summary>Compares sums over rows with several outputs with their definition and with differences of each other.</summary>
public class SoftmaxObjectiveTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private sealed record Case(
        FeatureMatrix Matrix, DesignMatrix Dense, RowLabels Labels, bool Intercept, StandardScaling? Scaling, double Penalty, double[] Point)
    {
        public LogisticObjective Objective(int threads = 2) =>
            new(DesignRows.Of(Matrix, Scaling, Intercept, new ThreadCrew(threads)), Labels, Penalty);
    }

    private static readonly Gen<Case> Cases = Gen.Select(Gen.Int[12, 200], Gen.Int[1, 8], Gen.Int[3, 6], Gen.Int).Select((n, d, k, seed) =>
    {
        var random = new Random(seed);
        var (dense, single, sparse, _) = RandomData.MakeSparse(n, d, seed);
        FeatureMatrix matrix = random.Next(3) switch { 0 => dense, 1 => single, _ => sparse };
        double[]? weights = random.Next(2) == 0 ? null : [.. Enumerable.Range(0, n).Select(i => i == 0 ? 1 : (double)random.Next(3))];
        var values = Enumerable.Range(0, n).Select(i => (double)(i < k ? i : random.Next(k))).ToArray();
        var labels = random.Next(2) == 0
            ? new RowLabels(values, weights) { Classes = k, Base = null }
            : RowLabels.Against(random.Next(k), k, values, weights);
        var intercept = random.Next(4) > 0;
        var scaling = intercept && random.Next(2) == 0 ? StandardScaling.Fit(dense, weights, null, CancellationToken.None) : null;
        double[] point = [.. Enumerable.Range(0, labels.Outputs * (d + (intercept ? 1 : 0))).Select(_ => 2 * random.NextDouble() - 1)];
        return new Case(matrix, dense, labels, intercept, scaling, random.Next(2) * 0.1, point);
    });

    [Fact]
    public void ValueIsThatOfItsDefinition() => Cases.Sample(data =>
    {
        var (n, outputs) = (data.Dense.Rows, data.Labels.Outputs);
        var d = data.Point.Length / outputs;
        var (sum, total) = (0m, 0m);
        for (var i = 0; i < n; i++)
        {
            var margins = new double[data.Labels.Classes];
            for (var k = 0; k < margins.Length; k++)
            {
                if (data.Labels.OutputOf(k) is >= 0 and var o)
                    margins[k] = Margin(data, i, data.Point.AsSpan(o * d, d));
            }
            var weight = (decimal)(data.Labels.Weights?[i] ?? 1);
            sum += weight * (decimal)(Math.Log(margins.Sum(margin => Math.Exp(margin))) - margins[(int)data.Labels.Values[i]]);
            total += weight;
        }
        var penalty = 0.0;
        var interceptSum = 0.0;
        for (var j = 0; j < data.Point.Length; j++)
        {
            var isIntercept = data.Intercept && j % d == 0;
            penalty += isIntercept ? 0 : 0.5 * data.Penalty * data.Point[j] * data.Point[j];
            interceptSum += isIntercept ? data.Point[j] : 0;
        }
        if (data.Labels.IsSymmetric)
            penalty += 0.5 * interceptSum * interceptSum / data.Labels.Classes / data.Labels.Classes;

        data.Objective().Evaluate(data.Point, new double[data.Point.Length], Token).ShouldBe((double)(sum / total) + penalty, 1e-12);
    }, iter: 100);

    [Fact]
    public void GradientAndHessianAreDerivatives() => Cases.Sample(data =>
    {
        var objective = data.Objective();
        var order = data.Point.Length;
        var (gradient, hessian) = (new double[order], new SymmetricMatrix(order));
        objective.Evaluate(data.Point, gradient, Token);
        objective.Hessian(data.Point, hessian, Token);

        for (var j = 0; j < order; j++)
        {
            gradient[j].ShouldBe(Derivative(step => objective.Evaluate(Moved(j, step), new double[order], Token)), 1e-9);
            for (var k = 0; k < order; k++)
            {
                hessian[j, k].ShouldBe(Derivative(step =>
                {
                    var slopes = new double[order];
                    objective.Evaluate(Moved(j, step), slopes, Token);
                    return slopes[k];
                }), 1e-9);
            }
        }

        double[] Moved(int parameter, double step)
        {
            var moved = (double[])data.Point.Clone();
            moved[parameter] += step;
            return moved;
        }
    }, iter: 40);

    [Fact]
    public void ASubsetHasThoseEntriesAndSinglePrecisionIsClose() => Cases.Sample(data =>
    {
        var objective = data.Objective();
        var order = data.Point.Length;
        var (whole, single) = (new SymmetricMatrix(order), new SymmetricMatrix(order));
        objective.Hessian(data.Point, whole, Token);
        objective.Hessian(data.Point, single, Token, single: true);
        int[] subset = [.. Enumerable.Range(0, order).Where(j => j % 3 != 1)];
        var part = new SymmetricMatrix(subset.Length);
        objective.Hessian(data.Point, part, Token, every: 1, subset);

        for (var i = 0; i < order; i++)
        {
            for (var j = i; j < order; j++)
                single[i, j].ShouldBe(whole[i, j], 1e-4 * Math.Sqrt(whole[i, i] * whole[j, j]));
        }
        for (var i = 0; i < subset.Length; i++)
        {
            for (var j = i; j < subset.Length; j++)
                part[i, j].ShouldBe(whole[subset[i], subset[j]], 1e-13 * Math.Sqrt(whole[subset[i], subset[i]] * whole[subset[j], subset[j]]));
        }
    }, iter: 60);

    [Fact]
    public void DiagonalAtZeroIsThatOfTheHessian() => Cases.Where(data => data.Labels.Weights is null || data.Scaling is null).Sample(data =>
    {
        var objective = data.Objective();
        var hessian = new SymmetricMatrix(data.Point.Length);
        objective.Hessian(new double[data.Point.Length], hessian, Token);

        var diagonal = objective.HessianDiagonal(Token);

        for (var j = 0; j < diagonal.Length; j++)
            diagonal[j].ShouldBe(hessian[j, j], 1e-10);
    }, iter: 60);

    [Fact]
    public void LargestMarginIsTheLargestDifferenceOfTwoClasses() => Cases.Sample(data =>
    {
        var (n, outputs) = (data.Dense.Rows, data.Labels.Outputs);
        var d = data.Point.Length / outputs;
        var expected = Enumerable.Range(0, n).Max(i =>
        {
            var margins = Enumerable.Range(0, outputs).Select(o => Margin(data, i, data.Point.AsSpan(o * d, d))).ToList();
            if (!data.Labels.IsSymmetric)
                margins.Add(0);
            return margins.Max() - margins.Min();
        });

        data.Objective().LargestMargin(data.Point, Token).ShouldBe(expected, 1e-11);
    }, iter: 60);

    private static double Margin(Case data, int row, ReadOnlySpan<double> vector)
    {
        var margin = data.Intercept ? vector[0] : 0;
        for (var j = 0; j < data.Dense.Columns; j++)
        {
            var x = data.Dense.Row(row)[j];
            margin += vector[j + (data.Intercept ? 1 : 0)] * (data.Scaling is null ? x : (x - data.Scaling.Means[j]) * data.Scaling.Reciprocals[j]);
        }
        return margin;
    }

    /// <summary>By differences of the sixth order, so that a wide step keeps rounding small.</summary>
    private static double Derivative(Func<double, double> function)
    {
        const double H = 0.004;
        double At(double steps) => function(steps * H) - function(-steps * H);
        return (45 * At(1) - 9 * At(2) + At(3)) / (60 * H);
    }
}
