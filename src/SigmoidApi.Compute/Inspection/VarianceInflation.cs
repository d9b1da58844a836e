using SigmoidApi.Compute.LinearAlgebra;

namespace SigmoidApi.Compute.Inspection;

/// <summary>The generalised variance inflation of a raw column: all its terms at once.</summary>
/// <param name="Column">The column's index.</param>
/// <param name="DegreesOfFreedom">d, the number of its terms whose parameters are determined.</param>
/// <param name="Value">det(R₁₁)·det(R₂₂) / det(R); NaN if d is 0.</param>
/// <param name="Adjusted">Value^(1 / 2d), which is comparable between columns: by how much the errors are wider.</param>
public sealed record GeneralizedInflation(int Column, int DegreesOfFreedom, double Value, double Adjusted);

/// <summary>How much the columns' correlations with each other widen the standard errors.</summary>
public static class VarianceInflation
{
    /// <summary>
    /// 1 / (1 − R²) of each term regressed on all others, and on the intercept if one was fitted; statsmodels' <c>variance_inflation_factor</c>. It depends on
    /// the rows and their weights alone, not on the model. One pass.
    /// </summary>
    /// <returns>One for each term; infinite if others determine it, NaN if it is constant.</returns>
    public static double[] OfTerms(FittedRows fitted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        var factor = fitted.Gram(out var gram, cancellationToken);
        var identified = fitted.Identified(factor, cancellationToken);
        var inverse = SymmetricInverse.Of(factor, gram.Order, cancellationToken);
        var lead = fitted.HasIntercept ? 1 : 0;
        return
        [
            .. Enumerable.Range(lead, gram.Order - lead).Select(j =>
                gram[j, j] == 0 ? double.NaN : identified[j] ? gram[j, j] * inverse[j, j] : double.PositiveInfinity),
        ];
    }

    /// <summary>
    /// The generalised variance inflation factors of J. Fox and G. Monette, "Generalized collinearity diagnostics" (1992), as car's <c>vif</c>: from the
    /// correlations R of the estimates without the intercept, with R₁₁ those of a column's terms and R₂₂ those of the others.
    /// </summary>
    /// <param name="covariance">Of the estimates, square; the intercept first, if there is one. NaN for parameters that are not determined.</param>
    /// <param name="columnOf">For each term the index of its column.</param>
    /// <param name="columns">The number of columns.</param>
    /// <exception cref="ArgumentException">The covariance has neither as many rows as there are terms, nor one more.</exception>
    public static IReadOnlyList<GeneralizedInflation> Generalized(double[][] covariance, IReadOnlyList<int> columnOf, int columns)
    {
        ArgumentNullException.ThrowIfNull(covariance);
        ArgumentNullException.ThrowIfNull(columnOf);
        var lead = covariance.Length - columnOf.Count;
        if (lead is not (0 or 1))
            throw new ArgumentException($"There are {columnOf.Count} terms and {covariance.Length} parameters with a covariance.", nameof(covariance));
        int[] terms = [.. Enumerable.Range(0, columnOf.Count).Where(term => covariance[term + lead][term + lead] > 0)];
        var matrix = new SymmetricMatrix(Math.Max(1, terms.Length));
        for (var i = 0; i < terms.Length; i++)
        {
            for (var j = i; j < terms.Length; j++)
                matrix[i, j] = covariance[terms[i] + lead][terms[j] + lead];
        }
        var factor = new Cholesky(matrix.Order);
        var all = LogDeterminant(factor, matrix, [.. terms.Select(_ => true)]);
        return
        [
            .. Enumerable.Range(0, columns).Select(column =>
            {
                bool[] own = [.. terms.Select(term => columnOf[term] == column)];
                var degrees = own.Count(isOwn => isOwn);
                if (degrees == 0)
                    return new GeneralizedInflation(column, 0, double.NaN, double.NaN);
                var log = LogDeterminant(factor, matrix, own) + LogDeterminant(factor, matrix, [.. own.Select(isOwn => !isOwn)]) - all;
                return new GeneralizedInflation(column, degrees, Math.Exp(log), Math.Exp(log / (2 * degrees)));
            }),
        ];
    }

    /// <summary>The logarithm of the determinant of the correlations of some parameters: the factorisation scales to unit diagonal.</summary>
    private static double LogDeterminant(Cholesky factor, SymmetricMatrix covariance, bool[] candidates)
    {
        if (!Array.Exists(candidates, isCandidate => isCandidate))
            return 0;
        factor.Factorize(covariance, candidates);
        var sum = 0.0;
        for (var k = 0; k < factor.Rank; k++)
            sum += 2 * Math.Log(factor.Taken(k).Lower.Span[k]);
        return sum;
    }
}
