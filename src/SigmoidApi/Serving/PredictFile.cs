using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.Sources;
using SigmoidApi.Workers;

namespace SigmoidApi.Serving;

/// <summary>Describes a row of a file that was predicted.</summary>
internal readonly struct PredictedRow;

/// <summary>Predicts a whole file, and gives it back with the columns <c>probability</c> and <c>label</c> added.</summary>
internal sealed class PredictFile(UploadedFiles uploads, DatasetWorkers workers, ModelCache models, IOptions<DatasetOptions> options, TimeProvider time)
{
    // Of a name in a header, where each may take nine.
    private const int MostCharacters = 60;

    public async Task<IResult> PredictAsync(string name, int? version, DatasetUploadQuery query, string? threshold, HttpContext context)
    {
        if (Against(threshold, out var from) is { } wrong)
            return wrong;
        var cancellationToken = context.RequestAborted;
        if (await models.FindAsync(name, version, cancellationToken) is not { } served)
            return await models.MissingAsync(name, version, cancellationToken);
        var file = await uploads.ReceiveAsync(Guid.CreateVersion7(time.GetUtcNow()), context, query, name: null, cancellationToken);
        // The answer is one of its files.
        context.Response.RegisterForDispose(file);
        if (file.Failure is { } failure)
            return failure;
        if (file.Form?["threshold"] is { } part && Against(part, out from) is { } wrongPart)
            return wrongPart;
        try
        {
            var upload = file.Upload!;
            var answer = file.File!.Format == DatasetFormat.Libsvm ? DatasetFormat.Csv : file.File.Format;
            var settings = options.Value;
            var task = new PredictTask(
                file.File, upload.AnswerPath, answer, upload.SpillPath, settings.MemoryMegabytes, settings.Threads, settings.MaxWrittenBytes,
                served.Name.Name, served.Name.Version, served.Target, served.Trained, from);
            var predicted = await workers.AskAsync(FilePrediction.Verb, task, cancellationToken);
            Name(context.Response, "Unknown-Columns", predicted.UnknownColumns.Count, predicted.UnknownColumns.Select(ItemOf));
            Name(context.Response, "Unknown-Levels", predicted.UnknownLevels.Count,
                predicted.UnknownLevels.Select(level => string.Create(CultureInfo.InvariantCulture, $"{ItemOf(level.Key)};count={level.Value}")));
            // As a stream: of a file on disk the framework would compare the time with the request's conditions, which ask about what was there before.
            return Results.Stream(DatasetFiles.OpenRead(upload.AnswerPath), answer.MediaType());
        }
        catch (Exception e) when (UploadedFiles.ProblemOf(e) is { } problem)
        {
            return problem;
        }
    }

    private static ProblemHttpResult? Against(string? threshold, out double from)
    {
        from = 0.5;
        return threshold is null || (double.TryParse(threshold, NumberStyles.Float, CultureInfo.InvariantCulture, out from) && NumberRules.IsProbability(from))
            ? null
            : Problems.Field(StatusCodes.Status400BadRequest, "threshold", $"expected a number from 0 to 1, got '{threshold}'");
    }

    /// <summary>How many there are, and the first of them: both headers of both lists take less than 2 KB.</summary>
    private static void Name(HttpResponse response, string header, int count, IEnumerable<string> items)
    {
        if (count == 0)
            return;
        response.Headers[header] = StructuredHeader.List(items);
        response.Headers[$"{header}-Count"] = count.ToString(CultureInfo.InvariantCulture);
    }

    private static string ItemOf(string column) => StructuredHeader.Name(ShownText.Within(column, MostCharacters));
}
