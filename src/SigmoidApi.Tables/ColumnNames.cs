using System.Globalization;

namespace SigmoidApi.Tables;

/// <summary>What the names of columns must be, whatever the format of their file.</summary>
internal static class ColumnNames
{
    /// <summary>
    /// The names as a file has them, without the blanks around them; <c>column2</c> and so on for columns without a name, or <c>column2_1</c> where another
    /// column has that one.
    /// </summary>
    public static IReadOnlyList<string> Given(IReadOnlyList<string> names)
    {
        var taken = names.Select(name => name.Trim()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. names.Select((name, i) => string.IsNullOrWhiteSpace(name) ? Free(string.Create(CultureInfo.InvariantCulture, $"column{i + 1}")) : name.Trim())];

        string Free(string name)
        {
            var free = name;
            for (var i = 1; !taken.Add(free); i++)
                free = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
            return free;
        }
    }

    /// <param name="columns">The names.</param>
    /// <param name="maxLength">The longest, in characters.</param>
    /// <param name="line">Where they are.</param>
    /// <exception cref="InvalidDatasetException">A name comes twice, or can't be one.</exception>
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
                // DuckDB, and SQL with it, takes names that differ only in case for the same.
                errors.Add(new(line, name, $"column {i + 1} has the name of column {seen[name] + 1} (upper and lower case are not told apart)"));
        }

        if (errors.Count > 0)
            throw new InvalidDatasetException([.. errors.Take(InvalidDatasetException.MaxErrors)], errors.Count);
    }
}
