namespace SigmoidApi.Compute.Data;

/// <summary>
/// Splits rows into training and test rows. The row indices of each part are ascending. The same arguments give the same rows on every machine. If a
/// part would be empty, the methods throw <see cref="UntrainableDataException"/> with the code <c>empty_split</c>.
/// </summary>
public static class RowSplit
{
    /// <summary>
    /// Draws <c>round(rows · fraction)</c> rows for the test, with halves rounded to even, but at least one for each part. The seed may be any value.
    /// </summary>
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
    /// Draws a share of the rows of each class for the test: of m rows <c>round(m · fraction)</c>, with halves rounded to even. At least one row of each
    /// class stays in training.
    /// </summary>
    /// <param name="classes">The class of each row, any number.</param>
    /// <param name="fraction">Above 0 and below 1.</param>
    /// <param name="seed">Any value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="UntrainableDataException"><c>empty_split</c>: the share of every class rounds to 0 rows.</exception>
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
    /// Splits by whole groups. The groups come in a random order drawn with the seed, and each that still fits into the fraction goes to the test. Then
    /// one step brings the test as close to the fraction as possible, if any step does: it adds a group, removes one, or exchanges two. So the test
    /// misses the fraction by less than the rows of the largest group, and many small groups have about equal chances.
    /// </summary>
    /// <param name="groups">The group of each row, any number.</param>
    /// <param name="fraction">Of the rows, above 0 and below 1.</param>
    /// <param name="seed">Any value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="UntrainableDataException"><c>empty_split</c>: there is only one group.</exception>
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

    /// <summary>
    /// Takes the step after which the test is closest to its wanted number of rows, if that is closer than now or the test is still empty.
    /// </summary>
    /// <param name="test">The groups in the test.</param>
    /// <param name="training">The groups in training.</param>
    /// <param name="lacking">The wanted number of rows minus the rows in the test.</param>
    private static void StepNearer(List<int[]> test, List<int[]> training, double lacking)
    {
        // One group of each size is enough, and there are fewer sizes than twice the square root of the rows. The empty group means to give or take none.
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
    /// Splits by time: the last <c>round(n · fraction)</c> rows are the test, but at least one row. Rows of one time stay together. All rows of the time at
    /// which the test starts are in the test, unless that leaves no rows for training. In that case they are in training, and the test starts with the
    /// next time.
    /// </summary>
    /// <param name="order">The time of each row, in any unit.</param>
    /// <param name="fraction">Above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="UntrainableDataException"><c>empty_split</c>: all rows have the same time; or <c>missing_order</c>: a row's time is NaN.</exception>
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
    /// Folds of whole groups, filled greedily (scikit-learn's <c>GroupKFold</c>): the largest group that is left goes to the smallest fold. Groups of the
    /// same size come in a random order drawn with the seed.
    /// </summary>
    /// <param name="groups">The group of each row, any number.</param>
    /// <param name="folds">At least 2.</param>
    /// <param name="seed">Any value.</param>
    /// <returns>The fold of every row, from 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two folds.</exception>
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

    /// <summary>Folds of consecutive times, of about equally many rows. Rows of one time stay together.</summary>
    /// <param name="order">The time of each row, in any unit, not NaN.</param>
    /// <param name="folds">At least 2.</param>
    /// <returns>The fold of every row, from 0 for the earliest.</returns>
    /// <exception cref="UntrainableDataException"><c>empty_split</c>: too few different times.</exception>
    internal static int[] TimeFolds(ReadOnlySpan<double> order, int folds)
    {
        var sorted = order.ToArray();
        Array.Sort(sorted);
        var foldOf = new int[order.Length];
        for (var row = 0; row < foldOf.Length; row++)
        {
            var (low, high) = (0, sorted.Length - 1);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = sorted[middle] < order[row] ? (middle + 1, high) : (low, middle);
            }
            foldOf[row] = (int)((long)low * folds / sorted.Length);
        }
        return foldOf.Distinct().Count() == folds ? foldOf : throw Empty(sorted.Distinct().Count(), "times");
    }

    /// <summary>The rows of each key, ascending. The keys are ascending too.</summary>
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
        new("empty_split", $"{count} {what} cannot be split: every part needs at least one row.");
}
