using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Inference;

/// <summary>
/// Standard errors, tests and intervals at a fit's estimates. The information is computed and inverted in the solver's parameters, where it is best
/// conditioned; the covariance is then converted to the columns' original units.
/// </summary>
internal static class InferenceComputation
{
    /// <summary>The tolerance of the fit of the intercept alone, in standard errors. The error that it leaves enters the likelihood squared.</summary>
    private const double NullTolerance = 1e-8;

    /// <summary>The inference of a fit without penalty.</summary>
    /// <param name="fit">Where the fit ended; weights count as frequencies.</param>
    /// <param name="identification">
    /// The identification of the same fit. Only identified parameters get figures, computed from the rows that identify them.
    /// </param>
    /// <param name="confidenceLevel">Above 0 and below 1.</param>
    /// <param name="covarianceType">How to estimate the covariance.</param>
    /// <param name="clusters">The cluster of each row, any number, for <see cref="CovarianceType.Cluster"/>.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    /// <exception cref="ArgumentException">The confidence level or the number of clusters is out of range.</exception>
    /// <exception cref="UntrainableDataException"><c>too_few_observations</c>, <c>too_few_clusters</c></exception>
    public static LogisticInference Compute(Estimates fit, Identification identification, double confidenceLevel, CovarianceType covarianceType,
        int[]? clusters, CancellationToken cancellationToken)
    {
        RequireConfidenceLevel(confidenceLevel);
        var (rest, factor) = (identification.Rest, identification.Step!.Factor);
        var covariance = SymmetricInverse.Of(factor, rest.Parameters.Length, cancellationToken);
        if (covarianceType != CovarianceType.Nonrobust && Array.Exists(identification.Identified, isIdentified => isIdentified))
            covariance = Robust(fit, rest, covariance, factor.Kept.Count(kept => kept), covarianceType, clusters, cancellationToken);

        var quantile = NormalDistribution.UpperQuantile((1 - confidenceLevel) / 2);
        var original = new OriginalUnits(rest.Likelihood.Rows, rest.Scaling);
        var inferences = original.Combinations.Select((combination, i) =>
        {
            if (!identification.Identified[i])
                return null;
            var estimate = combination.Of(rest.Parameters);
            var error = combination.StandardError(covariance);
            var z = estimate == 0 ? 0 : estimate / error;
            return new ParameterInference(estimate, error, z, NormalDistribution.TwoSidedPValue(z), estimate - quantile * error, estimate + quantile * error);
        }).ToList();
        var value = rest == fit ? identification.Step.Value : fit.Likelihood.Evaluate(fit.Parameters, cancellationToken);
        var inference = Assemble(
            fit.Likelihood, original, inferences, identification.Independent, covariance, value, fit.Likelihood.Null(), value, confidenceLevel, covarianceType);
        return identification.IsUnbounded
            ? inference with { LikelihoodRatio = double.NaN, LikelihoodRatioPValue = double.NaN, Aic = double.NaN, Bic = double.NaN }
            : inference;
    }

    /// <summary>Only the rest counts in the small-sample factors, because separated rows have no scores.</summary>
    private static SymmetricMatrix Robust(Estimates fit, Estimates rest, SymmetricMatrix inverse, int estimated, CovarianceType type, int[]? clusters,
        CancellationToken cancellationToken)
    {
        try
        {
            return SandwichCovariance.Compute(rest.Likelihood, inverse, estimated, type, clusters, cancellationToken);
        }
        catch (UntrainableDataException exception) when (rest != fit)
        {
            throw new UntrainableDataException(exception.Code,
                $"{exception.Message} Rows that the columns separate do not count, because they carry no information about the parameters. "
                + "Use another covariance, or penalty: \"firth\".");
        }
    }

