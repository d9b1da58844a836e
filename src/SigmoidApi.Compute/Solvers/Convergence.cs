namespace SigmoidApi.Compute.Solvers;

/// <summary>How a fit ended.</summary>
/// <param name="Converged">Whether the solver's stopping rule held and an optimum exists.</param>
/// <param name="Iterations">Iterations taken.</param>
/// <param name="Objective">c · Σ logloss + penalty; without a penalty, Σ logloss.</param>
/// <param name="GradientNorm">
/// The largest absolute partial derivative of Objective / (c · n), the penalised mean loss; with ‖w‖₁ in the penalty the largest
/// violation of the optimality (Karush–Kuhn–Tucker) conditions of the same.
/// </param>
/// <param name="Warnings">What the user must know about the fit.</param>
public sealed record Convergence(bool Converged, int Iterations, double Objective, double GradientNorm, IReadOnlyList<ConvergenceWarning> Warnings)
{
    /// <summary>The solver that ran; never <see cref="Solver.Auto"/>.</summary>
    public Solver Solver { get; init; }

    /// <summary>How many times all rows were read; a pass over a part of the rows counts as that part.</summary>
    public double Passes { get; init; }

    /// <summary>From the start of the call to its end; for a resumed fit, only the time since it was resumed.</summary>
    public double Seconds { get; init; }
}
