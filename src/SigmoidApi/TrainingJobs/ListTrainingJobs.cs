using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.TrainingJobs;

/// <summary><c>GET /training-jobs?status=&amp;limit=&amp;cursor=</c></summary>
internal static class ListTrainingJobs
{
    private static readonly Dictionary<string, TrainingJobStatus> Statuses =
        Enum.GetValues<TrainingJobStatus>().ToDictionary(status => status.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public static void Map(RouteGroupBuilder jobs) =>
        jobs.MapGet("/", Handle).WithName("ListTrainingJobs").WithSummary("The training jobs, newest first")
            .WithDescription("`status` selects the jobs of one status: queued, running, succeeded, failed or canceled.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "One job", TrainingExamples.Page)
            .WithQueryParameter("status", "Only the jobs with this status.", Schemas.OneOfTexts(Statuses.Keys))
            .ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<Results<Ok<PageOf<TrainingJobResponse>>, ProblemHttpResult>> Handle(
        string? status, Page page, SigmoidDbContext db, RunningFits fits, CancellationToken cancellationToken)
    {
        var jobs = db.TrainingJobs.AsNoTracking();
        if (status is not null)
        {
            // Only names: Enum.TryParse would also accept numbers and lists.
            if (!Statuses.TryGetValue(status, out var wanted))
            {
                var hint = NearestName.Hint(status, Statuses.Keys);
                return Problems.Field(
                    StatusCodes.Status400BadRequest, "status", $"expected queued, running, succeeded, failed or canceled, got '{status}'{hint}");
            }

            jobs = jobs.Where(j => j.Status == wanted);
        }

        if (page.Cursor is { } cursor)
            jobs = jobs.Where(j => j.Id < cursor);
        var found = await jobs.OrderByDescending(j => j.Id).Take(page.Limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Of(found.ConvertAll(j => TrainingJobResponse.From(j, fits)), j => j.Id));
    }
}
