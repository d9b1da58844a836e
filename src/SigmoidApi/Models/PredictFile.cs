using System.Globalization;
using SigmoidApi.Datasets;
using SigmoidApi.Datasets.Formats;
using SigmoidApi.Http;

namespace SigmoidApi.Models;

/// <summary>Predicts a whole file, and gives it back with the columns <c>probability</c> and <c>label</c> added.</summary>
internal sealed class PredictFile(UploadedFiles uploads, ModelCache models, TimeProvider time)
{
    public async Task<IResult> PredictAsync(string name, int? version, DatasetUploadQuery query, string? threshold, HttpContext context)
    {
        var from = 0.5;
        if (threshold is not null && !(double.TryParse(threshold, NumberStyles.Float, CultureInfo.InvariantCulture, out from) && NumberRules.IsProbability(from)))
            return Problems.Field(StatusCodes.Status400BadRequest, "threshold", $"expected a number from 0 to 1, got '{threshold}'");
        var cancellationToken = context.RequestAborted;
        if (await models.FindAsync(name, version, cancellationToken) is not { } served)
            return Problems.NotFound(ModelEndpoints.Describe(name, version));
        var file = await uploads.ReceiveAsync(Guid.CreateVersion7(time.GetUtcNow()), context, query, name: null, cancellationToken);
        // The answer is one of its files.
        context.Response.RegisterForDispose(file);
        if (file.Failure is { } failure)
            return failure;
        try
        {
            var upload = file.Upload!;
            var answer = file.File!.Format == DatasetFormat.Libsvm ? DatasetFormat.Csv : file.File.Format;
            var predicted = await uploads.PredictAsync(file, answer, served, from, cancellationToken);
            if (predicted.UnknownColumns.Count > 0)
                context.Response.Headers["Unknown-Columns"] = Header(predicted.UnknownColumns.Select(Escaped));
            var unknown = predicted.UnknownLevels.Select(level => string.Create(CultureInfo.InvariantCulture, $"{Escaped(level.Key)}={level.Value}"));
            if (predicted.UnknownLevels.Count > 0)
                context.Response.Headers["Unknown-Levels"] = Header(unknown);
            return Results.File(upload.AnswerPath, answer.MediaType());
        }
        catch (Exception e) when (UploadedFiles.ProblemOf(e) is { } problem)
        {
            return problem;
        }
    }

    private static string Escaped(string name) => Uri.EscapeDataString(ShownText.Short(name));

    /// <summary>As many whole items as clients take in a header.</summary>
    private static string Header(IEnumerable<string> items)
    {
        const int MostCharacters = 4000;
        var length = 0;
        return string.Join(", ", items.Take(100).TakeWhile(item => (length += item.Length + 2) <= MostCharacters));
    }
}
