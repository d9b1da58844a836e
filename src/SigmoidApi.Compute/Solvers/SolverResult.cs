namespace SigmoidApi.Compute.Solvers;

/// <summary>Where a solver stopped: parameters, objective and largest |∂f| there, and what is to be said about it.</summary>
internal sealed record SolverResult(double[] Parameters, double Value, double GradientNorm, int Iterations, bool Converged,
    IReadOnlyList<ConvergenceWarning> Warnings)
{
    /// <summary>Parameters that others determine, left where they started.</summary>
    public IReadOnlyList<int> Dependent { get; init; } = [];

    /// <summary>Where a solver was told to stop.</summary>
    public static SolverResult Stopped(double[] parameters, double value, double gradientNorm, int iterations) =>
        new(parameters, value, gradientNorm, iterations, Converged: false, []);

    /// <summary>Takes one through an archive.</summary>
    public static SolverResult Through(StateArchive archive, SolverResult? end) => new(archive.Numbers(end?.Parameters), archive.Number(end?.Value ?? 0),
        archive.Number(end?.GradientNorm ?? 0), archive.Integer(end?.Iterations ?? 0), archive.Flag(end?.Converged ?? false),
        archive.Items<ConvergenceWarning?>(end?.Warnings.ToArray(), warning => new ConvergenceWarning(
            archive.Text(warning?.Code), archive.Text(warning?.Message), archive.Integers(warning?.Columns.ToArray())))!)
    {
        Dependent = archive.Integers(end?.Dependent.ToArray()),
    };

    /// <summary>The largest absolute value.</summary>
    public static double InfinityNorm(ReadOnlySpan<double> vector)
    {
        var largest = 0.0;
        foreach (var value in vector)
            largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }
}
