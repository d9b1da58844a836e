using System.ComponentModel.DataAnnotations;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Models;

/// <summary>How a fit ended.</summary>
/// <param name="Converged">Whether the solver's stopping rule held and an optimum exists.</param>
/// <param name="Iterations">Iterations taken.</param>
/// <param name="Objective">c · Σ logloss + penalty; without a penalty, Σ logloss.</param>
/// <param name="GradientNorm">
/// The largest absolute partial derivative of the penalised mean loss, Objective / (c · n). With ‖w‖₁ in the penalty, it is the largest violation of the
/// optimality (Karush–Kuhn–Tucker) conditions of this loss.
/// </param>
/// <param name="Warnings">The warnings, those about the rows first.</param>
/// <param name="Solver">The solver; null for a model that was trained before the service recorded this.</param>
/// <param name="Passes">
/// How many times all rows were read, where a read of part of them counts as a fraction; null for a model that was trained before the service recorded this.
/// </param>
/// <param name="Seconds">How long the fit took; null for a model that was trained before the service recorded this.</param>
public sealed record ModelConvergence(
    bool Converged,
    [property: Range(0, int.MaxValue)] int Iterations,
    double Objective,
    double GradientNorm,
    IReadOnlyList<ModelWarning> Warnings,
    Solver? Solver = null,
    double? Passes = null,
    double? Seconds = null)
{
    internal static ModelConvergence From(Convergence convergence, IReadOnlyList<ModelWarning> warnings) => new(
        convergence.Converged,
        convergence.Iterations,
        convergence.Objective,
        convergence.GradientNorm,
        warnings,
        convergence.Solver,
        convergence.Passes,
        convergence.Seconds);
}
