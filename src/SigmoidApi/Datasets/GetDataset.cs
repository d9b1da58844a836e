using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

/// <summary><c>GET /datasets/{id}</c></summary>
internal static class GetDataset
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapGet("/{id}", Handle).WithName("GetDataset").WithSummary("A data set and the profile of its columns")
            .WithDescription("`id` is the data set's id, or a name, which means the newest data set of that name.")
            .ProducesProblem(StatusCodes.Status404NotFound).WithExampleOf("id", "\"mails\"");

    private static async Task<Results<Ok<Dataset>, ProblemHttpResult>> Handle(string id, SigmoidDbContext db, CancellationToken cancellationToken) =>
        await db.Datasets.AsNoTracking().FindDatasetAsync(id, cancellationToken) is { } dataset
            ? TypedResults.Ok(dataset)
            : Problems.NotFound($"data set '{id}'");
}
