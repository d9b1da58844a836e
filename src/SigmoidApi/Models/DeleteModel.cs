using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;

namespace SigmoidApi.Models;

/// <summary><c>DELETE /models/{name}</c> and <c>DELETE /models/{name}/versions/{version}</c></summary>
internal static class DeleteModel
{
    public static void Map(RouteGroupBuilder models)
    {
        models.MapDelete("/{name}", All).WithName("DeleteModel").WithSummary("Delete a model with all its versions")
            .WithDescription("The numbers of its versions are not reused.")
            .ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"mails\"");
        models.MapDelete("/{name}/versions/{version:int}", Version).WithName("DeleteModelVersion").WithSummary("Delete a version of a model")
            .WithDescription("Its number is not reused.")
            .ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"mails\"").WithModelVersion().WithExampleOf("version", "1");
    }

    private static Task<Results<NoContent, ProblemHttpResult>> All(string name, SigmoidDbContext db, ModelCache cache, CancellationToken cancellationToken) =>
        Delete(name, version: null, db, cache, cancellationToken);

    private static Task<Results<NoContent, ProblemHttpResult>> Version(
        string name, int version, SigmoidDbContext db, ModelCache cache, CancellationToken cancellationToken) =>
        Delete(name, version, db, cache, cancellationToken);

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string name, int? version, SigmoidDbContext db, ModelCache cache, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginAsync(cancellationToken);
        var deleted = await db.ModelVersions.Where(v => v.Name == name && (version == null || v.Version == version)).ExecuteDeleteAsync(cancellationToken);
        await db.Models.Where(m => m.Name == name).ExecuteUpdateAsync(set => set.SetProperty(m => m.Revision, m => m.Revision + 1), cancellationToken);
        using (cache.Change(name))
            await transaction.CommitAsync(cancellationToken);
        return deleted > 0 ? TypedResults.NoContent() : await db.MissingModelAsync(name, version, cancellationToken);
    }
}
