using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>How jobs run; section <c>Training</c>.</summary>
public sealed class TrainingOptions : IValidatableObject
{
    public const string Section = "Training";

    private const int SmallestMemoryLimit = 64;

    /// <summary>Most fits that run at once.</summary>
    [Range(1, 1_024)]
    public int MaxConcurrency { get; init; } = 1;

    /// <summary>Most iterations that a job may ask for.</summary>
    [Range(1, int.MaxValue)]
    public int MaxIterations { get; init; } = 1_000_000;

    /// <summary>Longest that a job may run, in seconds, counted from when it was taken up first; then it ends as by its own <c>timeoutSeconds</c>, which may not ask for more.</summary>
    [Range(0.1, TrainingRequest.MostSeconds)]
    public double MaxSeconds { get; init; } = 86_400;

    /// <summary>How nice the threads of a fit are to those of requests: 0 is as important, 19 the least.</summary>
    [Range(0, 19)]
    public int Nice { get; init; } = 10;

    /// <summary>Threads that one fit may work on; 0 is one for each processor. Its result is the same on any number.</summary>
    [Range(0, 1_024)]
    public int Threads { get; init; }

    /// <summary>
    /// Memory that the rows of running fits may take, in 10⁶ bytes; 0 is three quarters of what the process may use. A fit whose rows take more reads them from
    /// disk in each pass, to the same result.
    /// </summary>
    [Range(0, 100_000_000)]
    public int MemoryLimitMegabytes { get; init; }

    internal long MemoryLimitBytes => MemoryLimitMegabytes > 0 ? MemoryLimitMegabytes * 1_000_000L : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3;

    /// <summary>Most folds that a cross-validation may have.</summary>
    [Range(2, 10_000)]
    public int MaxFolds { get; init; } = 100;

    /// <summary>Most points of a path that a job may ask for: values of <c>c</c> times values of <c>l1Ratio</c>.</summary>
    [Range(1, 100_000)]
    public int MaxPathPoints { get; init; } = 1_000;

    /// <summary>Most parameters whose covariances are kept with a model; they grow with the square.</summary>
    [Range(0, 10_000)]
    public int MaxCovarianceParameters { get; init; } = 200;

    /// <summary>Most jobs that wait; one more is a 429.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueueLength { get; init; } = 10_000;

    /// <summary>How long the run of a job may show no sign of life before another process goes on with it, in seconds. It shows one in each third of that.</summary>
    [Range(0.5, 3_600)]
    public double LeaseSeconds { get; init; } = 3;

    /// <summary>
    /// How often a process looks what others have done on the store: jobs that they queued, canceled, ended or left behind. At most a sixth of <see cref="LeaseSeconds"/>:
    /// who has not looked for half a lease can't tell who has died meanwhile.
    /// </summary>
    [Range(10, 10_000)]
    public int PollMilliseconds { get; init; } = 200;

    /// <summary>How often in succession a job may take its process down before it is failed.</summary>
    [Range(1, 100)]
    public int MaxCrashes { get; init; } = 3;

    /// <summary>How often a fit's state is taken at most, in seconds; the last is stored with each sign of life, and when the fit is given back.</summary>
    [Range(0, 3_600)]
    public double CheckpointSeconds { get; init; } = 0.25;

    /// <summary>Most points of a job's loss curve; of more, they are thinned.</summary>
    [Range(2, 1_000_000)]
    public int MaxHistoryPoints { get; init; } = 10_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PollMilliseconds > LeaseSeconds * 1_000 / 6)
            yield return new($"The field {nameof(PollMilliseconds)} must be at most a sixth of {nameof(LeaseSeconds)}, or jobs that a process leaves behind would not be taken up.", [nameof(PollMilliseconds), nameof(LeaseSeconds)]);
        if (MemoryLimitMegabytes is > 0 and < SmallestMemoryLimit)
            yield return new($"The field {nameof(MemoryLimitMegabytes)} must be 0 or at least {SmallestMemoryLimit}.", [nameof(MemoryLimitMegabytes)]);
    }
}
