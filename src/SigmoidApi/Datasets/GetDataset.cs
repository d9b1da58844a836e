using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.OpenApi;
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
            .WithQueryParameter("target", "A column of two values, the one to predict.", Schemas.Text()).WithExampleOf("target", "\"spam\"");

    private static async Task<Results<Ok<Dataset>, ProblemHttpResult>> Handle(string id, string? target, SigmoidDbContext db, DatasetEngine engine, CancellationToken cancellationToken)
    {
        if (await db.Datasets.AsNoTracking().FindDatasetAsync(id, cancellationToken) is not { } dataset)
            return Problems.NotFound($"data set '{id}'");
        if (target is null)
            return TypedResults.Ok(dataset);
        if (dataset.Columns.FirstOrDefault(column => column.Name == target) is not { } column)
            return Problems.Field(StatusCodes.Status400BadRequest, "target", $"expected a column of data set '{dataset.Name}', got '{target}'");
        if (column.Distinct != 2)
            return Problems.Field(StatusCodes.Status400BadRequest, "target", $"expected a column of two different values, but '{target}' has {column.Distinct}");
        return TypedResults.Ok(await TargetWarnings.AddAsync(engine, dataset, column, cancellationToken));
    }
}
