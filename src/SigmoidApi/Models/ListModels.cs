using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.OpenApi;
using SigmoidApi.Storage;

namespace SigmoidApi.Models;

/// <summary><c>GET /models</c> and <c>GET /models/{name}/versions</c></summary>
internal static class ListModels
{
    public static void Map(RouteGroupBuilder models)
    {
        models.MapGet("/", Latest).WithName("ListModels").WithSummary("The latest version of each model, newest first")
            .WithDescription("A model is here once, by its newest version.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "None yet", """{ "items": [], "nextCursor": null }""");
        models.MapGet("/{name}/versions", Versions).WithName("ListModelVersions").WithSummary("The versions of a model, newest first")
            .WithDescription("Deleted ones are not among them.")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "None after the cursor", """{ "items": [], "nextCursor": null }""")
            .ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"mails\"");
    }

    private static Task<Ok<PageOf<ModelResponse>>> Latest(Page page, SigmoidDbContext db, CancellationToken cancellationToken) =>
        Read(db.ModelVersions.Where(v => !db.ModelVersions.Any(newer => newer.Name == v.Name && newer.Version > v.Version)), page, cancellationToken);

    private static async Task<Results<Ok<PageOf<ModelResponse>>, ProblemHttpResult>> Versions(string name, Page page, SigmoidDbContext db, CancellationToken cancellationToken) =>
        await db.ModelVersions.AnyAsync(v => v.Name == name, cancellationToken)
            ? await Read(db.ModelVersions.Where(v => v.Name == name), page, cancellationToken)
            : Problems.NotFound(ModelEndpoints.Describe(name, version: null));

    // A version's job id orders it by age, as its own would.
    private static async Task<Ok<PageOf<ModelResponse>>> Read(IQueryable<ModelVersion> versions, Page page, CancellationToken cancellationToken)
    {
        if (page.Cursor is { } cursor)
            versions = versions.Where(v => v.JobId < cursor);
        var found = await versions.AsNoTracking().OrderByDescending(v => v.JobId).Take(page.Limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Of(found.ConvertAll(ModelResponse.From), v => v.JobId));
    }
}
