using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Inspection;

/// <summary>
/// Marginal effects of the terms of a model, with standard errors by the delta method (W. Greene, "Econometric Analysis"; statsmodels' <c>get_margeff</c>).
/// A number's effect is a derivative. A 0/1 term's is a difference: of p with the term 1 and with it 0, and for <c>eydx</c> divided by the second; the other
/// levels of a level's category are 0 in both. <c>dyex</c> and <c>eyex</c> have no difference, so 0/1 terms are left out there, as in statsmodels.
/// </summary>
public static class MarginalEffects
{
    private const int ChunkRows = 1024;

    /// <summary>The most bytes for the sums of the groups of rows.</summary>
    private const int SumBytes = 8 << 20;

    /// <summary>One pass over the rows, a second one for the gradients of <c>dyex</c> and <c>eyex</c>, and one to find numbers that are 0/1.</summary>
    /// <param name="fitted">A fit with any penalty; standard errors need one without, or Firth's.</param>
    /// <param name="method">The kind of effect.</param>
    /// <param name="at">Where the effects are taken.</param>
    /// <param name="asNumbers">Whether 0/1 terms get derivatives too, as by default in statsmodels.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    /// <returns>For each term in order, without those that have no such effect.</returns>
    public static IReadOnlyList<MarginalEffect> Of(
        FittedRows fitted, MarginMethod method, MarginPoint at, bool asNumbers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        var terms = fitted.Features.Columns;
        var isDiscrete = asNumbers ? new bool[terms] : ZeroOne(fitted, cancellationToken);
        var ofRow = new EffectSums(fitted, method, isDiscrete);
        var sums = new double[ofRow.Length];
        if (at == MarginPoint.Mean)
        {
            ofRow.Add(fitted.Moments.Means, 1, sums);
        }
        else
        {
            Tree(fitted, ofRow.Length).Run((first, count, _, target) => AddRows(fitted, ofRow, first, count, target), cancellationToken)[..sums.Length]
                .CopyTo(sums);
        }
        var total = at == MarginPoint.Mean ? 1 : fitted.Observations;
        var gram = ofRow.IsRelative ? Gram(fitted, ofRow, at, cancellationToken) : null;
        var covariance = fitted.Covariance(cancellationToken);
        var identified = covariance is null ? null : fitted.Identified(fitted.Information(cancellationToken), cancellationToken);
        var quantile = NormalDistribution.UpperQuantile((1 - fitted.ConfidenceLevel) / 2);
        var lead = fitted.HasIntercept ? 1 : 0;
        return
        [
            .. Enumerable.Range(0, terms).Where(term => !(ofRow.IsRelative && isDiscrete[term])).Select(term =>
            {
                var (effect, gradient) = ofRow.Effect(term, sums, total, gram);
                var error = covariance is null || !identified![term + lead] ? double.NaN : Error(fitted, gradient, covariance);
                var z = effect == 0 && error == 0 ? 0 : effect / error;
                return new MarginalEffect(
                    term, isDiscrete[term], effect, error, z, NormalDistribution.TwoSidedPValue(z), effect - quantile * error, effect + quantile * error);
            }),
        ];
    }

    /// <summary>√(gᵀVg), with the gradient g in the coefficients' own units and V in those of standardised rows.</summary>
    private static double Error(FittedRows fitted, double[] gradient, SymmetricMatrix covariance)
    {
        var lead = fitted.HasIntercept ? 1 : 0;
        double[] factors = [.. gradient];
        for (var j = lead; j < factors.Length; j++)
            factors[j] = (gradient[j] - (lead == 1 ? gradient[0] * fitted.Scaling.Means[j - lead] : 0)) * fitted.Scaling.Reciprocals[j - lead];
        return new Combination([.. Enumerable.Range(0, factors.Length)], factors).StandardError(covariance);
    }

    /// <summary>Σ w·f′(η)·xxᵀ, with the intercept's 1 first.</summary>
    private static Func<int, int, double> Gram(FittedRows fitted, EffectSums ofRow, MarginPoint at, CancellationToken cancellationToken)
    {
        var lead = fitted.HasIntercept ? 1 : 0;
        if (at == MarginPoint.Mean)
        {
            double[] mean = [.. Enumerable.Repeat(1.0, lead), .. fitted.Moments.Means];
            var slope = ofRow.SlopeAt(fitted.Moments.Means);
            return (i, j) => slope * mean[i] * mean[j];
        }
        var rows = DesignRows.Of(fitted.Features, scaling: null, fitted.HasIntercept, fitted.Crew);
        var slopes = new double[fitted.Features.Rows];
        var against = fitted.Likelihood.Against;
        for (var i = 0; i < slopes.Length; i++)
            slopes[i] = fitted.Likelihood.Weight(i) * ofRow.Slope(fitted.Likelihood.Label(i) == 1 ? -against[i] : against[i]);
        var sums = new SymmetricMatrix(rows.Dimension);
        rows.WeightedGram(slopes, sums, cancellationToken);
        return (i, j) => sums[i, j];
    }

    /// <summary>For each term whether every row of weight above 0 has 0 or 1.</summary>
    private static bool[] ZeroOne(FittedRows fitted, CancellationToken cancellationToken)
    {
        var terms = fitted.Features.Columns;
        var others = Tree(fitted, terms).Run((first, count, _, sums) =>
        {
            foreach (var x in fitted.Features.RowsFrom(first, count))
            {
                var isPresent = fitted.Likelihood.Weight(first++) > 0;
                for (var j = 0; j < terms; j++)
                    sums[j] += x[j] is 0 or 1 || !isPresent ? 0 : 1;
            }
        }, cancellationToken);
        var isZeroOne = new bool[terms];
        for (var j = 0; j < terms; j++)
            isZeroOne[j] = fitted.Columns.IsIndicator[j] || others[j] == 0;
        return isZeroOne;
    }

    private static void AddRows(FittedRows fitted, EffectSums ofRow, int first, int count, Span<double> sums)
    {
        foreach (var x in fitted.Features.RowsFrom(first, count))
        {
            var weight = fitted.Likelihood.Weight(first++);
            if (weight > 0)
                ofRow.Add(x, weight, sums);
        }
    }

    private static TreeSum Tree(FittedRows fitted, int length) =>
        new(fitted.Features.Rows, ChunkRows, Math.Clamp(SumBytes / sizeof(double) / length, 2, 64), length, fitted.Crew);
}
