using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Solvers;

/// <summary>Why a likelihood has no maximum, in the columns' original units.</summary>
/// <param name="Complete">
/// Whether a hyperplane has all rows of one label strictly on one side and all others strictly on the other; if not, some rows lie on it.
/// </param>
/// <param name="SeparatingColumns">
/// Columns that, with the intercept, separate these rows by the direction that was found; without any one of them that direction no longer does.
/// </param>
/// <param name="InfiniteColumns">
/// Columns whose coefficient has no finite estimate. With complete separation these are all columns that are neither constant nor collinear.
/// </param>
/// <param name="InfiniteIntercept">Whether the intercept has no finite estimate.</param>
/// <param name="Rest">The likelihood of the rows that no direction separates. The other estimates tend to its maximum.</param>
internal sealed record Separation(
    bool Complete, IReadOnlyList<int> SeparatingColumns, IReadOnlyList<int> InfiniteColumns, bool InfiniteIntercept, LogLikelihood Rest);

/// <summary>
/// Finds out whether the classes are separated, completely or quasi-completely (Albert and Anderson, 1984), and which estimates are infinite: those that
/// the separating directions move (K. Konis, "Linear programming algorithms for detecting separated data in binary logistic regression models" (2007)).
/// Konis solves linear programs; this searches by smooth optimisation instead (<see cref="SeparatingDirection"/>).
/// </summary>
internal static class SeparationDiagnosis
{
    /// <summary>
    /// Null if no direction that separates a row is found: there is none, or its gap is below about a millionth of the rows' spread. Takes about a hundred
    /// passes if there is none, and fewer if there is one.
    /// </summary>
    /// <param name="likelihood">Rows as the solver saw them; rows of weight 0 are ignored.</param>
    /// <param name="parameters">Where the search starts: any parameters are valid, but those where the fit stopped make it short.</param>
    /// <param name="scaling">How <paramref name="likelihood"/>'s rows are standardised; null if they are not.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public static Separation? Find(LogLikelihood likelihood, ReadOnlySpan<double> parameters, StandardScaling? scaling, CancellationToken cancellationToken)
    {
        var rows = likelihood.Rows;
        var original = new OriginalUnits(rows, scaling);
        var infinite = new bool[original.Combinations.Count];
        var separating = new SortedSet<int>();
        var (rest, isComplete) = (likelihood, false);
        // A search may mistake rows that are hard to separate for rows at rest, so the rest is searched again. A direction that separates some of the rest,
        // added to a large multiple of the direction before, separates the rows of both.
        while (!isComplete && (rest == likelihood || MayBeSeparated(rest, parameters, cancellationToken))
            && SeparatingDirection.Find(rest, parameters, cancellationToken) is { } search)
        {
            foreach (var (_, entries) in search.Space.Basis)
                original.MarkMoved(entries, search.Spreads, search.InterceptSpread, infinite);
            separating.UnionWith(Prune(search, rows, cancellationToken));
            isComplete = !search.AtRest.Contains(true);
            rest = rest.Of(search.AtRest);
        }
        if (rest == likelihood)
            return null;
        var lead = original.HasIntercept ? 1 : 0;
        return new Separation(isComplete, [.. separating], [.. Enumerable.Range(0, infinite.Length - lead).Where(j => infinite[j + lead])],
            original.HasIntercept && infinite[0], rest);
    }

    private static bool MayBeSeparated(LogLikelihood rest, ReadOnlySpan<double> parameters, CancellationToken cancellationToken)
    {
        var independent = NullSpace.Independent(rest.PresentGram(cancellationToken), [.. Enumerable.Repeat(true, rest.Rows.Dimension)]);
        return NewtonStep.At(rest, parameters, independent, cancellationToken).AllowsSeparation;
    }

    /// <summary>Removes columns from the direction, those of the least effect first, as long as it still separates the same rows.</summary>
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
