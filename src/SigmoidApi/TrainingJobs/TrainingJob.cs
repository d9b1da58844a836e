using Microsoft.AspNetCore.Mvc;

namespace SigmoidApi.TrainingJobs;

/// <summary>A training job. The row is the truth and the queue: what is <see cref="TrainingJobStatus.Queued"/> here will run.</summary>
public sealed class TrainingJob
{
    public required Guid Id { get; init; }

    public required TrainingJobStatus Status { get; set; }

    /// <summary>What was asked for, without inline data, which <see cref="TrainingData"/> keeps until the job ends.</summary>
    public required TrainingRequest Request { get; init; }

    /// <summary>The data set to train on, or null for inline data.</summary>
    public Guid? DatasetId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>How often the job was claimed by a worker.</summary>
    public int Attempts { get; set; }

    /// <summary>Raised by every claim; a run writes only while the row still has the epoch that it claimed.</summary>
    public long Epoch { get; set; }

    /// <summary>Who runs it, <c>host:process id</c>.</summary>
    public string? Worker { get; set; }

    public bool CancelRequested { get; set; }

    /// <summary>Where the last run came to; a running job's progress is with <see cref="RunningFits"/>.</summary>
    public TrainingProgress? Progress { get; set; }

    public string? ModelName { get; set; }

    public int? ModelVersion { get; set; }

    /// <summary>Why it failed.</summary>
    public ProblemDetails? Error { get; set; }
}

public enum TrainingJobStatus
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Canceled,
}

/// <summary>How far a fit is.</summary>
/// <param name="Iteration">Iterations done of the fit in hand: of a path and of folds each point is one.</param>
/// <param name="MaxIterations">Iterations at most of one fit.</param>
/// <param name="Loss">Mean objective at the current weights.</param>
/// <param name="GradientNorm">Largest absolute entry of its gradient.</param>
/// <param name="Fraction">How much of all fits is done at the least, 1 at the end.</param>
public sealed record TrainingProgress(int Iteration, int MaxIterations, double Loss, double GradientNorm, double Fraction);
