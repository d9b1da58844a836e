using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using SigmoidApi.Datasets.Formats;
using SigmoidApi.Http;
using SigmoidApi.Http.OpenApi;
using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

/// <summary><c>GET /datasets/{id}/content</c></summary>
internal static class GetDatasetContent
{
    private static readonly DatasetFormat[] Formats = [DatasetFormat.Parquet, DatasetFormat.Csv, DatasetFormat.NdJson, DatasetFormat.Json];

    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapGet("/{id}/content", Handle).WithName("GetDatasetContent").WithSummary("A data set as a file: Parquet, CSV, JSON lines or JSON")
            .WithDescription("In the format that `format` or the header Accept asks for; Parquet, in which it is kept, where neither does.")
            .Produces<byte[]>(StatusCodes.Status200OK, "application/vnd.apache.parquet", "text/csv", "application/x-ndjson", "application/json")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status406NotAcceptable)
            .WithExampleOf("id", "\"mails\"").WithExampleOf("format", "\"csv\"");

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> Handle(
        string id, string? format, HttpContext context, SigmoidDbContext db, DatasetFiles files, DatasetEngine engine, CancellationToken cancellationToken)
    {
        if (format is not null && DatasetFormats.OfName(format) is null or DatasetFormat.Libsvm)
            return Problems.Field(StatusCodes.Status400BadRequest, "format", $"expected 'parquet', 'csv', 'ndjson' or 'json', got '{format}'");
        if ((DatasetFormats.OfName(format) ?? Accepted(context.Request)) is not { } wanted)
            return Problems.Of(StatusCodes.Status406NotAcceptable, $"Expected an Accept of {string.Join(", ", Formats.Select(f => f.MediaType()))}, got {context.Request.Headers.Accept}.");
        if (await db.Datasets.AsNoTracking().FindDatasetAsync(id, cancellationToken) is not { } dataset)
            return Problems.NotFound($"data set '{id}'");
        try
        {
            // Opened, a file is there to its end, whoever deletes it.
            var content = wanted == DatasetFormat.Parquet ? OpenRead(files.ParquetPath(dataset.Id)) : await engine.ExportAsync(dataset, wanted, cancellationToken);
            return TypedResults.Stream(content, wanted.MediaType(), $"{dataset.Name}.{wanted.Name()}", dataset.CreatedAt, new EntityTagHeaderValue($"\"{dataset.Id:N}-{wanted.Name()}\""), enableRangeProcessing: true);
        }
        catch (Exception) when (!File.Exists(files.ParquetPath(dataset.Id)))
        {
            // Deleted since its row was read.
            return Problems.NotFound($"data set '{id}'");
        }
    }

    private static FileStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 128 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>The first of the media types in the order of the caller's preference that a data set can be given in; Parquet for any.</summary>
    private static DatasetFormat? Accepted(HttpRequest request)
    {
        var accept = request.GetTypedHeaders().Accept;
        if (accept.Count == 0)
            return DatasetFormat.Parquet;
        foreach (var type in accept.Where(type => type.Quality is not 0).OrderByDescending(type => type.Quality ?? 1))
        {
            if (type.MatchesAllTypes)
                return DatasetFormat.Parquet;
            if (DatasetFormats.OfMediaType(type.MediaType.ToString()) is { } format and not DatasetFormat.Libsvm)
                return format;
        }

        return null;
    }
}
