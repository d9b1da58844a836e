using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;

namespace SigmoidApi.Models;

/// <summary><c>GET /models</c> and <c>GET /models/{name}/versions</c></summary>
internal static class ListModels
{
    public static void Map(RouteGroupBuilder models)
    {
        models.MapGet("/", Latest).WithName("ListModels").WithSummary("The latest version of each model, newest first")
            .WithDescription("Each model appears once, with its newest version.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "One model", ModelExamples.List);
        models.MapGet("/{name}/versions", Versions).WithName("ListModelVersions").WithSummary("The versions of a model, newest first")
            .WithDescription("Deleted versions are not listed.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "One version", ModelExamples.List)
            .ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"mails\"");
    }

    private static Task<Ok<PageOf<ModelSummary>>> Latest(Page page, SigmoidDbContext db, PenaltyOfJob penaltyOf, CancellationToken cancellationToken)
    {
        var versions = db.ModelVersions;
        return Read(versions.Where(v => !versions.Any(newer => newer.Name == v.Name && newer.Version > v.Version)), page, db, penaltyOf, cancellationToken);
    }

    private static async Task<Results<Ok<PageOf<ModelSummary>>, ProblemHttpResult>> Versions(
        string name, Page page, SigmoidDbContext db, PenaltyOfJob penaltyOf, CancellationToken cancellationToken) =>
        await db.ModelVersions.AnyAsync(v => v.Name == name, cancellationToken)
            ? await Read(db.ModelVersions.Where(v => v.Name == name), page, db, penaltyOf, cancellationToken)
            : await db.MissingModelAsync(name, version: null, cancellationToken);

    // The job's id serves as the id of the version: it orders versions by age.
    private static async Task<Ok<PageOf<ModelSummary>>> Read(
        IQueryable<ModelVersion> versions, Page page, SigmoidDbContext db, PenaltyOfJob penaltyOf, CancellationToken cancellationToken)
    {
        if (page.Cursor is { } cursor)
            versions = versions.Where(v => v.JobId < cursor);
        var found = await versions.OrderByDescending(v => v.JobId).Take(page.Limit + 1)
            .GroupJoin(db.ListedModels, v => v.JobId, l => l.JobId, (version, listed) => new { version, listed })
            .SelectMany(
                v => v.listed.DefaultIfEmpty(),
                (v, listed) => new
                {
                    v.version.Name,
                    v.version.Version,
                    v.version.JobId,
                    v.version.DatasetId,
                    v.version.Target,
                    v.version.CreatedAt,
                    listed,
                })
            .OrderByDescending(v => v.JobId).AsNoTracking().ToListAsync(cancellationToken);
        var summaries = new List<ModelSummary>(found.Count);
        foreach (var v in found)
        {
            if ((v.listed ?? await ReadAsync(v.JobId, db, penaltyOf, cancellationToken)) is { } listed)
            {
                summaries.Add(new(
                    v.Name, v.Version, v.JobId, v.DatasetId, v.Target, listed.Classes, listed.Terms, listed.Penalty, listed.C, listed.Metrics,
                    listed.Converged, v.CreatedAt));
            }
        }

        return TypedResults.Ok(page.Of(summaries, v => v.JobId));
    }

    /// <summary>
    /// The summary of a model version that has none, because a replica of an older version of the service created it; null if it was deleted meanwhile.
    /// </summary>
    private static async Task<ListedModel?> ReadAsync(Guid jobId, SigmoidDbContext db, PenaltyOfJob penaltyOf, CancellationToken cancellationToken) =>
        await db.ModelVersions.Where(v => v.JobId == jobId).Select(v => v.Trained).SingleOrDefaultAsync(cancellationToken) is { } trained
            ? ListedModel.From(jobId, trained, await penaltyOf(jobId, db, cancellationToken))
            : null;
}
