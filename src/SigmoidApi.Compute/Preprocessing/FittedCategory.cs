namespace SigmoidApi.Compute.Preprocessing;

/// <summary>
/// A one-hot encoded category: a 0/1 design column for each kept level except the reference, one for all infrequent levels together, if there are any,
/// and one for the indicator of missing values, if there is one. Rows are given by codes: k for kept level k, the number of kept levels for any
/// infrequent level, <see cref="MissingCode"/> and <see cref="UnknownCode"/>.
/// </summary>
public sealed class FittedCategory : FittedColumn
{
    public const int MissingCode = -1;

    public const int UnknownCode = -2;

    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly int[] _columns;

    /// <param name="name">The name of the raw column.</param>
    /// <param name="levels">The kept levels, the reference among them, in ordinal order.</param>
    /// <param name="reference">The level without a column; null if each has one.</param>
    /// <param name="infrequent">The levels that are merged into one.</param>
    /// <param name="fill">The level that replaces a missing value; null if there was none to choose, and then the row has no level.</param>
    /// <param name="missingIndicator">Whether a 0/1 column marks missing values.</param>
    /// <param name="unknown">How to treat any other level.</param>
    /// <param name="missing">The total weight of the training rows without a value.</param>
    /// <param name="present">The total weight of the training rows with a value.</param>
    /// <exception cref="ArgumentException">A level is repeated, or the reference is not a kept level.</exception>
    public FittedCategory(string name, IReadOnlyList<string> levels, string? reference, IReadOnlyList<string> infrequent, string? fill,
        bool missingIndicator, UnknownLevel unknown, double missing, double present)
        : base(name, missingIndicator, missing, present)
    {
        ArgumentNullException.ThrowIfNull(levels);
        ArgumentNullException.ThrowIfNull(infrequent);
        if (reference is not null && !levels.Contains(reference))
            throw new ArgumentException($"Reference level '{reference}' of '{name}' is not among its levels.", nameof(reference));
        (Levels, Reference, Infrequent, Fill, Unknown) = ([.. levels], reference, [.. infrequent], fill, unknown);
        foreach (var level in levels.Concat(infrequent))
        {
            if (!_codes.TryAdd(level, Math.Min(_codes.Count, levels.Count)))
                throw new ArgumentException($"Level '{level}' of '{name}' is repeated.", nameof(levels));
        }
        _columns = Columns();
    }

    /// <summary>The kept levels, the reference among them, in ordinal order.</summary>
    public IReadOnlyList<string> Levels { get; }

    /// <summary>The level without a column; null if each has one.</summary>
    public string? Reference { get; }

    /// <summary>The levels that are merged into one.</summary>
    public IReadOnlyList<string> Infrequent { get; }

    /// <summary>The level that replaces a missing value; null if there was none to choose.</summary>
    public string? Fill { get; }

    /// <summary>How to treat a level that no training row had.</summary>
    public UnknownLevel Unknown { get; }

    /// <summary>The code of a raw value; null is a missing value.</summary>
    public int CodeOf(string? level) => level is null ? MissingCode : _codes.GetValueOrDefault(level, UnknownCode);

    /// <summary>Codes run from <see cref="UnknownCode"/> to below this.</summary>
    internal int EndOfCodes => Levels.Count + (Infrequent.Count > 0 ? 1 : 0);

    /// <summary>
    /// Which of this category's design columns is 1 for a code; −1 for none. For a missing value it is the column of the fill.
    /// </summary>
    internal int ColumnOf(int code)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)(code - UnknownCode), (uint)_columns.Length, nameof(code));
        return _columns[code - UnknownCode];
    }

    internal override IEnumerable<(string Term, bool IsIndicator)> Terms()
    {
        foreach (var level in Levels)
        {
            if (level != Reference)
                yield return ($"{Name}={level}", true);
        }
        if (Infrequent.Count > 0)
            yield return ($"{Name}=(infrequent)", true);
        if (MissingIndicator)
            yield return ($"{Name} is missing", true);
    }

    private int[] Columns()
    {
        var columns = new int[EndOfCodes - UnknownCode];
        var column = 0;
        for (var code = 0; code < EndOfCodes; code++)
            columns[code - UnknownCode] = code < Levels.Count && Levels[code] == Reference ? -1 : column++;
        columns[0] = Unknown == UnknownLevel.Infrequent && Infrequent.Count > 0 ? columns[^1] : -1;
        columns[MissingCode - UnknownCode] = Fill is null ? -1 : columns[CodeOf(Fill) - UnknownCode];
        return columns;
    }

    /// <summary>
    /// Learns a category from the rows of weight above 0. Missing values are filled before levels are counted, as in scikit-learn's pipeline.
    /// </summary>
    internal static FittedCategory Fit(FeatureColumn column, ColumnPreparation options, double[]? weights)
    {
        var source = column.Codes!;
        var frequencies = new double[source.Levels.Count];
        var (missing, present) = (0.0, 0.0);
        for (var i = 0; i < source.Codes.Length; i++)
        {
            var weight = weights?[i] ?? 1;
            if (source.Codes[i] < 0)
                missing += weight;
            else
                (frequencies[source.Codes[i]], present) = (frequencies[source.Codes[i]] + weight, present + weight);
        }

        var levels = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var code = 0; code < frequencies.Length; code++)
        {
            if (frequencies[code] > 0)
                levels.Add(source.Levels[code], frequencies[code]);
        }
        var fill = options.Imputation == Imputation.Constant ? options.FillLevel : MostFrequentFirst(levels).FirstOrDefault();
        if (fill is not null && missing > 0)
            levels[fill] = levels.GetValueOrDefault(fill) + missing;
        var reference = options.Drop.Level;
        if (reference is not null)
            levels[reference] = double.PositiveInfinity;

        string[] kept = [.. MostFrequentFirst(levels).TakeWhile((level, k) => k < options.MaxLevels && levels[level] >= options.MinFrequency)
            .Order(StringComparer.Ordinal)];
        string[] infrequent = [.. levels.Keys.Except(kept, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new FittedCategory(column.Name, kept, options.Drop.IsFirst ? kept.FirstOrDefault() : reference, infrequent, fill,
            options.MissingIndicator && missing > 0, options.Unknown, missing, present);
    }

    private static IEnumerable<string> MostFrequentFirst(Dictionary<string, double> levels) =>
        levels.Keys.OrderByDescending(level => levels[level]).ThenBy(level => level, StringComparer.Ordinal);
}
