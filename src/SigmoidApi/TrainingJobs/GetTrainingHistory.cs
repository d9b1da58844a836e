using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary>The loss curve of a job.</summary>
/// <param name="Points">In order; thinned evenly if there were more iterations than are kept.</param>
public sealed record TrainingHistoryResponse(IReadOnlyList<LossPoint> Points);

/// <summary><c>GET /training-jobs/{id}/history</c></summary>
internal static class GetTrainingHistory
{
    public static void Map(RouteGroupBuilder jobs) =>
        jobs.MapGet("/{id}/history", Handle).WithName("GetTrainingHistory").WithSummary("The loss of every iteration of a training job")
            .WithDescription(
                "At most 10,000 points (`Training:MaxHistoryPoints`): of a longer curve every second point is dropped, as often as necessary. "
                + "The curve of a running job is at most a second old.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Two iterations", TrainingExamples.History)
            .WithJobId().WithExampleOf("id", "\"latest\"").WithETag();

    private static async Task<Results<Ok<TrainingHistoryResponse>, NotModified, ProblemHttpResult>> Handle(
        string id, HttpContext context, SigmoidDbContext db, RunningFits fits, CancellationToken cancellationToken)
    {
        if (await db.TrainingJobs.AsNoTracking().FindJobAsync(id, cancellationToken) is not { } job)
            return Problems.NotFound($"training job '{id}'");
        var answer = new TrainingHistoryResponse(await PointsAsync(job.Id, db, fits, cancellationToken));
        return EntityTags.SetAndCompare(context, answer) ? new NotModified() : TypedResults.Ok(answer);
    }

    /// <summary>The points of a job: of its running fit if this process has them, or else of the store.</summary>
    public static async Task<LossPoint[]> PointsAsync(Guid jobId, SigmoidDbContext db, RunningFits fits, CancellationToken cancellationToken)
    {
        if (fits.TryGet(jobId, out var fit) && fit.HasHistory)
            return fit.History.Points();
        var stored = await db.TrainingHistories.AsNoTracking().SingleOrDefaultAsync(h => h.JobId == jobId, cancellationToken);
        return stored is null ? [] : LossHistory.FromBytes(stored.Points);
    }
}
