using System.Globalization;
using System.Text.RegularExpressions;
using SigmoidApi.Compute.Data;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Rows;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Profile;

/// <summary>
/// Profiles the columns of a Parquet file. Numbers are read a few columns at a time and sorted, which gives exact distinct counts, quantiles and histograms.
/// (DuckDB's SUMMARIZE takes several times as long.)
/// </summary>
/// <param name="session">The session that reads the file.</param>
/// <param name="parquetPath">The file.</param>
/// <param name="rows">The number of its rows.</param>
/// <param name="limits">The memory and threads that may be used.</param>
internal sealed partial class ColumnProfiler(DuckDbSession session, string parquetPath, long rows, ProfileLimits limits)
{
    public const int HistogramBins = 20;

    // With fewer rows, whole numbers may be consecutive by chance.
    private const int FewRows = 20;

    private readonly string _from = $"from {StoredRows.Relation(parquetPath)}";

    /// <exception cref="InvalidDatasetException">A number is infinite, or a date is beyond the calendar.</exception>
    public ColumnProfile[] Profile(
        IReadOnlyList<SourceColumn> columns, IReadOnlyDictionary<string, ColumnType> wanted, CancellationToken cancellationToken)
    {
        var profiles = new ColumnProfile[columns.Count];
        var numbers = Enumerable.Range(0, columns.Count).Where(i => columns[i].Type != StoredType.Text).ToArray();
        var kept = (int)Math.Min(rows, limits.ExactRows);
        var atOnce = (int)Math.Clamp(limits.MemoryBytes / (2L * sizeof(double) * kept), 1, 64);
        var buffers = new List<(double[] Values, double[] Scratch)>();
        foreach (var some in numbers.Chunk(atOnce))
        {
            while (buffers.Count < some.Length)
                buffers.Add((new double[kept], new double[kept]));
            var read = kept == rows
                ? Read(columns, some, buffers, cancellationToken)
                : ReadPart(columns, some, buffers, kept, cancellationToken);
            try
            {
                Parallel.For(0, some.Length, new ParallelOptions { MaxDegreeOfParallelism = limits.Threads, CancellationToken = cancellationToken }, k =>
                {
                    var column = columns[some[k]];
                    ColumnType? wantedType = wanted.TryGetValue(column.Name, out var type) ? type : null;
                    profiles[some[k]] = OfNumbers(column, wantedType, read[k], buffers[k].Values, buffers[k].Scratch);
                });
            }
            catch (AggregateException several) when (several.InnerExceptions.OfType<InvalidDatasetException>().FirstOrDefault() is { } invalid)
            {
                var error = invalid.Errors[0];
                var row = FirstInfinite(columns, columns.Index().First(column => column.Item.Name == error.Column).Index, cancellationToken);
                throw new InvalidDatasetException([error with { Line = row }], invalid.ErrorCount);
            }
        }

        var texts = Enumerable.Range(0, columns.Count).Where(i => columns[i].Type == StoredType.Text).ToArray();
        var ofTexts = new TextProfiler(session, _from, rows, limits).Profile([.. texts.Select(i => columns[i])], wanted, cancellationToken);
        foreach (var (i, profile) in texts.Zip(ofTexts))
            profiles[i] = profile;
        return profiles;
    }

    /// <summary>Reads every value into memory. Ranges and moments are computed from there.</summary>
    private NumbersRead[] Read(
        IReadOnlyList<SourceColumn> columns, int[] some, List<(double[] Values, double[] Scratch)> buffers, CancellationToken cancellationToken)
    {
        var counts = new int[some.Length];
        session.ForEachChunk(Select(columns, some), chunk =>
        {
            for (var k = 0; k < counts.Length; k++)
                counts[k] += CopyPresent(chunk, k, buffers[k].Values.AsSpan(counts[k]));
        }, cancellationToken);
        return Array.ConvertAll(counts, count => new NumbersRead(count, count, null, default, null));
    }

