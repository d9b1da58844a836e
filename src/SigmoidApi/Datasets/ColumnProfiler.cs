namespace SigmoidApi.Datasets;

/// <summary>
/// Profiles the columns of a Parquet file in two passes over its rows and queries for the distinct values, a few columns at a time.
/// (DuckDB's SUMMARIZE takes several times as long.)
/// </summary>
internal static class ColumnProfiler
{
    // Some 32 bytes each in DuckDB's hash tables; a query per column would open the file as often, which is what a wide file's profile would spend its time on.
    private const long DistinctValuesAtOnce = 4_000_000;

    public static ColumnProfile[] Profile(DuckDbSession session, string parquetPath, IReadOnlyList<string> columns, CancellationToken cancellationToken)
    {
        var from = $"from read_parquet({DuckDbSession.Literal(parquetPath)})";
        var all = $"select {string.Join(", ", columns.Select(DuckDbSession.Identifier))} {from}";

        var ranges = new ColumnRange[columns.Count];
        session.ForEachChunk(all, chunk =>
        {
            for (var i = 0; i < ranges.Length; i++)
                ranges[i].Add(chunk.Column(i), first: ranges[i].Count == 0);
        }, cancellationToken);

        var moments = Array.ConvertAll(ranges, range => new ColumnMoments(range.Largest));
        session.ForEachChunk(all, chunk =>
        {
            for (var i = 0; i < moments.Length; i++)
                moments[i].Add(chunk.Column(i));
        }, cancellationToken);

        var counted = Enumerable.Range(0, columns.Count).Where(i => ranges[i] is { IsBoolean: false } range && range.Minimum < range.Maximum).ToArray();
        var distinct = new long[columns.Count];
        foreach (var some in counted.Chunk((int)Math.Clamp(DistinctValuesAtOnce / ranges[0].Count, 1, 20)))
        {
            var counts = session.Counts($"select {string.Join(", ", some.Select(i => $"count(distinct {DuckDbSession.Identifier(columns[i])})"))} {from}", cancellationToken);
            for (var k = 0; k < some.Length; k++)
                distinct[some[k]] = counts[k];
        }

        var profiles = new ColumnProfile[columns.Count];
        for (var i = 0; i < profiles.Length; i++)
        {
            var (minimum, maximum) = (ranges[i].Minimum, ranges[i].Maximum);
            var different = minimum == maximum ? 1 : ranges[i].IsBoolean ? 2 : distinct[i];
            profiles[i] = new ColumnProfile(
                columns[i], ranges[i].IsBoolean ? ColumnProfile.Boolean : ColumnProfile.Number, Missing: 0, different,
                minimum, maximum, Math.Clamp(moments[i].Mean, minimum, maximum), moments[i].StandardDeviation);
        }

        return profiles;
    }
}

/// <summary>Smallest and largest value, and whether all are 0 or 1.</summary>
internal struct ColumnRange
{
    private bool _hasOthers;

    public long Count { get; private set; }

    public double Minimum { get; private set; }

    public double Maximum { get; private set; }

    public readonly bool IsBoolean => !_hasOthers;

    public readonly double Largest => Math.Max(Math.Abs(Minimum), Math.Abs(Maximum));

    public void Add(ReadOnlySpan<double> values, bool first)
    {
        var (minimum, maximum) = first ? (values[0], values[0]) : (Minimum, Maximum);
        var hasOthers = false;
        foreach (var value in values)
        {
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
            hasOthers |= value != 0 && value != 1;
        }

        (Minimum, Maximum) = (minimum, maximum);
        _hasOthers |= hasOthers;
        Count += values.Length;
    }
}

/// <summary>
/// Mean and standard deviation by blocks: two passes over the block, merged by the update of Chan, Golub and LeVeque (1983), so that a large mean
/// does not eat a small deviation. Values are scaled by a power of two, exactly, so that no square over- or underflows.
/// </summary>
internal struct ColumnMoments(double largest)
{
    // 2^1000 either way keeps the scale itself finite; what is left of the range is harmless.
    private readonly int _exponent = largest == 0 ? 0 : Math.Clamp(Math.ILogB(largest), -1000, 1000);
    private double _count;
    private double _mean;
    private double _squares;

    public readonly double Mean => Math.ScaleB(_mean, _exponent);

    public readonly double StandardDeviation => Math.ScaleB(Math.Sqrt(_squares / _count), _exponent);

    public void Add(ReadOnlySpan<double> values)
    {
        var scale = Math.ScaleB(1, -_exponent);
        var sum = 0.0;
        foreach (var value in values)
            sum += value * scale;
        var mean = sum / values.Length;

        var squares = 0.0;
        var rest = 0.0;
        foreach (var value in values)
        {
            var deviation = (value * scale) - mean;
            squares += deviation * deviation;
            rest += deviation;
        }

        // What rounding left in the mean of the block (the corrected two-pass algorithm).
        squares -= rest * rest / values.Length;
        mean += rest / values.Length;

        var total = _count + values.Length;
        var difference = mean - _mean;
        _mean += difference * (values.Length / total);
        _squares += squares + (difference * difference * (_count / total) * values.Length);
        _count = total;
    }
}
