using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

/// <summary><c>GET /datasets?limit=&amp;cursor=</c></summary>
internal static class ListDatasets
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapGet("/", Handle).WithName("ListDatasets").WithSummary("The data sets, newest first")
            .WithDescription("With `name`, the versions of that name.").WithExampleOfAnswer(StatusCodes.Status200OK, "One data set", DatasetExamples.List)
            .WithQueryParameter("name", "Only the versions of this name.", Schemas.Text()).WithExampleOf("name", "\"mails\"");

    private static async Task<Ok<PageOf<DatasetSummary>>> Handle(Page page, string? name, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        var datasets = db.Datasets.AsNoTracking().Where(d => name == null || d.Name == name);
        if (page.Cursor is { } cursor)
            datasets = datasets.Where(d => d.Id < cursor);
        var found = await datasets.OrderByDescending(d => d.Id).Take(page.Limit + 1)
            .GroupJoin(db.ListedDatasets, d => d.Id, l => l.DatasetId, (dataset, listed) => new { dataset, listed })
            .SelectMany(d => d.listed.DefaultIfEmpty(), (d, listed) => new { d.dataset.Id, d.dataset.Name, d.dataset.Version, d.dataset.Rows, listed })
            .OrderByDescending(d => d.Id).AsNoTracking().ToListAsync(cancellationToken);
        var summaries = new List<DatasetSummary>(found.Count);
        foreach (var d in found)
        {
            if ((d.listed ?? await ReadAsync(d.Id, db, cancellationToken)) is { } listed)
                summaries.Add(new(d.Id, d.Name, d.Version, d.Rows, listed.ColumnCount, listed.Bytes, listed.Sha256, listed.Format, listed.CreatedAt));
        }

        return TypedResults.Ok(page.Of(summaries, d => d.Id));
    }

    /// <summary>
    /// The summary of a data set that has none, because a replica of an older version of the service created it; null if it was deleted meanwhile.
    /// </summary>
    private static async Task<ListedDataset?> ReadAsync(Guid id, SigmoidDbContext db, CancellationToken cancellationToken) =>
        await db.Datasets.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, cancellationToken) is { } dataset ? ListedDataset.From(dataset) : null;
}
