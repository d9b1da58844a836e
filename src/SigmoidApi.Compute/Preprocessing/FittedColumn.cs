namespace SigmoidApi.Compute.Preprocessing;

/// <summary>What a preparation has learned of one raw column. Immutable.</summary>
public abstract class FittedColumn
{
    private protected FittedColumn(string name, bool missingIndicator, double missing, double present)
    {
        ArgumentNullException.ThrowIfNull(name);
        (Name, MissingIndicator, Missing, Present) = (name, missingIndicator, missing, present);
    }

    public string Name { get; }

    /// <summary>Whether a 0/1 column, the last of this one's, says where the value was missing.</summary>
    public bool MissingIndicator { get; }

    /// <summary>Rows fitted to without a value, by weight: their number where each weighs 1.</summary>
    public double Missing { get; }

    /// <summary>Rows fitted to with a value, likewise.</summary>
    public double Present { get; }

    /// <summary>No row fitted to had a value: nothing was learned of it.</summary>
    public bool AllMissing => Present == 0;

    /// <summary>The design columns: what people call them, and whether they are 0/1.</summary>
    internal abstract IEnumerable<(string Term, bool IsIndicator)> Terms();
}

/// <summary>A column of numbers: one design column, and one more for the indicator.</summary>
public sealed class FittedNumber : FittedColumn
{
    /// <param name="name">The raw column's.</param>
    /// <param name="fill">What takes a missing value's place; 0 where no value was there to learn it from.</param>
    /// <param name="missingIndicator">Whether there is a 0/1 column beside.</param>
    /// <param name="missing">Weight of the rows without a value.</param>
    /// <param name="present">Weight of the rows with one.</param>
    public FittedNumber(string name, double fill, bool missingIndicator, double missing, double present)
        : base(name, missingIndicator, missing, present)
    {
        Fill = fill;
    }

    /// <summary>What takes a missing value's place.</summary>
    public double Fill { get; }

    internal override IEnumerable<(string Term, bool IsIndicator)> Terms() =>
        MissingIndicator ? [(Name, false), ($"{Name} is missing", true)] : [(Name, false)];
}
