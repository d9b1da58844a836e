using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

/// <summary>A page of rows.</summary>
/// <param name="Offset">Index of the first of these rows; 0 is the first row of the data set.</param>
/// <param name="Total">How many rows the data set has.</param>
/// <param name="Rows">Values by column name, in the form that a model's predict takes.</param>
public sealed record DatasetRows(
    [property: Range(0, long.MaxValue)] long Offset,
    [property: Range(0, int.MaxValue)] long Total,
    IReadOnlyList<Dictionary<string, object?>> Rows);

/// <summary><c>GET /datasets/{id}/rows?offset=0&amp;limit=100</c></summary>
internal static class GetDatasetRows
{
    private const int DefaultLimit = 100;

    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapGet("/{id}/rows", Handle).WithName("GetDatasetRows").WithSummary("A page of a data set's rows, as they were uploaded")
            .WithDescription("The rows can be sent to a model's predict unchanged.")
            .WithQueryParameter("offset", "Index of the first row; 0 is the first of the data set.", Schemas.Integer(minimum: 0, format: "int64", byDefault: 0))
            .WithQueryParameter("limit", "How many rows to return, up to `Limits:MaxPageItems`.", Schemas.Integer(minimum: 1, byDefault: DefaultLimit))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", DatasetExamples.Rows)
            .WithDatasetId().WithExampleOf("id", "\"mails\"").WithExampleOf("offset", "0").WithExampleOf("limit", "5")
            .WithETag();

    private static async Task<Results<Ok<DatasetRows>, NotModified, ProblemHttpResult>> Handle(
        string id,
        string? offset,
        string? limit,
        HttpContext context,
        SigmoidDbContext db,
        DatasetFiles files,
        DatasetEngine engine,
        IOptions<LimitOptions> limits,
        CancellationToken cancellationToken)
    {
        if (!long.TryParse(offset ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var first))
            return Problems.Field(StatusCodes.Status400BadRequest, "offset", $"expected a whole number from 0, got '{offset}'");
        var most = limits.Value.MaxPageItems;
        var count = Math.Min(DefaultLimit, most);
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count < 1 || count > most))
            return Problems.Field(StatusCodes.Status400BadRequest, "limit", $"expected a whole number from 1 to {most}, got '{limit}'");
        if (await db.Datasets.AsNoTracking().FindDatasetAsync(id, cancellationToken) is not { } dataset)
            return await db.MissingDatasetAsync(id, cancellationToken);
        if (EntityTags.SetAndCompare(context, string.Create(CultureInfo.InvariantCulture, $"{dataset.Id:n}-{first}-{count}")))
            return new NotModified();

        try
        {
            var rows = first < dataset.Rows ? await engine.ReadRowsAsync(dataset.Id, dataset.Columns, first, count, cancellationToken) : [];
            return TypedResults.Ok(new DatasetRows(
                first, dataset.Rows, [.. rows.Select(row => dataset.Columns.Zip(row).ToDictionary(cell => cell.First.Name, cell => cell.Second))]));
        }
        catch (Exception) when (!File.Exists(files.ParquetPath(dataset.Id)))
        {
            // The data set was deleted after its row was read. If the row still exists, the file was lost.
            if (await db.Datasets.AnyAsync(d => d.Id == dataset.Id, cancellationToken))
                throw;
            return await db.MissingDatasetAsync(id, cancellationToken);
        }
    }
}
