using System.Buffers;
using System.Globalization;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Tables.Rows;

/// <summary>Reads the rows of a data set's Parquet file, in the order of the upload.</summary>
internal static class DatasetReader
{
    // With fewer rows, a second reader costs more than it saves.
    private const int RowsPerReader = 100_000;

    /// <summary>
    /// Reads the columns <paramref name="numbers"/> into a matrix, with NaN for missing values, and the columns <paramref name="others"/> one by one.
    /// </summary>
    /// <param name="first">
    /// A session with one thread and with memory for all readers: if rows must stay in order, DuckDB's own threads only wait for each other.
    /// </param>
    /// <param name="parquetPath">The file.</param>
    /// <param name="numbers">Columns of numbers, booleans and dates, in the order of the matrix's columns.</param>
    /// <param name="others">Columns of any type. Rows without a value in a required column are skipped.</param>
    /// <param name="every">1 for all rows; n for every n-th row.</param>
    /// <param name="readers">The most parts of the file to read in parallel.</param>
    /// <param name="file">The file for the rows of a streamed matrix; null for a matrix in memory.</param>
    /// <param name="cancellationToken">Checked every 2,048 rows.</param>
    public static DatasetColumns Read(
        DuckDbSession first,
        string parquetPath,
        IReadOnlyList<ColumnProfile> numbers,
        IReadOnlyList<ColumnToRead> others,
        long every,
        int readers,
        RowFile? file,
        CancellationToken cancellationToken)
    {
        var kept = TypedSource.Columns(first, StoredRows.Relation(parquetPath), cancellationToken);
        var stored = new StoredRows(parquetPath, kept.Select(column => column.Name));
        var all = first.Counts($"select count(*) from {stored.From}", cancellationToken)[0];
        // By the stored type: in profiles, columns of 0 and 1 count as boolean, too.
        var booleans = kept.Where(column => column.Type == StoredType.Boolean).Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        bool[] areBoolean = [.. others.Select(other => booleans.Contains(other.Column.Name))];
        var conditions = others.Where(other => other is { Required: true, Column.Missing: > 0 })
            .Select(other => $"{stored[other.Column.Name]} is not null").ToList();
        if (every > 1)
            conditions.Add(string.Create(CultureInfo.InvariantCulture, $"{StoredRows.Number} % {every} = 0"));
        var parts = (int)Math.Clamp(all / RowsPerReader, 1, readers);
        long[] starts = [.. Enumerable.Range(0, parts + 1).Select(part => all * part / parts)];
        string[] ranges = [.. starts.Zip(starts.Skip(1), Range)];
        // Without conditions, the sizes of the parts are known.
        long[] counts = conditions.Count == 0
            ? [.. starts.Zip(starts.Skip(1), (start, end) => end - start)]
            : first.Counts(
                $"select {string.Join(", ", ranges.Select(range => $"count(*) filter (where {range})"))} from {stored.From} {Where(conditions)}",
                cancellationToken);
        var rows = checked((int)counts.Sum());
        if (rows == 0)
            return new(0, null, false, [.. others.Select(other => new ColumnReader(other, 0, isBoolean: false).Values)]);
        var matrix = file is null && numbers.Count > 0 ? DesignMatrix.ToFill(rows, numbers.Count) : null;
        var columns = numbers.Select(column => StoredValue.AsNumber(stored[column.Name], column.Type))
            .Concat(others.Select(other => other.AsLevels
                ? StoredValue.AsLevel(stored[other.Column.Name], other.Column.Type)
                : StoredValue.AsNumber(stored[other.Column.Name], other.Column.Type)));
        var select = $"select {string.Join(", ", columns)} from {stored.From}";
        var collected = others.Zip(areBoolean, (other, isBoolean) => new ColumnReader(other, rows, isBoolean)).ToArray();
        var hasMissing = new bool[ranges.Length];
        var levels = Array.ConvertAll(ranges, _ => others.Select(other => other.AsLevels ? new LevelCodes() : null).ToArray());
        // Threads of its own: pool threads belong to requests, and an exception comes as it is.
        using var crew = new ThreadCrew(ranges.Length);
        crew.Run(ranges.Length, (part, _) =>
        {
            var next = (int)counts.Take(part).Sum();
            var end = next + (int)counts[part];
            using var another = part == 0 ? null : first.Another();
            (another ?? first).ForEachChunk($"{select} {Where(parts > 1 ? [.. conditions, ranges[part]] : conditions)}", chunk =>
            {
                for (var i = 0; i < collected.Length; i++)
                    collected[i].Add(chunk, numbers.Count + i, next, levels[part][i]);
                for (var i = 0; i < numbers.Count; i++)
                    hasMissing[part] |= chunk.MarkMissing(i);
                if (matrix is not null)
                    Copy(chunk, matrix, next);
                if (file is not null)
                    Write(chunk, numbers.Count, file, next);
                next += chunk.Rows;
            }, cancellationToken, atMost: counts[part]);
            if (next != end)
                throw new InvalidDataException($"Expected {counts[part]} rows, got {counts[part] + next - end}.");
        });

        // In the order of the rows, so that the codes do not depend on the number of threads.
        for (var (part, row) = (0, 0); part < ranges.Length; row += (int)counts[part], part++)
        {
            for (var i = 0; i < collected.Length; i++)
                collected[i].Number(row, (int)counts[part], levels[part][i]);
        }

        FeatureMatrix? read = file is null ? matrix : new StreamedMatrix(rows, numbers.Count, file.Read);
        return new(rows, read, hasMissing.Contains(true), [.. collected.Select(reader => reader.Values)]);
    }

