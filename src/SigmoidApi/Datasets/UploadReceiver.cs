using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Bytes;
using SigmoidApi.Tables.Import;
using SigmoidApi.Tables.Sources;
using SigmoidApi.Workers;

namespace SigmoidApi.Datasets;

/// <summary>Receives a file to disk and hands it to a worker process. Uploads and predictions of files both go through here.</summary>
internal sealed class UploadReceiver(
    DatasetFiles files, DatasetWorkers workers, IOptions<DatasetOptions> options, IOptions<LimitOptions> limits)
{
    private const string MaxUploadSetting = $"{DatasetOptions.Section}:{nameof(DatasetOptions.MaxUploadBytes)}";

    /// <summary>The import of a file in a worker process.</summary>
    public static WorkerVerb<ImportTask, ImportedDataset> Import { get; } = new("import", DatasetImport.Run);

    /// <summary>Writes the file in the body to disk, decompressed and in UTF-8. A fault of the request is returned as a failure, not thrown.</summary>
    public async Task<Upload> ReceiveAsync(
        Guid id, HttpContext context, DatasetUploadQuery query, string? name, CancellationToken cancellationToken)
    {
        if (query.TryRead(out var wanted, out var csv, out var types) is { } wrong)
            return Upload.Failed(Problems.From(wrong));
        var limit = options.Value.MaxUploadBytes;
        new BodyLimit(limit, MaxUploadSetting).Set(context, extraBytes: UploadBody.MaxFormBytes);
        if (ContentDigest.Parse(context.Request.Headers["Content-Digest"].ToString(), out var digest) is { } malformed)
            return Upload.Failed(Problems.Of(StatusCodes.Status400BadRequest, malformed));
        await using var digested = digest is null ? null : new DigestStream(context.Request.Body, digest);
        var body = await UploadBody.OpenAsync(
            context.Request, digested ?? context.Request.Body, wanted, name, limits.Value.MaxRequestLineBytes, cancellationToken);
        if (body.Failure is { } failure)
            return Upload.Failed(Problems.From(failure));
        await workers.PrepareAsync();
        StagedFiles? staged = null;
        try
        {
            staged = await files.ReceiveAsync(id, body.Content, body.Coding, body.Charset, limit, cancellationToken);
            if (body.Form is { } form
                && (await form.ReadToEndAsync(cancellationToken) ?? query.With(form).TryRead(out wanted, out csv, out types)) is { } wrongPart)
            {
                staged.Dispose();
                return Upload.Failed(Problems.From(wrongPart));
            }

            if (digested is not null && !await digested.MatchesAsync(cancellationToken))
                throw new InvalidUploadException("The body does not match the Content-Digest header: it was changed or cut off on its way.");
            var format = wanted ?? body.Format ?? DatasetFormats.OfContent(staged.Start);
            return new Upload
            {
                Staged = staged,
                Form = body.Form,
                Name = body.Name,
                Charset = body.Charset,
                File = new(staged.ContentPath, format, csv, types, options.Value.MaxColumns, options.Value.MaxRows,
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
            staged?.Dispose();
            if (ProblemOf(e) is { } problem)
                return Upload.Failed(problem);
            throw;
        }
    }

    /// <summary>Converts the file to Parquet and profiles its columns, in a worker process.</summary>
    /// <exception cref="InvalidDatasetException">The file's content is invalid.</exception>
    /// <exception cref="DatasetTooLargeException">The file needs more rows, columns, memory or time than allowed.</exception>
    public async Task<ImportedDataset> ImportAsync(Upload upload, CancellationToken cancellationToken)
    {
        var (settings, staged) = (options.Value, upload.Staged!);
        var task = new ImportTask(
            upload.File!, staged.ParquetPath, staged.SpillPath, settings.MemoryMegabytes, settings.Threads, settings.ExactProfileRows,
            settings.MaxWrittenBytes);
        return await workers.AskAsync(Import, task, cancellationToken);
    }

    /// <summary>The problem for an exception that the file caused; null for any other exception.</summary>
    public static ProblemHttpResult? ProblemOf(Exception exception) => exception switch
    {
        InvalidDatasetException invalid => Refuse(invalid),
        DatasetTooLargeException large => Problems.Of(StatusCodes.Status413PayloadTooLarge, large.Message),
        MissingColumnsException missing => Problems.Fields(
            StatusCodes.Status400BadRequest,
            missing.Columns.Take(InvalidDatasetException.MaxErrors).Select(column =>
                KeyValuePair.Create($"columns{JsonPath.Member(column)}", (string[])["the model needs this column, and the file lacks it"]))),
        InvalidUploadException upload => Problems.Of(StatusCodes.Status400BadRequest, upload.Message),
        _ when UploadForm.IsMalformed(exception) =>
            Problems.Of(StatusCodes.Status400BadRequest, "The multipart form ends before its part 'file' does."),
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
