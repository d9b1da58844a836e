namespace SigmoidApi.Compute.Inspection;

/// <summary>How well a model fits the rows that it was fitted to.</summary>
/// <param name="TjurR2">The mean probability of the rows with label 1 minus that of the others (Tjur, 2009).</param>
/// <param name="PearsonChiSquared">Σ w(y − p)² / (p(1 − p)).</param>
public sealed record GoodnessOfFit(double TjurR2, double PearsonChiSquared)
{
    /// <summary>From the probabilities at the estimates; it reads no row again.</summary>
    public static GoodnessOfFit Of(FittedRows fitted)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        var likelihood = fitted.Likelihood;
        var against = likelihood.Against;
        var (positive, negative, chi) = (0.0, 0.0, 0.0);
        for (var i = 0; i < against.Length; i++)
        {
            var weight = likelihood.Weight(i);
            if (weight == 0)
                continue;
            var miss = 1 / (1 + Math.Exp(-against[i]));
            (positive, negative) = likelihood.Label(i) == 1 ? (positive + weight * miss, negative) : (positive, negative + weight * miss);
            chi += weight * Math.Exp(against[i]);
        }
        var negatives = likelihood.TotalWeight - likelihood.PositiveWeight;
        return new(1 - positive / likelihood.PositiveWeight - negative / negatives, chi);
    }

    /// <summary>1 − e^(−λ/n), with the likelihood ratio λ against the null model (Cox and Snell, 1989).</summary>
    public static double CoxSnellR2(double logLikelihood, double nullLogLikelihood, double observations) =>
        1 - Math.Exp(-2 * (logLikelihood - nullLogLikelihood) / observations);

    /// <summary>Cox and Snell's R² divided by the greatest value that it can have (Nagelkerke, 1991).</summary>
    public static double NagelkerkeR2(double logLikelihood, double nullLogLikelihood, double observations) =>
        CoxSnellR2(logLikelihood, nullLogLikelihood, observations) / (1 - Math.Exp(2 * nullLogLikelihood / observations));
}
