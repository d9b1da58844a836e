namespace SigmoidApi.Compute.Inspection;

/// <summary>What a marginal effect is the effect on, and of what; the names are statsmodels'.</summary>
public enum MarginMethod
{
    /// <summary>dp/dx, the effect on the probability of a unit of the column.</summary>
    Dydx,

    /// <summary>d ln p/dx, the effect on the logarithm of the probability.</summary>
    Eydx,

    /// <summary>dp/d ln x, the effect of a relative change of the column.</summary>
    Dyex,

    /// <summary>d ln p/d ln x, the elasticity.</summary>
    Eyex,
}

/// <summary>Where marginal effects are taken.</summary>
public enum MarginPoint
{
    /// <summary>The mean of the effects at all rows, each counted by its weight.</summary>
    Overall,

    /// <summary>The effect at the weighted mean of the design's columns.</summary>
    Mean,
}

/// <summary>The marginal effect of a term.</summary>
/// <param name="Term">The index of the term.</param>
/// <param name="IsDiscrete">Whether it is the difference of a 0/1 term: with 1 and with 0, and the other levels of its category 0 in both.</param>
/// <param name="Effect">The effect.</param>
/// <param name="StandardError">By the delta method from the covariance of the estimates; NaN without one, or if the data do not determine the term.</param>
/// <param name="Z">Effect / StandardError.</param>
/// <param name="PValue">Two-sided, from the normal distribution.</param>
/// <param name="ConfidenceLow">Effect − quantile · StandardError, at the fit's confidence level.</param>
/// <param name="ConfidenceHigh">Effect + quantile · StandardError.</param>
public sealed record MarginalEffect(
    int Term, bool IsDiscrete, double Effect, double StandardError, double Z, double PValue, double ConfidenceLow, double ConfidenceHigh);
