namespace SigmoidApi.Compute.Data;

/// <summary>
/// Splits rows into training and test, each part's row indices ascending. A seed may be any value; the same arguments give the same rows on every machine.
/// A split of which a part would be empty is refused as <see cref="UntrainableDataException"/> <c>empty_split</c>.
/// </summary>
public static class RowSplit
{
    /// <summary><c>round(rows · fraction)</c> rows drawn for the test, halves to even, but at least one for each part.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="UntrainableDataException"><c>empty_split</c></exception>
    public static (int[] Training, int[] Test) Shuffled(int rows, double fraction, long seed)
    {
        RequireFraction(fraction);
        if (rows < 2)
            throw Empty(rows, "rows");
        int[] order = [.. Enumerable.Range(0, rows)];
        new SplitMix64(seed).Shuffle(order);
        return Parts(rows, order.AsSpan(0, Math.Clamp((int)Math.Round(rows * fraction), 1, rows - 1)));
    }

    /// <summary>
    /// The share of the rows of each class: of m rows <c>round(m · fraction)</c>, halves to even, are drawn for the test, and at least one stays for training.
    /// </summary>
    /// <param name="classes">The class of each row, any number.</param>
    /// <param name="fraction">Above 0 and below 1.</param>
    /// <param name="seed">Any value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="UntrainableDataException"><c>empty_split</c>: the share of every class rounds to none.</exception>
    public static (int[] Training, int[] Test) Stratified(ReadOnlySpan<int> classes, double fraction, long seed)
    {
        RequireFraction(fraction);
        var random = new SplitMix64(seed);
        var test = new List<int>();
        foreach (var (_, members) in RowsByKey(classes))
        {
            random.Shuffle(members);
            test.AddRange(members.AsSpan(0, Math.Min((int)Math.Round(members.Length * fraction), members.Length - 1)));
        }
        return test.Count > 0 ? Parts(classes.Length, [.. test]) : throw Empty(classes.Length, "rows");
    }

    /// <summary>
    /// Whole groups: in an order that the seed draws, each that still fits into the fraction goes to the test. Then the one step is taken that brings the test
    /// nearest to the fraction, if any does: one group more, one less, or one for another. So the test misses the fraction by less than the largest
    /// group has rows, and of many small groups each has about the same chance.
    /// </summary>
    /// <param name="groups">The group of each row, any number.</param>
    /// <param name="fraction">Of the rows, above 0 and below 1.</param>
    /// <param name="seed">Any value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="UntrainableDataException"><c>empty_split</c>: there is one group only.</exception>
    public static (int[] Training, int[] Test) ByGroup(ReadOnlySpan<int> groups, double fraction, long seed)
    {
        RequireFraction(fraction);
        var members = RowsByKey(groups).Values;
        if (members.Count < 2)
            throw Empty(members.Count, "groups");
        int[] order = [.. Enumerable.Range(0, members.Count)];
        new SplitMix64(seed).Shuffle(order);
        var wanted = groups.Length * fraction;
        var (test, training, rows) = (new List<int[]>(), new List<int[]>(), 0);
        foreach (var group in order)
        {
            var fits = rows + members[group].Length <= wanted;
            (fits ? test : training).Add(members[group]);
            rows += fits ? members[group].Length : 0;
        }

        StepNearer(test, training, wanted - rows);
        return Parts(groups.Length, [.. test.SelectMany(group => group)]);
    }

    /// <summary>The one step that leaves the fewest rows lacking, if it leaves fewer than there are, or the test has none yet.</summary>
    private static void StepNearer(List<int[]> test, List<int[]> training, double lacking)
    {
        // Of groups of one size the first stands for all: the sizes are fewer than twice the root of the rows. Nothing at all can be given or taken too.
        int[][] given = [[], .. test.DistinctBy(group => group.Length)];
        int[][] taken = [[], .. training.DistinctBy(group => group.Length)];
        var nearest = test.Count == 0 ? double.PositiveInfinity : Math.Abs(lacking);
        var (give, take) = (given[0], taken[0]);
        foreach (var one in given)
        {
            foreach (var other in taken)
            {
                var leavesBothSome = (one.Length, other.Length) switch
                {
                    (0, 0) => false,
                    (_, 0) => test.Count > 1,
                    (0, _) => training.Count > 1,
                    _ => true,
                };
                var distance = Math.Abs(lacking + one.Length - other.Length);
                if (leavesBothSome && distance < nearest)
                    (nearest, give, take) = (distance, one, other);
            }
        }

        if (test.Remove(give))
            training.Add(give);
        if (training.Remove(take))
            test.Add(take);
    }

