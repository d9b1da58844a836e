using CsCheck;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

public class QuadraticModelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Both models of the same rows reach the minimum, from any start, with columns that repeat others or are 0. There is some l2: where the model is flat, a
    /// sweep that lowers it by next to nothing may leave larger slopes than this test allows.
    /// </summary>
    [Fact]
    public void BothModelsSatisfyTheOptimalityConditions() =>
        Gen.Select(Gen.Int[3, 60], Gen.Int[3, 40], Gen.Double[0, 0.3], Gen.Double[1e-4, 0.1], Gen.Int[0, 10_000]).Sample((rows, columns, l1, l2, seed) =>
        {
            var (features, _) = RandomData.Make(rows, columns, seed);
            for (var i = 0; i < rows; i++)
                (features.Row(i)[0], features.Row(i)[1]) = (features.Row(i)[2], 0);
            var random = new Random(seed);
            double[] residuals = [.. Enumerable.Range(0, rows).Select(_ => (random.NextDouble() - 0.5) / rows)];
            double[] curvatures = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble() / rows)];
            double[] weights = [.. Enumerable.Range(0, columns).Select(_ => random.Next(2) * (random.NextDouble() - 0.5))];
            // The last coordinate has no penalty, as an intercept.
            double[] l1s = [.. Enumerable.Range(0, columns).Select(j => j == columns - 1 ? 0 : l1)];
            double[] l2s = [.. Enumerable.Range(0, columns).Select(j => j == columns - 1 ? 0 : l2)];
            var (gradient, hessian) = (new double[columns], new SymmetricMatrix(columns));
            for (var i = 0; i < rows; i++)
            {
                var row = features.Row(i);
                for (var j = 0; j < columns; j++)
                {
                    gradient[j] += residuals[i] * row[j];
                    for (var k = j; k < columns; k++)
                        hessian[j, k] += curvatures[i] * row[j] * row[k];
                }
            }
            using var crew = new ThreadCrew();
            var copies = DesignRows.Of(features, null, fitIntercept: false, crew).Columns(outputs: 1);
            copies.Select([.. Enumerable.Range(0, columns)], Token);
            var ofColumns = new MarginModel(copies);
            ofColumns.Begin(residuals, curvatures);
            var ofGram = new GramModel(hessian);
            ofGram.Begin(gradient);

            foreach (var model in new QuadraticModel[] { ofColumns, ofGram })
            {
                var values = model.Minimize(weights, l1s, l2s, 1e-22, share: 0);

                for (var j = 0; j < columns; j++)
                {
                    var slope = gradient[j] + l2s[j] * values[j];
                    for (var k = 0; k < columns; k++)
                        slope += hessian[j, k] * (values[k] - weights[k]);
                    if (values[j] != 0)
                        (slope + l1s[j] * Math.Sign(values[j])).ShouldBe(0, hessian[j, j] + l2s[j] > 0 ? 1e-9 : l1s[j] + 1e-9);
                    else
                        Math.Abs(slope).ShouldBeLessThanOrEqualTo(l1s[j] + 1e-9);
                }
            }
        }, iter: 1000);

    /// <summary>The secant condition: the corrected H maps the step to the change of the gradient.</summary>
    [Fact]
    public void ACorrectedModelAgreesWithTheLastStep()
    {
        const int Order = 9;
        var (hessian, random) = (new SymmetricMatrix(Order), new Random(4));
        for (var j = 0; j < Order; j++)
            (hessian[j, j], hessian[0, j]) = (2 + j, j == 0 ? 2 : 0.1);
        double[] first = [.. Enumerable.Range(0, Order).Select(_ => random.NextDouble())];
        double[] second = [.. Enumerable.Range(0, Order).Select(_ => random.NextDouble() - 0.5)];
        double[] change = [.. second.Select((s, j) => (3 + j) * s)];
        var model = new GramModel(hessian);

        model.Correct(first, [.. first.Select((s, j) => (1 + j) * s)]);
        model.Correct(second, change);

        // The minimum of the model with g = −y and no penalty is d = s.
        model.Begin([.. change.Select(y => -y)]);
        model.Minimize(new double[Order], new double[Order], new double[Order], 1e-24, share: 0).ShouldBe(second, 1e-9);
    }
}
