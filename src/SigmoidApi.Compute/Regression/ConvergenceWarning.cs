using static System.FormattableString;

namespace SigmoidApi.Compute.Regression;

/// <summary>Something about a fit that its reader must know.</summary>
/// <param name="Code">Stable, in snake_case.</param>
/// <param name="Message">A sentence for a person.</param>
/// <param name="Columns">Indices of the columns that it is about; empty where it is about the whole fit.</param>
public sealed record ConvergenceWarning(string Code, string Message, IReadOnlyList<int> Columns)
{
    /// <summary>Why a solver that looks for an optimum has ended: nothing to say if it converged.</summary>
    internal static ConvergenceWarning[] OfEnd(bool converged, int iterations, int maxIterations, double gradientNorm) =>
        converged ? []
        : iterations == maxIterations ? [MaxIterationsReached(maxIterations, gradientNorm)]
        : [LineSearchFailed(iterations, gradientNorm)];

    internal static ConvergenceWarning MaxIterationsReached(int maxIterations, double gradientNorm) => new("max_iterations_reached",
        Invariant($"Stopped after {maxIterations} iterations with a gradient of {gradientNorm:g3}; the optimum may be elsewhere."), []);

    internal static ConvergenceWarning Diverged(int iterations, double learningRate) => new("diverged",
        Invariant($"The weights overflowed after {iterations} iterations; learning rate {learningRate:g3} is too large for these columns."), []);

    internal static ConvergenceWarning LineSearchFailed(int iterations, double gradientNorm) => new("line_search_failed",
        Invariant($"After {iterations} iterations no step lowers the loss within float64's precision; the gradient is {gradientNorm:g3}."), []);

    internal static ConvergenceWarning Stopped(int begun, int fits) => new("stopped",
        Invariant($"Stopped on request in fit {begun} of {fits}; what there is is as it stood then, and the optimum may be elsewhere."), []);

    internal static ConvergenceWarning IntervalsStopped(IReadOnlyList<int> columns, int parameters) => new("intervals_stopped",
        Invariant($"Stopped on request before the tests and profile intervals of {parameters} parameters were done; the fit itself was done."), columns);

    private const string SeparationCode = "separation";

    /// <summary>Whether it says that the classes are separated, but not by what.</summary>
    internal bool IsUndiagnosedSeparation => Code == SeparationCode && Columns.Count == 0;

    internal static ConvergenceWarning Separation() => new(SeparationCode,
        "A combination of the columns separates the classes for some or all rows, so that some coefficients grow without bound; use a penalty.", []);

    internal static ConvergenceWarning Separation(bool complete, IReadOnlyList<int> columns) => new(SeparationCode,
        $"These columns separate the classes {(complete ? "completely" : "for some rows")}, so that some coefficients grow without bound; use a penalty.", columns);

    internal static ConvergenceWarning ConstantColumns(IReadOnlyList<int> columns) => new("constant_column",
        "Columns with one value only carry no information; their coefficients are 0.", columns);

    internal static ConvergenceWarning CollinearColumns(IReadOnlyList<int> columns) => new("collinear_columns",
        "To within rounding these columns are combinations of others and the intercept; their coefficients stay where they started.", columns);
}
