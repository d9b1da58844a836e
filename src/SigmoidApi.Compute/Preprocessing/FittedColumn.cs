namespace SigmoidApi.Compute.Preprocessing;

/// <summary>What a preparation has learned about one raw column. Immutable.</summary>
public abstract class FittedColumn
{
    private protected FittedColumn(string name, bool missingIndicator, double missing, double present)
    {
        ArgumentNullException.ThrowIfNull(name);
        (Name, MissingIndicator, Missing, Present) = (name, missingIndicator, missing, present);
    }

    public string Name { get; }

    /// <summary>Whether a 0/1 column, the last of the design columns of this one, marks missing values.</summary>
    public bool MissingIndicator { get; }

    /// <summary>The total weight of the training rows without a value: their number if each weighs 1.</summary>
    public double Missing { get; }

    /// <summary>The total weight of the training rows with a value.</summary>
    public double Present { get; }

    /// <summary>Whether no training row had a value, so that nothing was learned about the column.</summary>
    public bool AllMissing => Present == 0;

    /// <summary>The design columns: the names that users see, and whether they are 0/1.</summary>
    internal abstract IEnumerable<(string Term, bool IsIndicator)> Terms();
}

/// <summary>A column of numbers: one design column, and one for the indicator of missing values, if there is one.</summary>
public sealed class FittedNumber : FittedColumn
{
    /// <param name="name">The name of the raw column.</param>
    /// <param name="fill">Replaces a missing value; 0 if there was no value to learn it from.</param>
    /// <param name="missingIndicator">Whether a 0/1 column marks missing values.</param>
    /// <param name="missing">The total weight of the training rows without a value.</param>
    /// <param name="present">The total weight of the training rows with a value.</param>
    public FittedNumber(string name, double fill, bool missingIndicator, double missing, double present)
        : base(name, missingIndicator, missing, present)
    {
        Fill = fill;
    }

    /// <summary>Replaces a missing value.</summary>
    public double Fill { get; }

    internal override IEnumerable<(string Term, bool IsIndicator)> Terms() =>
        MissingIndicator ? [(Name, false), ($"{Name} is missing", true)] : [(Name, false)];
}
