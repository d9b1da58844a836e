namespace SigmoidApi.Compute.Inference;

/// <summary>How tests and confidence intervals of the parameters are computed.</summary>
public enum ConfidenceIntervals
{
    /// <summary>
    /// From the profile of the likelihood that Firth's fit maximises: an interval contains the values that a likelihood-ratio test does not reject, and
    /// the p-values are those of such tests. Takes a few dozen fits for each parameter.
    /// </summary>
    Profile,

    /// <summary>The estimate ± z standard errors, with Wald's p-values.</summary>
    Wald,

    /// <summary>No intervals, but Wald's p-values.</summary>
    None,
}
