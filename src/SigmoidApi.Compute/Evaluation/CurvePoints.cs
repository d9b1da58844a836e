namespace SigmoidApi.Compute.Evaluation;

/// <summary>
/// The points of a ranking's ROC curve at which it turns: those on the straight line between their neighbours are left out. Points of the curves of precision
/// and gains are the same, because share and gain are a linear map of both rates.
/// </summary>
internal static class CurvePoints
{
    /// <summary>The entries of the points; the first is −1, before all entries.</summary>
    /// <param name="ranked">The scored rows.</param>
    /// <param name="points">At most this many points, at least 2; null for all.</param>
    public static ArraySegment<int> Of(RankedScores ranked, int? points)
    {
        if (points is { } most)
            ArgumentOutOfRangeException.ThrowIfLessThan(most, 2, nameof(points));
        var entries = Vertices(ranked);
        return points is { } count && count < entries.Count ? Thin(ranked, entries, count) : entries;
    }

    /// <summary>
    /// Calls <paramref name="add"/>(entry, weight of ones, weight of zeros) for each point, with the sums down to its entry.
    /// </summary>
    public static void ForEach(RankedScores ranked, ArraySegment<int> entries, Action<int, double, double> add)
    {
        var (tp, fp, next) = (0.0, 0.0, 0);
        foreach (var entry in entries)
        {
            for (; next <= entry; next++)
                (tp, fp) = (tp + ranked.Ones[next], fp + ranked.Zeros[next]);
            add(entry, tp, fp);
        }
    }

    private static ArraySegment<int> Vertices(RankedScores ranked)
    {
        var (entries, points, last) = (new int[ranked.Count + 1], new (double X, double Y)[ranked.Count + 1], 0);
        entries[0] = -1;
        var (tp, fp) = (0.0, 0.0);
        for (var i = 0; i < ranked.Count; i++)
        {
            if (!ranked.IsThere(i))
                continue;
            (tp, fp) = (tp + ranked.Ones[i], fp + ranked.Zeros[i]);
            var point = (X: Ratio.Of(fp, ranked.Negatives), Y: Ratio.Of(tp, ranked.Positives));
            while (last > 0 && AreOnALine(points[last - 1], points[last], point))
                last--;
            last++;
            (entries[last], points[last]) = (i, point);
        }
        return new ArraySegment<int>(entries, 0, last + 1);
    }

    private static bool AreOnALine((double X, double Y) a, (double X, double Y) b, (double X, double Y) c) =>
        (b.X - a.X) * (c.Y - b.Y) == (b.Y - a.Y) * (c.X - b.X);

    /// <summary>The first, the last, and between them those that are about evenly far from each other along both axes.</summary>
    private static ArraySegment<int> Thin(RankedScores ranked, ArraySegment<int> entries, int count)
    {
        var (thin, tp, fp, next) = (new List<int>(count) { -1 }, 0.0, 0.0, 0);
        var length = (ranked.Positives > 0 ? 1 : 0) + (ranked.Negatives > 0 ? 1 : 0);
        var target = 1.0 / (count - 1);
        for (var k = 1; k < entries.Count - 1 && thin.Count < count - 1; k++)
        {
            for (; next <= entries[k]; next++)
                (tp, fp) = (tp + ranked.Ones[next], fp + ranked.Zeros[next]);
            var along = (Ratio.Of(fp, ranked.Negatives) + Ratio.Of(tp, ranked.Positives)) / length;
            if (along < target)
                continue;
            thin.Add(entries[k]);
            // What is left of the curve is shared among the points that are left, because a long straight part has none.
            target = along + (1 - along) / (count - thin.Count);
        }
        thin.Add(entries[^1]);
        return thin.ToArray();
    }
}
