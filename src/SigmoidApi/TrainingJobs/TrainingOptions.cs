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

    /// <summary>Threads that one fit may work on; 0 is one for each processor. Its result is the same on any number.</summary>
    [Range(0, 1_024)]
    public int Threads { get; init; }

    /// <summary>Most folds that a cross-validation may have.</summary>
    [Range(2, 10_000)]
    public int MaxFolds { get; init; } = 100;

    /// <summary>Most points of a path that a job may ask for: values of <c>c</c> times values of <c>l1Ratio</c>.</summary>
    [Range(1, 100_000)]
    public int MaxPathPoints { get; init; } = 1_000;

    /// <summary>Most parameters whose covariances are kept with a model; they grow with the square.</summary>
    [Range(0, 10_000)]
    public int MaxCovarianceParameters { get; init; } = 200;
}
