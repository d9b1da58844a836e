using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
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
                "`id` is the data set's id, or a name, which means the newest data set of that name, or `name@version`. With `target`, a column of two values, the columns' `warnings` also say "
                + "which of them leak it, and whether one of its values is rare.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", DatasetExamples.Mails)
            .WithDatasetId().WithExampleOf("id", "\"mails\"")
            .WithQueryParameter("target", "A column of two values, the one to predict.", Schemas.Text()).WithExampleOf("target", "\"spam\"")
            .WithETag();

    private static async Task<Results<Ok<Dataset>, NotModified, ProblemHttpResult>> Handle(
        string id, string? target, HttpContext context, SigmoidDbContext db, DatasetEngine engine, ComputeThreads threads, CancellationToken cancellationToken)
    {
        var meant = db.Datasets.AsNoTracking().Ref(id);
        // A data set never changes: its id is enough to know it by, and its profile, which may be large, is not read.
        if (target is null && KnownAnswer.IsAskedFor(context.Request)
            && await meant.Select(d => (Guid?)d.Id).SingleOrDefaultAsync(cancellationToken) is { } found
            && KnownAnswer.IsKnown(context, $"{found:n}"))
        {
            return new NotModified();
        }

        if (await meant.SingleOrDefaultAsync(cancellationToken) is not { } dataset)
            return await db.MissingDatasetAsync(id, cancellationToken);
        if (target is null)
        {
            KnownAnswer.IsKnown(context, $"{dataset.Id:n}");
            return TypedResults.Ok(dataset);
        }

        if (dataset.Columns.FirstOrDefault(column => column.Name == target) is not { } column)
            return Problems.Field(StatusCodes.Status400BadRequest, "target", dataset.ExpectedColumn(target));
        if (TwoClasses.Against(column) is { } message)
            return Problems.Field(StatusCodes.Status400BadRequest, "target", message);
        if (KnownAnswer.IsKnown(context, $"{dataset.Id:n}-{KnownAnswer.Digest(target)}"))
            return new NotModified();
        return TypedResults.Ok(await TargetWarnings.AddAsync(engine, threads, dataset, column, cancellationToken));
    }
}