    private static void Copy(DatasetChunk chunk, DesignMatrix matrix, int first)
    {
        for (var (row, count) = (0, 0); row < chunk.Rows; row += count)
        {
            count = Math.Min(chunk.Rows - row, DesignMatrix.BlockRows - (first + row) % DesignMatrix.BlockRows);
            chunk.CopyRows(row, matrix.Columns, matrix.RowsToFill(first + row, count));
        }
    }

    private static void Write(DatasetChunk chunk, int columns, RowFile file, int first)
    {
        const int BlockNumbers = 1 << 16;
        var rows = Math.Clamp(BlockNumbers / columns, 1, chunk.Rows);
        var block = ArrayPool<double>.Shared.Rent(rows * columns);
        for (var start = 0; start < chunk.Rows; start += rows)
        {
            var count = Math.Min(rows, chunk.Rows - start);
            chunk.CopyRows(start, columns, block.AsSpan(0, count * columns));
            file.Write(first + start, block.AsSpan(0, count * columns));
        }

        ArrayPool<double>.Shared.Return(block);
    }

    private static string Range(long first, long end) =>
        string.Create(CultureInfo.InvariantCulture, $"{StoredRows.Number} >= {first} and {StoredRows.Number} < {end}");

    private static string Where(List<string> conditions) => conditions.Count > 0 ? $"where {string.Join(" and ", conditions)}" : "";

    /// <summary>
    /// Reads at most <paramref name="limit"/> rows from row <paramref name="offset"/> on (0 is the first), with all columns, as values for JSON.
    /// </summary>
    public static IReadOnlyList<object?[]> ReadRows(
        DuckDbSession session, string parquetPath, IReadOnlyList<ColumnProfile> columns, long offset, int limit, CancellationToken cancellationToken)
    {
        var stored = new StoredRows(parquetPath, columns.Select(column => column.Name));
        var rows = session.Rows(string.Create(CultureInfo.InvariantCulture,
            $"""
            select {string.Join(", ", columns.Select(column => stored[column.Name]))} from {stored.From}
            where {StoredRows.Number} >= {offset} and {StoredRows.Number} < {offset + limit}
            """), cancellationToken);
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
                row[i] = AsJson(row[i]);
        }