    /// <summary>
    /// The inference of Firth's fit: standard errors from I⁻¹, and likelihood-ratio tests and profile intervals of ℓ*, or Wald's.
    /// </summary>
    /// <param name="likelihood">Rows as the solver saw them, labels, and weights as frequencies.</param>
    /// <param name="parameters">The solver's parameters at the maximum.</param>
    /// <param name="dependent">The parameters that were not estimated (<see cref="SolverResult.Dependent"/>).</param>
    /// <param name="scaling">How <paramref name="likelihood"/>'s rows are standardised; null if they are not.</param>
    /// <param name="confidenceLevel">Above 0 and below 1.</param>
    /// <param name="maxIterations">The limit for each fit of a profile.</param>
    /// <param name="intervals">Which tests and intervals to compute.</param>
    /// <param name="journal">
    /// Gets reports of the profiles and may stop them. Parameters without a profile then have no p-value and no interval.
    /// </param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    /// <exception cref="ArgumentException">The confidence level is out of range.</exception>
    public static LogisticInference ComputeFirth(LogLikelihood likelihood, double[] parameters, IReadOnlyList<int> dependent, StandardScaling? scaling,
        double confidenceLevel, int maxIterations, ConfidenceIntervals intervals, FitJournal journal, CancellationToken cancellationToken)
    {
        RequireConfidenceLevel(confidenceLevel);
        var order = likelihood.Rows.Dimension;
        bool[] kept = [.. Enumerable.Range(0, order).Select(j => !dependent.Contains(j))];
        var firth = new FirthLikelihood(likelihood, kept);
        var maximum = firth.Evaluate(parameters, cancellationToken);
        var logLikelihood = firth.LogLikelihood;
        var factor = new Cholesky(order);
        factor.Factorize(firth.Information, kept);
        var covariance = SymmetricInverse.Of(factor, order, cancellationToken);

        var quantile = NormalDistribution.UpperQuantile((1 - confidenceLevel) / 2);
        var original = new OriginalUnits(likelihood.Rows, scaling);
        var identified = Identification.OfRank(new Estimates(likelihood, parameters, scaling), dependent, cancellationToken).Identified;
        var inferences = new List<ParameterInference?>();
        foreach (var combination in original.Combinations)
        {
            var estimate = combination.Of(parameters);
            if (!identified[inferences.Count])
            {
                inferences.Add(null);
                continue;
            }
            var error = combination.StandardError(covariance);
            var z = estimate / error;
            inferences.Add(new ParameterInference(
                estimate, error, z, NormalDistribution.TwoSidedPValue(z), estimate - quantile * error, estimate + quantile * error));
        }
        if (intervals == ConfidenceIntervals.Profile)
        {
            var gradient = new double[order];
            firth.Differentiate(gradient, cancellationToken);
            var gradientNorm = gradient.Where((_, j) => kept[j]).Select(Math.Abs).DefaultIfEmpty().Max() / likelihood.TotalWeight;
            int[] estimated = [.. Enumerable.Range(0, inferences.Count).Where(i => inferences[i] is not null)];
            var profiles = new FirthIntervals(likelihood, kept, parameters, maximum, quantile, maxIterations)
                .Compute([.. estimated.Select(i => original.Combinations[i])], covariance, gradientNorm, journal, cancellationToken);
            foreach (var (i, profile) in estimated.Zip(profiles))
                inferences[i] = inferences[i]!.By(profile);
        }

        // ℓ* in the solver's units and in the original units differ by the log determinant of the change of units.
        var units = original.LogDeterminant(kept);
        bool[] interceptOnly = [.. kept.Select((isKept, j) => isKept && j == 0 && likelihood.Rows.HasIntercept)];
        var nullMaximum = new FirthSolver(firth, maxIterations, NullTolerance).Climb(new double[order], interceptOnly, null, null, cancellationToken)?.Value
            ?? throw NumericRange.Exceeded();
        return Assemble(likelihood, original, inferences, kept, covariance, maximum + units, nullMaximum + units, logLikelihood, confidenceLevel,
            CovarianceType.Nonrobust).With(intervals);
    }

    public static void RequireConfidenceLevel(double confidenceLevel)
    {
        if (!(confidenceLevel > 0 && confidenceLevel < 1))
            throw new ArgumentOutOfRangeException(nameof(confidenceLevel), confidenceLevel, "A confidence level must be above 0 and below 1.");
    }

    /// <param name="likelihood">Of the rows of the fit.</param>
    /// <param name="original">The parameters in the columns' original units.</param>
    /// <param name="inferences">One for each parameter in original units.</param>
    /// <param name="kept">Which of the solver's parameters were estimated.</param>
    /// <param name="covariance">In the solver's parameters.</param>
    /// <param name="maximum">The value that the fit maximised.</param>
    /// <param name="nullMaximum">The same without the columns.</param>
    /// <param name="logLikelihood">ℓ at the estimates.</param>
    /// <param name="confidenceLevel">Above 0 and below 1.</param>
    /// <param name="covarianceType">How the covariance was estimated.</param>
    private static LogisticInference Assemble(LogLikelihood likelihood, OriginalUnits original, List<ParameterInference?> inferences, bool[] kept,
        SymmetricMatrix covariance, double maximum, double nullMaximum, double logLikelihood, double confidenceLevel, CovarianceType covarianceType)
    {
        var estimated = kept.Count(isKept => isKept);
        var coefficients = estimated - (likelihood.Rows.HasIntercept && kept[0] ? 1 : 0);
        var ratio = coefficients == 0 ? 0 : Math.Max(0, 2 * (maximum - nullMaximum));
        double[][] originalCovariance = [.. original.Combinations.Select((row, i) => original.Combinations.Select((column, j) =>
            inferences[i] is null || inferences[j] is null ? double.NaN : row.Covariance(column, covariance)).ToArray())];
        return new LogisticInference(
            original.HasIntercept ? inferences[0] : null,
            inferences[(original.HasIntercept ? 1 : 0)..],
            originalCovariance,
            maximum,
            nullMaximum,
            ratio,
            ChiSquaredDistribution.UpperTail(ratio, coefficients),
            McFaddenR2: 1 - logLikelihood / likelihood.Null(),
            Aic: 2 * estimated - 2 * logLikelihood,
            Bic: estimated * Math.Log(likelihood.TotalWeight) - 2 * logLikelihood,
            likelihood.TotalWeight,
            confidenceLevel,
            covarianceType);
    }
}
