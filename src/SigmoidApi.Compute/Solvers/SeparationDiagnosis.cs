using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Solvers;

/// <summary>Why a likelihood has no maximum, in the columns' own units.</summary>
/// <param name="Complete">Whether a hyperplane has all rows of one label on one side and all others on the other; if not, some rows lie on it.</param>
/// <param name="SeparatingColumns">Columns that separate these rows by themselves, with the intercept's help; leave one out, and the direction found no longer does.</param>
/// <param name="InfiniteColumns">Columns whose coefficient has no finite estimate; with complete separation that is each that is not constant or collinear.</param>
/// <param name="InfiniteIntercept">The same of the intercept.</param>
internal sealed record Separation(bool Complete, IReadOnlyList<int> SeparatingColumns, IReadOnlyList<int> InfiniteColumns, bool InfiniteIntercept);

/// <summary>
/// Whether the classes are separated, completely or quasi-completely (Albert and Anderson, 1984), and which estimates are infinite: those that the
/// directions of separation move (K. Konis, "Linear programming algorithms for detecting separated data in binary logistic regression models" (2007), of
/// which this is the continuous form: <see cref="SeparatingDirection"/>).
/// </summary>
internal static class SeparationDiagnosis
{
    /// <summary>What counts as 0 of a direction's parts, in margins, as a share of its largest.</summary>
    private const double PartRounding = 1e-6;

    /// <summary>Null where no direction that separates a row is found: there is none, or its gap is below a millionth or so of
    /// the rows' spread. A hundred passes or so where there is none, fewer where there is one.</summary>
    /// <param name="likelihood">Rows as the solver saw them; those of weight 0 are absent.</param>
    /// <param name="parameters">Where the fit stopped, the further out the better; any will do.</param>
    /// <param name="scaling">What <paramref name="likelihood"/>'s rows are standardised by; null if they are not.</param>
    public static Separation? Find(LogLikelihood likelihood, ReadOnlySpan<double> parameters, StandardScaling? scaling, CancellationToken cancellationToken)
    {
        if (SeparatingDirection.Find(likelihood, parameters, cancellationToken) is not { } search)
            return null;
        var rows = likelihood.Rows;
        var lead = rows.HasIntercept ? 1 : 0;
        var infinite = new SortedSet<int>();
        var own = new OwnUnits(rows, scaling);
        var infiniteIntercept = false;
        foreach (var (_, entries) in search.Space.Basis)
        {
            var largest = 0.0;
            for (var j = 0; j < entries.Length; j++)
                largest = Math.Max(largest, Math.Abs(entries[j]) * search.Spread(j));
            for (var j = 0; j < entries.Length; j++)
            {
                if (j >= lead && Math.Abs(entries[j]) * search.Spread(j) > PartRounding * largest)
                    infinite.Add(j - lead);
            }
            infiniteIntercept |= own.HasIntercept && Math.Abs(own.Combinations[0].Of(entries)) * InterceptSpread(likelihood) > PartRounding * largest;
        }
        return new Separation(!search.AtRest.Contains(true), Prune(search, rows, cancellationToken), [.. infinite], infiniteIntercept);
    }

    /// <summary>How much a unit of an intercept moves the margins, on the scale of <see cref="SeparatingDirection.Spread"/>.</summary>
    private static double InterceptSpread(LogLikelihood likelihood)
    {
        var present = Enumerable.Range(0, likelihood.Rows.Rows).Count(i => likelihood.Weight(i) > 0);
        return Math.Sqrt(0.25 * present);
    }

    /// <summary>Leaves out of the direction, the least first, each column without which it still separates what it separates.</summary>
    private static List<int> Prune(SeparatingDirection search, DesignRows rows, CancellationToken cancellationToken)
    {
        var lead = rows.HasIntercept ? 1 : 0;
        var direction = (double[])search.Direction.Clone();
        var margins = new double[rows.Rows];
        var columns = Enumerable.Range(lead, rows.Dimension - lead).Where(j => direction[j] != 0)
            .OrderBy(j => Math.Abs(direction[j]) * search.Spread(j)).ToList();
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
