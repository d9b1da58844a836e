namespace SigmoidApi.Compute.Regression;

/// <summary>How far a fit is: at the start (iteration 0) and after each iteration.</summary>
/// <param name="Iteration">Iterations done.</param>
/// <param name="MaxIterations">Where it would stop at the latest.</param>
/// <param name="Loss">The mean log loss, plus penalty / (c · n).</param>
/// <param name="GradientNorm">The largest absolute partial derivative of that.</param>
public sealed record FitProgress(int Iteration, int MaxIterations, double Loss, double GradientNorm)
{
    /// <summary>How many reports there were before, over all solver calls. A run that is resumed goes on counting: each step is the same, broken or not.</summary>
    public int Step { get; init; }

    /// <summary>Which solver call this is, from 0: for all rows, or those not held out, each point of the path; then the same for each fold.</summary>
    public int Fit { get; init; }

    /// <summary>How many solver calls there will be.</summary>
    public int Fits { get; init; }

    /// <summary>How much of everything is done at the least, from 0 to 1: all points of a path, and all folds.</summary>
    public double Fraction { get; init; }
}
