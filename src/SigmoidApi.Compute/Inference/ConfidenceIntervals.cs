namespace SigmoidApi.Compute.Inference;

/// <summary>How tests and confidence intervals of the parameters are made.</summary>
public enum ConfidenceIntervals
{
    /// <summary>
    /// From the profile of the likelihood that Firth's fit maximises: an interval has the values that a likelihood-ratio test would not reject, and the
    /// p-values are of such tests. Some dozens of fits for each parameter.
    /// </summary>
    Profile,

    /// <summary>The estimate ± z standard errors, and Wald's p-values.</summary>
    Wald,

    /// <summary>No intervals; Wald's p-values.</summary>
    None,
}
