namespace SigmoidApi.Compute.Data;

/// <summary>Splits rows so that every part has the classes in the same proportions.</summary>
public static class StratifiedSplit
{
    /// <summary>
    /// Holds out a share of the rows of each class, drawn at random with <paramref name="seed"/>. The same arguments give the same split on every
    /// machine. Of a class with m rows, <c>round(m · fraction)</c> are held out, with halves rounded to even.
    /// </summary>
    /// <param name="labels">The class of every row, 0 or 1.</param>
    /// <param name="fraction">The share to hold out, above 0 and below 1.</param>
    /// <param name="seed">Any value.</param>
    /// <returns>The row indices of both parts, ascending.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="UntrainableDataException">
    /// <c>invalid_label</c>; or <c>class_missing_from_split</c>: a class would have no row in one of the parts.
    /// </exception>
    public static (int[] Training, int[] Validation) Holdout(ReadOnlySpan<double> labels, double fraction, long seed)
    {
        RowSplit.RequireFraction(fraction);
        return Holdout(ClassesOf(labels), BinaryNames, fraction, seed);
    }

    /// <summary>The same for any number of classes.</summary>
    /// <param name="labels">The class of every row.</param>
    /// <param name="fraction">The share to hold out, above 0 and below 1.</param>
    /// <param name="seed">Any value.</param>
    /// <returns>The row indices of both parts, ascending.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="UntrainableDataException">
    /// <c>class_missing_from_split</c>: a class would have no row in one of the parts. The message names the class and its rows.
    /// </exception>
    public static (int[] Training, int[] Validation) Holdout(ClassLabels labels, double fraction, long seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        RowSplit.RequireFraction(fraction);
        return Holdout(labels.Codes, [.. labels.Names.Select(name => $"'{name}'")], fraction, seed);
    }

    /// <summary>
    /// Assigns the rows of each class to <paramref name="folds"/> folds in turn, in a random order drawn with <paramref name="seed"/>. The same
    /// arguments give the same folds on every machine.
    /// </summary>
    /// <param name="labels">The class of every row, 0 or 1.</param>
    /// <param name="folds">At least 2.</param>
    /// <param name="seed">Any value.</param>
    /// <returns>The fold of every row, from 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two folds.</exception>
    /// <exception cref="UntrainableDataException">
    /// <c>invalid_label</c>; or <c>class_missing_from_split</c>: a class has fewer rows than there are folds.
    /// </exception>
    public static int[] Folds(ReadOnlySpan<double> labels, int folds, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        return Folds(ClassesOf(labels), BinaryNames, folds, seed);
    }

    /// <summary>The same for any number of classes.</summary>
    /// <param name="labels">The class of every row.</param>
    /// <param name="folds">At least 2.</param>
    /// <param name="seed">Any value.</param>
    /// <returns>The fold of every row, from 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two folds.</exception>
    /// <exception cref="UntrainableDataException">
    /// <c>class_missing_from_split</c>: a class has fewer rows than there are folds. The message names the class and its rows.
    /// </exception>
    public static int[] Folds(ClassLabels labels, int folds, long seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        return Folds(labels.Codes, [.. labels.Names.Select(name => $"'{name}'")], folds, seed);
    }

    private static readonly string[] BinaryNames = ["0", "1"];

    private static (int[] Training, int[] Validation) Holdout(int[] classes, string[] names, double fraction, long seed)
    {
        for (var label = 0; label < names.Length; label++)
        {
            var members = classes.AsSpan().Count(label);
            if (!LeavesBothParts(members, fraction))
            {
                throw new UntrainableDataException("class_missing_from_split",
                    $"Holding out {fraction} of the {members} rows of class {names[label]} leaves one of the two parts without that class.");
            }
        }
        return RowSplit.Stratified(classes, fraction, seed);
    }

    /// <summary>Whether a holdout of a class with so many rows has rows of it in both parts.</summary>
    internal static bool LeavesBothParts(long members, double fraction)
    {
        var count = Math.Round(members * fraction);
        return count > 0 && count < members;
    }

    private static int[] Folds(int[] classes, string[] names, int folds, long seed)
    {
        var byClass = RowSplit.RowsByKey(classes);
        var random = new SplitMix64(seed);
        var foldOf = new int[classes.Length];
        var next = 0;
        for (var label = 0; label < names.Length; label++)
        {
            var members = byClass.GetValueOrDefault(label, []);
            if (members.Length < folds)
            {
                throw new UntrainableDataException("class_missing_from_split",
                    $"Class {names[label]} has {members.Length} rows, too few for {folds} folds to have one each.");
            }
            random.Shuffle(members);
            foreach (var row in members)
                foldOf[row] = next++ % folds;
        }
        return foldOf;
    }

    private static int[] ClassesOf(ReadOnlySpan<double> labels)
    {
        BinaryLabels.RequireBinary(labels);
        var classes = new int[labels.Length];
        for (var i = 0; i < labels.Length; i++)
            classes[i] = (int)labels[i];
        return classes;
    }
}
