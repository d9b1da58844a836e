using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Inference;

/// <summary>Estimates in a solver's parameters, with the rows as the solver saw them.</summary>
/// <param name="Likelihood">The likelihood of these rows.</param>
/// <param name="Parameters">Where the fit ended.</param>
/// <param name="Scaling">How the rows are standardised; null if they are not.</param>
internal sealed record Estimates(LogLikelihood Likelihood, double[] Parameters, StandardScaling? Scaling);

/// <summary>
/// Which parameters the rows identify, in the columns' original units. A parameter is identified if it is constant along every direction in which the
/// likelihood does not change (exact collinearity) or rises without end (separation). For the other parameters a standard error has no meaning.
/// <para>
/// The separating directions span the null space of the rows that they do not separate (see <see cref="SeparationDiagnosis"/>). In the limit the separated
/// rows carry no information, so that the identified parameters are those that the other rows identify.
/// </para>
/// </summary>
internal sealed class Identification
{
    /// <summary>
    /// In standard errors. Separated rows keep a fit from converging, but its estimates are good for the other rows if they are this close to the maximum.
    /// </summary>
    private const double CloseToMaximum = 1e-4;

    private Identification(Estimates rest, bool[] independent, bool[] identified)
    {
        (Rest, Independent, Identified) = (rest, independent, identified);
    }

    /// <summary>The rows that the identified parameters are estimated from: all rows, or those that no direction separates.</summary>
    public Estimates Rest { get; }

    /// <summary>For each of the solver's parameters whether no others determine it on these rows.</summary>
    public bool[] Independent { get; }

    /// <summary>Whether each of <see cref="OriginalUnits.Combinations"/> is identified.</summary>
    public bool[] Identified { get; }

    /// <summary>The Newton step of <see cref="Rest"/> at the estimates; null for Firth's likelihood, which has another maximum.</summary>
    public NewtonStep? Step { get; private init; }

    /// <summary>Whether the likelihood has no maximum, or the fit ended far from it.</summary>
    public bool IsUnbounded { get; private init; }

    /// <summary>Whether the estimates of the identified parameters are as good as those of a fit that converged.</summary>
    public bool IsClose => Step is { IsFullRank: true, Decrement: <= CloseToMaximum };

    /// <summary>What the user must know.</summary>
    public IReadOnlyList<ConvergenceWarning> Warnings { get; private init; } = [];

    /// <summary>Considers only exact collinearity.</summary>
    /// <param name="fit">Any estimates.</param>
    /// <param name="dependent">The parameters that others determine, as the solver found.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public static Identification OfRank(Estimates fit, IReadOnlyList<int> dependent, CancellationToken cancellationToken)
    {
        var (likelihood, scaling) = (fit.Likelihood, fit.Scaling);
        var original = new OriginalUnits(likelihood.Rows, scaling);
        var lead = original.HasIntercept ? 1 : 0;
        bool[] independent = [.. Enumerable.Range(0, likelihood.Rows.Dimension).Select(j => !dependent.Contains(j))];
        int[] constant = [.. scaling?.ConstantColumns() ?? []];
        var (collinear, warnings) = (new bool[original.Combinations.Count], new List<ConvergenceWarning>());
        if (dependent.Count > constant.Length)
        {
            var gram = likelihood.PresentGram(cancellationToken);
            MarkMoved(original, NullSpace.Of(gram, All(independent.Length), independent), gram, likelihood, collinear);
            warnings.Add(ConvergenceWarning.CollinearColumns(Columns(collinear, lead), intercept: original.HasIntercept && collinear[0]));
        }
        bool[] identified = [.. collinear.Select(isMoved => !isMoved)];
        foreach (var column in constant)
            identified[column + lead] = false;
        // A constant column other than 0 acts as a second intercept.
        if (original.HasIntercept && Array.Exists(constant, column => scaling!.Means[column] != 0))
            identified[0] = false;
        if (constant.Length > 0)
            warnings.Insert(0, ConvergenceWarning.ConstantColumns(constant, intercept: original.HasIntercept && !identified[0] && !collinear[0]));
        return new Identification(fit, independent, identified) { Warnings = warnings };
    }

