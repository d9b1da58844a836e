namespace SigmoidApi.Compute.Evaluation;

/// <summary>What to compute from scored rows of two classes.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The predicted label is 1 where the probability is at least this.</summary>
    public double Threshold { get; init; } = 0.5;

    public Costs Costs { get; init; } = new();

    /// <summary>For each of these precisions, from 0 to 1, the threshold of greatest recall among those that reach it.</summary>
    public IReadOnlyList<double> PrecisionAtLeast { get; init; } = [];

    /// <summary>For each of these recalls, from 0 to 1, the threshold of greatest precision among those that reach it.</summary>
    public IReadOnlyList<double> RecallAtLeast { get; init; } = [];

    /// <summary>The coverage of intervals, between 0 and 1.</summary>
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>Whether the model was fitted on these rows. Hosmer and Lemeshow's statistic then has two degrees of freedom fewer.</summary>
    public bool FittedOnTheseRows { get; init; }

    /// <summary>How many threads may work at once, including the caller's; 0 is one for each processor. It does not change any bit of the result.</summary>
    public int Threads { get; init; }

    /// <summary>Called first on each thread that is started, for example to lower its priority.</summary>
    public Action? ThreadStart { get; init; }

    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    internal void Validate()
    {
        RequireNotNaN(Threshold, nameof(Threshold));
        Costs.RequireFinite();
        RequireLevel(ConfidenceLevel);
        foreach (var share in PrecisionAtLeast.Concat(RecallAtLeast))
            RequireShare(share);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }

    internal static void RequireShare(double value)
    {
        if (!(value is >= 0 and <= 1))
            throw new ArgumentException($"Expected a precision or recall from 0 to 1, got {value}.");
    }

    internal static void RequireLevel(double level)
    {
        if (!(level is > 0 and < 1))
            throw new ArgumentException($"Expected a confidence level between 0 and 1, got {level}.");
    }

    internal static void RequireNotNaN(double value, string name)
    {
        if (double.IsNaN(value))
            throw new ArgumentException($"Expected a number, got NaN.", name);
    }
}
