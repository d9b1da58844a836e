using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Http;

/// <summary>Limits of requests and connections; section <c>Limits</c> of the configuration.</summary>
public sealed class LimitOptions : IValidatableObject
{
    public const string Section = "Limits";

    // The server buffers this much of a request before the service reads it.
    private const int MaxBuffered = 1 << 20;

    /// <summary>Largest body of a request, in bytes; uploads of data sets have their own limit, <c>Datasets:MaxUploadBytes</c>. More is a 413.</summary>
    [Range(1, long.MaxValue)]
    public long MaxBodyBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Longest first line of a request, with its path and query, in bytes. More is a 414 without a body: the server answers before it reads on.
    /// The fields of a form besides its file, which the query may carry too, have the same limit; more is a 413.
    /// </summary>
    [Range(1_024, MaxBuffered)]
    public int MaxRequestLineBytes { get; init; } = 8 << 10;

    /// <summary>All headers of a request together, in bytes. More is a 431, without a body.</summary>
    [Range(1_024, MaxBuffered)]
    public int MaxHeaderBytes { get; init; } = 32 << 10;

    /// <summary>Most headers of a request. More is a 431, without a body.</summary>
    [Range(16, 10_000)]
    public int MaxHeaders { get; init; } = 100;

    /// <summary>Most classes of a target; a target with more different values is refused with 422.</summary>
    [Range(2, 1_000)]
    public int MaxClasses { get; init; } = 1_000;

    /// <summary>Most numbers, or cells, in one JSON body. More is a 413.</summary>
    [Range(1, int.MaxValue)]
    public int MaxValues { get; init; } = 5_000_000;

    /// <summary>
    /// Memory that the different texts in the cells of one JSON body may take, in bytes: 64 for each, and two for each of its UTF-16 units. More is a 413.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long MaxTextBytes { get; init; } = 64L << 20;

    /// <summary>Most columns that a counterfactual may change. More is a 413.</summary>
    [Range(1, 10_000)]
    public int MaxVariedColumns { get; init; } = 100;

    /// <summary>Most steps of the search for a counterfactual; its answer says whether it ended before.</summary>
    [Range(1, int.MaxValue)]
    public int MaxSearchSteps { get; init; } = 200_000;

    /// <summary>Most iterations of one <c>/update-weights</c>; a training job may take more.</summary>
    [Range(1, int.MaxValue)]
    public int MaxUpdateIterations { get; init; } = 10_000;

    /// <summary>Most bytes of an <c>application/octet-stream</c> of numbers; it is streamed through the disk, not held in memory. More is a 413.</summary>
    [Range(1, long.MaxValue)]
    public long MaxStreamBytes { get; init; } = 4L << 30;

    /// <summary>Most items on one page of a list.</summary>
    [Range(1, 10_000)]
    public int MaxPageItems { get; init; } = 1_000;

    /// <summary>Longest that <c>Prefer: wait</c> holds an answer, in seconds.</summary>
    [Range(0, 600)]
    public int MaxWaitSeconds { get; init; } = 60;

    /// <summary>How long a stream of events may be silent, in seconds; then it sends a comment to show that it is alive.</summary>
    [Range(1, 3_600)]
    public int HeartbeatSeconds { get; init; } = 15;

    /// <summary>Most open connections. Further connections get answers from <c>/health</c>, and otherwise a 503.</summary>
    [Range(1, long.MaxValue)]
    public long MaxConnections { get; init; } = 10_000;

    /// <summary>
    /// Connections beyond <see cref="MaxConnections"/>, reserved for <c>/health</c>. One more closes the oldest of them that does not wait for an answer.
    /// </summary>
    [Range(1, 10_000)]
    public int ReservedConnections { get; init; } = 16;

    /// <summary>Threads for long computations: <c>/update-weights</c>, large bodies of numbers, warnings about a target; 0 is one per processor.</summary>
    [Range(0, 1_024)]
    public int ComputeThreads { get; init; }

    /// <summary>Nice value of these threads, relative to those of other requests: 0 is the same priority, 19 the lowest.</summary>
    [Range(0, 19)]
    public int ComputeNice { get; init; } = 5;

    /// <summary>Most requests that may wait for one of these threads; one more is a 503.</summary>
    [Range(1, 1_000_000)]
    public int MaxComputeQueue { get; init; } = 1_000;

    /// <summary>Longest time that a stop waits for open requests and running jobs, in seconds.</summary>
    [Range(1, 600)]
    public int StopSeconds { get; init; } = 10;

    /// <summary>
    /// Part of that time in which the service still listens, in seconds: <c>/health/ready</c> and the API answer 503, so that a proxy uses other replicas.
    /// 0 stops listening at once.
    /// </summary>
    [Range(0, 600)]
    public int DrainSeconds { get; init; } = 1;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DrainSeconds > StopSeconds)
            yield return new($"The field {nameof(DrainSeconds)} must be at most {nameof(StopSeconds)}.", [nameof(DrainSeconds), nameof(StopSeconds)]);
    }
}
