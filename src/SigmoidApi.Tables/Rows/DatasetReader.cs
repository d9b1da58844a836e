using System.Buffers;
using System.Globalization;
using SigmoidApi.Compute.Data;
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
    /// <param name="open">Opens a session with one thread: if rows must stay in order, DuckDB's own threads only wait for each other.</param>
    /// <param name="parquetPath">The file.</param>
    /// <param name="numbers">Columns of numbers, booleans and dates, in the order of the matrix's columns.</param>
    /// <param name="others">Columns of any type. Rows without a value in a required column are skipped.</param>
    /// <param name="every">1 for all rows; n for every n-th row.</param>
    /// <param name="readers">The most parts of the file to read in parallel.</param>
    /// <param name="file">The file for the rows of a streamed matrix; null for a matrix in memory.</param>
    /// <param name="cancellationToken">Checked every 2,048 rows.</param>
    public static DatasetColumns Read(
        Func<DuckDbSession> open,
        string parquetPath,
        IReadOnlyList<ColumnProfile> numbers,
        IReadOnlyList<ColumnToRead> others,
        long every,
        int readers,
        RowFile? file,
        CancellationToken cancellationToken)
    {
        StoredRows stored;
        string[] ranges;
        long[] counts;
        bool[] areBoolean;
        using (var session = open())
        {
            var kept = TypedSource.Columns(session, StoredRows.Relation(parquetPath), cancellationToken);
            stored = new(parquetPath, kept.Select(column => column.Name));
            var all = session.Counts($"select count(*) from {stored.From}", cancellationToken)[0];
            // By the stored type: in profiles, columns of 0 and 1 count as boolean, too.
            var booleans = kept.Where(column => column.Type == StoredType.Boolean).Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
            areBoolean = [.. others.Select(other => booleans.Contains(other.Column.Name))];
            var conditions = others.Where(other => other is { Required: true, Column.Missing: > 0 })
                .Select(other => $"{stored[other.Column.Name]} is not null").ToList();
            if (every > 1)
                conditions.Add(string.Create(CultureInfo.InvariantCulture, $"{StoredRows.Number} % {every} = 0"));
            var parts = (int)Math.Clamp(all / RowsPerReader, 1, readers);
            string Range(int part) => string.Create(
                CultureInfo.InvariantCulture, $"{StoredRows.Number} >= {all * part / parts} and {StoredRows.Number} < {all * (part + 1) / parts}");
            ranges = [.. Enumerable.Range(0, parts).Select(part => Where(conditions, parts > 1 ? Range(part) : null))];
            counts = [.. ranges.Select(range => session.Counts($"select count(*) from {stored.From} {range}", cancellationToken)[0])];
        }

        var rows = checked((int)counts.Sum());
        if (rows == 0)
            return new(0, null, false, [.. others.Select(other => new ColumnReader(other, 0, isBoolean: false).Values)]);
        var matrix = file is null && numbers.Count > 0 ? new DesignMatrix(rows, numbers.Count) : null;
        var columns = numbers.Select(column => StoredValue.AsNumber(stored[column.Name], column.Type))
            .Concat(others.Select(other => other.AsLevels
                ? StoredValue.AsLevel(stored[other.Column.Name], other.Column.Type)
                : StoredValue.AsNumber(stored[other.Column.Name], other.Column.Type)));
        var select = $"select {string.Join(", ", columns)} from {stored.From}";
        var collected = others.Zip(areBoolean, (other, isBoolean) => new ColumnReader(other, rows, isBoolean)).ToArray();
        var hasMissing = new bool[ranges.Length];
        var levels = Array.ConvertAll(ranges, _ => others.Select(other => other.AsLevels ? new LevelCodes() : null).ToArray());
        Parallel.For(0, ranges.Length, new ParallelOptions { MaxDegreeOfParallelism = ranges.Length, CancellationToken = cancellationToken }, part =>
        {
            var next = (int)counts.Take(part).Sum();
            var end = next + (int)counts[part];
            using var session = open();
            session.ForEachChunk($"{select} {ranges[part]}", chunk =>
            {
                for (var i = 0; i < collected.Length; i++)
                    collected[i].Add(chunk, numbers.Count + i, next, levels[part][i]);
                for (var i = 0; i < numbers.Count; i++)
                    hasMissing[part] |= chunk.MarkMissing(i);
                for (var row = 0; matrix is not null && row < chunk.Rows; row++)
                    chunk.CopyRow(row, matrix.Row(next + row));
                if (file is not null)
                    Write(chunk, numbers.Count, file, next);
                next += chunk.Rows;
            }, cancellationToken);
            if (next != end)
                throw new InvalidDataException($"Expected {counts[part]} rows, got {counts[part] + next - end}.");
        });

        // In the order of the rows, so that the codes do not depend on the number of threads.
        for (var (part, first) = (0, 0); part < ranges.Length; first += (int)counts[part], part++)
        {
            for (var i = 0; i < collected.Length; i++)
                collected[i].Number(first, (int)counts[part], levels[part][i]);
        }

        FeatureMatrix? read = file is null ? matrix : new StreamedMatrix(rows, numbers.Count, file.Read);
        return new(rows, read, hasMissing.Contains(true), [.. collected.Select(reader => reader.Values)]);
    }

    private static void Write(DatasetChunk chunk, int columns, RowFile file, int first)
    {
        const int BlockNumbers = 1 << 16;
        var rows = Math.Clamp(BlockNumbers / columns, 1, chunk.Rows);
        var block = ArrayPool<double>.Shared.Rent(rows * columns);
        for (var start = 0; start < chunk.Rows; start += rows)
        {
            var count = Math.Min(rows, chunk.Rows - start);
            for (var row = 0; row < count; row++)
                chunk.CopyRow(start + row, block.AsSpan(row * columns, columns));
            file.Write(first + start, block.AsSpan(0, count * columns));
        }

        ArrayPool<double>.Shared.Return(block);
    }

    private static string Where(IEnumerable<string> conditions, string? range)
    {
        string[] all = [.. conditions, .. range is null ? Array.Empty<string>() : [range]];
        return all.Length > 0 ? $"where {string.Join(" and ", all)}" : "";
    }

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
