using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Http;
using SigmoidApi.Http.Access;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Idempotency;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Charsets;

namespace SigmoidApi.Datasets;

/// <summary><c>POST /datasets?name=…</c></summary>
internal static class CreateDataset
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapPost("/", Handle).WithName("CreateDataset").WithSummary("Upload a file of rows: CSV, Parquet, JSON, JSON lines or LIBSVM, also compressed by gzip or zstd")
            .WithDescription(
                "The file is the body, or the part `file` of a multipart form, whose file name stands in for a missing `name`, each run of characters that a name can't have as a `-`. "
                + "Of a form, what the query takes may be a part too, before the file or after it; any other part is a 400. "
                + "An array of records in JSON is taken as `application/json` too. Its format is what `format`, the Content-Type, the name or its first bytes say. "
                + "Text is in UTF-8, or in the charset of the Content-Type (of the part in a form), by any label of the WHATWG Encoding Standard; "
                + "a byte order mark counts for more. "
                + "The delimiter, the quote, the decimal point, the header and the type of each column are found out, and `delimiter` (one character, or `tab`), `quote`, `decimal`, `header`, `nullValue`, "
                + "`dates` (`dmy`, `mdy` or `ymd`, for dates as `01/02/2024`) and `types` (`zip:category,age:number`) say otherwise. The same name again is the next version of it. "
                + "A bad file is a 400 that names the first bad cells by line and column, and nothing of it is kept.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .WithExampleOf("name", "\"mails\"")
            .WithQueryParameter("name", "What the data set is called; by default the name of a form's file.", Schemas.Text(pattern: ResourceNames.Form))
            .WithExampleOfAnswer(StatusCodes.Status201Created, "Mails", DatasetExamples.Mails)
            .WithFileBodies().WithFileParameters()
            .WithExample("Mails", "word_freq_free,char_freq_!,capital_run_length,spam\n0.9,0.4,60,1\n0,0,3,0\n0.3,0.9,41,1\n0.1,0,12,0\n0,0.1,7,0\n1.2,0.3,95,1\n0.2,0.4,11,0\n0.4,0.1,35,1\n", "text/csv");

    private static async Task<Results<Created<Dataset>, EarlierAnswer, ProblemHttpResult>> Handle(
        IdempotencyKey idempotency,
        string? name,
        [AsParameters] DatasetUploadQuery query,
        HttpContext context,
        UploadedFiles uploads,
        DatasetFiles files,
        SigmoidDbContext db,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (Against(name) is { } wrong)
            return wrong;
        var now = time.GetUtcNow();
        using var file = await uploads.ReceiveAsync(Guid.CreateVersion7(now), context, query, name, cancellationToken);
        if (file.Failure is { } failure)
            return failure;
        if (Against(file.Form?["name"]) is { } wrongPart)
            return wrongPart;
        name ??= file.Form?["name"] ?? file.Name;
        if (name is null)
        {
            var called = file.Form is { FileName: var fileName } ? $", and the file's name '{fileName}' makes none" : "";
            return Problems.Field(StatusCodes.Status400BadRequest, "name", $"{ResourceNames.Expected}, got none{called}");
        }

        try
        {
            var (upload, location) = (file.Upload!, context.PathOf("GetDataset", file.Upload!.Id));
            // The same bytes in another charset are another file. UTF-8 goes unnamed, as in the fingerprints that are kept already.
            var format = file.Charset == Charset.Utf8 ? $"{file.File!.Format}" : $"{file.File!.Format} {file.Charset.Name}";
            if (await idempotency.EarlierAsync([upload.Sha256, file.Name, format, .. file.Form?.Texts ?? []]) is { } earlier)
                return earlier;
            var imported = await uploads.ImportAsync(file, cancellationToken);
            files.Publish(upload.Id, upload.ParquetPath);
            var added = await db.AddDatasetsAsync([(name, version => new Dataset
            {
                Id = upload.Id,
                Name = name,
                Version = version,
                Rows = imported.Rows,
                Columns = imported.Columns,
                Bytes = upload.Bytes,
                Sha256 = upload.Sha256,
                Origin = imported.Origin with { Compression = upload.Compression },
                CreatedAt = now,
            })], added => idempotency.TryKeepAsync(StatusCodes.Status201Created, location, added[0]));
            if (added is not null)
                return TypedResults.Created(location, added[0]);
            files.Delete(upload.Id);
            return await idempotency.WinnerAsync();
        }
        catch (Exception e) when (UploadedFiles.ProblemOf(e) is { } problem)
        {
            return problem;
        }
    }

    private static ProblemHttpResult? Against(string? name) =>
        name is null || ResourceNames.IsValid(name) ? null : Problems.Field(StatusCodes.Status400BadRequest, "name", $"{ResourceNames.Expected}, got '{name}'");
}
