using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Tests.Objectives;

public class NearbyObjectiveTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(300, 4000, 0)]
    [InlineData(4100, 257, 0.5)]
    public void ItIsTheObjectiveUpToASmallShareOfItsSecondOrder(int rows, int columns, double penalty)
    {
        var (features, labels) = RandomData.Make(rows, columns, seed: 1);
        double[] weights = [.. labels.Select((_, i) => i % 7 == 0 ? 0 : 1.0 + i % 3)];
        var objective = Objective(features, labels, weights, penalty);
        var nearby = objective.Nearby()!;
        var (gradient, exactGradient, reference) = (new double[columns + 1], new double[columns + 1], Point(columns + 1, 0.1));

        var value = nearby.MoveTo(reference, gradient, Token);

        value.ShouldBe(objective.Evaluate(reference, exactGradient, Token));
        gradient.ShouldBe(exactGradient);
        nearby.Evaluate(reference, gradient, Token).ShouldBe(value, 1e-13 * value);
        gradient.ShouldBe(exactGradient, 1e-15);
        var slopes = (double[])exactGradient.Clone();
        foreach (var size in new[] { 1e-4, 1e-2, 1 })
        {
            var step = Point(columns + 1, size);
            var point = reference.Zip(step, (at, by) => at + by).ToArray();

            var near = nearby.Evaluate(point, gradient, Token);

            var exact = objective.Evaluate(point, exactGradient, Token);
            var secondOrder = exact - value - slopes.Zip(step, (slope, by) => slope * by).Sum();
            near.ShouldBe(exact, 1e-3 * secondOrder + 1e-13);
            var change = slopes.Zip(exactGradient, (before, after) => Math.Abs(after - before)).Max();
            gradient.ShouldBe(exactGradient, 1e-3 * change + 1e-15);
        }
    }

    [Theory]
    [InlineData(1e16)]
    [InlineData(1e-16)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void ValuesThatDoNotSuitFloat32AreNotRounded(double value)
    {
        var (features, labels) = RandomData.Make(4100, 260, seed: 2);
        for (var i = 0; i < features.Rows; i++)
            features.Row(i)[3] *= value;

        var objective = Objective(features, labels, null, 0);
        var nearby = objective.Nearby()!;
        nearby.MoveTo(new double[261], new double[261], Token);

        nearby.IsUsable.ShouldBeFalse();
        objective.Nearby().ShouldBeNull();
    }

    /// <summary>The part is the even chunks of 256 rows; the rest has other values, so that it would show in the result.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void ItsHessianIsThatOfItsChunksToThreeDigits(bool isStreamed, bool isReference)
    {
        var (features, labels) = RandomData.Make(4500, 260, seed: 4);
        int[] part = [.. Enumerable.Range(0, 4500).Where(i => i / 256 % 2 == 0)];
        for (var i = 0; i < features.Rows; i++)
        {
            features.Row(i)[5] *= 1e6;
            features.Row(i)[6] = i == 300 ? 1e9 : features.Row(i)[6];
        }
        double[] weights = [.. labels.Select((_, i) => i % 7 == 0 ? 0 : 1.0 + i % 3)];
        var reference = Point(261, 0.5);
        reference[6] = 0;
        FeatureMatrix matrix = !isStreamed ? features : new StreamedMatrix(4500, 260, (first, rows) =>
        {
            for (var i = 0; i < rows.Length / 260; i++)
                features.Row(first + i).CopyTo(rows[(i * 260)..]);
        });
        using var crew = new ThreadCrew(isStreamed ? 2 : 1);
        var objective = new LogisticObjective(DesignRows.Of(matrix, scaling: null, fitIntercept: true, crew), new RowLabels(labels, weights), 0.5);
        var nearby = objective.Nearby()!;
        nearby.MoveTo(isReference ? reference : new double[261], new double[261], Token);
        var (hessian, exact) = (new SymmetricMatrix(261), new SymmetricMatrix(261));

        nearby.Hessian(reference, every: 2, hessian, Token);

        Objective(features.Select(part), [.. part.Select(i => labels[i])], [.. part.Select(i => weights[i])], 0.5).Hessian(reference, exact, Token);
        for (var i = 0; i < 261; i++)
        {
            for (var j = i; j < 261; j++)
                hessian[i, j].ShouldBe(exact[i, j], 2e-3 * Math.Sqrt(exact[i, i] * exact[j, j]));
        }
    }

    [Fact]
    public void NarrowOrSmallMatricesAreNotRounded()
    {
        foreach (var (rows, columns) in new[] { (5000, 255), (4000, 260) })
        {
            var (features, labels) = RandomData.Make(rows, columns, seed: 3);
            Objective(features, labels, null, 0).Nearby().ShouldBeNull();
        }
    }

    private static LogisticObjective Objective(DesignMatrix features, double[] labels, double[]? weights, double penalty) =>
        new(DesignRows.Of(features, scaling: null, fitIntercept: true, new ThreadCrew()), new RowLabels(labels, weights), penalty);

    private static double[] Point(int length, double size) => [.. Enumerable.Range(0, length).Select(j => size * Math.Sin(1 + j * j) / Math.Sqrt(length))];
}
