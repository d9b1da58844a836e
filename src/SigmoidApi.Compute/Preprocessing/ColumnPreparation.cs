namespace SigmoidApi.Compute.Preprocessing;

/// <summary>How one raw column becomes columns of the design matrix. The defaults are scikit-learn's usual pipeline.</summary>
public sealed record ColumnPreparation
{
    /// <summary>
    /// How missing values are filled; null means <see cref="Imputation.Mean"/> for numbers and <see cref="Imputation.MostFrequent"/> for categories.
    /// </summary>
    public Imputation? Imputation { get; init; }

    /// <summary>The fill of a number column with <see cref="Imputation.Constant"/>; finite.</summary>
    public double FillNumber { get; init; }

    /// <summary>The fill of a category with <see cref="Imputation.Constant"/>, which requires it; it need not be among the column's levels.</summary>
    public string? FillLevel { get; init; }

    /// <summary>Whether to add a 0/1 column that marks missing values, if the training rows have any (scikit-learn's <c>add_indicator</c>).</summary>
    public bool MissingIndicator { get; init; }

    /// <summary>The level that gets no column.</summary>
    public DroppedLevel Drop { get; init; } = DroppedLevel.None;

    /// <summary>
    /// Levels of a smaller total weight (rows count 1 without weights) are merged into one infrequent level; finite and at least 0. The default
    /// merges none, whatever the weights.
    /// </summary>
    public double MinFrequency { get; init; }

    /// <summary>
    /// The most levels to keep: those of the largest weight and, of equal weights, the first in ordinal order. The others are merged into the
    /// infrequent level. At least 1.
    /// </summary>
    public int MaxLevels { get; init; } = 10_000;

    /// <summary>How to treat a level that no training row has.</summary>
    public UnknownLevel Unknown { get; init; } = UnknownLevel.Ignore;

    /// <exception cref="ArgumentException">
    /// An option is out of range or does not apply to this kind of column; the message names the option and the column.
    /// </exception>
    internal void Validate(FeatureColumn column)
    {
        var isNumber = column.Codes is null;
        var isOfNumbers = Imputation is Preprocessing.Imputation.Mean or Preprocessing.Imputation.Median;
        var isConstant = Imputation == Preprocessing.Imputation.Constant;
        var reference = Drop.Level;
        var isLevel = isNumber || reference is null || reference == FillLevel || column.Codes!.Levels.Contains(reference);
        Require(Imputation is null || Enum.IsDefined(Imputation.Value), nameof(Imputation), "be one of the imputations");
        Require(isNumber || !isOfNumbers, nameof(Imputation), "be MostFrequent or Constant for a category");
        Require(double.IsFinite(FillNumber), nameof(FillNumber), "be finite");
        Require(isNumber || !isConstant || FillLevel is not null, nameof(FillLevel), "be given for a constant imputation of a category");
        Require(MinFrequency is >= 0 and < double.PositiveInfinity, nameof(MinFrequency), "be at least 0 and finite");
        Require(MaxLevels >= 1, nameof(MaxLevels), "be at least 1");
        Require(Enum.IsDefined(Unknown), nameof(Unknown), "be Ignore, Infrequent or Error");
        Require(isLevel, nameof(Drop), $"name a level of the column; it has no level '{reference}'");

        void Require(bool holds, string option, string expected)
        {
            if (!holds)
                throw new ArgumentException($"{option} of column '{column.Name}' must {expected}.", option);
        }
    }
}

/// <summary>How missing values are filled; the names are scikit-learn's strategies.</summary>
public enum Imputation
{
    /// <summary>For numbers only.</summary>
    Mean,

    /// <summary>For numbers only; with an even count of values, the mean of the two in the middle.</summary>
    Median,

    /// <summary>The smallest of equally frequent values.</summary>
    MostFrequent,

    /// <summary><see cref="ColumnPreparation.FillNumber"/> or <see cref="ColumnPreparation.FillLevel"/>.</summary>
    Constant,
}

/// <summary>How to treat, at prediction, a level that no training row had.</summary>
public enum UnknownLevel
{
    /// <summary>As no level: 0 in each of the category's columns (scikit-learn's <c>handle_unknown="ignore"</c>).</summary>
    Ignore,

    /// <summary>As the infrequent level if there is one, else as <see cref="Ignore"/> (scikit-learn's <c>infrequent_if_exist</c>).</summary>
    Infrequent,

    /// <summary>As an error at prediction. Rows held out of training are still scored, as with <see cref="Ignore"/>.</summary>
    Error,
}

/// <summary>The level of a category that gets no column; the coefficients of the other levels are then differences from it.</summary>
public sealed record DroppedLevel
{
    private DroppedLevel()
    {
    }

    /// <summary>Each level has a column.</summary>
    public static DroppedLevel None { get; } = new();

    /// <summary>The first kept level in ordinal order has no column.</summary>
    public static DroppedLevel First { get; } = new() { IsFirst = true };

    /// <summary>Null for <see cref="None"/> and <see cref="First"/>.</summary>
    public string? Level { get; private init; }

    internal bool IsFirst { get; private init; }

    /// <summary>This level has no column, even if no training row has it. It is never merged into the infrequent level.</summary>
    public static DroppedLevel Of(string level)
    {
        ArgumentNullException.ThrowIfNull(level);
        return new() { Level = level };
    }
}
