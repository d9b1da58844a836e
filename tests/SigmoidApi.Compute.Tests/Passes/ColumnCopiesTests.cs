using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Tests.Passes;

public class ColumnCopiesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void EverySumMatchesTheNaiveLoop() =>
        Gen.Select(Gen.Int[1, 150], Gen.Int[1, 30], Gen.Bool, Gen.Bool, Gen.Int[0, 2], Gen.Int[0, 999]).Sample((rows, columns, intercept, scaled, kind, seed) =>
        {
            var (dense, single, sparse, _) = RandomData.MakeSparse(rows, columns, seed);
            FeatureMatrix features = kind == 0 ? dense : kind == 1 ? single : sparse;
            var random = new Random(seed);
            double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.3)];
            var scaling = scaled ? StandardScaling.Fit(dense, null, null, Token) : null;
            scaling = scaled && !intercept ? scaling!.AboutZero() : scaling;
            using var crew = new ThreadCrew(2);
            var z = Standardised(dense, scaling, intercept);
            var copies = DesignRows.Of(features, scaling, intercept, crew).Columns(outputs: 1);

            // Twice, so that some columns are held already.
            foreach (var share in new[] { 0.4, 0.8 })
            {
                int[] parameters = [.. Enumerable.Range(0, z[0].Length).Where(j => random.NextDouble() < share || j == 0)];
                var (residuals, curvatures) = (Numbers(rows), Array.ConvertAll(Numbers(rows), Math.Abs));
                int[] members = [.. Enumerable.Range(0, parameters.Length).Where(_ => random.NextDouble() < 0.7)];
                var (factors, sums, products) = (Numbers(members.Length), new double[rows], new double[members.Length]);

                copies.Select(parameters, Token);
                copies.Multiply(members, factors, sums);
                copies.Products(members, residuals, products);
                copies.Begin(residuals, curvatures);

                for (var i = 0; i < rows; i++)
                    sums[i].ShouldBe(members.Select((k, m) => factors[m] * z[i][parameters[k]]).Sum(), 1e-12);
                for (var m = 0; m < members.Length; m++)
                    products[m].ShouldBe(Enumerable.Range(0, rows).Sum(i => residuals[i] * z[i][parameters[members[m]]]), 1e-12 * rows);
                for (var k = 0; k < parameters.Length; k++)
                    copies.Diagonal[k].ShouldBe(Enumerable.Range(0, rows).Sum(i => curvatures[i] * z[i][parameters[k]] * z[i][parameters[k]]), 1e-12 * rows);

                var margins = new double[rows];
                void MoveBoth(int k, double change)
                {
                    copies.Move(k, change);
                    for (var i = 0; i < rows; i++)
                        margins[i] += change * z[i][parameters[k]];
                }
                for (var k = 0; k < parameters.Length; k++)
                    MoveBoth(k, Math.Sin(k + 1));
                copies.Move(0.5, sums);
                for (var i = 0; i < rows; i++)
                    margins[i] += 0.5 * sums[i];
                MoveBoth(0, 0.25);
                double SlopeOf(int k) => Enumerable.Range(0, rows).Sum(i => (residuals[i] + curvatures[i] * margins[i]) * z[i][parameters[k]]);
                for (var k = 0; k < parameters.Length; k++)
                    copies.Slope(k).ShouldBe(SlopeOf(k), 1e-11 * rows);
                copies.Slopes(members, products);
                for (var m = 0; m < members.Length; m++)
                    products[m].ShouldBe(SlopeOf(members[m]), 1e-11 * rows);
            }
        }, iter: 200);

    /// <summary>Also of sparse columns that are centred, which then have an entry in every row.</summary>
    [Fact]
    public void EverySumOfSeveralOutputsMatchesTheNaiveLoop() =>
        Gen.Select(Gen.Int[1, 150], Gen.Int[1, 30], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 999]).Sample((rows, columns, intercept, scaled, isSparse, seed) =>
        {
            var (dense, _, sparse, _) = RandomData.MakeSparse(rows, columns, seed);
            var random = new Random(seed);
            double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.3)];
            var scaling = scaled ? StandardScaling.Fit(dense, null, null, Token) : null;
            scaling = scaled && !intercept ? scaling!.AboutZero() : seed % 2 == 0 ? scaling?.WithLargeMeansOnly() : scaling;
            using var crew = new ThreadCrew(2);
            var z = Standardised(dense, scaling, intercept);
            var copies = DesignRows.Of(isSparse ? sparse : dense, scaling, intercept, crew).Columns(outputs: 3);
            int[] members = [.. Enumerable.Range(0, z[0].Length)];
            var (vector, margins, means, probabilities) = (Numbers(rows), Numbers(rows), Numbers(rows), Array.ConvertAll(Numbers(rows), Math.Abs));
            var (factors, sums, products, squares) = (Numbers(members.Length), new double[rows], new double[members.Length], new double[members.Length]);
            copies.Select(members, Token);

            copies.Multiply(members, factors, sums);
            copies.Products(members, vector, products);
            copies.Squares(members, probabilities, squares);

            for (var i = 0; i < rows; i++)
                sums[i].ShouldBe(members.Sum(k => factors[k] * z[i][k]), 1e-12);
            foreach (var k in members)
            {
                products[k].ShouldBe(Enumerable.Range(0, rows).Sum(i => vector[i] * z[i][k]), 1e-12 * rows);
                squares[k].ShouldBe(Enumerable.Range(0, rows).Sum(i => probabilities[i] * z[i][k] * z[i][k]), 1e-12 * rows);
                var slope = Enumerable.Range(0, rows).Sum(i => z[i][k] * vector[i] * (margins[i] - means[i]));
                copies.Slope(k, vector, margins, means).ShouldBe(slope, 1e-11 * rows);

                var (marginsBefore, meansBefore) = ((double[])margins.Clone(), (double[])means.Clone());
                copies.Move(k, factors[k], margins, probabilities, means);
                for (var i = 0; i < rows; i++)
                {
                    margins[i].ShouldBe(marginsBefore[i] + factors[k] * z[i][k], 1e-12);
                    means[i].ShouldBe(meansBefore[i] + factors[k] * probabilities[i] * z[i][k], 1e-12);
                }
            }
        }, iter: 100);

    private static double[][] Standardised(DesignMatrix features, StandardScaling? scaling, bool intercept)
    {
        double[] Row(int i) => [.. features.Row(i).ToArray().Select((x, j) => scaling is null ? x : (x - scaling.Means[j]) * scaling.Reciprocals[j])];
        return [.. Enumerable.Range(0, features.Rows).Select(i => intercept ? [1, .. Row(i)] : Row(i))];
    }
}
