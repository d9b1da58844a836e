namespace SigmoidApi.Compute.Solvers;

/// <summary>Where a solver stopped: the parameters, the objective and the largest |∂f| there, and warnings.</summary>
internal sealed record SolverResult(double[] Parameters, double Value, double GradientNorm, int Iterations, bool Converged,
    IReadOnlyList<ConvergenceWarning> Warnings)
{
    /// <summary>Parameters that others determine; they keep their starting values.</summary>
    public IReadOnlyList<int> Dependent { get; init; } = [];

    /// <summary>The result of a solver that was stopped on request.</summary>
    public static SolverResult Stopped(double[] parameters, double value, double gradientNorm, int iterations) =>
        new(parameters, value, gradientNorm, iterations, Converged: false, []);

    /// <summary>Saves a result, or loads one if the archive is read.</summary>
    /// <param name="archive">Where to save to or load from.</param>
    /// <param name="end">The result to save; null when loading.</param>
    public static SolverResult SaveOrLoad(StateArchive archive, SolverResult? end) => new(
        archive.Numbers(end?.Parameters),
        archive.Number(end?.Value ?? 0),
        archive.Number(end?.GradientNorm ?? 0),
        archive.Integer(end?.Iterations ?? 0),
        archive.Flag(end?.Converged ?? false),
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
