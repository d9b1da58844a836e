using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Solvers;

/// <summary>Why the likelihood of a softmax fit against a base class has no maximum.</summary>
/// <param name="Complete">Whether each row is strictly on its class's side against every other class.</param>
/// <param name="Infinite">The solver's parameters that have no finite estimate.</param>
/// <param name="Separating">Parameters that separate these rows by the direction that was found; without any one of them it no longer does.</param>
/// <param name="Pairs">Each pair of classes that a direction separates in some row.</param>
internal sealed record ClassSeparation(bool Complete, IReadOnlyList<int> Infinite, IReadOnlyList<int> Separating, IReadOnlyList<(int First, int Second)> Pairs)
{
    /// <summary>The most numbers of rows that a search reads in each of its passes, about a hundred. Larger problems are not searched.</summary>
    public const long MaxNumbers = 1L << 28;

    /// <summary>Whether the rows are few enough for a search.</summary>
    public static bool Suits(DesignRows rows, RowLabels labels) =>
        (long)rows.Rows * (labels.Classes - 1) * labels.Outputs * rows.Dimension <= MaxNumbers && (long)rows.Rows * (labels.Classes - 1) < int.MaxValue;

    /// <summary>
    /// Searches for vectors δₖ, 0 for the base class, with (δ_y − δₖ)ᵀzᵢ ≥ 0 for every row i of class y and each class k, and &gt; 0 for some: along them the
    /// likelihood rises without end (Albert and Anderson, 1984). With a row for each pair of i and k ≠ y, which has zᵢ in the place of y and −zᵢ in that of
    /// k, this is a separation of two classes whose rows all have label 1, so that <see cref="SeparationDiagnosis"/> finds it. Null if there is none.
    /// </summary>
    /// <param name="rows">As the solver saw them, standardised.</param>
    /// <param name="labels">Against a base class; rows of weight 0 are ignored.</param>
    /// <param name="parameters">Where the fit ended.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public static ClassSeparation? Find(DesignRows rows, RowLabels labels, double[] parameters, CancellationToken cancellationToken)
    {
        var (others, dimension) = (labels.Classes - 1, rows.Dimension);
        var matrix = new StreamedMatrix(rows.Rows * others, parameters.Length, Read);
        var pairs = DesignRows.Of(matrix, scaling: null, fitIntercept: false, rows.Crew);
        var weights = new double[matrix.Rows];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = labels.Weights is null || labels.Weights[i / others] > 0 ? 1 : 0;
        var ones = new double[matrix.Rows];
        Array.Fill(ones, 1);
        if (SeparationDiagnosis.Find(new LogLikelihood(pairs, new RowLabels(ones, weights)), parameters, scaling: null, cancellationToken) is not { } found)
            return null;
        var separated = new SortedSet<(int, int)>();
        for (var i = 0; i < weights.Length; i++)
        {
            var (own, other) = ClassesOf(i);
            if (weights[i] > 0 && found.Rest.Weight(i) == 0)
                separated.Add((Math.Min(own, other), Math.Max(own, other)));
        }
        return new ClassSeparation(found.Complete, found.InfiniteColumns, found.SeparatingColumns, [.. separated]);

        (int Own, int Other) ClassesOf(int pair)
        {
            var (own, other) = ((int)labels.Values[pair / others], pair % others);
            return (own, other < own ? other : other + 1);
        }

        void Read(int first, Span<double> target)
        {
            target.Clear();
            var z = new double[dimension];
            var read = -1;
            for (var pair = first; !target.IsEmpty; pair++, target = target[parameters.Length..])
            {
                if (read != pair / others)
                    rows.CopyRow(read = pair / others, z);
                var (own, other) = ClassesOf(pair);
                if (labels.OutputOf(own) is >= 0 and var plus)
                    z.CopyTo(target.Slice(plus * dimension, dimension));
                if (labels.OutputOf(other) is >= 0 and var minus)
                {
                    for (var j = 0; j < dimension; j++)
                        target[minus * dimension + j] = -z[j];
                }
            }
        }
    }
}
