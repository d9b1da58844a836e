using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.OpenApi;
using SigmoidApi.Storage;

namespace SigmoidApi.TrainingJobs;

/// <summary>The loss curve of a job.</summary>
/// <param name="Points">In order; thinned evenly where there were more iterations than are kept.</param>
public sealed record TrainingHistoryResponse(IReadOnlyList<LossPoint> Points);

/// <summary><c>GET /training-jobs/{id}/history</c></summary>
internal static class GetTrainingHistory
{
    public static void Map(RouteGroupBuilder jobs) =>
        jobs.MapGet("/{id}/history", Handle).WithName("GetTrainingHistory").WithSummary("The loss of every iteration of a training job")
            .WithDescription("Of more than 10,000 (a setting) every second is dropped, then every second of those left, and so on. A running job's is a second old at most.")
            .ProducesProblem(StatusCodes.Status404NotFound).WithExampleOfAnswer(StatusCodes.Status200OK, "Two iterations", TrainingExamples.History)
            .WithJobId().WithExampleOf("id", "\"latest\"");

    private static async Task<Results<Ok<TrainingHistoryResponse>, ProblemHttpResult>> Handle(
        string id, SigmoidDbContext db, RunningFits fits, CancellationToken cancellationToken) =>
        await db.TrainingJobs.AsNoTracking().FindJobAsync(id, cancellationToken) is { } job
            ? TypedResults.Ok(new TrainingHistoryResponse(await PointsAsync(job.Id, db, fits, cancellationToken)))
            : Problems.NotFound($"training job '{id}'");

    public static async Task<LossPoint[]> PointsAsync(Guid jobId, SigmoidDbContext db, RunningFits fits, CancellationToken cancellationToken) =>
        fits.TryGet(jobId, out var fit) && fit.HasHistory ? fit.History.Points()
        : await db.TrainingHistories.AsNoTracking().SingleOrDefaultAsync(h => h.JobId == jobId, cancellationToken) is { } kept ? LossHistory.FromBytes(kept.Points)
        : [];
}