        return rows;
    }

    /// <summary>The value of a column that the fewest rows have, a text or a number, and how many have it; null if no row has a value.</summary>
    public static (object Value, long Rows)? Rarest(
        DuckDbSession session, string parquetPath, IReadOnlyList<ColumnProfile> columns, ColumnProfile column, CancellationToken cancellationToken)
    {
        var stored = new StoredRows(parquetPath, columns.Select(other => other.Name));
        var value = column.IsText ? stored[column.Name] : StoredValue.AsNumber(stored[column.Name], column.Type);
        var rows = session.Rows(
            $"select {value} as v, count(*) as n from {stored.From} where {stored[column.Name]} is not null group by v order by n, v limit 1",
            cancellationToken);
        return rows is [[{ } rarest, long count]] ? (rarest, count) : null;
    }

    private static object? AsJson(object? value) => value switch
    {
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
        _ => value,
    };

    /// <summary>Collects a column from the parts of a file. Each part numbers the levels for itself.</summary>
    private sealed class ColumnReader(ColumnToRead column, int rows, bool isBoolean)
    {
        private readonly Dictionary<string, int> _levels = new(StringComparer.Ordinal);
        private readonly double[] _numbers = column.AsLevels ? [] : new double[rows];
        private readonly int[] _codes = column.AsLevels ? new int[rows] : [];

        public ColumnValues Values => column.AsLevels
            ? new(column.Column.Name, null, _codes, [.. _levels.Keys])
            : new(column.Column.Name, _numbers, null, [], isBoolean);

        public void Add(DatasetChunk chunk, int index, int first, LevelCodes? levels)
        {
            if (levels is null)
            {
                chunk.Numbers(index).CopyTo(_numbers.AsSpan(first));
                return;
            }

            var texts = chunk.Texts(index);
            for (var row = 0; row < texts.Length; row++)
                _codes[first + row] = chunk.IsMissing(index, row) ? ColumnValues.Missing : levels.CodeOf(in texts[row]);
        }

        /// <summary>Replaces a part's own codes by codes that are common to all parts.</summary>
        public void Number(int first, int count, LevelCodes? levels)
        {
            if (levels is null)
                return;
            int[] numbers = [.. levels.Levels.Select(level =>
            {
                if (!_levels.TryGetValue(level, out var number))
                    _levels[level] = number = _levels.Count;
                return number;
            })];
            foreach (ref var code in _codes.AsSpan(first, count))
                code = code == ColumnValues.Missing ? code : numbers[code];
        }
    }
}

/// <summary>A column to read outside the matrix.</summary>
/// <param name="AsLevels">Whether to read it as codes of levels instead of numbers.</param>
/// <param name="Required">Whether to skip rows without a value in it.</param>
internal sealed record ColumnToRead(ColumnProfile Column, bool AsLevels, bool Required = false);

/// <summary>Columns of a data set. All are in memory, except the numbers of a streamed matrix.</summary>
/// <param name="Numbers">Null if no numbers were asked for.</param>
/// <param name="HasMissingNumbers">Whether any of them is NaN.</param>
internal sealed record DatasetColumns(int Rows, FeatureMatrix? Numbers, bool HasMissingNumbers, IReadOnlyList<ColumnValues> Others);

/// <summary>A column in memory: numbers, with NaN for missing values, or codes of levels, with <see cref="Missing"/> for missing values.</summary>
/// <param name="IsBoolean">Whether the numbers mean true and false.</param>
internal sealed record ColumnValues(string Name, double[]? Numbers, int[]? Codes, IReadOnlyList<string> Levels, bool IsBoolean = false)
{
    public const int Missing = -1;

    /// <summary>The values as codes: equal values get equal codes, numbered from 0 in the order of first occurrence.</summary>
    public int[] Numbered()
    {
        if (Codes is not null)
            return Codes;
        var numbers = new Dictionary<double, int>();
        return Array.ConvertAll(Numbers!, value =>
        {
            if (!numbers.TryGetValue(value, out var number))
                numbers[value] = number = numbers.Count;
            return number;
        });
    }
}
