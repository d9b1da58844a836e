namespace SigmoidApi.Compute.Preprocessing;

/// <summary>
/// A category, one-hot: a 0/1 design column for each level kept but the reference, one for the levels gathered, if any, and one for the indicator.
/// Rows come by codes: k for level k of those kept, as many as there are for any level gathered, <see cref="MissingCode"/>, <see cref="UnknownCode"/>.
/// </summary>
public sealed class FittedCategory : FittedColumn
{
    public const int MissingCode = -1;

    public const int UnknownCode = -2;

    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly int[] _columns;

    /// <param name="name">The raw column's.</param>
    /// <param name="levels">Those kept, the reference among them, in ordinal order.</param>
    /// <param name="reference">The level without a column; null where each has one.</param>
    /// <param name="infrequent">Those gathered into one.</param>
    /// <param name="fill">The level that takes a missing value's place; null where there was none to choose: then the row has no level.</param>
    /// <param name="missingIndicator">Whether there is a 0/1 column beside.</param>
    /// <param name="unknown">What any other level is.</param>
    /// <param name="missing">Weight of the rows without a value.</param>
    /// <param name="present">Weight of the rows with one.</param>
    /// <exception cref="ArgumentException">A level is repeated, or the reference is not among those kept.</exception>
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

    /// <summary>Those kept, the reference among them, in ordinal order.</summary>
    public IReadOnlyList<string> Levels { get; }

    /// <summary>The level without a column; null where each has one.</summary>
    public string? Reference { get; }

    /// <summary>Those gathered into one.</summary>
    public IReadOnlyList<string> Infrequent { get; }

    /// <summary>The level that takes a missing value's place; null where there was none to choose.</summary>
    public string? Fill { get; }

    /// <summary>What a level is that no row fitted to had.</summary>
    public UnknownLevel Unknown { get; }

    /// <summary>The code of a raw value; null is a missing one.</summary>
    public int CodeOf(string? level) => level is null ? MissingCode : _codes.GetValueOrDefault(level, UnknownCode);

    /// <summary>Codes run from <see cref="UnknownCode"/> to below this.</summary>
    internal int EndOfCodes => Levels.Count + (Infrequent.Count > 0 ? 1 : 0);

    /// <summary>The place among this category's design columns that is 1 for a code; −1 where there is none. Of a missing value it is the fill's.</summary>
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
    /// What the rows of weight above 0 say of a category: missing values are filled first, and then levels counted, as in scikit-learn's pipeline.
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
