using Microsoft.AspNetCore.Mvc;
using SigmoidApi.Models;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>A training job: a row of the database. The rows are also the queue: a job that is <see cref="TrainingJobStatus.Queued"/> will run.</summary>
public sealed class TrainingJob
{
    public required Guid Id { get; init; }

    public required TrainingJobStatus Status { get; set; }

    /// <summary>The request, without inline data, which <see cref="InlineRows"/> keeps until the job ends.</summary>
    public required TrainingRequest Request { get; init; }

    /// <summary>The work of a job that does not train; null for a training, and in jobs that were stored before there were others.</summary>
    public JobWork? Work { get; init; }

    /// <summary>What the job does.</summary>
    internal JobKind Kind => Work?.Kind ?? JobKind.Training;

    /// <summary>The data set to train on, or null for inline data.</summary>
    public Guid? DatasetId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a worker first claimed it.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>How often a worker claimed the job, not counting runs that a storage error ended.</summary>
    public int Attempts { get; set; }

    /// <summary>Raised by every claim. A run writes only while the row still has the epoch of its claim.</summary>
    public long Epoch { get; set; }

    /// <summary>The process that runs it, as <c>host:process id</c>.</summary>
    public string? Worker { get; set; }

    /// <summary>Raised regularly by the process that runs it. When it stops growing, another process takes the job back.</summary>
    public long Beat { get; set; }

    /// <summary>How many runs in succession ended with their process and without a new checkpoint.</summary>
    public int Crashes { get; set; }

    public bool CancelRequested { get; set; }

    public bool StopRequested { get; set; }

    /// <summary>How far the last run came, at most a second ago.</summary>
    public TrainingProgress? Progress { get; set; }

    /// <summary>The memory of the last run.</summary>
    public JobMemory? Memory { get; set; }

    public string? ModelName { get; set; }

    public int? ModelVersion { get; set; }

    /// <summary>
    /// Warnings for the caller: about rows that are left out, from the start; about the fit, when there is a model. Null in a job that was stored before there
    /// were warnings.
    /// </summary>
    public IReadOnlyList<ModelWarning>? Warnings { get; set; }

    /// <summary>Why it failed, or was canceled without a caller's request.</summary>
    public ProblemDetails? Error { get; set; }
}
