using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.Sources;
using SigmoidApi.Workers;

namespace SigmoidApi.Serving;

/// <summary>Stands for a row of a predicted file in the OpenAPI document.</summary>
internal readonly struct PredictedRow;

/// <summary>Predicts a whole file, and returns it with the columns <c>probability</c> and <c>label</c> added.</summary>
internal sealed class PredictFile(UploadReceiver receiver, DatasetWorkers workers, ModelCache models, IOptions<DatasetOptions> options, TimeProvider time)
{
    // The most characters of a name in a header, where a character may take nine bytes.
    private const int MaxCharacters = 60;

    public async Task<IResult> PredictAsync(string name, int? version, DatasetUploadQuery query, string? threshold, HttpContext context)
    {
        if (ReadThreshold(threshold, out var positiveFrom) is { } wrong)
            return wrong;
        var cancellationToken = context.RequestAborted;
        if (await models.FindAsync(name, version, cancellationToken) is not { } served)
            return await models.MissingAsync(name, version, cancellationToken);
        var upload = await receiver.ReceiveAsync(Guid.CreateVersion7(time.GetUtcNow()), context, query, name: null, cancellationToken);
        // The answer is one of the staged files, so they live as long as the response.
        context.Response.RegisterForDispose(upload);
        if (upload.Failure is { } failure)
            return failure;
        if (upload.Form?["threshold"] is { } part && ReadThreshold(part, out positiveFrom) is { } wrongPart)
            return wrongPart;
        if (PredictWithModel.ThresholdFailure(positiveFrom, served) is { } failed)
            return Problems.From(failed);
        try
        {
            var (file, staged) = (upload.File!, upload.Staged!);
            var answer = file.Format == DatasetFormat.Libsvm ? DatasetFormat.Csv : file.Format;
            var settings = options.Value;
            var task = new PredictTask(
                file, staged.AnswerPath, answer, staged.SpillPath, settings.MemoryMegabytes, settings.Threads, settings.MaxWrittenBytes,
                served.Name.Name, served.Name.Version, served.Target, served.Trained, positiveFrom);
            var predicted = await workers.AskAsync(FilePrediction.Verb, task, cancellationToken);
            SetList(context.Response, "Unknown-Columns", predicted.UnknownColumns.Count, predicted.UnknownColumns.Select(ItemOf));
            SetList(context.Response, "Unknown-Levels", predicted.UnknownLevels.Count,
                predicted.UnknownLevels.Select(level => string.Create(CultureInfo.InvariantCulture, $"{ItemOf(level.Key)};count={level.Value}")));
            // As a stream: for a file on disk, the framework would check the request's conditions against the file's time, but the answer is new.
            return Results.Stream(DatasetFiles.OpenRead(staged.AnswerPath), answer.MediaType());
        }
        catch (Exception e) when (UploadReceiver.ProblemOf(e) is { } problem)
        {
            return problem;
        }
    }

    private static ProblemHttpResult? ReadThreshold(string? text, out double threshold)
    {
        threshold = LogisticModel.DefaultThreshold;
        return text is null
            || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out threshold) && NumberRules.IsProbability(threshold))
            ? null
            : Problems.Field(StatusCodes.Status400BadRequest, "threshold", $"{NumberRules.ExpectedProbability}, got '{text}'");
    }

    /// <summary>Sets a header to the first items of a list, and one to their number. The headers of both lists together take less than 2 KB.</summary>
    private static void SetList(HttpResponse response, string header, int count, IEnumerable<string> items)
    {
        if (count == 0)
            return;
        response.Headers[header] = StructuredHeader.List(items);
        response.Headers[$"{header}-Count"] = count.ToString(CultureInfo.InvariantCulture);
    }

    private static string ItemOf(string column) => StructuredHeader.Name(ShownText.Within(column, MaxCharacters));
}