    /// <summary>Computes ranges and moments of all rows in two passes, and reads every n-th value into memory.</summary>
    private NumbersRead[] ReadPart(
        IReadOnlyList<SourceColumn> columns, int[] some, List<(double[] Values, double[] Scratch)> buffers, int kept, CancellationToken cancellationToken)
    {
        var every = (rows + kept - 1) / kept;
        var present = new double[2048];
        var ranges = new ValueRange[some.Length];
        session.ForEachChunk(Select(columns, some), chunk =>
        {
            for (var k = 0; k < ranges.Length; k++)
                ranges[k].Add(present.AsSpan(0, CopyPresent(chunk, k, present)));
        }, cancellationToken);
        var moments = Array.ConvertAll(ranges, range => new Moments(range.Largest, range.First));
        var (counts, seen) = (new int[some.Length], new long[some.Length]);
        session.ForEachChunk(Select(columns, some), chunk =>
        {
            for (var k = 0; k < moments.Length; k++)
            {
                var values = present.AsSpan(0, CopyPresent(chunk, k, present));
                moments[k].Add(values);
                for (var i = 0; i < values.Length; i++)
                {
                    if (seen[k]++ % every == 0)
                        buffers[k].Values[counts[k]++] = values[i];
                }
            }
        }, cancellationToken);
        var counters = some.Select(i => $"approx_count_distinct({DuckDbSession.Identifier(columns[i].Name)})");
        var distinct = session.Counts($"select {string.Join(", ", counters)} {_from}", cancellationToken);
        return [.. some.Select((_, k) => new NumbersRead(ranges[k].Count, counts[k], ranges[k], moments[k], distinct[k]))];
    }

    private string Select(IReadOnlyList<SourceColumn> columns, int[] some) => $"select {string.Join(", ", some.Select(i => Expression(columns[i])))} {_from}";

    // Dates become microseconds, which float64 holds exactly up to the year 2255. Dates beyond the years 1 to 9999 become infinity.
    private static string Expression(SourceColumn column)
    {
        var name = DuckDbSession.Identifier(column.Name);
        if (column.Type is not (StoredType.Date or StoredType.Time))
            return StoredValue.AsNumber(name, ColumnType.Number);
        return $"case when year({name}) between 1 and 9999 then cast(epoch_us(cast({name} as timestamp)) as double) "
            + $"when {name} is not null then 'infinity'::double end";
    }

    private static int CopyPresent(DatasetChunk chunk, int column, Span<double> target)
    {
        var values = chunk.Numbers(column);
        if (!chunk.HasMissing(column))
        {
            values.CopyTo(target);
            return values.Length;
        }

        var count = 0;
        for (var row = 0; row < values.Length; row++)
        {
            if (!chunk.IsMissing(column, row))
                target[count++] = values[row];
        }

        return count;
    }

    /// <summary>Finds the first row, counted from 1, with an infinite number or a date beyond the calendar.</summary>
    private long FirstInfinite(IReadOnlyList<SourceColumn> columns, int column, CancellationToken cancellationToken)
    {
        var (first, before) = (0L, 0L);
        session.ForEachChunk(Select(columns, [column]), chunk =>
        {
            var values = chunk.Doubles(0);
            for (var row = 0; row < values.Length && first == 0; row++)
            {
                if (!chunk.IsMissing(0, row) && double.IsInfinity(values[row]))
                    first = before + row + 1;
            }

            before += values.Length;
        }, cancellationToken);
        return first;
    }

