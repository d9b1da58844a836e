using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Http;
using SigmoidApi.Http.Access;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Idempotency;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Charsets;

namespace SigmoidApi.Datasets;

/// <summary><c>POST /datasets?name=…</c></summary>
internal static class CreateDataset
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets.MapPost("/", Handle).WithName("CreateDataset")
            .WithSummary("Upload a file of rows: CSV, Parquet, JSON, JSON lines or LIBSVM, also compressed with gzip or zstd")
            .WithDescription(
                "Send the file as the body, or as the part `file` of a multipart form. "
                + "In a form, the file's name is used if `name` is missing; each run of characters that a name can't have becomes a `-`. "
                + "A parameter of the query may also be a part of the form, before or after the file; any other part is a 400. "
                + "An array of records in JSON may also be sent as `application/json`. "
                + "The format is taken from `format`, the Content-Type, the file's name or its first bytes. "
                + "Text is in UTF-8, or in the charset of the Content-Type (in a form, that of the part), by any label of the WHATWG Encoding Standard; "
                + "a byte order mark takes precedence. "
                + "The delimiter, the quote, the decimal point, the header and the type of each column are detected. "
                + "To set them yourself, use `delimiter` (one character, or `tab`), `quote`, `decimal`, `header`, `nullValue`, "
                + "`dates` (`dmy`, `mdy` or `ymd`, for dates such as `01/02/2024`) and `types` (`zip:category,age:number`). "
                + "Uploading a name again makes its next version. "
                + "An invalid file is a 400 that names the first bad cells by line and column, and nothing of it is kept.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .WithExampleOf("name", "\"mails\"")
            .WithQueryParameter("name", "The name of the data set; by default the name of a form's file.", Schemas.Text(pattern: ResourceNames.Form))
            .WithExampleOfAnswer(StatusCodes.Status201Created, "Mails", DatasetExamples.Mails)
            .WithFileBodies().WithFileParameters()
            .WithExample("Mails", MailsCsv, DatasetFormat.Csv.MediaType());

    private const string MailsCsv =
        "word_freq_free,char_freq_!,capital_run_length,spam\n0.9,0.4,60,1\n0,0,3,0\n0.3,0.9,41,1\n0.1,0,12,0\n0,0.1,7,0\n"
        + "1.2,0.3,95,1\n0.2,0.4,11,0\n0.4,0.1,35,1\n";

    private static async Task<Results<Created<Dataset>, EarlierAnswer, ProblemHttpResult>> Handle(
        IdempotencyKey idempotency,
        string? name,
        [AsParameters] DatasetUploadQuery query,
        HttpContext context,
        UploadReceiver receiver,
        DatasetFiles files,
        SigmoidDbContext db,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (NameProblem(name) is { } wrong)
            return wrong;
        var now = time.GetUtcNow();
        using var upload = await receiver.ReceiveAsync(Guid.CreateVersion7(now), context, query, name, cancellationToken);
        if (upload.Failure is { } failure)
            return failure;
        if (NameProblem(upload.Form?["name"]) is { } wrongPart)
            return wrongPart;
        name ??= upload.Form?["name"] ?? upload.Name;
        if (name is null)
        {
            var called = upload.Form is { FileName: var fileName } ? $", and no name can be made from the file's name '{fileName}'" : "";
            return Problems.Field(StatusCodes.Status400BadRequest, "name", $"{ResourceNames.Expected}, got none{called}");
        }

        try
        {
            var (staged, location) = (upload.Staged!, context.PathOf("GetDataset", upload.Staged!.Id));
            // The same bytes in another charset are another file. UTF-8 is left out, so that fingerprints stored by older versions still match.
            var format = upload.Charset == Charset.Utf8 ? $"{upload.File!.Format}" : $"{upload.File!.Format} {upload.Charset.Name}";
            if (await idempotency.EarlierAsync([staged.Sha256, upload.Name, format, .. upload.Form?.Texts ?? []]) is { } earlier)
                return earlier;
            var imported = await receiver.ImportAsync(upload, cancellationToken);
            files.Publish(staged.Id, staged.ParquetPath);
            var added = await db.AddDatasetsAsync([(name, version => new Dataset
            {
                Id = staged.Id,
                Name = name,
                Version = version,
                Rows = imported.Rows,
                Columns = imported.Columns,
                Bytes = staged.Bytes,
                Sha256 = staged.Sha256,
                Origin = imported.Origin with { Compression = staged.Compression },
                CreatedAt = now,
            })], added => idempotency.TryKeepAsync(StatusCodes.Status201Created, location, added[0]));
            if (added is not null)
                return TypedResults.Created(location, added[0]);
            files.Delete(staged.Id);
            return await idempotency.WinnerAsync();
        }
        catch (Exception e) when (UploadReceiver.ProblemOf(e) is { } problem)
        {
            return problem;
        }
    }

    private static ProblemHttpResult? NameProblem(string? name) => name is null || ResourceNames.IsValid(name)
        ? null
        : Problems.Field(StatusCodes.Status400BadRequest, "name", $"{ResourceNames.Expected}, got '{name}'");
}
