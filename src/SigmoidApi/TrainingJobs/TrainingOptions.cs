using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.TrainingJobs;

/// <summary>How jobs run; section <c>Training</c>.</summary>
public sealed class TrainingOptions
{
    public const string Section = "Training";

    /// <summary>Most fits that run at once.</summary>
    [Range(1, 1_024)]
    public int MaxConcurrency { get; init; } = 1;

    /// <summary>Most iterations that a job may ask for.</summary>
    [Range(1, int.MaxValue)]
    public int MaxIterations { get; init; } = 1_000_000;

    /// <summary>How nice the threads of a fit are to those of requests: 0 is as important, 19 the least.</summary>
    [Range(0, 19)]
    public int Nice { get; init; } = 10;
}
