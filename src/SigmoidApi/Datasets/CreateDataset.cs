using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

/// <summary><c>POST /datasets?name=…</c></summary>
internal static class CreateDataset
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapPost("/", Handle).WithName("CreateDataset").WithSummary("Upload a CSV file of numbers with a header")
            .WithDescription(
                "The file is the body, or the part `file` of a multipart form, whose file name stands in for a missing `name`. A later upload may have the same name, which then means the newest. "
                + "A bad file is a 400 that names the first bad cells by line and column, and nothing of it is kept.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .WithExampleOf("name", "\"mails\"")
            .WithBinaryBody("multipart/form-data", part: "file")
            .WithExample("Mails", "word_freq_free,char_freq_!,capital_run_length,spam\n0.9,0.4,60,1\n0,0,3,0\n0.3,0.9,41,1\n0.1,0,12,0\n0,0.1,7,0\n1.2,0.3,95,1\n0.2,0.4,11,0\n0.4,0.1,35,1\n", DatasetContent.Csv);

    private static async Task<Results<Created<Dataset>, ProblemHttpResult>> Handle(
        string? name,
        HttpContext context,
        DatasetFiles files,
        DatasetEngine engine,
        SigmoidDbContext db,
        IOptions<DatasetOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (name is not null && !Names.IsValid(name))
            return Problems.Field(StatusCodes.Status400BadRequest, "name", $"{Names.Expected}, got '{name}'");
        var limit = options.Value.MaxUploadBytes;
        context.LimitBody(limit + Math.Min(DatasetContent.MaxFormBytes, long.MaxValue - limit));
        var content = await DatasetContent.OpenAsync(context.Request, cancellationToken);
        if (content.Failure is { } failure)
            return Problems.From(failure);
        name ??= content.Name;
        if (name is null)
            return Problems.Field(StatusCodes.Status400BadRequest, "name", $"{Names.Expected}, got none");

        try
        {
            var now = time.GetUtcNow();
            using var upload = await files.ReceiveAsync(Guid.CreateVersion7(now), content.Body, limit, cancellationToken);
            var imported = await engine.ImportCsvAsync(upload, cancellationToken);
            var dataset = new Dataset
            {
                Id = upload.Id,
                Name = name,
                Rows = imported.Rows,
                Columns = imported.Columns,
                Bytes = upload.Bytes,
                Sha256 = upload.Sha256,
                CreatedAt = now,
            };
            files.Publish(upload);
            // From here on nothing cancels: a row without its file would be worse than a file without its row, which the next start sweeps.
            db.Datasets.Add(dataset);
            await db.SaveChangesAsync(CancellationToken.None);
            return TypedResults.Created($"/api/v1/datasets/{dataset.Id}", dataset);
        }
        catch (InvalidDatasetException invalid)
        {
            return Refuse(invalid);
        }
        catch (DatasetTooLargeException large)
        {
            return Problems.Of(StatusCodes.Status413PayloadTooLarge, large.Message);
        }
        catch (Exception exception) when (DatasetContent.IsMalformedForm(exception))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "The multipart form ends before its part 'file' does.");
        }
    }

    private static ProblemHttpResult Refuse(InvalidDatasetException invalid)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var places in invalid.Errors.GroupBy(error => error.Column is null ? $"line {error.Line}" : $"line {error.Line}, column {error.Column}"))
            errors[places.Key] = [.. places.Select(error => error.Message)];
        var problem = Problems.Fields(StatusCodes.Status400BadRequest, errors);
        var first = invalid.Errors.Count < invalid.ErrorCount ? $"; the first {invalid.Errors.Count} are named" : "";
        problem.ProblemDetails.Detail = $"The file has {invalid.ErrorCount} {(invalid.ErrorCount == 1 ? "error" : "errors")}{first}. Nothing of it was kept. {errors.First().Key}: {errors.First().Value[0]}";
        problem.ProblemDetails.Extensions["errorCount"] = invalid.ErrorCount;
        return problem;
    }
}
