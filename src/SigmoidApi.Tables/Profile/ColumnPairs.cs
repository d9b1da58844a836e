using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.Tables.Profile;

/// <summary>
/// Finds the pairs of columns that are nearly the same, in one pass over the rows of which few are in memory. Numbers, booleans and dates are compared by
/// correlation; categories, and categories with numbers of two values, by Cramér's V. Texts, and numbers with categories, are not compared.
/// </summary>
internal sealed class ColumnPairs
{
    /// <summary>With fewer rows, or fewer rows for each level, columns may be the same by chance.</summary>
    public const int RowsPerLevel = 20;

    // Codes and names of all levels are in memory.
    private const int MostLevels = 10_000;

    // The rows of a chunk of DuckDB.
    private const int MostRows = 2048;

    private readonly ColumnProfile[] _columns;
    private readonly int[] _numbers;
    private readonly int[] _levels;
    private readonly LevelCodes?[] _codes;
    private readonly NumberPairs _ofNumbers;
    private readonly LevelPairs _ofLevels;

    private ColumnPairs(ColumnProfile[] columns)
    {
        _columns = columns;
        _numbers = [.. Enumerable.Range(0, columns.Length).Where(i => !columns[i].IsText)];
        _levels = [.. Enumerable.Range(0, columns.Length).Where(i => columns[i].IsText || HasTwoNumbers(columns[i]))];
        _codes = [.. _levels.Select(i => columns[i].IsText ? new LevelCodes() : null)];
        _ofNumbers = new NumberPairs([.. _numbers.Select(i => columns[i])], MostRows);
        _ofLevels = new LevelPairs([.. _levels.Select(i => columns[i].Distinct)], MostRows);
    }

    /// <summary>Whether a column can be compared with others.</summary>
    public static bool Suits(ColumnProfile column, long rows) =>
        column.Distinct > 1
        && (!column.IsText || (column.Type == ColumnType.Category && column.Distinct <= MostLevels && column.Distinct * RowsPerLevel <= rows));

    /// <param name="session">The session that reads the file.</param>
    /// <param name="parquetPath">The file.</param>
    /// <param name="all">All its columns, in order.</param>
    /// <param name="columns">The columns to compare, in order; see <see cref="Suits"/>.</param>
    /// <param name="every">1 for all rows; n for every n-th row.</param>
    /// <param name="least">The smallest absolute correlation, or Cramér's V, of columns that are nearly the same.</param>
    /// <param name="cancellationToken">Checked every 2,048 rows.</param>
    /// <returns>The pairs, in the order of their columns.</returns>
    public static IReadOnlyList<ColumnPair> Find(
        DuckDbSession session,
        string parquetPath,
        IReadOnlyList<ColumnProfile> all,
        ColumnProfile[] columns,
        long every,
        double least,
        CancellationToken cancellationToken)
    {
        if (columns.Length < 2)
            return [];
        var pairs = new ColumnPairs(columns);
        var stored = new StoredRows(parquetPath, all.Select(column => column.Name));
        var select = columns.Select(column => StoredValue.AsNumber(stored[column.Name], column.Type));
        var where = every > 1 ? FormattableString.Invariant($"where {StoredRows.Number} % {every} = 0") : "";
        session.ForEachChunk($"select {string.Join(", ", select)} from {stored.From} {where}", pairs.Add, cancellationToken);
        return [.. pairs.AtLeast(least)];
    }

    private static bool HasTwoNumbers(ColumnProfile column) => column is { Distinct: 2, Minimum: not null, Approximate: false };

    private void Add(DatasetChunk chunk)
    {
        for (var k = 0; k < _numbers.Length; k++)
            _ofNumbers.Set(k, chunk.Numbers(_numbers[k]));
        _ofNumbers.Add(chunk.Rows);
        for (var k = 0; k < _levels.Length; k++)
        {
            var column = _levels[k];
            var codes = _ofLevels.CodesOf(k);
            if (_codes[k] is { } levels)
            {
                var texts = chunk.Texts(column);
                for (var row = 0; row < texts.Length; row++)
                    codes[row] = chunk.IsMissing(column, row) ? ColumnValues.Missing : levels.CodeOf(in texts[row]);
                continue;
            }

            var numbers = chunk.Numbers(column);
            for (var row = 0; row < numbers.Length; row++)
                codes[row] = double.IsNaN(numbers[row]) ? ColumnValues.Missing : numbers[row] == _columns[column].Minimum ? 0 : 1;
        }

        _ofLevels.Add(chunk.Rows);
    }

    private IEnumerable<ColumnPair> AtLeast(double least)
    {
        var found = new List<(int A, int B, ColumnPair Pair)>();
        for (var b = 1; b < _numbers.Length; b++)
        {
            for (var a = 0; a < b; a++)
            {
                if (_ofNumbers.Of(a, b) is var (correlation, rows) && rows >= RowsPerLevel && Math.Abs(correlation) >= least)
                    found.Add(Pair(_numbers[a], _numbers[b], PairMeasure.Pearson, correlation, rows));
            }
        }

        for (var b = 1; b < _levels.Length; b++)
        {
            for (var a = 0; a < b; a++)
            {
                if (_codes[a] is null && _codes[b] is null)
                    continue;
                var levels = Math.Max(_ofLevels.LevelsOf(a), _ofLevels.LevelsOf(b));
                if (_ofLevels.Of(a, b) is var (v, rows) && rows >= RowsPerLevel * levels && v >= least)
                    found.Add(Pair(_levels[a], _levels[b], PairMeasure.CramersV, v, rows));
            }
        }

        return found.OrderBy(pair => pair.A).ThenBy(pair => pair.B).Select(pair => pair.Pair);
    }

    private (int A, int B, ColumnPair Pair) Pair(int a, int b, PairMeasure measure, double value, long rows) =>
        (a, b, new(_columns[a].Name, _columns[b].Name, measure, value, rows));
}
