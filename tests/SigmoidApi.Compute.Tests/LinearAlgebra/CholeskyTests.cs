using CsCheck;
using SigmoidApi.Compute.LinearAlgebra;

namespace SigmoidApi.Compute.Tests.LinearAlgebra;

public class CholeskyTests
{
    [Fact]
    public void SolveInvertsTheProductWithTheMatrix() =>
        Gen.Select(Gen.Int[1, 25], Gen.Int).Sample((order, seed) =>
        {
            var matrix = Gram(new Random(seed), 3 * order, order);
            var x = Enumerable.Range(0, order).Select(i => i - 2.5).ToArray();
            var b = Multiply(matrix, x);
            var cholesky = new Cholesky(order);

            cholesky.Factorize(matrix).ShouldBeTrue();
            cholesky.Solve(b);

            for (var i = 0; i < order; i++)
                b[i].ShouldBe(x[i], 1e-8);
        }, iter: 200);

    [Fact]
    public void LeavesOutOneColumnOfADependentSet() =>
        Gen.Select(Gen.Int[2, 25], Gen.Int).Sample((order, seed) =>
        {
            var random = new Random(seed);
            var dependent = random.Next(1, order);
            var matrix = Gram(random, 3 * order, order, dependent);
            var cholesky = new Cholesky(order);

            cholesky.Factorize(matrix).ShouldBeFalse();

            var left = Array.IndexOf(cholesky.Kept, false);
            left.ShouldBeLessThanOrEqualTo(dependent);
            cholesky.Kept.Count(kept => kept).ShouldBe(order - 1);
            var b = Multiply(matrix, Enumerable.Range(0, order).Select(i => i == left ? 0 : i + 1.0).ToArray());
            cholesky.Solve(b);
            b[left].ShouldBe(0);
            for (var i = 0; i < order; i++)
                b[i].ShouldBe(i == left ? 0 : i + 1.0, 1e-6);
        }, iter: 200);

    [Fact]
    public void LaterOfTwoEqualColumnsIsLeftOut()
    {
        var cholesky = new Cholesky(3);

        cholesky.Factorize(new SymmetricMatrix(3) { [0, 0] = 1, [0, 1] = 0.5, [0, 2] = 0.5, [1, 1] = 1, [1, 2] = 1, [2, 2] = 1 }).ShouldBeFalse();

        cholesky.Kept.ShouldBe([true, true, false]);
    }

    [Fact]
    public void WithFewerRowsThanColumnsAsManyColumnsAsRowsAreKept() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20], Gen.Int).Sample((rows, more, seed) =>
        {
            var matrix = Gram(new Random(seed), rows, rows + more);
            var cholesky = new Cholesky(rows + more);

            cholesky.Factorize(matrix);

            cholesky.Kept.Count(kept => kept).ShouldBe(rows);
        }, iter: 200);

    [Fact]
    public void UnitsDoNotMatter()
    {
        var matrix = new SymmetricMatrix(2) { [0, 0] = 4e300, [0, 1] = 2, [1, 1] = 4e-300 };
        var cholesky = new Cholesky(2);
        double[] b = [4e300 * 3e-150 + 2 * 5e150, 2 * 3e-150 + 4e-300 * 5e150];

        cholesky.Factorize(matrix).ShouldBeTrue();
        cholesky.Solve(b);

        (b[0] / 3e-150).ShouldBe(1, 1e-14);
        (b[1] / 5e150).ShouldBe(1, 1e-14);
    }

    [Fact]
    public void ConsidersOnlyTheCandidates()
    {
        var matrix = new SymmetricMatrix(2) { [0, 0] = 2, [0, 1] = 1, [1, 1] = 4 };
        var cholesky = new Cholesky(2);
        double[] b = [7, 8];

        cholesky.Factorize(matrix, [false, true]).ShouldBeTrue();
        cholesky.Solve(b);

        b.ShouldBe([0, 2]);
    }

    [Fact]
    public void ZeroColumnIsLeftOut()
    {
        var cholesky = new Cholesky(2);

        cholesky.Factorize(new SymmetricMatrix(2) { [1, 1] = 1 }).ShouldBeFalse();

        cholesky.Kept.ShouldBe([false, true]);
    }

    private static SymmetricMatrix Gram(Random random, int rows, int order, int dependent = -1)
    {
        var data = Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, order).Select(_ => 2 * random.NextDouble() - 1).ToArray()).ToArray();
        foreach (var row in data)
        {
            if (dependent >= 0)
                row[dependent] = row[..dependent].Select((x, j) => (j + 1) * x).Sum();
        }
        var matrix = new SymmetricMatrix(order);
        for (var i = 0; i < order; i++)
        {
            for (var j = i; j < order; j++)
                matrix[i, j] = data.Sum(row => row[i] * row[j]);
        }
        return matrix;
    }

    private static double[] Multiply(SymmetricMatrix matrix, double[] x) =>
        [.. Enumerable.Range(0, x.Length).Select(i => Enumerable.Range(0, x.Length).Sum(j => matrix[i, j] * x[j]))];
}
