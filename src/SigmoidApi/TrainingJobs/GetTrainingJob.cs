using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary><c>GET /training-jobs/{id}</c></summary>
internal static class GetTrainingJob
{
    public static void Map(RouteGroupBuilder jobs) =>
        jobs.MapGet("/{id}", Handle).WithName("GetTrainingJob").WithSummary("A training job: its status, its progress, its model or its error")
            .WithDescription("`latest` is the job that was accepted last. With `Prefer: wait=10` the answer waits up to 10 seconds for the job to end.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Succeeded", TrainingExamples.Succeeded)
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Out of time", TrainingExamples.OutOfTime)
            .WithJobId().WithExampleOf("id", "\"latest\"")
            .WithWait(StatusCodes.Status200OK, StatusCodes.Status304NotModified).WithExampleOf("Prefer", "\"wait=10\"").WithETag();

    private static async Task<Results<Ok<TrainingJobResponse>, NotModified, ProblemHttpResult>> Handle(
        string id,
        [FromHeader(Name = "Prefer")] string? prefer,
        HttpContext context,
        SigmoidDbContext db,
        RunningFits fits,
        TrainingWait wait,
        CancellationToken cancellationToken)
    {
        var job = await db.TrainingJobs.AsNoTracking().FindJobAsync(id, cancellationToken);
        if (job is null)
            return Problems.NotFound($"training job '{id}'");
        job = await wait.ForEndAsync(job, prefer, context.Response);
        if (job.FinishedAt is null)
            context.Response.Headers.RetryAfter = TrainingWait.RetryAfter;
        var answer = TrainingJobResponse.From(job, fits);
        return EntityTags.SetAndCompare(context, answer) ? new NotModified() : TypedResults.Ok(answer);
    }
}
