using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Datasets;

/// <summary><c>GET /datasets/{id}</c></summary>
internal static class GetDataset
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapGet("/{id}", Handle).WithName("GetDataset").WithSummary("A data set and the profile of its columns")
            .WithDescription(
                "`id` is the data set's id, or a name, which means the newest data set of that name, or `name@version`. "
                + "With `target`, a column of classes, `target` in the answer says what each column alone tells about the classes: the area under its ROC "
                + "curve, the levels and thresholds that separate a class; and which columns are nearly the same. The `warnings` of the columns then also say "
                + "which columns leak the target, which separate it, which have a near duplicate, and whether a class is rare. "
                + "All areas are of the rows of the data set itself, so a category of many levels looks better than it is.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", DatasetExamples.MailsWithTarget)
            .WithDatasetId().WithExampleOf("id", "\"mails\"")
            .WithQueryParameter("target", "The column to predict: at least two classes.", Schemas.Text()).WithExampleOf("target", "\"spam\"")
            .WithETag();

    private static async Task<Results<Ok<Dataset>, NotModified, ProblemHttpResult>> Handle(
        string id, string? target, HttpContext context, SigmoidDbContext db, DatasetEngine engine, ComputeThreads threads, IOptions<LimitOptions> limits,
        IOptions<DatasetOptions> options, CancellationToken cancellationToken)
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
        var settings = options.Value;
        var version = string.Create(
            CultureInfo.InvariantCulture, $"{target}\n{settings.ExactProfileRows}\n{settings.MaxComparedColumns}\n{settings.NearDuplicateCorrelation}");
        if (EntityTags.SetAndCompare(context, $"{dataset.Id:n}-{EntityTags.Digest(version)}"))
            return new NotModified();
        return TypedResults.Ok(await new TargetProfiler(engine, threads, settings).RunAsync(dataset, column, cancellationToken));
    }
}
