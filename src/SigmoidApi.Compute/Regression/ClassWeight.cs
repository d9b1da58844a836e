namespace SigmoidApi.Compute.Regression;

/// <summary>What rows of each class weigh in a fit.</summary>
public sealed record ClassWeight
{
    private ClassWeight()
    {
    }

    /// <summary>Each class weighs half of the rows: n / (2 · its rows), rows counted by their sample weights.</summary>
    public static ClassWeight Balanced { get; } = new();

    /// <summary>Null in <see cref="Balanced"/>.</summary>
    public double? Negative { get; private init; }

    /// <summary>Null in <see cref="Balanced"/>.</summary>
    public double? Positive { get; private init; }

    /// <summary>Weights for labels 0 and 1.</summary>
    public static ClassWeight Of(double negative, double positive) => new() { Negative = negative, Positive = positive };
}
