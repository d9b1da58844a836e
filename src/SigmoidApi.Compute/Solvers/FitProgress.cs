namespace SigmoidApi.Compute.Solvers;

/// <summary>The phase of a run.</summary>
public enum FitPhase
{
    /// <summary>It fits models.</summary>
    Fit,

    /// <summary>It computes the profiles of the parameters, which give Firth's fit its tests and intervals.</summary>
    Intervals,
}

/// <summary>
/// How far a fit is. Reported at the start (iteration 0) and after each iteration; then, if profiles are computed, after the profile of each parameter.
/// </summary>
/// <param name="Iteration">Finished iterations; for profiles, finished parameters.</param>
/// <param name="MaxIterations">The limit of iterations; for profiles, the number of parameters.</param>
/// <param name="Loss">The mean log loss plus penalty / (c · n).</param>
/// <param name="GradientNorm">The largest absolute partial derivative of <paramref name="Loss"/>.</param>
public sealed record FitProgress(int Iteration, int MaxIterations, double Loss, double GradientNorm)
{
    /// <summary>Whether the numbers are of a fit or of the profiles.</summary>
    public FitPhase Phase { get; init; }

    /// <summary>
    /// The number of earlier reports over all solver calls. A resumed run continues the count: each report has the same number with or without an interruption.
    /// </summary>
    public int Step { get; init; }

    /// <summary>
    /// The number of the part, from 0. The first parts are the solver calls on all rows (or on those not held out), one for each point of the path; then
    /// come those of each fold; the last part is the profiles.
    /// </summary>
    public int Fit { get; init; }

    /// <summary>The number of parts.</summary>
    public int Fits { get; init; }

    /// <summary>A lower bound of the finished share of the whole run, from 0 to 1, over all points of a path, all folds and all profiles.</summary>
    public double Fraction { get; init; }
}
