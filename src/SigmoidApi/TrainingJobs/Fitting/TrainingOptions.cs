using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>How jobs run; section <c>Training</c>.</summary>
public sealed class TrainingOptions : IValidatableObject
{
    public const string Section = "Training";

    private const int SmallestMemoryLimit = 64;

    /// <summary>The most fits that run at once.</summary>
    [Range(1, 1_024)]
    public int MaxConcurrency { get; init; } = 1;

    /// <summary>The most iterations that a job may ask for.</summary>
    [Range(1, int.MaxValue)]
    public int MaxIterations { get; init; } = 1_000_000;

    /// <summary>
    /// The longest that a job may run, in seconds, counted from its first start. Then it ends as by its own <c>timeoutSeconds</c>, which may not be longer.
    /// </summary>
    [Range(0.1, TrainingRequest.MostSeconds)]
    public double MaxSeconds { get; init; } = 86_400;

    /// <summary>The nice value of a fit's threads: 0 is the priority of request threads, 19 the lowest.</summary>
    [Range(0, 19)]
    public int Nice { get; init; } = 10;

    /// <summary>The threads of one fit; 0 is one for each processor. The result is the same for any number.</summary>
    [Range(0, 1_024)]
    public int Threads { get; init; }

    /// <summary>
    /// The memory that the rows of running fits may take, in 10⁶ bytes; 0 is three quarters of what the process may use. A fit whose rows take more reads
    /// them from disk in each pass, with the same result.
    /// </summary>
    [Range(0, 100_000_000)]
    public int MemoryLimitMegabytes { get; init; }

    internal long MemoryLimitBytes => MemoryLimitMegabytes > 0 ? MemoryLimitMegabytes * 1_000_000L : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3;

    /// <summary>The most folds that a cross-validation may have.</summary>
    [Range(2, 10_000)]
    public int MaxFolds { get; init; } = 100;

    /// <summary>The most points of a path that a job may ask for: values of <c>c</c> times values of <c>l1Ratio</c>.</summary>
    [Range(1, 100_000)]
    public int MaxPathPoints { get; init; } = 1_000;

    /// <summary>The most parameters whose covariances are kept with a model; their number grows with the square.</summary>
    [Range(0, 10_000)]
    public int MaxCovarianceParameters { get; init; } = 200;

    /// <summary>The most rows of a data set that an inspection of a model reads again; more are answered with 422.</summary>
    [Range(1, int.MaxValue)]
    public int MaxInspectedRows { get; init; } = 10_000_000;

    /// <summary>How long an inspection waits for memory that running fits take, in seconds; then it is answered with 503.</summary>
    [Range(0, 600)]
    public double InspectionWaitSeconds { get; init; } = 10;

    /// <summary>The most jobs in the queue; one more is answered with 429.</summary>
    [Range(1, 1_000_000)]
    public int MaxQueueLength { get; init; } = 10_000;

    /// <summary>
    /// How long a run may send no heartbeat before another process takes its job back, in seconds. A run sends one in each third of that time.
    /// </summary>
    [Range(0.5, 3_600)]
    public double LeaseSeconds { get; init; } = 3;

    /// <summary>
    /// How often a process polls the store for what others have done: jobs that they queued, canceled, ended or left behind. At most a sixth of
    /// <see cref="LeaseSeconds"/>: a process that has not polled for half a lease can't tell which runs have died meanwhile.
    /// </summary>
    [Range(10, 10_000)]
    public int PollMilliseconds { get; init; } = 200;

    /// <summary>How often in succession a job may crash its process before it fails.</summary>
    [Range(1, 100)]
    public int MaxCrashes { get; init; } = 3;

    /// <summary>
    /// The shortest time between two checkpoints of a fit, in seconds. The last one is stored with each heartbeat, and when the job is given back.
    /// </summary>
    [Range(0, 3_600)]
    public double CheckpointSeconds { get; init; } = 0.25;

    /// <summary>The most points of a job's loss curve; a longer curve is thinned.</summary>
    [Range(2, 1_000_000)]
    public int MaxHistoryPoints { get; init; } = 10_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PollMilliseconds > LeaseSeconds * 1_000 / 6)
        {
            yield return new(
                $"The field {nameof(PollMilliseconds)} must be at most a sixth of {nameof(LeaseSeconds)}, "
                + "or jobs that a process leaves behind would not be taken back.",
                [nameof(PollMilliseconds), nameof(LeaseSeconds)]);
        }

        if (MemoryLimitMegabytes is > 0 and < SmallestMemoryLimit)
            yield return new($"The field {nameof(MemoryLimitMegabytes)} must be 0 or at least {SmallestMemoryLimit}.", [nameof(MemoryLimitMegabytes)]);
    }
}
