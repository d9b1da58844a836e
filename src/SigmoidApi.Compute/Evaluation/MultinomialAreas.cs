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
    /// <summary>One sort for each class gives its areas against every other.</summary>
    internal static MultinomialAreas Of(int[] labels, double[] probabilities, int classes)
    {
        var counts = new long[classes];
        foreach (var label in labels)
            counts[label]++;
        var (keys, order) = (new double[labels.Length], new int[labels.Length]);
        double[][] wins = [.. Enumerable.Range(0, classes).Select(_ => new double[classes])];
        for (var k = 0; k < classes; k++)
        {
            if (counts[k] == 0)
                continue;
            for (var i = 0; i < keys.Length; i++)
                (keys[i], order[i]) = (probabilities[i * classes + k], labels[i]);
            Array.Sort(keys, order);
            AddWins(keys, order, k, wins[k]);
        }

        var (restMacro, restWeighted, present, weight) = (0.0, 0.0, 0, 0.0);
        var (oneMacro, oneWeighted, pairs, pairWeight) = (0.0, 0.0, 0, 0.0);
        for (var i = 0; i < classes; i++)
        {
            if (counts[i] == 0 || counts[i] == labels.Length)
                continue;
            var area = (wins[i].Sum() - wins[i][i]) / ((double)counts[i] * (labels.Length - counts[i]));
            (restMacro, restWeighted, present, weight) = (restMacro + area, restWeighted + counts[i] * area, present + 1, weight + counts[i]);
            for (var j = 0; j < i; j++)
            {
                if (counts[j] == 0)
                    continue;
                var ofPair = (wins[i][j] + wins[j][i]) / 2 / ((double)counts[i] * counts[j]);
                (oneMacro, oneWeighted, pairs) = (oneMacro + ofPair, oneWeighted + (counts[i] + counts[j]) * ofPair, pairs + 1);
                pairWeight += counts[i] + counts[j];
            }
        }
        return new MultinomialAreas(restMacro / present, restWeighted / weight, oneMacro / pairs, oneWeighted / pairWeight);
    }

    /// <summary>For each other class the pairs of a row of this class and one of that class in which this class's is greater; ties count half.</summary>
    private static void AddWins(double[] sorted, int[] labels, int label, double[] wins)
    {
        var (below, tied) = (new long[wins.Length], new long[wins.Length]);
        for (int first = 0, next; first < sorted.Length; first = next)
        {
            for (next = first; next < sorted.Length && sorted[next].Equals(sorted[first]); next++)
                tied[labels[next]]++;
            if (tied[label] > 0)
            {
                for (var other = 0; other < wins.Length; other++)
                    wins[other] += tied[label] * (below[other] + 0.5 * tied[other]);
            }
            for (var i = first; i < next; i++)
                (below[labels[i]], tied[labels[i]]) = (below[labels[i]] + 1, 0);
        }
    }
}
