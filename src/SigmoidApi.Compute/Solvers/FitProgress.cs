namespace SigmoidApi.Compute.Solvers;

/// <summary>What a run is doing.</summary>
public enum FitPhase
{
    /// <summary>The fits.</summary>
    Fit,

    /// <summary>The profiles of the parameters, which give Firth's fit its tests and intervals.</summary>
    Intervals,
}

/// <summary>How far a fit is: at the start (iteration 0) and after each iteration; then, where profiles are followed, after each parameter's.</summary>
/// <param name="Iteration">Iterations done; of profiles the parameters done.</param>
/// <param name="MaxIterations">Where it would stop at the latest; of profiles the number of parameters.</param>
/// <param name="Loss">The mean log loss, plus penalty / (c · n).</param>
/// <param name="GradientNorm">The largest absolute partial derivative of that.</param>
public sealed record FitProgress(int Iteration, int MaxIterations, double Loss, double GradientNorm)
{
    /// <summary>Which of the two the numbers are of.</summary>
    public FitPhase Phase { get; init; }

    /// <summary>How many reports there were before, over all solver calls. A run that is resumed goes on counting: each step is the same, broken or not.</summary>
    public int Step { get; init; }

    /// <summary>
    /// Which part this is, from 0: for all rows, or those not held out, a solver call for each point of the path; the same for each fold; then the profiles.
    /// </summary>
    public int Fit { get; init; }

    /// <summary>How many parts there will be.</summary>
    public int Fits { get; init; }

    /// <summary>How much of everything is done at the least, from 0 to 1: all points of a path, all folds, and all profiles.</summary>
    public double Fraction { get; init; }
}
