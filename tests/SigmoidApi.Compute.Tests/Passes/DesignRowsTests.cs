using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Tests.Passes;

public class DesignRowsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="Dense">The rows of <c>Rows</c>, standardised directly.</param>
    private sealed record Case(DesignRows Rows, double[][] Dense, double[] Values, double[] Parameters);

    private static readonly Gen<Case> Cases =
        from rows in Gen.OneOf(Gen.Int[1, 70], Gen.Int[DesignMatrix.BlockRows - 1, DesignMatrix.BlockRows + 40])
        from columns in Gen.Int[1, 19]
        from intercept in Gen.Bool
        from standardize in Gen.Bool
        from threads in Gen.Int[1, 2]
        from seed in Gen.Int
        select Make(rows, columns, intercept, standardize, threads, seed);

    [Fact]
    public void EveryPassMatchesTheNaiveLoop() => Cases.Sample(data =>
    {
        var (rows, dense, values, parameters) = data;
        var (n, d) = (dense.Length, dense[0].Length);
        (rows.Rows, rows.Dimension).ShouldBe((n, d));
        var matrix = new SymmetricMatrix(d);
        for (var i = 0; i < d; i++)
        {
            for (var j = i; j < d; j++)
                matrix[i, j] = i == j ? 2 + i : Math.Sin(1 + i + 7 * j) / d;
        }
        var cholesky = new Cholesky(d);
        cholesky.Factorize(matrix);
        var root = new InverseRoot(d);
        root.Compute(cholesky);
        var (margins, sums, gram, forms) = (new double[n], new double[d], new SymmetricMatrix(d), new double[n]);

        rows.Margins(parameters, margins, Token);
        rows.TransposedProduct(values, sums, Token);
        rows.WeightedGram(values, gram, Token);
        rows.SquaredLengths(root, forms, Token);

        for (var i = 0; i < n; i++)
        {
            margins[i].ShouldBe(Dot(dense[i], parameters), 1e-12);
            var solved = (double[])dense[i].Clone();
            cholesky.Solve(solved);
            forms[i].ShouldBe(Dot(dense[i], solved), 1e-10);
        }
        for (var j = 0; j < d; j++)
        {
            sums[j].ShouldBe(Enumerable.Range(0, n).Sum(i => values[i] * dense[i][j]), 1e-9);
            for (var k = j; k < d; k++)
                gram[j, k].ShouldBe(Enumerable.Range(0, n).Sum(i => values[i] * dense[i][j] * dense[i][k]), 1e-9);
        }
    }, iter: 40);

    [Fact]
    public void GroupsSumTheirOwnRowsAndOtherGroupsAreSkipped() => Cases.Sample(data =>
    {
        var (rows, dense, values, _) = data;
        var d = dense[0].Length;
        var groups = Enumerable.Range(0, dense.Length).Select(i => i * 7 % 5).ToArray();
        var sums = new double[2 * d];

        rows.GroupedTransposedProduct(values, groups, firstGroup: 2, sums, Token);

        for (var g = 0; g < 2; g++)
        {
            for (var j = 0; j < d; j++)
                sums[g * d + j].ShouldBe(Enumerable.Range(0, dense.Length).Where(i => groups[i] == 2 + g).Sum(i => values[i] * dense[i][j]), 1e-9);
        }
    }, iter: 20);

    [Fact]
    public void CanceledPassStopsBeforeItsNextBlock()
    {
        var rows = Make(10, 2, intercept: true, standardize: false, threads: 1, seed: 1).Rows;
        var canceled = new CancellationToken(canceled: true);

        Should.Throw<OperationCanceledException>(() => rows.Margins(new double[3], new double[10], canceled));
        Should.Throw<OperationCanceledException>(() => rows.TransposedProduct(new double[10], new double[3], canceled));
        Should.Throw<OperationCanceledException>(() => rows.WeightedGram(new double[10], new SymmetricMatrix(3), canceled));
        Should.Throw<OperationCanceledException>(() => rows.SquaredLengths(new InverseRoot(3), new double[10], canceled));
        Should.Throw<OperationCanceledException>(() => rows.GroupedTransposedProduct(new double[10], new int[10], 0, new double[3], canceled));
    }

    private static Case Make(int rows, int columns, bool intercept, bool standardize, int threads, int seed)
    {
        var random = new Random(seed);
        var features = new DesignMatrix(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            foreach (ref var x in features.Row(i))
                x = 4 * random.NextDouble() - 2;
        }
        var scaling = StandardScaling.Fit(features, null, null, Token);
        var dense = Enumerable.Range(0, rows).Select(i =>
        {
            var row = features.Row(i).ToArray();
            if (standardize)
                row = [.. row.Select((x, j) => scaling.Deviations[j] == 0 ? 0 : (x - scaling.Means[j]) / scaling.Deviations[j])];
            return intercept ? [1, .. row] : row;
        }).ToArray();
        var values = Enumerable.Range(0, rows).Select(_ => 2 * random.NextDouble() - 1).ToArray();
        var parameters = Enumerable.Range(0, dense[0].Length).Select(_ => 2 * random.NextDouble() - 1).ToArray();
        return new Case(DesignRows.Of(features, standardize ? scaling : null, intercept, new ThreadCrew(threads)), dense, values, parameters);
    }

    private static double Dot(double[] x, double[] y) => Enumerable.Range(0, x.Length).Sum(i => x[i] * y[i]);
}