    /// <summary>
    /// Considers collinearity and separation. Takes four passes if the estimates show that there is no separation, and about a hundred if they do not.
    /// </summary>
    /// <param name="fit">Where an unpenalised fit on standardised rows ended, converged or not.</param>
    /// <param name="dependent">The parameters that others determine, as the solver found.</param>
    /// <param name="end">How the fit ended.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public static Identification Of(Estimates fit, IReadOnlyList<int> dependent, Convergence end, CancellationToken cancellationToken)
    {
        var isUnbounded = end.Warnings.Any(warning => warning.IsSeparation);
        var rank = OfRank(fit, dependent, cancellationToken);
        var step = NewtonStep.At(fit.Likelihood, fit.Parameters, rank.Independent, cancellationToken);
        if (!isUnbounded && !step.AllowsSeparation)
            return rank.With(step);
        if (SeparationDiagnosis.Find(fit.Likelihood, fit.Parameters, fit.Scaling, cancellationToken) is not { } separation)
        {
            // The search has evaluated the likelihood at other parameters; callers expect it evaluated at the estimates.
            fit.Likelihood.Evaluate(fit.Parameters, cancellationToken);
            return isUnbounded || !step.IsFullRank ? rank.WithoutMaximum(step, isUnbounded || end.Converged) : rank.With(step);
        }
        var rest = fit with { Likelihood = separation.Rest };
        var original = new OriginalUnits(rest.Likelihood.Rows, rest.Scaling);
        var gram = rest.Likelihood.PresentGram(cancellationToken);
        var all = All(gram.Order);
        var independent = NullSpace.Independent(gram, all);
        var moved = new bool[original.Combinations.Count];
        MarkMoved(original, NullSpace.Of(gram, all, independent), fit.Likelihood.PresentGram(cancellationToken), fit.Likelihood, moved);
        return new Identification(rest, independent, [.. rank.Identified.Zip(moved, (isIdentified, isMoved) => isIdentified && !isMoved)])
        {
            Step = NewtonStep.At(rest.Likelihood, rest.Parameters, independent, cancellationToken),
            IsUnbounded = true,
            Warnings = [.. rank.Warnings, ConvergenceWarning.Separation(separation)],
        };
    }

    /// <summary>The same for a likelihood that has a maximum.</summary>
    public Identification With(NewtonStep step) => new(Rest, Independent, Identified) { Step = step, Warnings = Warnings };

    /// <summary>
    /// No parameter is identified. Either the likelihood rises without end within float64's precision but no separating direction was found, or the fit
    /// ended far from any maximum.
    /// </summary>
    private Identification WithoutMaximum(NewtonStep step, bool isEnd)
    {
        var hasIntercept = Rest.Likelihood.Rows.HasIntercept;
        return new(Rest, Independent, new bool[Identified.Length])
        {
            Step = step,
            IsUnbounded = true,
            Warnings = !isEnd
                ? Warnings
                : [.. Warnings, ConvergenceWarning.NearSeparation(Columns(All(Identified.Length), hasIntercept ? 1 : 0), hasIntercept)],
        };
    }

    private static void MarkMoved(OriginalUnits original, NullSpace space, SymmetricMatrix gram, LogLikelihood likelihood, bool[] moved)
    {
        double[] spreads = [.. Enumerable.Range(0, gram.Order).Select(j => Math.Sqrt(gram[j, j]))];
        var interceptSpread = Math.Sqrt(likelihood.PresentRows);
        foreach (var (_, entries) in space.Basis)
            original.MarkMoved(entries, spreads, interceptSpread, moved);
    }

    private static int[] Columns(bool[] combinations, int lead) => [.. Enumerable.Range(0, combinations.Length - lead).Where(j => combinations[j + lead])];

    private static bool[] All(int count) => [.. Enumerable.Repeat(true, count)];
}
