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

    private const int LeastPairs = 4;

    private const int MostPairs = 20;

    /// <summary>
    /// If trials read rounded rows, 20 pairs take longer than half a trial, and save none: for 2,000 × 2,000, 88 iterations with 10 pairs and 86 with 20.
    /// </summary>
    private const int MostPairsOfRounded = 10;

    public static SolverResult Minimize(LogisticObjective objective, double[] start, int maxIterations, double tolerance,
        FitJournal journal, CancellationToken cancellationToken)
    {
        var diagonal = objective.HessianDiagonal(cancellationToken);
        if (Array.Exists(diagonal, entry => !double.IsFinite(entry)))
            throw NumericRange.Exceeded();
        var descent = new Descent(objective, start, 1);
        descent.UseRounded();
        var pairs = descent.IsRounded ? MostPairsOfRounded : MostPairs;
        var memory = new LimitedMemory(objective.Dimension, Math.Clamp(MemoryNumbers / (2 * objective.Dimension), LeastPairs, pairs));
        var rounding = new GradientRounding(objective, diagonal);
        var iteration = 0;
        if (journal.Resume(SaveOrLoad))
        {
            descent.Restore(cancellationToken);
        }
        else
        {
            descent.Evaluate(cancellationToken);
            NumericRange.RequireFinite(descent.Value, descent.Gradient);
        }
        while (true)
        {
            var gradientNorm = SolverResult.InfinityNorm(descent.Gradient);
            if (journal.Report(iteration, maxIterations, descent.Value, gradientNorm))
                return SolverResult.Stopped(descent.Parameters, descent.Value, gradientNorm, iteration);
            var decrease = descent.SetStep(vector => memory.Apply(vector, Precondition, rescale: true));
            var decrement = objective.Decrement(decrease);
            if (!descent.IsExact && (iteration == maxIterations || descent.IsDue(decrease, tolerance * tolerance / objective.TotalWeight)))
            {
                descent.Evaluate(cancellationToken);
                continue;
            }
            var converged = decrement <= tolerance
                || (Math.Max(tolerance, decrement) < GradientRounding.FineTolerance
                    && rounding.Covers(descent.Parameters, descent.Gradient, null, cancellationToken));
            if (!converged && iteration < maxIterations)
            {
                if (descent.TakeStep(decrease, cancellationToken))
                {
                    memory.Add(descent.Previous.Parameters, descent.Parameters, descent.Previous.Gradient, descent.Gradient);
                    iteration++;
                    continue;
                }
                if (descent.Refine(cancellationToken))
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
