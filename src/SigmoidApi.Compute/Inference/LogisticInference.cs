namespace SigmoidApi.Compute.Inference;

/// <summary>
/// How the covariance of the estimates is estimated; the names are statsmodels'. I is the information at the estimates, n the number of observations and
/// k the number of estimated parameters.
/// </summary>
public enum CovarianceType
{
    /// <summary>I⁻¹, which is valid if the model is correct.</summary>
    Nonrobust,

    /// <summary>I⁻¹·Σ uᵢuᵢᵀ·I⁻¹ with the rows' scores uᵢ, which is valid even if the model is not correct (White, 1982).</summary>
    HC0,

    /// <summary>HC0 times n / (n − k).</summary>
    HC1,

    /// <summary>
    /// HC0 with the scores of G clusters instead of rows, times G/(G − 1) · (n − 1)/(n − k). The rows of a cluster may depend on each other (Liang and
    /// Zeger, 1986).
    /// </summary>
    Cluster,
}

/// <summary>
/// The statistical inference of an unpenalised fit or of Firth's fit, in the columns' original units. The means and deviations used to standardise columns
/// count as known. A parameter that the data do not identify, because the classes are separated or columns are collinear or constant, has no figures.
/// <para>
/// For Firth's fit the log-likelihoods are penalised, ℓ* = ℓ + ½·log|I|. With <see cref="ConfidenceIntervals.Profile"/> the p-values come from likelihood
/// ratios and the intervals from the profile of ℓ*; otherwise both are Wald's.
/// </para>
/// </summary>
/// <param name="Intercept">Null if no intercept was fitted, or if the data do not identify it.</param>
/// <param name="Coefficients">One for each column; null if the data do not identify it.</param>
/// <param name="Covariance">
/// Square: the intercept first, if there is one, then the columns in their order; NaN for parameters that are not identified. An entry beyond float64's
/// range is infinite or 0; standard errors are computed without these entries.
/// </param>
/// <param name="LogLikelihood">The logarithm of the likelihood that the fit maximised, weighted: Σ wᵢ·ℓᵢ.</param>
/// <param name="NullLogLikelihood">Its maximum with every coefficient 0: over the intercept, or with P = 1/2 if no intercept was fitted.</param>
/// <param name="LikelihoodRatio">
/// 2 · (<paramref name="LogLikelihood"/> − <paramref name="NullLogLikelihood"/>). If the likelihood has no maximum, this,
/// <paramref name="LikelihoodRatioPValue"/>, <paramref name="Aic"/> and <paramref name="Bic"/> are NaN, because their theory needs one.
/// </param>
/// <param name="LikelihoodRatioPValue">
/// The upper tail of the chi-squared distribution at the likelihood ratio, with one degree of freedom for each estimated coefficient; 1 if there is none.
/// </param>
/// <param name="McFaddenR2">
/// 1 − ℓ/ℓ₀ (McFadden, 1974). It is without the penalty for Firth's fit too, because with the penalty it would depend on the columns' units.
/// </param>
/// <param name="Aic">−2ℓ + 2k (Akaike, 1974), without the penalty.</param>
/// <param name="Bic">−2ℓ + k·log n (Schwarz, 1978), without the penalty.</param>
/// <param name="Observations">
/// n: the number of rows or, with weights, their sum. Weights count as frequencies, like statsmodels' <c>freq_weights</c>.
/// </param>
/// <param name="ConfidenceLevel">The coverage of the intervals, above 0 and below 1.</param>
public sealed record LogisticInference(
    ParameterInference? Intercept,
    IReadOnlyList<ParameterInference?> Coefficients,
    double[][] Covariance,
    double LogLikelihood,
    double NullLogLikelihood,
    double LikelihoodRatio,
    double LikelihoodRatioPValue,
    double McFaddenR2,
    double Aic,
    double Bic,
    double Observations,
    double ConfidenceLevel,
    CovarianceType CovarianceType)
{
    /// <summary>How the tests and intervals were computed.</summary>
    public ConfidenceIntervals Intervals { get; init; } = ConfidenceIntervals.Wald;

    /// <summary>The columns whose profile was not finished when the fit was stopped. They have neither a p-value nor an interval.</summary>
    internal int[] ColumnsWithoutProfile => [.. Enumerable.Range(0, Coefficients.Count).Where(j => LacksProfile(Coefficients[j]))];

    /// <summary>Whether this holds for the intercept.</summary>
    internal bool InterceptLacksProfile => LacksProfile(Intercept);

    /// <summary>Whether this holds for any parameter.</summary>
    internal bool LacksProfiles => InterceptLacksProfile || ColumnsWithoutProfile.Length > 0;

    /// <summary>A copy with this kind of intervals; <see cref="ConfidenceIntervals.None"/> removes the intervals.</summary>
    internal LogisticInference With(ConfidenceIntervals intervals) => intervals != ConfidenceIntervals.None
        ? this with { Intervals = intervals }
        : this with
        {
            Intervals = intervals,
            Intercept = Intercept?.WithoutInterval,
            Coefficients = [.. Coefficients.Select(coefficient => coefficient?.WithoutInterval)],
        };

    private bool LacksProfile(ParameterInference? parameter) => Intervals == ConfidenceIntervals.Profile && parameter is { HasInterval: false };
}

/// <summary>One parameter, in the columns' original units.</summary>
/// <param name="Z">Estimate / StandardError, also for Firth's fit.</param>
/// <param name="PValue">
/// For the hypothesis that the parameter is 0. With profiles it is Wald's if the fit under the hypothesis does not converge, and NaN if the fit was stopped
/// before this profile.
/// </param>
/// <param name="ConfidenceLow">
/// −∞ if the profile does not reach the level, so that the interval still has its coverage; NaN if there is no interval.
/// </param>
/// <param name="ConfidenceHigh">∞ if the profile does not reach the level; NaN if there is no interval.</param>
public sealed record ParameterInference(double Estimate, double StandardError, double Z, double PValue, double ConfidenceLow, double ConfidenceHigh)
{
    /// <summary>Whether there is an interval: it was requested, and the fit was not stopped before it.</summary>
    public bool HasInterval => !double.IsNaN(ConfidenceLow);

    internal ParameterInference WithoutInterval => this with { ConfidenceLow = double.NaN, ConfidenceHigh = double.NaN };

    /// <summary>With the results of its profile; null if the fit was stopped before it. If there is no ratio, the p-value stays Wald's.</summary>
    internal ParameterInference By((double? Ratio, double Low, double High)? profile) => profile is not { } found
        ? WithoutInterval with { PValue = double.NaN }
        : this with
        {
            PValue = found.Ratio is { } ratio ? ChiSquaredDistribution.UpperTail(ratio, 1) : PValue,
            ConfidenceLow = found.Low,
            ConfidenceHigh = found.High,
        };
}