    private ColumnProfile OfNumbers(SourceColumn column, ColumnType? wanted, NumbersRead read, double[] values, double[] scratch)
    {
        var missing = rows - read.Present;
        if (read.Present == 0)
        {
            var emptyType = wanted ?? TypeOf(column.Type, isBoolean: false);
            return new(column.Name, emptyType, missing, 0, Warnings: [ColumnWarning.Constant, ColumnWarning.MostlyMissing]);
        }

        var sorted = values.AsSpan(0, read.Kept);
        NumberSort.Sort(sorted, scratch);
        var (minimum, maximum) = read.Range is { } range ? (range.Minimum, range.Maximum) : (sorted[0] + 0.0, sorted[^1] + 0.0);
        var isDate = column.Type is StoredType.Date or StoredType.Time;
        if (isDate && !double.IsFinite(maximum))
            throw new InvalidDatasetException(1, column.Name, "expected dates from the year 1 to 9999; the column holds others");
        if (!double.IsFinite(minimum) || !double.IsFinite(maximum))
        {
            var infinite = double.IsFinite(minimum) ? maximum : minimum;
            throw new InvalidDatasetException(
                1, column.Name, $"expected finite numbers; the column holds {infinite.ToString(CultureInfo.InvariantCulture)}");
        }

        var moments = read.Moments;
        if (read.Range is null)
        {
            moments = new Moments(Math.Max(Math.Abs(minimum), Math.Abs(maximum)), sorted[sorted.Length / 2]);
            for (var start = 0; start < sorted.Length; start += 2048)
                moments.Add(sorted[start..Math.Min(sorted.Length, start + 2048)]);
        }

        // An estimate may be larger than the number of values.
        var distinct = Math.Max(SortedValues.Distinct(sorted), Math.Min(read.Distinct ?? 0, read.Present));
        // A column wanted as a number stays one, even if it has only 0 and 1.
        var type = wanted is ColumnType.Number ? ColumnType.Number : TypeOf(column.Type, isBoolean: !sorted.ContainsAnyExcept(0, 1));
        var warnings = new List<ColumnWarning>();
        if (distinct == 1)
            warnings.Add(ColumnWarning.Constant);
        if (column.Type == StoredType.Whole && IsIdentifier(column.Name, distinct, maximum - minimum))
            warnings.Add(ColumnWarning.Identifier);
        if (2 * missing > rows)
            warnings.Add(ColumnWarning.MostlyMissing);
        if (column.Hint is { } hint)
            warnings.Add(hint);
        var profile = new ColumnProfile(
            column.Name, type, missing, distinct, Approximate: read.Kept < read.Present, DateOrder: column.DateOrder, Warnings: warnings);
        if (isDate)
        {
            return profile with
            {
                Earliest = TimeOf(minimum),
                Latest = TimeOf(maximum),
                Histogram = SortedValues.Histogram(sorted, minimum, maximum, HistogramBins),
            };
        }

        return profile with
        {
            Minimum = minimum,
            Maximum = maximum,
            Mean = Math.Clamp(moments.Mean, minimum, maximum),
            StandardDeviation = moments.StandardDeviation,
            Quantiles = type == ColumnType.Boolean ? null : QuantilesOf(sorted),
            Histogram = type == ColumnType.Boolean ? null : SortedValues.Histogram(sorted, minimum, maximum, HistogramBins),
        };
    }

    private static Quantiles QuantilesOf(ReadOnlySpan<double> sorted) => new(
        SortedValues.Quantile(sorted, 0.01), SortedValues.Quantile(sorted, 0.05), SortedValues.Quantile(sorted, 0.25), SortedValues.Quantile(sorted, 0.5),
        SortedValues.Quantile(sorted, 0.75), SortedValues.Quantile(sorted, 0.95), SortedValues.Quantile(sorted, 0.99));

    // Rounding may move the last microseconds of the year 9999 beyond it.
    private static DateTimeOffset TimeOf(double microseconds)
    {
        var ticks = TimeSpan.TicksPerMicrosecond * (long)microseconds;
        return DateTimeOffset.UnixEpoch.AddTicks(Math.Min(ticks, (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks));
    }

    private static ColumnType TypeOf(StoredType stored, bool isBoolean) => stored switch
    {
        StoredType.Date or StoredType.Time => ColumnType.DateTime,
        StoredType.Boolean => ColumnType.Boolean,
        _ => isBoolean ? ColumnType.Boolean : ColumnType.Number,
    };

    /// <summary>Whether each row has another whole number, and they are consecutive or the name is that of an identifier.</summary>
    private bool IsIdentifier(string name, long distinct, double range) =>
        distinct == rows && rows >= FewRows && (range == rows - 1 || IdentifierName().IsMatch(name));

    [GeneratedRegex(@"(^|[_\s.-])(id|uuid|guid|key|index|nr|no|number)$|[a-z](Id|ID)$|^(Unnamed: 0|column1)$", RegexOptions.CultureInvariant)]
    private static partial Regex IdentifierName();

    /// <param name="Present">The number of values that are not missing.</param>
    /// <param name="Kept">The number of values in memory.</param>
    /// <param name="Range">The range of all values; null if all are in memory. <paramref name="Moments"/> and <paramref name="Distinct"/> likewise.</param>
    private readonly record struct NumbersRead(long Present, int Kept, ValueRange? Range, Moments Moments, long? Distinct);
}

/// <summary>The resources that a profile may use.</summary>
/// <param name="MemoryBytes">Memory for values.</param>
/// <param name="ExactRows">With more rows than this, only a part is sorted.</param>
internal sealed record ProfileLimits(long MemoryBytes, int ExactRows, int Threads)
{
    /// <summary>A sixth of the memory that an operation may use.</summary>
    public static ProfileLimits Of(int memoryMegabytes, int exactRows, int threads) => new(memoryMegabytes * 1_000_000L / 6, exactRows, threads);
}
