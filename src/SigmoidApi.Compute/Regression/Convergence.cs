namespace SigmoidApi.Compute.Regression;

/// <summary>How a fit ended.</summary>
/// <param name="Converged">Whether the solver's stopping rule held and an optimum exists.</param>
/// <param name="Iterations">Iterations taken.</param>
/// <param name="Objective">c · Σ logloss + penalty; without a penalty, Σ logloss.</param>
/// <param name="GradientNorm">The largest absolute partial derivative of Objective / (c · n), the penalised mean loss.</param>
/// <param name="Warnings">What the reader must know.</param>
public sealed record Convergence(bool Converged, int Iterations, double Objective, double GradientNorm, IReadOnlyList<ConvergenceWarning> Warnings);
