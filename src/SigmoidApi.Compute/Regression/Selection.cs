namespace SigmoidApi.Compute.Regression;

/// <summary>Which point of a path becomes the model.</summary>
public enum Selection
{
    /// <summary>The point with the smallest validation log loss.</summary>
    Best,

    /// <summary>The most strongly penalised point whose validation log loss is within one standard error of the best (Breiman and others, 1984).</summary>
    OneStandardError,
}
