using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Bytes;
using SigmoidApi.Tables.Charsets;
using SigmoidApi.Tables.Import;
using SigmoidApi.Tables.Sources;
using SigmoidApi.Workers;

namespace SigmoidApi.Datasets;

/// <summary>The way of a file from a request's body to a worker, the same for a data set and for a prediction.</summary>
internal sealed class UploadedFiles(DatasetFiles files, DatasetWorkers workers, IOptions<DatasetOptions> options, IOptions<LimitOptions> limits)
{
    private const string MaxUploadSetting = $"{DatasetOptions.Section}:{nameof(DatasetOptions.MaxUploadBytes)}";

    /// <summary>The import of a file in a worker process.</summary>
    public static WorkerVerb<ImportTask, ImportedDataset> Import { get; } = new("import", DatasetImport.Run);

    /// <summary>Writes the body to disk as plain bytes; what is wrong with it is in the result, and is nothing's exception.</summary>
    public async Task<UploadedFile> ReceiveAsync(Guid id, HttpContext context, DatasetUploadQuery query, string? name, CancellationToken cancellationToken)
    {
        if (query.TryRead(out var wanted, out var csv, out var types) is { } wrong)
            return UploadedFile.Failed(Problems.From(wrong));
        var limit = options.Value.MaxUploadBytes;
        new BodyLimit(limit, MaxUploadSetting).Set(context, beside: DatasetContent.MaxFormBytes);
        if (ContentDigest.Parse(context.Request.Headers["Content-Digest"].ToString(), out var digest) is { } malformed)
            return UploadedFile.Failed(Problems.Of(StatusCodes.Status400BadRequest, malformed));
        await using var digested = digest is null ? null : new DigestStream(context.Request.Body, digest);
        var content = await DatasetContent.OpenAsync(context.Request, digested ?? context.Request.Body, wanted, name, limits.Value.MaxRequestLineBytes, cancellationToken);
        if (content.Failure is { } failure)
            return UploadedFile.Failed(Problems.From(failure));
        await workers.PrepareAsync();
        DatasetUpload? upload = null;
        try
        {
            upload = await files.ReceiveAsync(id, content.Body, content.Coding, content.Charset, limit, cancellationToken);
            if (content.Form is { } form && (await form.ReadToEndAsync(cancellationToken) ?? query.With(form).TryRead(out wanted, out csv, out types)) is { } wrongPart)
            {
                upload.Dispose();
                return UploadedFile.Failed(Problems.From(wrongPart));
            }

            if (digested is not null && !await digested.MatchesAsync(cancellationToken))
                throw new InvalidUploadException("The body is not the one that the Content-Digest header speaks of: it was changed or cut off on its way.");
            var format = wanted ?? content.Format ?? DatasetFormats.OfContent(upload.Start);
            return new UploadedFile
            {
                Upload = upload,
                Form = content.Form,
                Name = content.Name,
                Charset = content.Charset,
                File = new(upload.ContentPath, format, csv, types, options.Value.MaxColumns, options.Value.MaxRows,
                    options.Value.MinCells, options.Value.MaxCellsPerByte, options.Value.MaxRecordBytes, options.Value.MaxNameLength)
                {
                    MaxHeaderBytes = options.Value.MaxHeaderBytes,
                    MaxLineBytes = options.Value.MaxLineBytes,
                    MaxFooterBytes = options.Value.MaxFooterBytes,
                },
            };
        }
        catch (Exception e)
        {
            upload?.Dispose();
            if (ProblemOf(e) is { } problem)
                return UploadedFile.Failed(problem);
            throw;
        }
    }

    /// <summary>Has the file's Parquet file made and profiled.</summary>
    /// <exception cref="InvalidDatasetException">The file is not what it is said to be.</exception>
    /// <exception cref="DatasetTooLargeException">More rows, columns, memory or time than allowed.</exception>
    public async Task<ImportedDataset> ImportAsync(UploadedFile file, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var task = new ImportTask(file.File!, file.Upload!.ParquetPath, file.Upload.SpillPath, settings.MemoryMegabytes, settings.Threads, settings.ExactProfileRows, settings.MaxWrittenBytes);
        return await workers.AskAsync(Import, task, cancellationToken);
    }

    /// <summary>The problem that reading a file has ended in, or null for what is no fault of the file.</summary>
    public static ProblemHttpResult? ProblemOf(Exception exception) => exception switch
    {
        InvalidDatasetException invalid => Refuse(invalid),
        DatasetTooLargeException large => Problems.Of(StatusCodes.Status413PayloadTooLarge, large.Message),
        MissingColumnsException missing => Problems.Fields(StatusCodes.Status400BadRequest,
            missing.Columns.Take(InvalidDatasetException.MaxErrors).Select(column => KeyValuePair.Create($"columns{JsonPath.Member(column)}", (string[])["the model needs this column, and the file lacks it"]))),
        InvalidUploadException upload => Problems.Of(StatusCodes.Status400BadRequest, upload.Message),
        _ when UploadForm.IsMalformed(exception) => Problems.Of(StatusCodes.Status400BadRequest, "The multipart form ends before its part 'file' does."),
        _ => null,
    };

    private static ProblemHttpResult Refuse(InvalidDatasetException invalid)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var places in invalid.Errors.GroupBy(error => error.Column is null ? $"line {error.Line}" : $"line {error.Line}, column {error.Column}"))
            errors[places.Key] = [.. places.Select(error => error.Message)];
        var problem = Problems.Fields(StatusCodes.Status400BadRequest, errors);
        var first = invalid.Errors.Count < invalid.ErrorCount ? $"; the first {invalid.Errors.Count} are named" : "";
        var shown = Problems.Shorten($"{errors.First().Key}: {errors.First().Value[0]}");
        var errorCount = invalid.ErrorCount == 1 ? "1 error" : $"{invalid.ErrorCount} errors";
        problem.ProblemDetails.Detail = $"The file has {errorCount}{first}. Nothing of it was kept. {shown}";
        problem.ProblemDetails.Extensions["errorCount"] = invalid.ErrorCount;
        return problem;
    }
}

/// <summary>A file on disk, or why there is none. Disposing removes what of it was not published.</summary>
internal sealed class UploadedFile : IDisposable
{
    public ProblemHttpResult? Failure { get; private init; }

    public DatasetUpload? Upload { get; init; }

    public FileToRead? File { get; init; }

    /// <summary>The form that it was a part of, whose other parts stand in for parameters of the query.</summary>
    public UploadForm? Form { get; init; }

    /// <summary>What a data set may be called after it.</summary>
    public string? Name { get; init; }

    /// <summary>What the request says that its text is written in.</summary>
    public Charset Charset { get; init; } = Charset.Utf8;

    public static UploadedFile Failed(ProblemHttpResult failure) => new() { Failure = failure };

    public void Dispose() => Upload?.Dispose();
}
