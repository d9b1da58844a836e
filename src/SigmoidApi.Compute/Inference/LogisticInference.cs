namespace SigmoidApi.Compute.Inference;

/// <summary>
/// How the covariance of the estimates is estimated; names are statsmodels'. I is the information at the estimates, n the observations, k the
/// parameters estimated.
/// </summary>
public enum CovarianceType
{
    /// <summary>I⁻¹: trusts the model.</summary>
    Nonrobust,

    /// <summary>I⁻¹·Σ uᵢuᵢᵀ·I⁻¹ with the rows' scores uᵢ, whatever the model (White, 1982).</summary>
    HC0,

    /// <summary>HC0 times n / (n − k).</summary>
    HC1,

    /// <summary>HC0 of the scores of clusters of rows, which may depend on each other, times G/(G − 1) · (n − 1)/(n − k) for G clusters (Liang and Zeger, 1986).</summary>
    Cluster,
}

/// <summary>
/// What an unpenalised (or Firth's) fit says about the parameters behind it, in the columns' own units; the means and deviations that it was standardised by
/// count as known.
/// A parameter that the data do not identify, because the classes are separated or columns are collinear or constant, has no figures.
/// <para>
/// For Firth's fit the log-likelihoods are the penalised ones, ℓ* = ℓ + ½·log|I|, and with <see cref="ConfidenceIntervals.Profile"/> the p-values come from
/// likelihood ratios and the intervals from the profile of ℓ*; otherwise both are Wald's.
/// </para>
/// </summary>
/// <param name="Intercept">Null if no intercept was fitted, or if the data do not identify it.</param>
/// <param name="Coefficients">One for each column; null where it is not identified.</param>
/// <param name="Covariance">
/// Square: the intercept first where there is one, then the columns in their order; NaN for what is not identified. An entry beyond float64's range is
/// infinite or 0; standard errors are formed without it.
/// </param>
/// <param name="LogLikelihood">The logarithm of the likelihood that the fit maximised, weighted: Σ wᵢ·ℓᵢ.</param>
/// <param name="NullLogLikelihood">Its maximum with every coefficient 0: over the intercept alone, or, where none was fitted, with P = 1/2.</param>
/// <param name="LikelihoodRatio">2 · (<paramref name="LogLikelihood"/> − <paramref name="NullLogLikelihood"/>); NaN where the likelihood has no maximum, as
/// <paramref name="LikelihoodRatioPValue"/>, <paramref name="Aic"/> and <paramref name="Bic"/>, whose theory needs one.</param>
/// <param name="LikelihoodRatioPValue">The chi-squared tail from there on, with a degree of freedom for each coefficient estimated; 1 if there is none.</param>
/// <param name="McFaddenR2">1 − ℓ/ℓ₀ (McFadden, 1974), without penalty also for Firth's fit, as a penalised one changes with the columns' units.</param>
/// <param name="Aic">−2ℓ + 2k (Akaike, 1974), without penalty.</param>
/// <param name="Bic">−2ℓ + k·log n (Schwarz, 1978), without penalty.</param>
/// <param name="Observations">n: the number of rows, or the sum of their weights, which count as frequencies, as statsmodels' <c>freq_weights</c> do.</param>
/// <param name="ConfidenceLevel">What the intervals cover, above 0 and below 1.</param>
public sealed record LogisticInference(
    ParameterInference? Intercept, IReadOnlyList<ParameterInference?> Coefficients, double[][] Covariance,
    double LogLikelihood, double NullLogLikelihood, double LikelihoodRatio, double LikelihoodRatioPValue, double McFaddenR2,
    double Aic, double Bic, double Observations, double ConfidenceLevel, CovarianceType CovarianceType)
{
    /// <summary>How the parameters' tests and intervals were made.</summary>
    public ConfidenceIntervals Intervals { get; init; } = ConfidenceIntervals.Wald;

    /// <summary>The columns whose profile there was no time for, as the fit was to stop: they have neither a p-value nor an interval.</summary>
    internal int[] ColumnsWithoutProfile => [.. Enumerable.Range(0, Coefficients.Count).Where(j => LacksProfile(Coefficients[j]))];

    /// <summary>The same of the intercept.</summary>
    internal bool InterceptLacksProfile => LacksProfile(Intercept);

    /// <summary>Whether there is any such parameter.</summary>
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

/// <summary>One parameter, in the columns' own units.</summary>
/// <param name="Z">Estimate / StandardError, also for Firth's fit.</param>
/// <param name="PValue">
/// Of the hypothesis that the parameter is 0; Wald's for Firth's fit too where the fit under the hypothesis does not converge. NaN where there was no
/// time for it.
/// </param>
/// <param name="ConfidenceLow">−∞ where the profile does not reach the level, so that the interval still covers; NaN where there is no interval.</param>
/// <param name="ConfidenceHigh">Likewise ∞.</param>
public sealed record ParameterInference(double Estimate, double StandardError, double Z, double PValue, double ConfidenceLow, double ConfidenceHigh)
{
    /// <summary>Whether there is an interval: one was asked for, and there was time for it.</summary>
    public bool HasInterval => !double.IsNaN(ConfidenceLow);

    internal ParameterInference WithoutInterval => this with { ConfidenceLow = double.NaN, ConfidenceHigh = double.NaN };

    /// <summary>By its profile; null where there was no time for it. Where no ratio was found the p-value stays Wald's.</summary>
    internal ParameterInference By((double? Ratio, double Low, double High)? profile) => profile is not { } found
        ? WithoutInterval with { PValue = double.NaN }
        : this with
        {
            PValue = found.Ratio is { } ratio ? ChiSquaredDistribution.UpperTail(ratio, 1) : PValue,
            ConfidenceLow = found.Low,
            ConfidenceHigh = found.High,
        };
}