    /// <summary>
    /// The last rows, of which <c>round(n · fraction)</c> but at least one are for the test. Rows of one time are never parted: all of the time at which
    /// the test starts are in it, unless that leaves nothing for training; then they are in training, and the test starts with the next time.
    /// </summary>
    /// <param name="order">When each row was, in any unit.</param>
    /// <param name="fraction">Above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="UntrainableDataException"><c>empty_split</c>: all rows are of one time; or <c>missing_order</c>: a row's time is NaN.</exception>
    public static (int[] Training, int[] Test) ByTime(ReadOnlySpan<double> order, double fraction)
    {
        RequireFraction(fraction);
        if (order.Length < 2)
            throw Empty(order.Length, "rows");
        var sorted = order.ToArray();
        Array.Sort(sorted);
        if (double.IsNaN(sorted[0]))
            throw new UntrainableDataException("missing_order", $"Row {order.IndexOf(double.NaN)} has no time to be split by.");
        var first = sorted[sorted.Length - Math.Clamp((int)Math.Round(sorted.Length * fraction), 1, sorted.Length - 1)];
        if (first == sorted[0])
        {
            var next = Array.FindIndex(sorted, time => time > first);
            first = next < 0 ? throw Empty(1, "times") : sorted[next];
        }
        var test = new List<int>();
        for (var row = 0; row < order.Length; row++)
        {
            if (order[row] >= first)
                test.Add(row);
        }
        return Parts(order.Length, [.. test]);
    }

    /// <summary>
    /// Folds of whole groups, as even as greedy filling makes them: the largest group goes to the smallest fold, and so on; equal groups come in an order
    /// that the seed draws (scikit-learn's <c>GroupKFold</c>).
    /// </summary>
    /// <param name="groups">The group of each row, any number.</param>
    /// <param name="folds">At least 2.</param>
    /// <param name="seed">Any value.</param>
    /// <returns>The fold of every row, from 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two folds.</exception>
    /// <exception cref="UntrainableDataException"><c>empty_split</c>: there are fewer groups than folds.</exception>
    public static int[] GroupFolds(ReadOnlySpan<int> groups, int folds, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        var members = RowsByKey(groups).Values;
        if (members.Count < folds)
            throw Empty(members.Count, "groups");
        int[] order = [.. Enumerable.Range(0, members.Count)];
        new SplitMix64(seed).Shuffle(order);
        var foldOf = new int[groups.Length];
        var sizes = new PriorityQueue<int, (int Rows, int Fold)>(Enumerable.Range(0, folds).Select(fold => (fold, (0, fold))));
        foreach (var group in order.OrderByDescending(group => members[group].Length))
        {
            sizes.TryDequeue(out var fold, out var size);
            foreach (var row in members[group])
                foldOf[row] = fold;
            sizes.Enqueue(fold, (size.Rows + members[group].Length, fold));
        }
        return foldOf;
    }

    /// <summary>The rows of each key, ascending, the keys ascending too.</summary>
    internal static SortedList<int, int[]> RowsByKey(ReadOnlySpan<int> keys)
    {
        var counts = new Dictionary<int, int>();
        foreach (var key in keys)
            counts[key] = counts.GetValueOrDefault(key) + 1;
        var rows = new SortedList<int, int[]>(counts.Count);
        foreach (var key in counts.Keys.Order())
            rows.Add(key, new int[counts[key]]);
        for (var row = keys.Length - 1; row >= 0; row--)
            rows[keys[row]][--counts[keys[row]]] = row;
        return rows;
    }

    internal static void RequireFraction(double fraction)
    {
        if (!(fraction > 0 && fraction < 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "The held-out fraction must be above 0 and below 1.");
    }

    private static (int[] Training, int[] Test) Parts(int rows, ReadOnlySpan<int> test)
    {
        var isTest = new bool[rows];
        foreach (var row in test)
            isTest[row] = true;
        var parts = (Training: new int[rows - test.Length], Test: new int[test.Length]);
        for (int row = 0, i = 0, j = 0; row < rows; row++)
        {
            if (isTest[row])
                parts.Test[j++] = row;
            else
                parts.Training[i++] = row;
        }
        return parts;
    }

    private static UntrainableDataException Empty(int count, string what) =>
        new("empty_split", $"{count} {what} can't be split so that there are rows in every part.");
}
