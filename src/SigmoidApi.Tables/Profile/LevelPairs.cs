namespace SigmoidApi.Tables.Profile;

/// <summary>
/// Cramér's V of all pairs of categories, each over the rows that have both values, from a table of counts of each pair: V = √(χ²/(n(min(r, c) − 1))), with r
/// and c the levels that occur (H. Cramér, "Mathematical Methods of Statistics" (1946), 21.9). Levels are numbered in the order of their first row, so two
/// columns that differ only by the names of their levels have equal numbers in every row; this alone is known of columns with more levels than a table has.
/// </summary>
internal sealed class LevelPairs
{
    // A table then takes 3,600 bytes.
    private const int MostLevels = 30;

    private readonly bool[] _hasTable;
    private readonly int[][] _codes;
    private readonly int[]?[] _tables;
    private readonly bool[] _areEqual;
    private readonly int[] _levels;
    private long _rows;

    /// <param name="levels">For each column the most levels that it has.</param>
    /// <param name="mostRows">The most rows at a time.</param>
    public LevelPairs(IReadOnlyList<long> levels, int mostRows)
    {
        _hasTable = [.. levels.Select(count => count <= MostLevels)];
        _codes = [.. levels.Select(_ => new int[mostRows])];
        var pairs = levels.Count * (levels.Count - 1) / 2;
        (_tables, _areEqual, _levels) = (new int[pairs][], new bool[pairs], new int[levels.Count]);
        _areEqual.AsSpan().Fill(true);
    }

    /// <summary>The codes of a column in the next rows, to be filled: from 0 in the order of first occurrence, −1 for a missing value.</summary>
    public Span<int> CodesOf(int column) => _codes[column];

    /// <summary>Adds the rows whose codes were set.</summary>
    public void Add(int rows)
    {
        _rows += rows;
        for (var column = 0; column < _codes.Length; column++)
        {
            foreach (var code in _codes[column].AsSpan(0, rows))
                _levels[column] = Math.Max(_levels[column], code + 1);
            _hasTable[column] &= _levels[column] <= MostLevels;
        }

        for (int b = 0, pair = 0; b < _codes.Length; b++)
        {
            for (var a = 0; a < b; a++, pair++)
            {
                ReadOnlySpan<int> ofA = _codes[a].AsSpan(0, rows), ofB = _codes[b].AsSpan(0, rows);
                if (_hasTable[a] && _hasTable[b])
                    Count(_tables[pair] ??= new int[MostLevels * MostLevels], ofA, ofB);
                _areEqual[pair] = _areEqual[pair] && ofA.SequenceEqual(ofB);
            }
        }
    }

    /// <summary>The levels of a column that occurred.</summary>
    public int LevelsOf(int column) => _levels[column];

    /// <summary>Cramér's V of two columns and the rows that have both; NaN if it is not known, or if a column has one level there.</summary>
    /// <param name="a">The index of a column.</param>
    /// <param name="b">A greater one.</param>
    public (double V, long Rows) Of(int a, int b)
    {
        var pair = b * (b - 1) / 2 + a;
        if (!_hasTable[a] || !_hasTable[b])
            return _areEqual[pair] && _levels[a] > 1 ? (1, _rows) : (double.NaN, 0);
        if (_tables[pair] is not { } table)
            return (double.NaN, 0);
        var (ofA, ofB, n) = (new long[MostLevels], new long[MostLevels], 0L);
        for (var i = 0; i < table.Length; i++)
            (ofA[i / MostLevels], ofB[i % MostLevels], n) = (ofA[i / MostLevels] + table[i], ofB[i % MostLevels] + table[i], n + table[i]);
        var sum = 0.0;
        for (var i = 0; i < table.Length; i++)
            sum += table[i] == 0 ? 0 : (double)table[i] * table[i] / ((double)ofA[i / MostLevels] * ofB[i % MostLevels]);
        var levels = Math.Min(ofA.Count(count => count > 0), ofB.Count(count => count > 0));
        return levels > 1 ? (Math.Sqrt(Math.Clamp((sum - 1) / (levels - 1), 0, 1)), n) : (double.NaN, n);
    }

    private static void Count(int[] table, ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            if ((a[i] | b[i]) >= 0)
                table[a[i] * MostLevels + b[i]]++;
        }
    }
}
