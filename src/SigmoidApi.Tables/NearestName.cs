namespace SigmoidApi.Tables;

/// <summary>Finds the known name that a misspelled name most likely means: <c>penalty</c> for <c>penality</c>.</summary>
internal static class NearestName
{
    // A comparison costs at most the product of both lengths. These limits keep an error cheap for any number of columns.
    private const int MostCharacters = 64;
    private const int MostCandidates = 4096;

    /// <summary>The end of an error message, such as <c>; did you mean 'penalty'?</c>; empty if no name is near.</summary>
    public static string Hint(string written, IEnumerable<string> known) => Of(written, known) is { } near ? $"; did you mean '{near}'?" : "";

    /// <summary>
    /// The nearest known name; the first one if several are equally near. Near means at most one edit for each three characters (insert, remove, replace, or
    /// swap neighbours). Case, <c>_</c> and <c>-</c> make no difference. Null if no name is that near, or the written name itself is known.
    /// </summary>
    public static string? Of(string written, IEnumerable<string> known)
    {
        if (written.Length is 0 or > MostCharacters)
            return null;
        var plain = Plain(written);
        var (nearest, best) = ((string?)null, (Math.Max(plain.Length, written.Length) / 3) + 1);
        foreach (var name in known.Take(MostCandidates))
        {
            if (name == written)
                return null;
            if (name.Length is 0 or > MostCharacters)
                continue;
            var distance = Distance(plain, Plain(name), best);
            if (distance < best)
                (nearest, best) = (name, distance);
        }

        return nearest;
    }

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>
    /// The Damerau–Levenshtein distance without editing a place twice (optimal string alignment), or <paramref name="limit"/> if the distance is not
    /// below it.
    /// </summary>
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) >= limit)
            return limit;
        Span<int> before = stackalloc int[b.Length + 1], last = stackalloc int[b.Length + 1], row = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var least = row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                least = Math.Min(least, row[j]);
            }

            // A swap may continue from the row before, at a cost of one.
            if (least > limit)
                return limit;
            var free = before;
            before = last;
            last = row;
            row = free;
        }

        return Math.Min(last[b.Length], limit);
    }
}
