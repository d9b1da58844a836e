using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Models;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs.Queue;

/// <summary>A training job. The row is the truth and the queue: what is <see cref="TrainingJobStatus.Queued"/> here will run.</summary>
public sealed class TrainingJob
{
    public required Guid Id { get; init; }

    public required TrainingJobStatus Status { get; set; }

    /// <summary>What was asked for, without inline data, which <see cref="InlineRows"/> keeps until the job ends.</summary>
    public required TrainingRequest Request { get; init; }

    /// <summary>The data set to train on, or null for inline data.</summary>
    public Guid? DatasetId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was taken up first.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>How often the job was claimed by a worker, but for runs that a trouble of the storage ended.</summary>
    public int Attempts { get; set; }

    /// <summary>Raised by every claim; a run writes only while the row still has the epoch that it claimed.</summary>
    public long Epoch { get; set; }

    /// <summary>Who runs it, <c>host:process id</c>.</summary>
    public string? Worker { get; set; }

    /// <summary>Raised by who runs it, again and again; others take the job back when it stands still.</summary>
    public long Beat { get; set; }

    /// <summary>How many runs in succession ended with their process and without a new checkpoint.</summary>
    public int Crashes { get; set; }

    public bool CancelRequested { get; set; }

    public bool StopRequested { get; set; }

    /// <summary>Where the last run came to, a second ago at most.</summary>
    public TrainingProgress? Progress { get; set; }

    /// <summary>What the last run took.</summary>
    public JobMemory? Memory { get; set; }

    public string? ModelName { get; set; }

    public int? ModelVersion { get; set; }

    /// <summary>What its caller must know: of the rows from its acceptance on, of the fit when there is a model. Null in an older job.</summary>
    public IReadOnlyList<ModelWarning>? Warnings { get; set; }

    /// <summary>Why it failed.</summary>
    public ProblemDetails? Error { get; set; }
}

/// <summary>Where a job is. The last three are its end.</summary>
public enum TrainingJobStatus
{
    /// <summary>It waits for its turn, or was given back to be gone on with.</summary>
    Queued,

    /// <summary>A worker has taken it up.</summary>
    Running,

    /// <summary>There is a model.</summary>
    Succeeded,

    /// <summary>There is none; <c>error</c> says why.</summary>
    Failed,

    /// <summary>It was canceled, by a caller or by its timeout.</summary>
    Canceled,
}

/// <summary>How far a fit is.</summary>
/// <param name="Iteration">Iterations done of the fit in hand: of a path and of folds each point is one.</param>
/// <param name="MaxIterations">Iterations at most of one fit.</param>
/// <param name="Loss">Mean objective at the current weights.</param>
/// <param name="GradientNorm">Largest absolute entry of its gradient.</param>
/// <param name="Fraction">How much of all fits is done at the least, 1 at the end.</param>
/// <param name="Step">Counts the iterations of all fits of the job; <c>Last-Event-ID</c> and the points of <c>/history</c> go by it.</param>
/// <param name="SecondsLeft">How long it takes at most, at the pace so far; null until that can be told.</param>
/// <param name="Phase"><c>fit</c>, or <c>intervals</c> while Firth's fit follows profiles: then <c>iteration</c> counts parameters done, of all.</param>
public sealed record TrainingProgress(
    [property: Range(0, int.MaxValue)] int Iteration,
    [property: Range(0, int.MaxValue)] int MaxIterations,
    double Loss,
    [property: Range(0, double.MaxValue)] double GradientNorm,
    [property: Range(0d, 1d)] double Fraction,
    [property: Range(0, int.MaxValue)] int Step = 0,
    [property: Range(0, double.MaxValue)] double? SecondsLeft = null,
    FitPhase Phase = FitPhase.Fit);

/// <summary>The memory that a fit takes, by an estimate, and how it goes about it.</summary>
/// <param name="Bytes">Its matrix, where that is held, and all that there is a number of for each row.</param>
/// <param name="Mode">Whether it waits for others to end, or holds its matrix in memory, or reads it anew in each pass.</param>
public sealed record JobMemory([property: Range(0, long.MaxValue)] long Bytes, MemoryMode Mode);

/// <summary>Part of the state that a job's fit can go on from; it lives as long as the job runs.</summary>
public sealed class TrainingCheckpoint
{
    public required Guid JobId { get; init; }

    public required int Part { get; init; }

    /// <summary>Whether it will not change any more.</summary>
    public required bool IsFinal { get; set; }

    public required byte[] State { get; set; }
}

/// <summary>The points of a job's loss curve, as <see cref="LossHistory"/> writes them.</summary>
public sealed class TrainingHistory
{
    public required Guid JobId { get; init; }

    public required byte[] Points { get; set; }
}
