using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Solvers;

/// <summary>Where a solver stopped: parameters, objective and largest |∂f| there, and what is to be said about it.</summary>
internal sealed record Minimum(double[] Parameters, double Value, double GradientNorm, int Iterations, bool Converged,
    IReadOnlyList<ConvergenceWarning> Warnings)
{
    /// <summary>Parameters that others determine, left where they started.</summary>
    public IReadOnlyList<int> Dependent { get; init; } = [];

    /// <summary>The largest absolute value.</summary>
    public static double InfinityNorm(ReadOnlySpan<double> vector)
    {
        var largest = 0.0;
        foreach (var value in vector)
            largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }
}
