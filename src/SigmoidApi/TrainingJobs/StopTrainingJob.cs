using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Access;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary><c>POST /training-jobs/{id}/stop</c></summary>
internal static class StopTrainingJob
{
    public static void Map(RouteGroupBuilder jobs) =>
        jobs.MapPost("/{id}/stop", Handle).WithName("StopTrainingJob").WithSummary("End a running training job now, and keep its current model")
            .WithDescription(
                "The fit ends before its next iteration. The model has not converged, and has the warning `stopped`. "
                + "A job that still waits for memory to begin its fit has no model to keep, and is canceled. 409 if the job has not started, or has ended.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithExampleOfAnswer(StatusCodes.Status202Accepted, "Queued", TrainingExamples.Queued)
            .WithJobId().WithExampleOf("id", "\"latest\"");

    private static async Task<Results<Accepted<TrainingJobResponse>, ProblemHttpResult>> Handle(
        string id, HttpContext context, SigmoidDbContext db, RunningFits fits, CancellationToken cancellationToken)
    {
        if (await db.TrainingJobs.AsNoTracking().FindJobAsync(id, cancellationToken) is not { } job)
            return Problems.NotFound($"training job '{id}'");
        if (job.Work is not null)
            return Problems.Conflict($"Job {job.Id} does not train a model, so there is nothing to keep; cancel it instead.");
        // A queued job that has run before has a checkpoint; as soon as it is claimed again, it ends with the model of that checkpoint.
        int stopped;
        await using (var transaction = await db.BeginAsync(cancellationToken))
        {
            stopped = await db.TrainingJobs.Where(j => j.Id == job.Id && j.FinishedAt == null && j.Attempts > 0)
                .ExecuteUpdateAsync(set => set.SetProperty(j => j.StopRequested, true), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        job = await db.TrainingJobs.AsNoTracking().SingleAsync(j => j.Id == job.Id, cancellationToken);
        if (stopped == 0)
        {
            return job.FinishedAt is null
                ? Problems.Conflict($"Training job {job.Id} has not started, so there is no model to keep; cancel it instead.")
                : CancelTrainingJob.HasEnded(job);
        }

        fits.End(job.Id, FitEnd.Stopped);
        return TypedResults.Accepted(context.PathOf("GetTrainingJob", job.Id), TrainingJobResponse.From(job, fits));
    }
}
