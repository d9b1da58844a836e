namespace SigmoidApi.Compute.Inference;

/// <summary>
/// The statistical inference of an unpenalised softmax fit against a base class, in the columns' original units, as statsmodels' <c>MNLogit</c> has it. The
/// figures and conventions are those of <see cref="LogisticInference"/>.
/// </summary>
/// <param name="BaseClass">The class without parameters. Estimates are log-odds against it.</param>
/// <param name="Classes">One for each other class, in their order.</param>
/// <param name="Covariance">
/// Square: for each of <paramref name="Classes"/> in turn the intercept, if there is one, then the columns in their order; NaN for parameters that are not
/// identified.
/// </param>
/// <param name="LogLikelihood">Σ wᵢ·ℓᵢ at the estimates.</param>
/// <param name="NullLogLikelihood">Its maximum over the intercepts alone, or with equal probabilities if no intercept was fitted.</param>
/// <param name="LikelihoodRatio">2 · (<paramref name="LogLikelihood"/> − <paramref name="NullLogLikelihood"/>); NaN if the likelihood has no maximum.</param>
/// <param name="LikelihoodRatioDegreesOfFreedom">The number of estimated coefficients, without intercepts.</param>
/// <param name="LikelihoodRatioPValue">The upper tail of the chi-squared distribution at the likelihood ratio; 1 if there is no coefficient.</param>
/// <param name="McFaddenR2">1 − ℓ/ℓ₀</param>
/// <param name="Aic">−2ℓ + 2k with k estimated parameters.</param>
/// <param name="Bic">−2ℓ + k·log n</param>
/// <param name="Observations">n: the number of rows or, with weights, their sum.</param>
/// <param name="ConfidenceLevel">The coverage of the intervals, above 0 and below 1.</param>
/// <param name="CovarianceType">How the covariance was estimated.</param>
public sealed record MultinomialInference(
    int BaseClass,
    IReadOnlyList<ClassInference> Classes,
    double[][] Covariance,
    double LogLikelihood,
    double NullLogLikelihood,
    double LikelihoodRatio,
    int LikelihoodRatioDegreesOfFreedom,
    double LikelihoodRatioPValue,
    double McFaddenR2,
    double Aic,
    double Bic,
    double Observations,
    double ConfidenceLevel,
    CovarianceType CovarianceType);

/// <summary>The parameters of one class against the base class.</summary>
/// <param name="Class">Its index.</param>
/// <param name="Intercept">Null if no intercept was fitted, or if the data do not identify it.</param>
/// <param name="Coefficients">One for each column; null if the data do not identify it.</param>
public sealed record ClassInference(int Class, ParameterInference? Intercept, IReadOnlyList<ParameterInference?> Coefficients);
