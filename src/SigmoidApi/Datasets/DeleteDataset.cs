using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

/// <summary><c>DELETE /datasets/{id}</c></summary>
internal static class DeleteDataset
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapDelete("/{id}", Handle).WithName("DeleteDataset").WithSummary("Delete a data set; its models stay")
            .WithDescription("A name means the newest data set of that name. Answers 409 while a queued or running job uses it.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithDatasetId().WithExampleOf("id", "\"mails\"");

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        string id, SigmoidDbContext db, DatasetFiles files, IEnumerable<DatasetUse> uses, CancellationToken cancellationToken)
    {
        // The check and the deletion are one transaction, and so are a job's lookup of its data set and its insert. So no job can start in between.
        await using var transaction = await db.BeginAsync(cancellationToken);
        if (await db.Datasets.AsNoTracking().FindDatasetAsync(id, cancellationToken) is not { } found
            || await db.HoldDataset(found.Id, toDelete: true).SingleOrDefaultAsync(cancellationToken) is not { } dataset)
        {
            return await db.MissingDatasetAsync(id, cancellationToken);
        }

        foreach (var use in uses)
        {
            if (await use(dataset.Id, db, cancellationToken) is { } reason)
                return Problems.Conflict(reason);
        }

        db.Datasets.Remove(dataset);
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        files.Delete(dataset.Id);
        return TypedResults.NoContent();
    }
}
