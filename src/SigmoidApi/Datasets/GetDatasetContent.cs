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
            .WithDescription("In the format that `format` or the header Accept asks for; by default in Parquet, the format that it is stored in.")
            .Produces<byte[]>(StatusCodes.Status200OK, FileTypes[0], FileTypes[1..])
            .WithJsonAnswer(StatusCodes.Status200OK, typeof(Records))
            .WithItemsOfAnswer(StatusCodes.Status200OK, DatasetFormat.NdJson.MediaType(), typeof(Dictionary<string, object?>))
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Mails", """[{ "word_freq_free": 0.9, "char_freq_!": 0.4, "capital_run_length": 60, "spam": 1 }]""")
            .WithExampleOfAnswer(
                StatusCodes.Status200OK,
                "Mails",
                "word_freq_free,char_freq_!,capital_run_length,spam\n0.9,0.4,60,1\n",
                DatasetFormat.Csv.MediaType())
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status406NotAcceptable)
            .WithDatasetId().WithExampleOf("id", "\"mails\"")
            .WithQueryParameter(
                "format", "The format; takes precedence over the header Accept.", Schemas.OneOfTexts(Formats.Select(format => format.Name())))
            .WithExampleOf("format", "\"csv\"")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithRequestHeader("Range", "A part of the file, in bytes (RFC 9110, 14).", Schemas.Text())
            .WithRequestHeader("If-None-Match", "ETags of the copies that the caller has: 304 if one of them is current.", Schemas.Text())
            .WithRequestHeader("If-Match", "ETags that the caller expects: 412 if the file has another.", Schemas.Text())
            .WithAnswer(StatusCodes.Status206PartialContent, "The part of the file that `Range` asks for.", FileTypes)
            .WithAnswer(StatusCodes.Status304NotModified, "The caller's copy is current.")
            .ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status416RangeNotSatisfiable)
            .WithFileHeaders(StatusCodes.Status200OK).WithFileHeaders(StatusCodes.Status206PartialContent).WithFileState(StatusCodes.Status304NotModified)
            .WithAnswerHeader(StatusCodes.Status206PartialContent, "Content-Range", "Which bytes these are, and how many the file has.");

    private static RouteHandlerBuilder WithFileHeaders(this RouteHandlerBuilder route, int status) => route
        .WithFileState(status)
        .WithAnswerHeader(status, "Accept-Ranges", "`bytes`: the request may ask for a range.")
        .WithAnswerHeader(status, "Content-Disposition", "The file's name.");

    private static RouteHandlerBuilder WithFileState(this RouteHandlerBuilder route, int status) => route
        .WithAnswerHeader(status, "ETag", "Identifies the data set and the format; a data set never changes.")
        .WithAnswerHeader(status, "Last-Modified", "When the data set was created.");

    private static async Task<Results<FileAnswer, ProblemHttpResult>> Handle(
        string id, string? format, HttpContext context, SigmoidDbContext db, DatasetFiles files, DatasetEngine engine, CancellationToken cancellationToken)
    {
        if (format is not null && DatasetFormats.OfName(format) is null or DatasetFormat.Libsvm)
        {
            var hint = NearestName.Hint(format!, Formats.Select(known => known.Name()));
            return Problems.Field(
                StatusCodes.Status400BadRequest, "format", $"expected 'parquet', 'csv', 'ndjson' or 'json', got '{format}'{hint}");
        }

        if ((DatasetFormats.OfName(format) ?? Accepted(context.Request)) is not { } wanted)
        {
            return Problems.Of(
                StatusCodes.Status406NotAcceptable,
                $"Expected an Accept of {string.Join(", ", Formats.Select(f => f.MediaType()))}, got {context.Request.Headers.Accept}.");
        }

        if (await db.Datasets.AsNoTracking().FindDatasetAsync(id, cancellationToken) is not { } dataset)
            return await db.MissingDatasetAsync(id, cancellationToken);
        try
        {
            // An open file stays readable to its end, even if it is deleted meanwhile.
            var content = wanted == DatasetFormat.Parquet
                ? DatasetFiles.OpenRead(files.ParquetPath(dataset.Id))
                : await engine.ExportAsync(dataset, wanted, cancellationToken);
            context.Response.Headers.CacheControl = "private, no-cache";
            // Without the parameter, the format depends on the header Accept.
            context.Response.Headers.Append(HeaderNames.Vary, format is null ? "Accept, Accept-Encoding" : "Accept-Encoding");
            var tag = new EntityTagHeaderValue($"\"{dataset.Id:N}-{wanted.Name()}\"");
            return new FileAnswer(TypedResults.Stream(
                content, wanted.MediaType(), $"{dataset.Name}.{wanted.Name()}", dataset.CreatedAt, tag, enableRangeProcessing: true));
        }
        catch (Exception) when (!File.Exists(files.ParquetPath(dataset.Id)))
        {
            // The data set was deleted after its row was read. If the row still exists, the file was lost.
            if (await db.Datasets.AnyAsync(d => d.Id == dataset.Id, cancellationToken))
                files.RequireReadable(dataset.Id);
            return await db.MissingDatasetAsync(id, cancellationToken);
        }
    }

    /// <summary>
    /// The file, or the requested range of it. A range that the file does not have is answered with a problem, like every failure; the framework's own
    /// answer would have the headers of a file and no body.
    /// </summary>
    internal sealed class FileAnswer(FileStreamHttpResult file) : IResult
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

    /// <summary>The format that the caller prefers most among those that a data set can be exported to; Parquet if the caller accepts anything.</summary>
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
