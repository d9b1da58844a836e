using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using SigmoidApi.Models;
using SigmoidApi.TrainingJobs.Fitting;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary>A training job as its callers see it.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Status">The job's status.</param>
/// <param name="Progress">The progress of the fit; null before it starts.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="StartedAt">When it first started; null before.</param>
/// <param name="FinishedAt">When it ended; null before.</param>
/// <param name="Attempts">How often it started, not counting runs that a storage error ended; more than 1 if the service was restarted during a run.</param>
/// <param name="Worker">The process that runs it, as <c>host:process id</c>; null while none does.</param>
/// <param name="Memory">The memory of the fit, and how it uses it; null before that is known.</param>
/// <param name="Request">
/// The request with its defaults, without inline data. Of an evaluation only the data set, the target, the weight and the model's name.
/// </param>
/// <param name="Model">The model version that it made; null before, and if it made none.</param>
/// <param name="Warnings">Warnings about rows that are left out, from the start; about the fit, when there is a model.</param>
/// <param name="Error">Why it failed, or why it was canceled without a caller's request; null otherwise.</param>
/// <param name="Kind">What the job does.</param>
/// <param name="EvaluationId">The evaluation that it made (<c>GET /evaluations/{id}</c>); null before, and if it made none.</param>
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
    ProblemDetails? Error,
    JobKind Kind = JobKind.Training,
    Guid? EvaluationId = null)
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
        job.Error,
        job.Kind,
        job is { Kind: JobKind.Evaluation, Status: TrainingJobStatus.Succeeded } ? job.Id : null);
}
