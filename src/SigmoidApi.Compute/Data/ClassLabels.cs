namespace SigmoidApi.Compute.Data;

/// <summary>The classes of n rows, for targets of two or more classes.</summary>
public sealed class ClassLabels
{
    /// <param name="codes">For each row the index of its class. Kept, not copied.</param>
    /// <param name="names">The classes, at least two, without repeats. Messages name them.</param>
    /// <exception cref="ArgumentException">A code is out of range, there are fewer than two names, or one is repeated.</exception>
    public ClassLabels(int[] codes, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(names);
        ArgumentOutOfRangeException.ThrowIfLessThan(names.Count, 2, nameof(names));
        var wrong = codes.AsSpan().IndexOfAnyExceptInRange(0, names.Count - 1);
        if (wrong >= 0)
            throw new ArgumentException($"Row {wrong}: code {codes[wrong]} must be from 0 to {names.Count - 1}.", nameof(codes));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (names.FirstOrDefault(name => !seen.Add(name)) is { } repeated)
            throw new ArgumentException($"Class '{repeated}' is repeated.", nameof(names));
        (Codes, Names) = (codes, names);
    }

    /// <summary>For each row the index of its class.</summary>
    public int[] Codes { get; }

    public IReadOnlyList<string> Names { get; }

    /// <summary>K, the number of classes.</summary>
    public int Count => Names.Count;

    /// <exception cref="UntrainableDataException"><c>single_class</c>: a class has no row. The message names the first.</exception>
    internal void RequireEveryClass()
    {
        var counts = new long[Count];
        foreach (var code in Codes)
            counts[code]++;
        var missing = Array.IndexOf(counts, 0);
        if (missing >= 0)
            throw new UntrainableDataException("single_class", $"Class '{Names[missing]}' has 0 of the {Codes.Length} rows; a fit needs rows of each class.");
    }
}
