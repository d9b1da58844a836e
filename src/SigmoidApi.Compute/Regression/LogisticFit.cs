using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>A fitted model, without scores.</summary>
/// <param name="Model">Coefficients in the columns' original units.</param>
/// <param name="Convergence">How the fit ended.</param>
public sealed record LogisticFit(LogisticModel Model, Convergence Convergence)
{
    /// <summary>Null unless several values of C or l1Ratio, or folds, were requested.</summary>
    public RegularizationPath? Path { get; init; }

    /// <summary>Null with any penalty except Firth's.</summary>
    public LogisticInference? Inference { get; init; }
}
