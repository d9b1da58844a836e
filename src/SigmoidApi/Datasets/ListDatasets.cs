using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.OpenApi;
using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

/// <summary><c>GET /datasets?limit=&amp;cursor=</c></summary>
internal static class ListDatasets
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapGet("/", Handle).WithName("ListDatasets").WithSummary("The data sets, newest first")
            .WithDescription("With `name` the versions of that name.").WithExampleOfAnswer(StatusCodes.Status200OK, "None yet", """{ "items": [], "nextCursor": null }""")
            .WithQueryParameter("name", "Only the versions of this name.", Schemas.Text()).WithExampleOf("name", "\"mails\"");

    private static async Task<Ok<PageOf<Dataset>>> Handle(Page page, string? name, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        var datasets = db.Datasets.AsNoTracking().Where(d => name == null || d.Name == name);
        if (page.Cursor is { } cursor)
            datasets = datasets.Where(d => d.Id < cursor);
        var found = await datasets.OrderByDescending(d => d.Id).Take(page.Limit + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Of(found, d => d.Id));
    }
}
