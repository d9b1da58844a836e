namespace SigmoidApi.Compute.Regression;

/// <summary>How more than two classes are told apart.</summary>
public enum MultiClass
{
    /// <summary>
    /// Softmax regression: P(y = k | x) = e^mₖ / Σ e^m with the margins mₖ = bₖ + xᵀwₖ, all classes in one fit. With a penalty each class has parameters, and
    /// the intercepts sum to 0; without one the base class has none (<see cref="LogisticOptions.BaseClass"/>).
    /// </summary>
    Multinomial,

    /// <summary>For each class a fit of two classes, that class against all others; P(y = k | x) = σ(mₖ) / Σ σ(m).</summary>
    OneVsRest,
}
