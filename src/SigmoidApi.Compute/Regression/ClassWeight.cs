namespace SigmoidApi.Compute.Regression;

/// <summary>The weight of each row of a class in a fit.</summary>
public sealed record ClassWeight
{
    private ClassWeight()
    {
    }

    /// <summary>
    /// Every class gets the same total weight: a row weighs n / (K · rows of its class) with K classes, and rows counted by their sample weights. With
    /// one-vs-rest a row weighs n / (2 · rows of its side).
    /// </summary>
    public static ClassWeight Balanced { get; } = new();

    /// <summary>Null for <see cref="Balanced"/>.</summary>
    public double? Negative { get; private init; }

    /// <summary>Null for <see cref="Balanced"/>.</summary>
    public double? Positive { get; private init; }

    /// <summary>One for each class; null for <see cref="Balanced"/>.</summary>
    public IReadOnlyList<double>? Values { get; private init; }

    /// <summary>Weights for labels 0 and 1.</summary>
    public static ClassWeight Of(double negative, double positive) => new() { Negative = negative, Positive = positive, Values = [negative, positive] };

    /// <summary>A weight for each class, in the order of the classes.</summary>
    /// <exception cref="ArgumentException">There are fewer than two.</exception>
    public static ClassWeight OfClasses(params double[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, 2, nameof(weights));
        return new ClassWeight { Negative = weights[0], Positive = weights.Length == 2 ? weights[1] : null, Values = [.. weights] };
    }

    /// <summary>Weights are equal if each number is.</summary>
    public bool Equals(ClassWeight? other) =>
        other is not null && (Values is null ? other.Values is null : other.Values is not null && Values.SequenceEqual(other.Values));

    public override int GetHashCode() => Values?.Aggregate(0, HashCode.Combine) ?? 1;
}
