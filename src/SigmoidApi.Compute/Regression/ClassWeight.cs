namespace SigmoidApi.Compute.Regression;

/// <summary>The weight of each row of a class in a fit.</summary>
public sealed record ClassWeight
{
    private ClassWeight()
    {
    }

    /// <summary>Both classes get the same total weight: a row weighs n / (2 · rows of its class), with rows counted by their sample weights.</summary>
    public static ClassWeight Balanced { get; } = new();

    /// <summary>Null for <see cref="Balanced"/>.</summary>
    public double? Negative { get; private init; }

    /// <summary>Null for <see cref="Balanced"/>.</summary>
    public double? Positive { get; private init; }

    /// <summary>Weights for labels 0 and 1.</summary>
    public static ClassWeight Of(double negative, double positive) => new() { Negative = negative, Positive = positive };
}
