using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using SigmoidApi.Models;
using SigmoidApi.TrainingJobs.Fitting;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary>A training job as its callers see it.</summary>
/// <param name="Id">The job's own id.</param>
/// <param name="Status">Where it is.</param>
/// <param name="Progress">How far the fit is; null before it starts.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="StartedAt">When a worker took it up first; null before.</param>
/// <param name="FinishedAt">When it ended; null before.</param>
/// <param name="Attempts">How often a worker took it up, but for runs that a trouble of the storage ended; more than 1 after a restart in its midst.</param>
/// <param name="Worker">The process that runs it, or ran it last, as <c>host:process id</c>; null before there is one.</param>
/// <param name="Memory">What the fit takes, and whether it waits for that, holds its matrix or reads it anew in each pass; null before that is known.</param>
/// <param name="Request">What was asked for, with its defaults; without inline data.</param>
/// <param name="Model">The version that it made; null before, and where there is none.</param>
/// <param name="Warnings">What its caller must know: of rows that are left out from the start on, of the fit when there is a model.</param>
/// <param name="Error">Why it failed, or was canceled by its timeout; null otherwise.</param>
public sealed record TrainingJobResponse(
    Guid Id,
    TrainingJobStatus Status,
    TrainingProgress? Progress,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    [property: Range(0, int.MaxValue)] int Attempts,
    string? Worker,
    JobMemory? Memory,
    TrainingRequest Request,
    ModelVersionName? Model,
    IReadOnlyList<ModelWarning> Warnings,
    ProblemDetails? Error)
{
    internal static TrainingJobResponse From(TrainingJob job, RunningFits fits) => new(
        job.Id,
        job.Status,
        (job.FinishedAt is null ? fits.ProgressOf(job.Id) : null) ?? job.Progress,
        job.CreatedAt,
        job.StartedAt,
        job.FinishedAt,
        job.Attempts,
        job.Worker,
        job.Memory,
        job.Request,
        job is { ModelName: { } name, ModelVersion: { } version } ? new(name, version) : null,
        job.Warnings ?? [],
        job.Error);
}
