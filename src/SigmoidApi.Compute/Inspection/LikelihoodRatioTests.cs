using System.Buffers;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Inspection;

/// <summary>The likelihood-ratio test of a raw column.</summary>
/// <param name="Column">The column's name.</param>
/// <param name="DegreesOfFreedom">By how many the estimated parameters become fewer without the column; 0 if the others determine it.</param>
/// <param name="LikelihoodRatio">2·(ℓ − ℓ without the column); NaN if the fit without it did not converge.</param>
/// <param name="PValue">The upper tail of the chi-squared distribution; 1 with no degree of freedom.</param>
public sealed record LikelihoodRatioTest(string Column, int DegreesOfFreedom, double LikelihoodRatio, double PValue);

/// <summary>
/// Type II tests of the columns of an unpenalised model, as car's <c>Anova</c>: each column is left out with all its terms, and the rest is fitted again.
/// </summary>
public static class LikelihoodRatioTests
{
    private const int ChunkRows = 256;

    /// <summary>A fit for each column. A sparse design is copied without the column; any other is read through, without a copy.</summary>
    /// <param name="fitted">A fit without a penalty whose likelihood has a maximum.</param>
    /// <param name="cancellationToken">Ends a fit within one pass.</param>
    /// <exception cref="ArgumentException">The fit has a penalty: its likelihood ratio does not have the distribution.</exception>
    public static IReadOnlyList<LikelihoodRatioTest> Of(FittedRows fitted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        if (fitted.Penalty != Penalty.None)
            throw new ArgumentException("Likelihood-ratio tests are for fits without a penalty.", nameof(fitted));
        var factor = fitted.Gram(out var gram, cancellationToken);
        var rank = factor.Rank;
        var lead = fitted.HasIntercept ? 1 : 0;
        var tests = new List<LikelihoodRatioTest>();
        for (var column = 0; column < fitted.Columns.Names.Count; column++)
        {
            bool[] isLeft = [.. fitted.Columns.ColumnOf.Select(of => of != column)];
            factor.Factorize(gram, [.. Enumerable.Repeat(true, lead), .. isLeft]);
            var degrees = rank - factor.Rank;
            var ratio = degrees == 0 ? 0 : 2 * (fitted.LogLikelihood - Without(fitted, isLeft, cancellationToken));
            ratio = Math.Max(0, ratio);
            tests.Add(new(fitted.Columns.Names[column], degrees, ratio, degrees == 0 ? 1 : ChiSquaredDistribution.UpperTail(ratio, degrees)));
        }
        return tests;
    }

    /// <summary>The maximum of the log-likelihood with these terms alone.</summary>
    private static double Without(FittedRows fitted, bool[] isLeft, CancellationToken cancellationToken)
    {
        int[] left = [.. Enumerable.Range(0, isLeft.Length).Where(term => isLeft[term])];
        if (left.Length == 0)
            return fitted.NullLogLikelihood;
        var fit = LogisticTrainer.Fit(Select(fitted.Features, left), fitted.Labels, fitted.Refit, progress: null, cancellationToken);
        return fit.Convergence.Converged ? -fit.Convergence.Objective : double.NaN;
    }

    /// <summary>Some columns of a matrix, in ascending order.</summary>
    private static FeatureMatrix Select(FeatureMatrix features, int[] columns)
    {
        if (features is SparseMatrix sparse)
            return Select(sparse, columns);
        return new StreamedMatrix(features.Rows, columns.Length, (first, rows) =>
        {
            var buffer = ArrayPool<double>.Shared.Rent(ChunkRows * features.Columns);
            var count = rows.Length / columns.Length;
            for (var done = 0; done < count; done += ChunkRows)
            {
                var chunk = Math.Min(ChunkRows, count - done);
                features.CopyRows(first + done, chunk, buffer, features.Columns);
                for (var i = 0; i < chunk; i++)
                {
                    for (var j = 0; j < columns.Length; j++)
                        rows[(done + i) * columns.Length + j] = buffer[i * features.Columns + columns[j]];
                }
            }
            ArrayPool<double>.Shared.Return(buffer);
        });
    }

    private static SparseMatrix Select(SparseMatrix sparse, int[] columns)
    {
        var places = new int[sparse.Columns];
        Array.Fill(places, -1);
        for (var j = 0; j < columns.Length; j++)
            places[columns[j]] = j;
        var (starts, indices, entries) = (new long[sparse.Rows + 1], new List<int>(sparse.NonZeros), new List<double>(sparse.NonZeros));
        for (var i = 0; i < sparse.Rows; i++)
        {
            var row = sparse.Row(i, out var values);
            for (var e = 0; e < row.Length; e++)
            {
                if (places[row[e]] < 0)
                    continue;
                indices.Add(places[row[e]]);
                entries.Add(values.IsEmpty ? 1 : values[e]);
            }
            starts[i + 1] = indices.Count;
        }
        return new SparseMatrix(starts, [.. indices], [.. entries], columns.Length);
    }
}
