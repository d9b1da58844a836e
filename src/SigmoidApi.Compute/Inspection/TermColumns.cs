using SigmoidApi.Compute.Preprocessing;

namespace SigmoidApi.Compute.Inspection;

/// <summary>Which raw column each term of a design belongs to, and which terms are the levels of a category.</summary>
/// <param name="Names">The raw columns.</param>
/// <param name="Terms">The terms as users see them.</param>
/// <param name="ColumnOf">For each term the index of its raw column.</param>
/// <param name="IsLevel">For each term whether it is a level of a category.</param>
/// <param name="IsIndicator">For each term whether it is 0/1: a level, or the indicator of missing values.</param>
internal sealed record TermColumns(
    IReadOnlyList<string> Names, IReadOnlyList<string> Terms, int[] ColumnOf, bool[] IsLevel, bool[] IsIndicator)
{
    /// <param name="preparation">Null if each column is a term.</param>
    /// <param name="columns">The raw columns.</param>
    public static TermColumns Of(Preparation? preparation, IReadOnlyList<FeatureColumn> columns)
    {
        string[] names = [.. columns.Select(column => column.Name)];
        if (preparation is null)
            return new(names, names, [.. Enumerable.Range(0, names.Length)], new bool[names.Length], new bool[names.Length]);
        var (columnOf, isLevel) = (new List<int>(), new List<bool>());
        foreach (var (j, column) in preparation.Columns.Index())
        {
            var terms = column.Terms().Count();
            for (var t = 0; t < terms; t++)
            {
                columnOf.Add(j);
                isLevel.Add(column is FittedCategory && !(column.MissingIndicator && t == terms - 1));
            }
        }
        return new(names, preparation.Terms, [.. columnOf], [.. isLevel], [.. preparation.Indicators]);
    }

    /// <summary>The terms of a raw column.</summary>
    public IEnumerable<int> Of(int column) => Enumerable.Range(0, ColumnOf.Length).Where(term => ColumnOf[term] == column);

    /// <summary>The terms that are set to 0 when a 0/1 term is set: the levels of its category, or the term alone.</summary>
    public int[] Alternatives(int term) => IsLevel[term] ? [.. Of(ColumnOf[term]).Where(other => IsLevel[other])] : [term];
}
