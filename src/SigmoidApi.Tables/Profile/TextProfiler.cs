using System.Globalization;
using System.Text;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Profile;

/// <summary>
/// Profiles columns of texts. Columns with few different values are counted here, many in one pass. A column with many is counted by a query, because DuckDB
/// spills what does not fit in memory. (A query for every column would be slow in a wide file: each query reads the metadata of all columns.)
/// </summary>
/// <param name="session">The session that reads the file.</param>
/// <param name="from">The FROM clause for the file.</param>
/// <param name="rows">The number of rows.</param>
/// <param name="limits">The memory that may be used.</param>
internal sealed class TextProfiler(DuckDbSession session, string from, long rows, ProfileLimits limits)
{
    public const int MostCategories = 20;

    // With more levels than this, and a different one in nearly every row, a column is text and not a category.
    private const int FewLevels = 20;
    private const double NearlyEvery = 0.9;

    private const int ColumnsAtOnce = 64;

    /// <summary>The profiles of the columns, in the same order.</summary>
    public IEnumerable<ColumnProfile> Profile(
        IReadOnlyList<SourceColumn> columns, IReadOnlyDictionary<string, ColumnType> wanted, CancellationToken cancellationToken)
    {
        foreach (var some in columns.Chunk(ColumnsAtOnce))
        {
            var counts = Array.ConvertAll(some, _ => new TextCounts(limits.MemoryBytes / some.Length));
            session.ForEachChunk($"select {string.Join(", ", some.Select(column => DuckDbSession.Identifier(column.Name)))} {from}", chunk =>
            {
                for (var i = 0; i < counts.Length; i++)
                    counts[i].Add(chunk, i);
            }, cancellationToken);
            for (var i = 0; i < some.Length; i++)
            {
                var (top, distinct, present) = counts[i].AreMany
                    ? Counted(some[i].Name, cancellationToken)
                    : (counts[i].Top(MostCategories), counts[i].Distinct, counts[i].Present);
                yield return Profile(some[i], wanted.TryGetValue(some[i].Name, out var type) ? type : null, top, distinct, present);
            }
        }
    }

    private ColumnProfile Profile(SourceColumn column, ColumnType? wanted, IReadOnlyList<CategoryCount> top, long distinct, long present)
    {
        var type = wanted is ColumnType.Category or ColumnType.Text ? wanted.Value
            : distinct > FewLevels && distinct > NearlyEvery * present ? ColumnType.Text : ColumnType.Category;
        var warnings = new List<ColumnWarning>();
        if (distinct <= 1)
            warnings.Add(ColumnWarning.Constant);
        if (distinct == rows && rows >= FewLevels)
            warnings.Add(ColumnWarning.Identifier);
        if (2 * (rows - present) > rows)
            warnings.Add(ColumnWarning.MostlyMissing);
        if (wanted is null && column.Hint is { } hint)
            warnings.Add(hint);
        var shown = top.Select(level => level with { Value = ShownText.Short(level.Value) });
        return new(column.Name, type, rows - present, distinct, Categories: [.. shown], Warnings: warnings);
    }

    private (IReadOnlyList<CategoryCount> Top, long Distinct, long Present) Counted(string name, CancellationToken cancellationToken)
    {
        var column = DuckDbSession.Identifier(name);
        var top = session.Rows(string.Create(CultureInfo.InvariantCulture,
            $"""
            select value, number, count(*) over () as distinct_values, sum(number) over () as present
            from (select {column} as value, count(*) as number {from} where {column} is not null group by 1)
            order by number desc, value limit {MostCategories}
            """), cancellationToken);
        return ([.. top.Select(row => new CategoryCount((string)row[0]!, Convert.ToInt64(row[1], CultureInfo.InvariantCulture)))],
            Convert.ToInt64(top[0][2], CultureInfo.InvariantCulture), long.Parse(top[0][3]!.ToString()!, CultureInfo.InvariantCulture));
    }

    /// <summary>Counts the texts of a column, and gives up if there are many different ones.</summary>
    private sealed class TextCounts(long mostBytes)
    {
        private const int MostLevels = 4096;

        // The memory of a level in addition to its text: entries in two tables and an object.
        private const int LevelBytes = 128;

        private readonly LevelCodes _codes = new();
        private readonly List<long> _counts = [];
        private long _bytes;

        public bool AreMany { get; private set; }

        public long Present { get; private set; }

        public long Distinct => _counts.Count;

        public void Add(DatasetChunk chunk, int column)
        {
            var texts = chunk.Texts(column);
            for (var row = 0; row < texts.Length && !AreMany; row++)
            {
                if (chunk.IsMissing(column, row))
                    continue;
                Present++;
                var code = _codes.CodeOf(in texts[row]);
                if (code < _counts.Count)
                {
                    _counts[code]++;
                    continue;
                }

                _counts.Add(1);
                _bytes += LevelBytes + sizeof(char) * texts[row].Length;
                AreMany = _counts.Count > MostLevels || _bytes > mostBytes;
            }
        }

        /// <summary>The most frequent texts. Equally frequent texts are in the order of their UTF-8 bytes, as in DuckDB.</summary>
        public IReadOnlyList<CategoryCount> Top(int most)
        {
            var byBytes = Comparer<string>.Create((a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)));
            return
            [
                .. _counts.Select((count, code) => new CategoryCount(_codes.Levels[code], count))
                    .OrderByDescending(level => level.Count)
                    .ThenBy(level => level.Value, byBytes)
                    .Take(most),
            ];
        }
    }
}
