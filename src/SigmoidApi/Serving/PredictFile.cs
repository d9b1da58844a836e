using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
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

/// <summary>Stands for a row of a predicted file in the OpenAPI document.</summary>
internal readonly struct PredictedRow;

/// <summary>What the caller asks for besides the predictions of a file.</summary>
internal sealed class FileOptionsQuery
{
    /// <summary>The lowest probability that gets the label of the positive class.</summary>
    [FromQuery(Name = "threshold")]
    public string? Threshold { get; init; }

    /// <summary>Whether to add contributions.</summary>
    [FromQuery(Name = "explain")]
    public string? Explain { get; init; }

    /// <summary>Whether to add the probabilities of the fit itself.</summary>
    [FromQuery(Name = "raw")]
    public string? Raw { get; init; }
}

/// <summary>Predicts a whole file, and returns it with the columns <c>probability</c> and <c>label</c> added.</summary>
internal sealed class PredictFile(UploadReceiver receiver, DatasetWorkers workers, ModelCache models, IOptions<DatasetOptions> options, TimeProvider time)
{
    // The most characters of a name in a header, where a character may take nine bytes.
    private const int MaxCharacters = 60;

    public async Task<IResult> PredictAsync(string name, int? version, DatasetUploadQuery query, FileOptionsQuery asked, HttpContext context)
    {
        if (ReadThreshold(asked.Threshold, out var positiveFrom) is { } wrong)
            return wrong;
        if (ReadFlag("explain", asked.Explain, out var isExplained) is { } wrongExplain)
            return wrongExplain;
        if (ReadFlag("raw", asked.Raw, out var withRaw) is { } wrongRaw)
            return wrongRaw;
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
        if (upload.Form?["explain"] is { } explainPart && ReadFlag("explain", explainPart, out isExplained) is { } wrongExplainPart)
            return wrongExplainPart;
        if (upload.Form?["raw"] is { } rawPart && ReadFlag("raw", rawPart, out withRaw) is { } wrongRawPart)
            return wrongRawPart;
        if ((PredictWithModel.ThresholdFailure(positiveFrom, served) ?? (isExplained ? PredictWithModel.ExplainerFailure(served) : null)) is { } failed)
            return Problems.From(failed);
        try
        {
            var (file, staged) = (upload.File!, upload.Staged!);
            var answer = file.Format == DatasetFormat.Libsvm ? DatasetFormat.Csv : file.Format;
            var settings = options.Value;
            var task = new PredictTask(
                file, staged.AnswerPath, answer, staged.SpillPath, settings.MemoryMegabytes, settings.Threads, settings.MaxWrittenBytes,
                served.Name.Name, served.Name.Version, served.Target, served.Trained, positiveFrom ?? served.Threshold, isExplained, withRaw);
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

    private static ProblemHttpResult? ReadFlag(string name, string? text, out bool flag)
    {
        flag = text == "true";
        return text is null or "true" or "false" ? null : Problems.Field(StatusCodes.Status400BadRequest, name, $"expected true or false, got '{text}'");
    }

    private static ProblemHttpResult? ReadThreshold(string? text, out double? threshold)
    {
        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        threshold = isNumber && NumberRules.IsProbability(number) ? number : null;
        return text is null || threshold is not null
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
