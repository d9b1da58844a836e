using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

/// <summary><c>GET /datasets/{id}</c></summary>
internal static class GetDataset
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapGet("/{id}", Handle).WithName("GetDataset").WithSummary("A data set and the profile of its columns")
            .WithDescription(
                "`id` is the data set's id, or a name, which means the newest data set of that name, or `name@version`. "
                + "With `target`, a column of two values, the `warnings` of the columns also say which columns leak the target, "
                + "and whether one of its values is rare.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", DatasetExamples.Mails)
            .WithDatasetId().WithExampleOf("id", "\"mails\"")
            .WithQueryParameter("target", "The column to predict; it must have two values.", Schemas.Text()).WithExampleOf("target", "\"spam\"")
            .WithETag();

    private static async Task<Results<Ok<Dataset>, NotModified, ProblemHttpResult>> Handle(
        string id, string? target, HttpContext context, SigmoidDbContext db, DatasetEngine engine, ComputeThreads threads, IOptions<LimitOptions> limits,
        CancellationToken cancellationToken)
    {
        var query = db.Datasets.AsNoTracking().Referenced(id);
        // A data set never changes, so its id serves as the ETag, and the profile, which may be large, need not be read.
        if (target is null && EntityTags.AreCompared(context.Request)
            && await query.Select(d => (Guid?)d.Id).SingleOrDefaultAsync(cancellationToken) is { } found
            && EntityTags.SetAndCompare(context, $"{found:n}"))
        {
            return new NotModified();
        }

        if (await query.SingleOrDefaultAsync(cancellationToken) is not { } dataset)
            return await db.MissingDatasetAsync(id, cancellationToken);
        if (target is null)
        {
            EntityTags.SetAndCompare(context, $"{dataset.Id:n}");
            return TypedResults.Ok(dataset);
        }

        if (dataset.Columns.FirstOrDefault(column => column.Name == target) is not { } column)
            return Problems.Field(StatusCodes.Status400BadRequest, "target", dataset.ExpectedColumn(target));
        if (TargetColumn.Against(column, limits.Value.MaxClasses) is { } message)
            return Problems.Field(StatusCodes.Status400BadRequest, "target", message);
        if (EntityTags.SetAndCompare(context, $"{dataset.Id:n}-{EntityTags.Digest(target)}"))
            return new NotModified();
        return TypedResults.Ok(await TargetWarnings.AddAsync(engine, threads, dataset, column, cancellationToken));
    }
}
