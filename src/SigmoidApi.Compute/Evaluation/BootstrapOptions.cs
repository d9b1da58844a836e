namespace SigmoidApi.Compute.Evaluation;

/// <summary>How a bootstrap draws rows, and what it computes from them.</summary>
public sealed record BootstrapOptions
{
    /// <summary>How many times rows are drawn, at least 2.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>A seed gives the same rows on every machine.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>The coverage of the intervals, between 0 and 1.</summary>
    public double ConfidenceLevel { get; init; } = 0.95;

    /// <summary>With two classes, the predicted label is 1 where the probability is at least this.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>With two classes, what rows cost.</summary>
    public Costs Costs { get; init; } = new();

    /// <summary>How many threads may work at once, including the caller's; 0 is one for each processor. It does not change any bit of the result.</summary>
    public int Threads { get; init; }

    /// <summary>Called first on each thread that is started, for example to lower its priority.</summary>
    public Action? ThreadStart { get; init; }

    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Resamples, 2);
        EvaluationOptions.RequireLevel(ConfidenceLevel);
        EvaluationOptions.RequireNotNaN(Threshold, nameof(Threshold));
        Costs.RequireFinite();
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
