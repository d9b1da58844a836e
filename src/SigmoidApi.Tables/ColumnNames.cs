using System.Globalization;

namespace SigmoidApi.Tables;

/// <summary>The rules for column names, the same for files of every format.</summary>
internal static class ColumnNames
{
    /// <summary>
    /// Trims the names of a file and names the columns without one by their position: <c>column2</c>, or <c>column2_1</c> if another column is already
    /// called <c>column2</c>.
    /// </summary>
    public static IReadOnlyList<string> Given(IReadOnlyList<string> names)
    {
        var taken = names.Select(name => name.Trim()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. names.Select((name, i) => string.IsNullOrWhiteSpace(name)
                ? Free(string.Create(CultureInfo.InvariantCulture, $"column{i + 1}"))
                : name.Trim()),
        ];

        string Free(string name)
        {
            var free = name;
            for (var i = 1; !taken.Add(free); i++)
                free = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
            return free;
        }
    }

    /// <param name="columns">The names.</param>
    /// <param name="maxLength">The longest allowed name, in characters.</param>
    /// <param name="line">The line of the file that holds the names.</param>
    /// <exception cref="InvalidDatasetException">A name occurs twice, is too long or holds a NUL character.</exception>
    public static void Check(IReadOnlyList<string> columns, int maxLength, long line = 1)
    {
        var errors = new List<DatasetError>();
        var seen = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < columns.Count; i++)
        {
            var name = columns[i];
            if (name.Length > maxLength)
                errors.Add(new(line, null, $"expected names of at most {maxLength} characters; that of column {i + 1} has {name.Length}"));
            else if (name.Contains('\0', StringComparison.Ordinal))
                errors.Add(new(line, name, $"the name of column {i + 1} holds a NUL character"));
            else if (!seen.TryAdd(name, i))
                // SQL, and so DuckDB, treats names that differ only in case as the same.
                errors.Add(new(line, name, $"column {i + 1} has the name of column {seen[name] + 1} (names that differ only in case count as equal)"));
        }

        if (errors.Count > 0)
            throw new InvalidDatasetException([.. errors.Take(InvalidDatasetException.MaxErrors)], errors.Count);
    }
}
