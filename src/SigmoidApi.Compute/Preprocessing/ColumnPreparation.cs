namespace SigmoidApi.Compute.Preprocessing;

/// <summary>How one raw column becomes columns of the design matrix. The defaults are scikit-learn's usual pipeline.</summary>
public sealed record ColumnPreparation
{
    /// <summary>
    /// What takes a missing value's place; null is <see cref="Imputation.Mean"/> for numbers, <see cref="Imputation.MostFrequent"/> for categories.
    /// </summary>
    public Imputation? Imputation { get; init; }

    /// <summary>Of a number with <see cref="Imputation.Constant"/>; finite.</summary>
    public double FillNumber { get; init; }

    /// <summary>Of a category with <see cref="Imputation.Constant"/>, which then takes one; it need not be among the levels.</summary>
    public string? FillLevel { get; init; }

    /// <summary>Whether a 0/1 column beside says where the value was missing, if it is in any row fitted to (scikit-learn's <c>add_indicator</c>).</summary>
    public bool MissingIndicator { get; init; }

    /// <summary>The level that gets no column.</summary>
    public DroppedLevel Drop { get; init; } = DroppedLevel.None;

    /// <summary>
    /// Levels that weigh less (rows count 1 without weights) are gathered into one, infrequent; finite and at least 0. The default gathers none,
    /// whatever the rows weigh.
    /// </summary>
    public double MinFrequency { get; init; }

    /// <summary>So many levels that weigh the most are kept, of equal ones the smallest; the others are gathered. At least 1.</summary>
    public int MaxLevels { get; init; } = 10_000;

    /// <summary>What a level is that no row fitted to has.</summary>
    public UnknownLevel Unknown { get; init; } = UnknownLevel.Ignore;

    /// <exception cref="ArgumentException">An option is out of range, or not one for a column of this kind; the message names both.</exception>
    internal void Validate(FeatureColumn column)
    {
        var isNumber = column.Codes is null;
        var (isOfNumbers, isConstant) = (Imputation is Preprocessing.Imputation.Mean or Preprocessing.Imputation.Median, Imputation == Preprocessing.Imputation.Constant);
        var reference = Drop.Level;
        var isLevel = isNumber || reference is null || reference == FillLevel || column.Codes!.Levels.Contains(reference);
        Require(Imputation is null || Enum.IsDefined(Imputation.Value), nameof(Imputation), "be one of the imputations");
        Require(isNumber || !isOfNumbers, nameof(Imputation), "be MostFrequent or Constant for a category");
        Require(double.IsFinite(FillNumber), nameof(FillNumber), "be finite");
        Require(isNumber || !isConstant || FillLevel is not null, nameof(FillLevel), "be given for a constant imputation of a category");
        Require(MinFrequency is >= 0 and < double.PositiveInfinity, nameof(MinFrequency), "be at least 0 and finite");
        Require(MaxLevels >= 1, nameof(MaxLevels), "be at least 1");
        Require(Enum.IsDefined(Unknown), nameof(Unknown), "be one of the ways");
        Require(isLevel, nameof(Drop), $"name a level; '{reference}' is none");

        void Require(bool holds, string option, string expected)
        {
            if (!holds)
                throw new ArgumentException($"{option} of column '{column.Name}' must {expected}.", option);
        }
    }
}

/// <summary>What takes a missing value's place; names are scikit-learn's strategies.</summary>
public enum Imputation
{
    /// <summary>Of numbers.</summary>
    Mean,

    /// <summary>Of numbers; of an even number of values the mean of the middle two.</summary>
    Median,

    /// <summary>Of equally frequent ones the smallest.</summary>
    MostFrequent,

    /// <summary><see cref="ColumnPreparation.FillNumber"/> or <see cref="ColumnPreparation.FillLevel"/>.</summary>
    Constant,
}

/// <summary>What a level is, at prediction, that no row fitted to had.</summary>
public enum UnknownLevel
{
    /// <summary>No level: 0 in each of the category's columns (scikit-learn's <c>handle_unknown="ignore"</c>).</summary>
    Ignore,

    /// <summary>An infrequent level where some are gathered, else as <see cref="Ignore"/> (scikit-learn's <c>infrequent_if_exist</c>).</summary>
    Infrequent,

    /// <summary>Refused when served. Rows held out of a training are not refused for it: there it is as <see cref="Ignore"/>.</summary>
    Error,
}

/// <summary>The level of a category that gets no column, so that the others' coefficients are differences from it.</summary>
public sealed record DroppedLevel
{
    private DroppedLevel()
    {
    }

    /// <summary>Each level has a column.</summary>
    public static DroppedLevel None { get; } = new();

    /// <summary>The first of those kept, in ordinal order.</summary>
    public static DroppedLevel First { get; } = new() { IsFirst = true };

    /// <summary>Null in <see cref="None"/> and <see cref="First"/>.</summary>
    public string? Level { get; private init; }

    internal bool IsFirst { get; private init; }

    /// <summary>This level, which is never gathered; it has no column also where no row fitted to has it.</summary>
    public static DroppedLevel Of(string level)
    {
        ArgumentNullException.ThrowIfNull(level);
        return new() { Level = level };
    }
}
