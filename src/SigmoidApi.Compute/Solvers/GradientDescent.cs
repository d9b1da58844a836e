using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Minimises f, the penalised mean log loss, by w ← w − learningRate · ∇f(w) over all rows and with a fixed step. This is the article's loop, where
/// ∇f = Xᵀ(σ(Xw) − y) / n. It takes one pass over the rows for each iteration and one for the start.
/// <para>
/// Stops when the largest |∂f| is at most the tolerance, or when all of them are only rounding (<see cref="GradientRounding"/>). Without a tolerance it
/// runs all iterations, as the article does, and then counts as converged by <see cref="DefaultTolerance"/>. If the step is too large for the data, the
/// weights overflow; it then stops at the last finite ones, with the warning <c>diverged</c>.
/// </para>
/// </summary>
internal static class GradientDescent
{
    public const double DefaultTolerance = 1e-8;

    public static SolverResult Minimize(LogisticObjective objective, double[] start, double learningRate, int maxIterations, double? tolerance,
        FitJournal journal, CancellationToken cancellationToken)
    {
        var parameters = (double[])start.Clone();
        var gradient = new double[parameters.Length];
        var (next, nextGradient) = (new double[parameters.Length], new double[parameters.Length]);
        var (value, iteration) = (0.0, 0);
        if (!journal.Resume(SaveOrLoad))
        {
            value = objective.Evaluate(parameters, gradient, cancellationToken);
            NumericRange.RequireFinite(value, gradient);
        }
        var (isMet, diverged) = (false, false);
        var rounding = new GradientRounding(objective);
        while (true)
        {
            var norm = SolverResult.InfinityNorm(gradient);
            if (journal.Report(iteration, maxIterations, value, norm))
                return SolverResult.Stopped(parameters, value, norm, iteration);
            isMet = norm <= tolerance || (tolerance < GradientRounding.FineTolerance && norm < GradientRounding.FineTolerance
                && rounding.Covers(parameters, gradient, null, cancellationToken));
            if (iteration == maxIterations || isMet)
                break;

            for (var j = 0; j < next.Length; j++)
                next[j] = parameters[j] - learningRate * gradient[j];
            var nextValue = objective.Evaluate(next, nextGradient, cancellationToken);
            diverged = !NumericRange.IsFinite(nextValue, nextGradient);
            if (diverged)
                break;
            (parameters, next) = (next, parameters);
            (gradient, nextGradient) = (nextGradient, gradient);
            value = nextValue;
            iteration++;
        }

        var gradientNorm = SolverResult.InfinityNorm(gradient);
        var converged = !diverged && (isMet || gradientNorm <= (tolerance ?? DefaultTolerance));
        ConvergenceWarning[] warnings = (converged, diverged) switch
        {
            (true, _) => [],
            (_, true) => [ConvergenceWarning.Diverged(iteration, learningRate)],
            _ => [ConvergenceWarning.MaxIterationsReached(maxIterations, gradientNorm)],
        };
        return new SolverResult(parameters, value, gradientNorm, iteration, converged, warnings);

        void SaveOrLoad(StateArchive archive)
        {
            iteration = archive.Integer(iteration);
            (parameters, gradient, value) = (archive.Numbers(parameters), archive.Numbers(gradient), archive.Number(value));
        }
    }
}
