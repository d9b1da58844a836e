using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.Http;

/// <summary>What one request may ask of the service; section <c>Limits</c> of the configuration.</summary>
public sealed class LimitOptions : IValidatableObject
{
    public const string Section = "Limits";

    // What the server holds of a request that has not been read.
    private const int MaxBuffered = 1 << 20;

    /// <summary>Largest body of a request, in bytes; uploads of data sets have their own limit, <c>Datasets:MaxUploadBytes</c>. More is a 413.</summary>
    [Range(1, long.MaxValue)]
    public long MaxBodyBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Longest first line of a request, with its path and its query, in bytes. More is a 414, without a body: the server answers before it has read on.
    /// What a form says beside its file, which a query may say too, may be as long; more is a 413.
    /// </summary>
    [Range(1_024, MaxBuffered)]
    public int MaxRequestLineBytes { get; init; } = 8 << 10;

    /// <summary>All headers of a request together, in bytes. More is a 431, without a body.</summary>
    [Range(1_024, MaxBuffered)]
    public int MaxHeaderBytes { get; init; } = 32 << 10;

    /// <summary>Most headers of a request. More is a 431, without a body.</summary>
    [Range(16, 10_000)]
    public int MaxHeaders { get; init; } = 100;

    /// <summary>Most numbers, or cells, in one JSON body. More is a 413.</summary>
    [Range(1, int.MaxValue)]
    public int MaxValues { get; init; } = 5_000_000;

    /// <summary>
    /// Memory that the different texts in the cells of one JSON body may take, in bytes: 64 for each, and two for each of its UTF-16 units. More is a 413.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long MaxTextBytes { get; init; } = 64L << 20;

    /// <summary>Most steps that one <c>/update-weights</c> may ask for; a training job takes more.</summary>
    [Range(1, int.MaxValue)]
    public int MaxUpdateIterations { get; init; } = 10_000;

    /// <summary>Most bytes that an <c>application/octet-stream</c> of numbers may have; it is streamed through the disk, not held in memory. More is a 413.</summary>
    [Range(1, long.MaxValue)]
    public long MaxStreamBytes { get; init; } = 4L << 30;

    /// <summary>Most items on one page of a list.</summary>
    [Range(1, 10_000)]
    public int MaxPageItems { get; init; } = 1_000;

    /// <summary>Longest that <c>Prefer: wait</c> holds an answer, in seconds.</summary>
    [Range(0, 600)]
    public int MaxWaitSeconds { get; init; } = 60;

    /// <summary>How long a stream of events may be silent, in seconds; then it shows that it lives.</summary>
    [Range(1, 3_600)]
    public int HeartbeatSeconds { get; init; } = 15;

    /// <summary>Most connections open at once; on one more <c>/health</c> is answered, and a 503 otherwise.</summary>
    [Range(1, long.MaxValue)]
    public long MaxConnections { get; init; } = 10_000;

    /// <summary>Connections that may be open beyond <see cref="MaxConnections"/>, for <c>/health</c>; one more takes the place of the oldest that waits for no answer.</summary>
    [Range(1, 10_000)]
    public int ReservedConnections { get; init; } = 16;

    /// <summary>Threads for what computes long: <c>/update-weights</c>, large bodies of numbers, warnings about a target; 0 is one for each processor.</summary>
    [Range(0, 1_024)]
    public int ComputeThreads { get; init; }

    /// <summary>How nice these threads are to those of other requests: 0 is as important, 19 the least.</summary>
    [Range(0, 19)]
    public int ComputeNice { get; init; } = 5;

    /// <summary>Most requests that wait for one of these threads; one more is a 503.</summary>
    [Range(1, 1_000_000)]
    public int MaxComputeQueue { get; init; } = 1_000;

    /// <summary>Longest that a stop waits for open requests and running jobs, in seconds.</summary>
    [Range(1, 600)]
    public int StopSeconds { get; init; } = 10;

    /// <summary>
    /// How long of that the service goes on listening, in seconds: <c>/health/ready</c> and the API answer 503, so that a proxy turns to others. 0 closes its door at once.
    /// </summary>
    [Range(0, 600)]
    public int DrainSeconds { get; init; } = 1;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DrainSeconds > StopSeconds)
            yield return new($"The field {nameof(DrainSeconds)} must be at most {nameof(StopSeconds)}.", [nameof(DrainSeconds), nameof(StopSeconds)]);
    }
}
