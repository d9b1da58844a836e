namespace SigmoidApi.Compute.Explanation;

/// <summary>A record near a given one that a model gives another probability.</summary>
/// <param name="Reached">Whether the changed record reaches the target; otherwise it is the closest to the target within the allowed values.</param>
/// <param name="Probability">What the model predicts for the changed record.</param>
/// <param name="Distance">
/// The sum over the changed columns: of a number |change| / scale, of a category 1 (S. Wachter, B. Mittelstadt and C. Russell, "Counterfactual explanations
/// without opening the black box", 2017).
/// </param>
/// <param name="IsLeast">
/// Whether no smaller change was left to try. False if the search ended at its limit of steps; the number of columns is the least all the same.
/// </param>
/// <param name="Changes">The changed columns, in the order of the model's columns.</param>
public sealed record Counterfactual(bool Reached, double Probability, double Distance, bool IsLeast, IReadOnlyList<ChangedColumn> Changes);

/// <summary>The new value of a column.</summary>
/// <param name="Column">The index of the raw column.</param>
/// <param name="Number">The new value of a number; null for a category.</param>
/// <param name="Code">The new code of a category; null for a number.</param>
public sealed record ChangedColumn(int Column, double? Number, int? Code);

/// <summary>A column that may change, and the values that it may get.</summary>
public sealed record VariedColumn
{
    private VariedColumn(int column) => Column = column;

    /// <summary>The index of the raw column.</summary>
    public int Column { get; }

    /// <summary>The least value of a number.</summary>
    public double Low { get; private init; }

    /// <summary>The greatest value of a number.</summary>
    public double High { get; private init; }

    /// <summary>What counts as a change of 1, usually the standard deviation of the training rows.</summary>
    public double Scale { get; private init; }

    /// <summary>Whether a number stays whole.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>The codes that a category may get; null for a number.</summary>
    public IReadOnlyList<int>? Codes { get; private init; }

    /// <summary>A number.</summary>
    /// <param name="column">The index of the raw column.</param>
    /// <param name="low">The least value.</param>
    /// <param name="high">The greatest value, at least <paramref name="low"/>.</param>
    /// <param name="scale">What counts as a change of 1, above 0.</param>
    /// <param name="isWhole">Whether only whole values are allowed.</param>
    /// <exception cref="ArgumentException">A bound is not finite, the bounds are in the wrong order, or the scale is not above 0.</exception>
    public static VariedColumn OfNumber(int column, double low, double high, double scale, bool isWhole = false)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || low > high)
            throw new ArgumentException($"Expected finite bounds in order, got {low} and {high}.", nameof(low));
        if (!double.IsFinite(scale) || scale <= 0)
            throw new ArgumentException($"Expected a scale above 0, got {scale}.", nameof(scale));
        return new(column) { Low = isWhole ? Math.Ceiling(low) : low, High = isWhole ? Math.Floor(high) : high, Scale = scale, IsWhole = isWhole };
    }

    /// <summary>A category.</summary>
    /// <param name="column">The index of the raw column.</param>
    /// <param name="codes">The codes that it may get, as <see cref="Preprocessing.FittedCategory.CodeOf"/> gives them.</param>
    public static VariedColumn OfCategory(int column, IReadOnlyList<int> codes)
    {
        ArgumentNullException.ThrowIfNull(codes);
        return new(column) { Codes = [.. codes] };
    }
}
