using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Access;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary><c>POST /training-jobs/{id}/cancel</c></summary>
internal static class CancelTrainingJob
{
    public static void Map(RouteGroupBuilder jobs) =>
        jobs.MapPost("/{id}/cancel", Handle).WithName("CancelTrainingJob").WithSummary("Cancel a training job that has not ended")
            .WithDescription("A queued job is canceled at once, a running one within one pass over its data.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithExampleOfAnswer(StatusCodes.Status202Accepted, "Queued", TrainingExamples.Queued)
            .WithJobId().WithExampleOf("id", "\"latest\"");

    private static async Task<Results<Accepted<TrainingJobResponse>, ProblemHttpResult>> Handle(
        string id, HttpContext context, SigmoidDbContext db, RunningFits fits, TrainingFeeds feeds, TimeProvider time, CancellationToken cancellationToken)
    {
        var job = await db.TrainingJobs.AsNoTracking().FindJobAsync(id, cancellationToken);
        if (job is null)
            return Problems.NotFound($"training job '{id}'");
        if (job.FinishedAt is not null)
            return HasEnded(job);

        var row = db.TrainingJobs.Where(j => j.Id == job.Id);
        await using (var transaction = await db.BeginAsync(cancellationToken))
        {
            // This update comes first because it locks the row: if a process claims the job or gives it back at this moment, what follows sees the
            // status after that.
            await row.Where(j => j.FinishedAt == null).ExecuteUpdateAsync(set => set.SetProperty(j => j.CancelRequested, true), cancellationToken);
            var canceled = await row.Where(j => j.Status == TrainingJobStatus.Queued).ExecuteUpdateAsync(
                set => set.SetProperty(j => j.Status, TrainingJobStatus.Canceled).SetProperty(j => j.FinishedAt, time.GetUtcNow()), cancellationToken);
            if (canceled == 1)
                await db.DeleteInputAsync(job.Id, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        job = await row.AsNoTracking().SingleAsync(cancellationToken);
        if (!job.CancelRequested)
            return HasEnded(job);
        if (job.Status == TrainingJobStatus.Canceled)
            feeds.SignalEnd(job.Id);
        else
            fits.End(job.Id, FitEnd.Canceled);
        return TypedResults.Accepted(context.PathOf("GetTrainingJob", job.Id), TrainingJobResponse.From(job, fits));
    }

    internal static ProblemHttpResult HasEnded(TrainingJob job) =>
        Problems.Conflict($"Training job {job.Id} has ended; its status is '{job.Status.ToString().ToLowerInvariant()}'.");
}
