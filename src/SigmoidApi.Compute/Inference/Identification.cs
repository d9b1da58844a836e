using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Inference;

/// <summary>Estimates in a solver's parameters, and the rows as the solver saw them.</summary>
/// <param name="Likelihood">Of these rows.</param>
/// <param name="Parameters">Where the fit ended.</param>
/// <param name="Scaling">What the rows are standardised by; null if they are not.</param>
internal sealed record Estimates(LogLikelihood Likelihood, double[] Parameters, StandardScaling? Scaling);

/// <summary>
/// Which parameters the rows identify, in the columns' own units: those that are constant along every direction in which the likelihood does not change
/// (exact collinearity) or rises for ever (separation). Of the others the rows say nothing that a standard error could measure.
/// <para>
/// The directions that separate span the null space of the rows that they do not separate (see <see cref="SeparationDiagnosis"/>). In the limit the
/// separated rows carry no information: the identified parameters are those of the fit to the rest, whatever that fit leaves open.
/// </para>
/// </summary>
internal sealed class Identification
{
    /// <summary>In standard errors. A fit that separated rows keep from converging is a good one to the rest if it is as close.</summary>
    private const double CloseToMaximum = 1e-4;

    private Identification(Estimates rest, bool[] independent, bool[] identified)
    {
        (Rest, Independent, Identified) = (rest, independent, identified);
    }

    /// <summary>What the identified parameters are estimated from: all rows, or those that no direction separates.</summary>
    public Estimates Rest { get; }

    /// <summary>The solver's parameters that no others determine on these rows.</summary>
    public bool[] Independent { get; }

    /// <summary>For each of <see cref="OriginalUnits.Combinations"/>.</summary>
    public bool[] Identified { get; }

    /// <summary>Of the rest, at the estimates; null for Firth's likelihood, whose maximum is another.</summary>
    public NewtonStep? Step { get; private init; }

    /// <summary>Whether the likelihood has no maximum, or none that the fit came near to.</summary>
    public bool IsUnbounded { get; private init; }

    /// <summary>Whether the estimates of the identified parameters are as good as those of a fit that converged.</summary>
    public bool IsClose => Step is { IsFullRank: true, Decrement: <= CloseToMaximum };

    /// <summary>What the reader must know.</summary>
    public IReadOnlyList<ConvergenceWarning> Warnings { get; private init; } = [];

    /// <summary>By exact collinearity alone.</summary>
    /// <param name="fit">Any estimates.</param>
    /// <param name="dependent">The parameters that the solver found others to determine.</param>
    /// <param name="cancellationToken">Looked at within each pass.</param>
    public static Identification OfRank(Estimates fit, IReadOnlyList<int> dependent, CancellationToken cancellationToken)
    {
        var (likelihood, scaling) = (fit.Likelihood, fit.Scaling);
        var own = new OriginalUnits(likelihood.Rows, scaling);
        var lead = own.HasIntercept ? 1 : 0;
        bool[] independent = [.. Enumerable.Range(0, likelihood.Rows.Dimension).Select(j => !dependent.Contains(j))];
        int[] constant = [.. scaling?.ConstantColumns() ?? []];
        var (collinear, warnings) = (new bool[own.Combinations.Count], new List<ConvergenceWarning>());
        if (dependent.Count > constant.Length)
        {
            var gram = likelihood.PresentGram(cancellationToken);
            MarkMoved(own, NullSpace.Of(gram, All(independent.Length), independent), gram, likelihood, collinear);
            warnings.Add(ConvergenceWarning.CollinearColumns(Columns(collinear, lead), intercept: own.HasIntercept && collinear[0]));
        }
        bool[] identified = [.. collinear.Select(isMoved => !isMoved)];
        foreach (var column in constant)
            identified[column + lead] = false;
        // A constant other than 0 is an intercept too.
        if (own.HasIntercept && Array.Exists(constant, column => scaling!.Means[column] != 0))
            identified[0] = false;
        if (constant.Length > 0)
            warnings.Insert(0, ConvergenceWarning.ConstantColumns(constant, intercept: own.HasIntercept && !identified[0] && !collinear[0]));
        return new Identification(fit, independent, identified) { Warnings = warnings };
    }

    /// <summary>By collinearity and separation: four passes where the estimates show that there is none, a hundred or so where they do not.</summary>
    /// <param name="fit">Where an unpenalised fit ended, in whatever way, on standardised rows.</param>
    /// <param name="dependent">The parameters that the solver found others to determine.</param>
    /// <param name="end">How it ended.</param>
    /// <param name="cancellationToken">Looked at within each pass.</param>
    public static Identification Of(Estimates fit, IReadOnlyList<int> dependent, Convergence end, CancellationToken cancellationToken)
    {
        var isUnbounded = end.Warnings.Any(warning => warning.IsSeparation);
        var rank = OfRank(fit, dependent, cancellationToken);
        var step = NewtonStep.At(fit.Likelihood, fit.Parameters, rank.Independent, cancellationToken);
        if (!isUnbounded && !step.AllowsSeparation)
            return rank.With(step);
        if (SeparationDiagnosis.Find(fit.Likelihood, fit.Parameters, fit.Scaling, cancellationToken) is not { } separation)
        {
            // The search has evaluated the likelihood elsewhere; it is left where the estimates are.
            fit.Likelihood.Evaluate(fit.Parameters, cancellationToken);
            return isUnbounded || !step.IsFullRank ? rank.WithoutMaximum(step, isUnbounded || end.Converged) : rank.With(step);
        }
        var rest = fit with { Likelihood = separation.Rest };
        var own = new OriginalUnits(rest.Likelihood.Rows, rest.Scaling);
        var gram = rest.Likelihood.PresentGram(cancellationToken);
        var all = All(gram.Order);
        var independent = NullSpace.Independent(gram, all);
        var moved = new bool[own.Combinations.Count];
        MarkMoved(own, NullSpace.Of(gram, all, independent), fit.Likelihood.PresentGram(cancellationToken), fit.Likelihood, moved);
        return new Identification(rest, independent, [.. rank.Identified.Zip(moved, (isIdentified, isMoved) => isIdentified && !isMoved)])
        {
            Step = NewtonStep.At(rest.Likelihood, rest.Parameters, independent, cancellationToken),
            IsUnbounded = true,
            Warnings = [.. rank.Warnings, ConvergenceWarning.Separation(separation)],
        };
    }

    /// <summary>Of a fit that has a maximum.</summary>
    public Identification With(NewtonStep step) => new(Rest, Independent, Identified) { Step = step, Warnings = Warnings };

    /// <summary>
    /// No parameter is identified: as far as float64 can tell the likelihood rises without end but no direction is found that does it, or the fit ended
    /// far from any maximum.
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

    private static void MarkMoved(OriginalUnits own, NullSpace space, SymmetricMatrix gram, LogLikelihood likelihood, bool[] moved)
    {
        double[] spreads = [.. Enumerable.Range(0, gram.Order).Select(j => Math.Sqrt(gram[j, j]))];
        var interceptSpread = Math.Sqrt(likelihood.PresentRows);
        foreach (var (_, entries) in space.Basis)
            own.MarkMoved(entries, spreads, interceptSpread, moved);
    }

    private static int[] Columns(bool[] combinations, int lead) => [.. Enumerable.Range(0, combinations.Length - lead).Where(j => combinations[j + lead])];

    private static bool[] All(int count) => [.. Enumerable.Repeat(true, count)];
}
