using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Preprocessing;

namespace SigmoidApi.Compute.Tests.Objectives;

public class LogisticObjectiveTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private sealed record Case(DesignMatrix Features, double[] Labels, bool FitIntercept, bool Standardize, double Penalty, double[] Parameters)
    {
        public LogisticObjective Objective() => new(Features, Labels, Standardize ? StandardScaling.Fit(Features, Token) : null, FitIntercept, Penalty);
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
    public void GradientIsThatOfFiniteDifferences() => Cases.Sample(data =>
    {
        var objective = data.Objective();
        var gradient = new double[objective.Dimension];
        var unused = new double[objective.Dimension];
        objective.Evaluate(data.Parameters, gradient, Token);
        for (var j = 0; j < gradient.Length; j++)
        {
            var difference = Difference(data.Parameters, j, at => objective.Evaluate(at, unused, Token).Value);
            gradient[j].ShouldBe(difference, 1e-8 + 1e-7 * Math.Abs(difference));
        }
    }, iter: 200);

    [Fact]
    public void HessianIsThatOfFiniteDifferencesOfTheGradient() => Cases.Sample(data =>
    {
        var objective = data.Objective();
        var gradient = new double[objective.Dimension];
        var hessian = new SymmetricMatrix(objective.Dimension);
        objective.Evaluate(data.Parameters, gradient, hessian, Token);
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

    [Fact]
    public void AllPassesGiveTheSameValueAndGradient() => Cases.Sample(data =>
    {
        var objective = data.Objective();
        var (alone, fused) = (new double[objective.Dimension], new double[objective.Dimension]);

        var first = objective.Evaluate(data.Parameters, alone, Token);
        var second = objective.Evaluate(data.Parameters, fused, new SymmetricMatrix(objective.Dimension), Token);

        second.ShouldBe(first);
        fused.ShouldBe(alone);
    }, iter: 50);

    [Theory]
    [InlineData(DesignMatrix.BlockRows)]
    [InlineData(DesignMatrix.BlockRows + 1)]
    [InlineData(3 * DesignMatrix.BlockRows)]
    [InlineData(4 * DesignMatrix.BlockRows + 33)]
    public void BlocksAddUpToTheDefinition(int rows)
    {
        var data = Make(rows, 2, intercept: true, standardize: false, penalty: 0.25, seed: rows);
        var objective = data.Objective();
        var gradient = new double[3];
        var hessian = new SymmetricMatrix(3);

        var result = objective.Evaluate(data.Parameters, gradient, hessian, Token);

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
        result.Value.ShouldBe(loss / rows + 0.125 * (w0 * w0 + w1 * w1), 1e-12);
        result.LargestMargin.ShouldBe(largest, 1e-12);
        gradient[2].ShouldBe(slope / rows + 0.25 * w1, 1e-13);
        hessian[1, 2].ShouldBe(cross / rows, 1e-13);
    }

    [Fact]
    public void StandardizingInThePassIsAsAccurateAsACopyWhereTheMeanDwarfsTheDeviation()
    {
        var near = Make(500, 3, intercept: true, standardize: true, penalty: 0, seed: 3);
        var far = near.Features.Select([.. Enumerable.Range(0, 500)]);
        for (var i = 0; i < 500; i++)
        {
            // Multiples of 2⁻²⁰ stay exact under the shift of 2³⁰.
            foreach (ref var x in near.Features.Row(i))
                x = Math.Round(x * 0x100000) / 0x100000;
            near.Features.Row(i).CopyTo(far.Row(i));
            foreach (ref var x in far.Row(i))
                x += 0x40000000;
        }
        var (gradient, farGradient) = (new double[4], new double[4]);
        var (hessian, farHessian) = (new SymmetricMatrix(4), new SymmetricMatrix(4));

        var value = near.Objective().Evaluate(near.Parameters, gradient, hessian, Token).Value;
        var farValue = (near with { Features = far }).Objective().Evaluate(near.Parameters, farGradient, farHessian, Token).Value;

        // The mean itself can only be a float64 near 2³⁰, that is within 1e-7.
        farValue.ShouldBe(value, 1e-7);
        farGradient[1].ShouldBe(gradient[1], 1e-7);
        farHessian[1, 2].ShouldBe(hessian[1, 2], 1e-7);
    }

    [Fact]
    public void ACanceledPassStopsBeforeItsNextBlock()
    {
        var data = Make(10, 1, intercept: true, standardize: false, penalty: 0, seed: 1);

        Should.Throw<OperationCanceledException>(() => data.Objective().Evaluate(data.Parameters, new double[2], new CancellationToken(canceled: true)));
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
