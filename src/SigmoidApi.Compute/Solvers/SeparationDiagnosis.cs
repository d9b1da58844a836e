using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Solvers;

/// <summary>Why a likelihood has no maximum, in the columns' own units.</summary>
/// <param name="Complete">Whether a hyperplane has all rows of one label on one side and all others on the other; if not, some rows lie on it.</param>
/// <param name="SeparatingColumns">Columns that separate these rows by themselves, with the intercept's help; leave one out, and the direction found no longer does.</param>
/// <param name="InfiniteColumns">Columns whose coefficient has no finite estimate; with complete separation that is each that is not constant or collinear.</param>
/// <param name="InfiniteIntercept">The same of the intercept.</param>
/// <param name="Rest">The likelihood of the rows that no direction separates: the limit of the other estimates is its maximum.</param>
internal sealed record Separation(
    bool Complete, IReadOnlyList<int> SeparatingColumns, IReadOnlyList<int> InfiniteColumns, bool InfiniteIntercept, LogLikelihood Rest);

/// <summary>
/// Whether the classes are separated, completely or quasi-completely (Albert and Anderson, 1984), and which estimates are infinite: those that the
/// directions of separation move (K. Konis, "Linear programming algorithms for detecting separated data in binary logistic regression models" (2007), of
/// which this is the continuous form: <see cref="SeparatingDirection"/>).
/// </summary>
internal static class SeparationDiagnosis
{
    /// <summary>Null where no direction that separates a row is found: there is none, or its gap is below a millionth or so of
    /// the rows' spread. A hundred passes or so where there is none, fewer where there is one.</summary>
    /// <param name="likelihood">Rows as the solver saw them; those of weight 0 are absent.</param>
    /// <param name="parameters">Where the fit stopped, the further out the better; any will do.</param>
    /// <param name="scaling">What <paramref name="likelihood"/>'s rows are standardised by; null if they are not.</param>
    /// <param name="cancellationToken">Looked at within each pass.</param>
    public static Separation? Find(LogLikelihood likelihood, ReadOnlySpan<double> parameters, StandardScaling? scaling, CancellationToken cancellationToken)
    {
        var rows = likelihood.Rows;
        var own = new OriginalUnits(rows, scaling);
        var infinite = new bool[own.Combinations.Count];
        var separating = new SortedSet<int>();
        var (rest, isComplete) = (likelihood, false);
        // A search may take rows that are hard to separate for rows at rest. A direction that separates some of the rest, added to much of the one
        // before, separates the rows of both.
        while (!isComplete && (rest == likelihood || MayBeSeparated(rest, parameters, cancellationToken))
            && SeparatingDirection.Find(rest, parameters, cancellationToken) is { } search)
        {
            foreach (var (_, entries) in search.Space.Basis)
                own.MarkMoved(entries, search.Spreads, search.InterceptSpread, infinite);
            separating.UnionWith(Prune(search, rows, cancellationToken));
            isComplete = !search.AtRest.Contains(true);
            rest = rest.Of(search.AtRest);
        }
        if (rest == likelihood)
            return null;
        var lead = own.HasIntercept ? 1 : 0;
        return new Separation(isComplete, [.. separating], [.. Enumerable.Range(0, infinite.Length - lead).Where(j => infinite[j + lead])],
            own.HasIntercept && infinite[0], rest);
    }

    private static bool MayBeSeparated(LogLikelihood rest, ReadOnlySpan<double> parameters, CancellationToken cancellationToken)
    {
        var independent = NullSpace.Independent(rest.PresentGram(cancellationToken), [.. Enumerable.Repeat(true, rest.Rows.Dimension)]);
        return NewtonStep.At(rest, parameters, independent, cancellationToken).AllowsSeparation;
    }

    /// <summary>Leaves out of the direction, the least first, each column without which it still separates what it separates.</summary>
    private static List<int> Prune(SeparatingDirection search, DesignRows rows, CancellationToken cancellationToken)
    {
        var lead = rows.HasIntercept ? 1 : 0;
        var direction = (double[])search.Direction.Clone();
        var (margins, spreads) = (new double[rows.Rows], search.Spreads);
        var columns = Enumerable.Range(lead, rows.Dimension - lead).Where(j => direction[j] != 0)
            .OrderBy(j => Math.Abs(direction[j]) * spreads[j]).ToList();
        foreach (var j in columns.ToArray())
        {
            double[] without = [.. direction];
            without[j] = 0;
            if (rows.HasIntercept)
                without[0] = search.BestIntercept(without, cancellationToken);
            search.Margins(without, margins, cancellationToken);
            if (search.Certifies(margins))
            {
                direction = without;
                columns.Remove(j);
            }
        }
        return [.. columns.Select(j => j - lead).Order()];
    }
}
