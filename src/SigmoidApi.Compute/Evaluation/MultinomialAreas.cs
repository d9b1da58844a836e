namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// Areas under ROC curves, ties counted half. One-vs-rest compares the rows of a class with all others by the probability of that class. One-vs-one compares
/// the rows of two classes, as the mean of both classes' probabilities (D. J. Hand and R. J. Till, "A simple generalisation of the area under the ROC curve
/// for multiple class classification problems", Machine Learning 45, 2001). Classes without rows are left out; NaN if there are not two with rows.
/// </summary>
/// <param name="OneVsRestMacro">The mean over the classes.</param>
/// <param name="OneVsRestWeighted">Weighted by the rows of each class.</param>
/// <param name="OneVsOneMacro">The mean over the pairs: Hand and Till's M.</param>
/// <param name="OneVsOneWeighted">Weighted by the rows of each pair.</param>
public sealed record MultinomialAreas(double OneVsRestMacro, double OneVsRestWeighted, double OneVsOneMacro, double OneVsOneWeighted)
{
    /// <summary>The areas of rows under weights; one sort for each class gives its areas against every other.</summary>
    /// <param name="labels">Of each row.</param>
    /// <param name="orders">For each class the rows by rising probability of that class.</param>
    /// <param name="weights">Of each row; empty for 1.</param>
    internal static MultinomialAreas Of(int[] labels, IReadOnlyList<RowOrder> orders, ReadOnlySpan<double> weights)
    {
        var classes = orders.Count;
        var counts = new double[classes];
        for (var i = 0; i < labels.Length; i++)
            counts[labels[i]] += weights.IsEmpty ? 1 : weights[i];
        double[][] wins = [.. Enumerable.Range(0, classes).Select(_ => new double[classes])];
        for (var k = 0; k < classes; k++)
        {
            if (counts[k] > 0)
                AddWins(orders[k], labels, weights, k, wins[k]);
        }

        var total = counts.Sum();
        var (restMacro, restWeighted, present, weight) = (0.0, 0.0, 0, 0.0);
        var (oneMacro, oneWeighted, pairs, pairWeight) = (0.0, 0.0, 0, 0.0);
        for (var i = 0; i < classes; i++)
        {
            // A class without rows, or without others.
            if (counts[i] == 0 || !counts.Where((count, k) => k != i && count > 0).Any())
                continue;
            var area = (wins[i].Sum() - wins[i][i]) / (counts[i] * (total - counts[i]));
            (restMacro, restWeighted, present, weight) = (restMacro + area, restWeighted + counts[i] * area, present + 1, weight + counts[i]);
            for (var j = 0; j < i; j++)
            {
                if (counts[j] == 0)
                    continue;
                var ofPair = (wins[i][j] + wins[j][i]) / 2 / (counts[i] * counts[j]);
                (oneMacro, oneWeighted, pairs) = (oneMacro + ofPair, oneWeighted + (counts[i] + counts[j]) * ofPair, pairs + 1);
                pairWeight += counts[i] + counts[j];
            }
        }
        return new MultinomialAreas(restMacro / present, restWeighted / weight, oneMacro / pairs, oneWeighted / pairWeight);
    }

    /// <summary>
    /// For each other class the weight of the pairs of a row of this class and one of that class in which this class's is greater; ties count half.
    /// </summary>
    private static void AddWins(RowOrder order, int[] labels, ReadOnlySpan<double> weights, int label, double[] wins)
    {
        var (below, tied, keys) = (new double[wins.Length], new double[wins.Length], order.Keys);
        for (int first = 0, next; first < keys.Length; first = next)
        {
            for (next = first; next < keys.Length && keys[next].Equals(keys[first]); next++)
                tied[labels[order.Rows[next]]] += weights.IsEmpty ? 1 : weights[order.Rows[next]];
            if (tied[label] > 0)
            {
                for (var other = 0; other < wins.Length; other++)
                    wins[other] += tied[label] * (below[other] + 0.5 * tied[other]);
            }
            for (var i = first; i < next; i++)
            {
                var other = labels[order.Rows[i]];
                (below[other], tied[other]) = (below[other] + tied[other], 0);
            }
        }
    }
}

/// <summary>Rows by rising key.</summary>
/// <param name="Keys">The keys, rising.</param>
/// <param name="Rows">The row of each key.</param>
internal sealed record RowOrder(double[] Keys, int[] Rows);
