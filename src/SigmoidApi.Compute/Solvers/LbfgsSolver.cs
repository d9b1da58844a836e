using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Minimises f, the penalised mean log loss, by limited-memory BFGS (Liu and Nocedal, "On the limited memory BFGS method for large scale optimization",
/// 1989). The initial metric is the diagonal of the Hessian at 0, so that the columns' units don't matter. It takes one pass over the rows for that
/// diagonal, one for the start and usually one for each iteration. Its memory is a few vectors of parameters.
/// <para>
/// Stops when √(W · ∇fᵀM∇f) ≤ tolerance, with M the BFGS approximation to H⁻¹ and W the total weight of the rows: an estimate of the Newton
/// decrement of the summed loss. Also stops when the gradient is only rounding (<see cref="GradientRounding"/>).
/// </para>
/// </summary>
internal static class LbfgsSolver
{
    /// <summary>The most numbers that all pairs together may hold: 7 MB.</summary>
    private const int MemoryNumbers = 900_000;

    public static SolverResult Minimize(LogisticObjective objective, double[] start, int maxIterations, double tolerance,
        FitJournal journal, CancellationToken cancellationToken)
    {
        var diagonal = objective.HessianDiagonal(cancellationToken);
        if (Array.Exists(diagonal, entry => !double.IsFinite(entry)))
            throw NumericRange.Exceeded();
        var memory = new LimitedMemory(objective.Dimension, Math.Clamp(MemoryNumbers / (2 * objective.Dimension), 4, 20));
        var descent = new Descent(objective, start, 1);
        var rounding = new GradientRounding(objective);
        var iteration = 0;
        if (!journal.Resume(SaveOrLoad))
        {
            descent.Evaluate(cancellationToken);
            NumericRange.RequireFinite(descent.Value, descent.Gradient);
        }
        for (; ; iteration++)
        {
            var gradientNorm = SolverResult.InfinityNorm(descent.Gradient);
            if (journal.Report(iteration, maxIterations, descent.Value, gradientNorm))
                return SolverResult.Stopped(descent.Parameters, descent.Value, gradientNorm, iteration);
            var decrease = descent.SetStep(vector => memory.Apply(vector, Precondition, rescale: true));
            var decrement = objective.Decrement(decrease);
            var converged = decrement <= tolerance
                || (Math.Max(tolerance, decrement) < GradientRounding.FineTolerance
                    && rounding.Covers(descent.Parameters, descent.Gradient, null, cancellationToken));
            if (!converged && iteration < maxIterations && descent.TakeStep(decrease, cancellationToken))
            {
                memory.Add(descent.Previous.Parameters, descent.Parameters, descent.Previous.Gradient, descent.Gradient);
                continue;
            }
            return new SolverResult(descent.Parameters, descent.Value, gradientNorm, iteration, converged,
                ConvergenceWarning.ForEnd(converged, iteration, maxIterations, gradientNorm));
        }

        void SaveOrLoad(StateArchive archive)
        {
            iteration = archive.Integer(iteration);
            descent.SaveOrLoad(archive);
            memory.SaveOrLoad(archive);
        }

        void Precondition(double[] vector)
        {
            for (var j = 0; j < vector.Length; j++)
                vector[j] = diagonal[j] > 0 ? vector[j] / diagonal[j] : 0;
        }
    }
}
