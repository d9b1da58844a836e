using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;
using SigmoidApi.Tables;

namespace SigmoidApi.Datasets;

/// <summary><c>GET /datasets/{id}/content</c></summary>
internal static class GetDatasetContent
{
    private static readonly DatasetFormat[] Formats = [DatasetFormat.Parquet, DatasetFormat.Csv, DatasetFormat.NdJson, DatasetFormat.Json];

    private static readonly string[] FileTypes = [.. Formats.Select(format => format.MediaType())];

    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapGet("/{id}/content", Handle).WithName("GetDatasetContent").WithSummary("A data set as a file: Parquet, CSV, JSON lines or JSON")
            .WithDescription("In the format that `format` or the header Accept asks for; Parquet, in which it is kept, where neither does.")
            .Produces<byte[]>(StatusCodes.Status200OK, FileTypes[0], FileTypes[1..])
            .WithJsonAnswer(StatusCodes.Status200OK, typeof(Records))
            .WithItemsOfAnswer(StatusCodes.Status200OK, DatasetFormat.NdJson.MediaType(), typeof(Dictionary<string, object?>))
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", """[{ "word_freq_free": 0.9, "char_freq_!": 0.4, "capital_run_length": 60, "spam": 1 }]""")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", "word_freq_free,char_freq_!,capital_run_length,spam\n0.9,0.4,60,1\n", "text/csv")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status406NotAcceptable)
            .WithDatasetId().WithExampleOf("id", "\"mails\"")
            .WithQueryParameter("format", "The format, whatever the header Accept says.", Schemas.OneOfTexts(Formats.Select(format => format.Name()))).WithExampleOf("format", "\"csv\"")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithRequestHeader("Range", "A part of the file, in bytes (RFC 9110, 14).", Schemas.Text())
            .WithRequestHeader("If-None-Match", "ETags of what the caller has: 304 where it is still so.", Schemas.Text())
            .WithRequestHeader("If-Match", "ETags of what the caller expects: 412 where it is another.", Schemas.Text())
            .WithAnswer(StatusCodes.Status206PartialContent, "The part of the file that `Range` asks for.", FileTypes)
            .WithAnswer(StatusCodes.Status304NotModified, "The file is as the caller has it.")
            .ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status416RangeNotSatisfiable)
            .WithFileHeaders(StatusCodes.Status200OK).WithFileHeaders(StatusCodes.Status206PartialContent).WithFileState(StatusCodes.Status304NotModified)
            .WithAnswerHeader(StatusCodes.Status206PartialContent, "Content-Range", "Which part it is, and of how many bytes.");

    private static RouteHandlerBuilder WithFileHeaders(this RouteHandlerBuilder route, int status) => route
        .WithFileState(status)
        .WithAnswerHeader(status, "Accept-Ranges", "`bytes`: parts can be asked for.")
        .WithAnswerHeader(status, "Content-Disposition", "The file's name.");

    private static RouteHandlerBuilder WithFileState(this RouteHandlerBuilder route, int status) => route
        .WithAnswerHeader(status, "ETag", "Names the data set and the format; a data set never changes.")
        .WithAnswerHeader(status, "Last-Modified", "When the data set was made.");

    private static async Task<Results<FileAnswer, ProblemHttpResult>> Handle(
        string id, string? format, HttpContext context, SigmoidDbContext db, DatasetFiles files, DatasetEngine engine, CancellationToken cancellationToken)
    {
        if (format is not null && DatasetFormats.OfName(format) is null or DatasetFormat.Libsvm)
            return Problems.Field(StatusCodes.Status400BadRequest, "format", $"expected 'parquet', 'csv', 'ndjson' or 'json', got '{format}'{NearestName.Hint(format!, Formats.Select(known => known.Name()))}");
        if ((DatasetFormats.OfName(format) ?? Accepted(context.Request)) is not { } wanted)
            return Problems.Of(StatusCodes.Status406NotAcceptable, $"Expected an Accept of {string.Join(", ", Formats.Select(f => f.MediaType()))}, got {context.Request.Headers.Accept}.");
        if (await db.Datasets.AsNoTracking().FindDatasetAsync(id, cancellationToken) is not { } dataset)
            return await db.MissingDatasetAsync(id, cancellationToken);
        try
        {
            // Opened, a file is there to its end, whoever deletes it.
            var content = wanted == DatasetFormat.Parquet
                ? DatasetFiles.OpenRead(files.ParquetPath(dataset.Id))
                : await engine.ExportAsync(dataset, wanted, cancellationToken);
            context.Response.Headers.CacheControl = "private, no-cache";
            // Of one address the header Accept chooses the format.
            context.Response.Headers.Append(HeaderNames.Vary, format is null ? "Accept, Accept-Encoding" : "Accept-Encoding");
            var tag = new EntityTagHeaderValue($"\"{dataset.Id:N}-{wanted.Name()}\"");
            return new FileAnswer(TypedResults.Stream(
                content, wanted.MediaType(), $"{dataset.Name}.{wanted.Name()}", dataset.CreatedAt, tag, enableRangeProcessing: true));
        }
        catch (Exception) when (!File.Exists(files.ParquetPath(dataset.Id)))
        {
            // Deleted since its row was read; where the row is still there, the file was lost.
            if (await db.Datasets.AnyAsync(d => d.Id == dataset.Id, cancellationToken))
                files.RequireReadable(dataset.Id);
            return await db.MissingDatasetAsync(id, cancellationToken);
        }
    }

    /// <summary>
    /// The file, or the part that is asked for. A part that it does not have becomes a problem, as every failure does; the framework's own answer has the
    /// headers of a file and no body.
    /// </summary>
    private sealed class FileAnswer(FileStreamHttpResult file) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await file.ExecuteAsync(httpContext);
            if (httpContext.Response is not { StatusCode: StatusCodes.Status416RangeNotSatisfiable, HasStarted: false } response)
                return;
            (response.ContentType, response.ContentLength) = (null, null);
            response.Headers.Remove(HeaderNames.ContentDisposition);
        }
    }

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
