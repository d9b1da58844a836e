using SigmoidApi.Compute.Data;

namespace SigmoidApi.Compute.Preprocessing;

/// <summary>The raw features of n rows as read from a data set: columns of numbers and of categories, in the user's order.</summary>
public sealed class FeatureTable
{
    /// <param name="rows">n, at least one.</param>
    /// <param name="columns">At least one; the k-th number column is column k of <paramref name="numbers"/>.</param>
    /// <param name="numbers">n × number columns, NaN where a value is missing; null if no column is a number. Kept, not copied.</param>
    /// <param name="hasMissing">
    /// Whether <paramref name="numbers"/> contains NaN, if the caller knows; null means that the constructor searches for one. If false is wrong, a NaN
    /// is filled when other columns need preparing, and otherwise refused like any value that is not finite.
    /// </param>
    /// <exception cref="ArgumentException">The numbers of rows or of columns do not agree.</exception>
    public FeatureTable(int rows, IReadOnlyList<FeatureColumn> columns, FeatureMatrix? numbers, bool? hasMissing = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentOutOfRangeException.ThrowIfZero(columns.Count, nameof(columns));
        var numberColumns = columns.Count(column => column.Codes is null);
        if (numberColumns != (numbers?.Columns ?? 0))
            throw new ArgumentException($"There are {numberColumns} columns of numbers and {numbers?.Columns ?? 0} in the matrix.", nameof(numbers));
        if (numbers is not null && numbers.Rows != rows)
            throw new ArgumentException($"There are {rows} rows and {numbers.Rows} in the matrix.", nameof(numbers));
        if (columns.FirstOrDefault(column => column.Codes is not null && column.Codes.Codes.Length != rows) is { } other)
            throw new ArgumentException($"There are {rows} rows and {other.Codes!.Codes.Length} codes of '{other.Name}'.", nameof(columns));
        (Rows, Columns, Numbers) = (rows, columns, numbers);
        HasMissingNumbers = numbers is not null && (hasMissing ?? ContainsNaN(numbers));
    }

    public int Rows { get; }

    public IReadOnlyList<FeatureColumn> Columns { get; }

    /// <summary>Null if no column is a number.</summary>
    public FeatureMatrix? Numbers { get; }

    public bool HasMissingNumbers { get; }

    /// <summary>
    /// Whether each pass makes its design rows again from these, a few at a time, so that the design is never held in memory. It changes no bit of a fit.
    /// </summary>
    public bool IsStreamed { get; init; }

    /// <summary>Whether the numbers already are the design matrix: there is no category, and nothing is missing.</summary>
    internal bool IsDesign => Numbers is not null && !HasMissingNumbers && Numbers.Columns == Columns.Count;

    /// <exception cref="UntrainableDataException">
    /// <c>non_finite_value</c>: names the first number that is infinite, or that is NaN in a table without missing values.
    /// </exception>
    internal void RequireFinite()
    {
        string[] names = [.. Columns.Where(column => column.Codes is null).Select(column => $"'{column.Name}'")];
        if (Numbers is null)
            return;
        var i = 0;
        foreach (var row in Numbers.RowsFrom(0, Rows))
        {
            for (var k = 0; k < row.Length; k++)
            {
                if (double.IsInfinity(row[k]) || (double.IsNaN(row[k]) && !HasMissingNumbers))
                    throw FeatureMatrix.NonFinite(i, names[k], row[k]);
            }
            i++;
        }
    }

    private static bool ContainsNaN(FeatureMatrix numbers)
    {
        foreach (var row in numbers.RowsFrom(0, numbers.Rows))
        {
            foreach (var value in row)
            {
                if (double.IsNaN(value))
                    return true;
            }
        }
        return false;
    }
}

/// <summary>A raw column.</summary>
/// <param name="Name">The name that users see.</param>
/// <param name="Codes">The values of a category; null for a number.</param>
public sealed record FeatureColumn(string Name, CategoryCodes? Codes);

/// <summary>The values of a category: for each row the index of its level.</summary>
public sealed class CategoryCodes
{
    /// <param name="codes">For each row the index of its level, or −1 if the value is missing. Kept, not copied.</param>
    /// <param name="levels">In any order, without repeats; a level may occur in no row.</param>
    /// <exception cref="ArgumentException">A code is out of range, or a level is repeated.</exception>
    public CategoryCodes(int[] codes, IReadOnlyList<string> levels)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(levels);
        var wrong = codes.AsSpan().IndexOfAnyExceptInRange(-1, levels.Count - 1);
        if (wrong >= 0)
            throw new ArgumentException($"Row {wrong}: code {codes[wrong]} must be from −1 to {levels.Count - 1}.", nameof(codes));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (levels.FirstOrDefault(level => !seen.Add(level)) is { } repeated)
            throw new ArgumentException($"Level '{repeated}' is repeated.", nameof(levels));
        (Codes, Levels) = (codes, levels);
    }

    public int[] Codes { get; }

    public IReadOnlyList<string> Levels { get; }
}
