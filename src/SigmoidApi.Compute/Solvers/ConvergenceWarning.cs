using static System.FormattableString;

namespace SigmoidApi.Compute.Solvers;

/// <summary>Something that the user must know about a fit.</summary>
/// <param name="Code">Stable, in snake_case.</param>
/// <param name="Message">A sentence for a person.</param>
/// <param name="Columns">Indices of the columns that the warning is about; empty if it is about the whole fit.</param>
public sealed record ConvergenceWarning(string Code, string Message, IReadOnlyList<int> Columns)
{
    /// <summary>Whether the warning is about the intercept too.</summary>
    public bool Intercept { get; init; }

    /// <summary>Indices of the classes that the warning is about; empty if it is about all, or if there are two.</summary>
    public IReadOnlyList<int> Classes { get; init; } = [];

    /// <summary>For <c>separation</c>: columns that separate the rows together; without any one of them the others no longer do.</summary>
    public IReadOnlyList<int> SeparatingColumns { get; init; } = [];

    /// <summary>Why an iterative solver ended; empty if it converged.</summary>
    internal static ConvergenceWarning[] ForEnd(bool converged, int iterations, int maxIterations, double gradientNorm) =>
        converged ? []
        : iterations == maxIterations ? [MaxIterationsReached(maxIterations, gradientNorm)]
        : [LineSearchFailed(iterations, gradientNorm)];

    private const string MaxIterationsCode = "max_iterations_reached";

    private const string LineSearchCode = "line_search_failed";

    /// <summary>Whether the warning says that a solver did not reach an optimum.</summary>
    internal bool IsShortOfOptimum => Code is MaxIterationsCode or LineSearchCode;

    internal static ConvergenceWarning MaxIterationsReached(int maxIterations, double gradientNorm) => new(MaxIterationsCode,
        Invariant($"Stopped after {maxIterations} iterations with a gradient of {gradientNorm:g3}; the optimum may be elsewhere."), []);

    internal static ConvergenceWarning Diverged(int iterations, double learningRate) => new("diverged",
        Invariant($"The weights overflowed after {iterations} iterations; learning rate {learningRate:g3} is too large for these columns."), []);

    internal static ConvergenceWarning LineSearchFailed(int iterations, double gradientNorm) => new(LineSearchCode,
        Invariant($"After {iterations} iterations no step lowers the loss within float64's precision; the gradient is {gradientNorm:g3}."), []);

    internal static ConvergenceWarning Stopped(int begun, int fits) => new("stopped",
        Invariant($"Stopped on request in fit {begun} of {fits}; the estimates are those at that moment, and the optimum may be elsewhere."), []);

    internal static ConvergenceWarning IntervalsStopped(IReadOnlyList<int> columns, bool intercept) => new("intervals_stopped",
        $"Stopped on request before the tests and profile intervals of {columns.Count + (intercept ? 1 : 0)} parameters were done; the fit itself is complete.",
        columns)
    {
        Intercept = intercept,
    };

    private const string SeparationCode = "separation";

    private const string Remedy = "Fit with penalty: \"firth\" for finite estimates with tests and intervals, or with penalty: \"l2\".";

    /// <summary>For a solver whose likelihood rises without bound. The inference later replaces it by a warning that names the parameters.</summary>
    internal static ConvergenceWarning Unbounded() => new(SeparationCode, $"Some estimates grow without bound. {Remedy}", []);

    internal bool IsSeparation => Code == SeparationCode;

    internal static ConvergenceWarning Separation(Separation separation) => new(SeparationCode,
        $"The classes are separated {(separation.Complete ? "in all rows" : "in some rows")}, so the parameters named here have no finite estimate. "
        + $"Their values are those at which the fit stopped; they have no standard errors, tests or intervals. {Remedy}", separation.InfiniteColumns)
    {
        Intercept = separation.InfiniteIntercept,
        SeparatingColumns = separation.SeparatingColumns,
    };

    private const string ClassRemedy = "Fit with penalty: \"l2\" for finite estimates.";

    /// <summary>For fits of more than two classes, for which Firth's penalty does not exist.</summary>
    internal ConvergenceWarning OfClasses() => IsSeparation ? this with { Message = Message.Replace(Remedy, ClassRemedy, StringComparison.Ordinal) } : this;

    /// <summary>For the fit of one class against all others.</summary>
    internal ConvergenceWarning OfClass(int label, string name) => OfClasses() with { Message = $"Class {name}: {OfClasses().Message}", Classes = [label] };

    /// <param name="complete">Whether all rows are separated.</param>
    /// <param name="pairs">The pairs of classes that are separated in some rows, as the message names them.</param>
    /// <param name="classes">The classes in these pairs.</param>
    /// <param name="columns">The columns with a coefficient that has no finite estimate, in some class.</param>
    /// <param name="intercept">Whether an intercept has none.</param>
    /// <param name="separating">The columns that separate the rows.</param>
    internal static ConvergenceWarning ClassSeparation(bool complete, IReadOnlyList<string> pairs, IReadOnlyList<int> classes, IReadOnlyList<int> columns,
        bool intercept, IReadOnlyList<int> separating)
    {
        var message = $"The likelihood has no maximum: the columns separate {(complete ? "all rows" : "some rows")} of {string.Join(", ", pairs)}, so that "
            + $"estimates grow without bound. Those here are where the fit stopped; there are no standard errors, tests or intervals. {ClassRemedy}";
        return new(SeparationCode, message, columns) { Intercept = intercept, SeparatingColumns = separating, Classes = classes };
    }

    /// <summary>
    /// For a softmax fit that ended where its likelihood still rises, if no separating direction was found or the data are too large for the search.
    /// </summary>
    internal static ConvergenceWarning WithoutMaximum() => new(SeparationCode,
        "The likelihood has no maximum that the fit could reach: classes are separated, or so nearly that float64 cannot show it. The estimates are where the "
        + $"fit stopped; there are no standard errors, tests or intervals. {ClassRemedy}", []);

    internal static ConvergenceWarning NearSeparation(IReadOnlyList<int> columns, bool intercept) => new(SeparationCode,
        "The classes are separated, or so nearly that float64 cannot show which parameters have a finite estimate. "
        + $"Their values are those at which the fit stopped; they have no standard errors, tests or intervals. {Remedy}", columns)
    {
        Intercept = intercept,
    };

    private const string ConstantCode = "constant_column";

    internal bool IsConstantColumns => Code == ConstantCode;

    internal static ConvergenceWarning ConstantColumns(IReadOnlyList<int> columns, bool intercept) => new(ConstantCode,
        "Columns with only one value carry no information; their coefficients are 0."
        + (intercept
            ? " The data cannot distinguish them from the intercept, which therefore has no standard error, test or interval: leave these columns out."
            : ""), columns)
    {
        Intercept = intercept,
    };

    internal static ConvergenceWarning CollinearColumns(IReadOnlyList<int> columns, bool intercept) => new("collinear_columns",
        $"The columns named here{(intercept ? " and the intercept" : "")} are, to within rounding, combinations of each other. "
        + "Other estimates fit equally well, so these have no standard errors, tests or intervals. "
        + "Leave columns out until none is a combination of others.", columns)
    {
        Intercept = intercept,
    };
}
