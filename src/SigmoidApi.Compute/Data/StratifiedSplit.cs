namespace SigmoidApi.Compute.Data;

/// <summary>Splits rows so that every part holds the classes in the proportions of the whole.</summary>
public static class StratifiedSplit
{
    /// <summary>
    /// Holds out a share of the rows of each class, drawn by <paramref name="seed"/>. The same arguments give the same split on every machine.
    /// Of a class with m rows, <c>round(m · fraction)</c> are held out, halves to even.
    /// </summary>
    /// <param name="labels">The class of every row, 0 or 1.</param>
    /// <param name="fraction">The share to hold out, above 0 and below 1.</param>
    /// <param name="seed">Any value.</param>
    /// <returns>Row indices of both parts, each ascending.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="UntrainableDataException">
    /// <c>invalid_label</c>; or <c>class_missing_from_split</c>: a class would have no row in one of the parts.
    /// </exception>
    public static (int[] Training, int[] Validation) Holdout(ReadOnlySpan<double> labels, double fraction, long seed)
    {
        if (!(fraction > 0 && fraction < 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "The held-out fraction must be above 0 and below 1.");

        BinaryLabels.RequireBinary(labels);
        var random = new SplitMix64(seed);
        var heldOut = new bool[labels.Length];
        var validationRows = 0;
        foreach (var label in (ReadOnlySpan<double>)[0, 1])
        {
            var members = RowsOf(labels, label);
            var count = (int)Math.Round(members.Length * fraction);
            if (count == 0 || count == members.Length)
            {
                throw new UntrainableDataException("class_missing_from_split",
                    $"Holding out {fraction} of the {members.Length} rows of class {label} leaves one of the two parts without that class.");
            }
            random.Shuffle(members);
            foreach (var row in members.AsSpan(0, count))
                heldOut[row] = true;
            validationRows += count;
        }

        var training = new int[labels.Length - validationRows];
        var validation = new int[validationRows];
        for (int row = 0, t = 0, v = 0; row < labels.Length; row++)
        {
            if (heldOut[row])
                validation[v++] = row;
            else
                training[t++] = row;
        }
        return (training, validation);
    }

    /// <summary>
    /// Deals the rows of each class, in an order drawn by <paramref name="seed"/>, to <paramref name="folds"/> folds in turn. The same arguments
    /// give the same folds on every machine.
    /// </summary>
    /// <param name="labels">The class of every row, 0 or 1.</param>
    /// <param name="folds">At least 2.</param>
    /// <param name="seed">Any value.</param>
    /// <returns>The fold of every row, from 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two folds.</exception>
    /// <exception cref="UntrainableDataException"><c>invalid_label</c>; or <c>class_missing_from_split</c>: a class has fewer rows than there are folds.</exception>
    public static int[] Folds(ReadOnlySpan<double> labels, int folds, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        BinaryLabels.RequireBinary(labels);
        var random = new SplitMix64(seed);
        var foldOf = new int[labels.Length];
        var next = 0;
        foreach (var label in (ReadOnlySpan<double>)[0, 1])
        {
            var members = RowsOf(labels, label);
            if (members.Length < folds)
            {
                throw new UntrainableDataException("class_missing_from_split",
                    $"Class {label} has {members.Length} rows, too few for {folds} folds to have one each.");
            }
            random.Shuffle(members);
            foreach (var row in members)
                foldOf[row] = next++ % folds;
        }
        return foldOf;
    }

    private static int[] RowsOf(ReadOnlySpan<double> labels, double label)
    {
        var rows = new List<int>();
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] == label)
                rows.Add(i);
        }
        return [.. rows];
    }
}
