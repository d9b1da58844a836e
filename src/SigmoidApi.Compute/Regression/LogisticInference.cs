namespace SigmoidApi.Compute.Regression;

/// <summary>How the covariance of the estimates is estimated; names are statsmodels'.</summary>
public enum CovarianceType
{
    Nonrobust,
    HC0,
    HC1,
    Cluster,
}

/// <summary>What an unpenalised (or Firth's) fit says about the parameters behind it.</summary>
public sealed record LogisticInference(
    ParameterInference? Intercept, IReadOnlyList<ParameterInference?> Coefficients, double[][] Covariance,
    double LogLikelihood, double NullLogLikelihood, double LikelihoodRatio, double LikelihoodRatioPValue, double McFaddenR2,
    double Aic, double Bic, double Observations, double ConfidenceLevel, CovarianceType CovarianceType);

/// <summary>One parameter, in the columns' own units.</summary>
public sealed record ParameterInference(double Estimate, double StandardError, double Z, double PValue, double ConfidenceLow, double ConfidenceHigh);
