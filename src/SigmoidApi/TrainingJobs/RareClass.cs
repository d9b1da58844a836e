using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Compute.Data;
using SigmoidApi.Datasets;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Models;
using SigmoidApi.Tables.Cells;
using SigmoidApi.TrainingJobs.Fitting;

namespace SigmoidApi.TrainingJobs;

/// <summary>
/// Checks that the rarest of more than two classes has enough rows for a stratified validation or calibration: each fold has rows of every class, and so has
/// each part of a holdout. Rows that the fit leaves out for another reason than a missing target are counted; the fit itself checks again, and it alone
/// checks two classes.
/// </summary>
internal static class RareClass
{
    /// <returns>The problem; null if there are enough rows, or if the split is by group or time.</returns>
    public static async Task<ProblemHttpResult?> CheckAsync(
        TrainingRequest request, Dataset dataset, DatasetEngine engine, CancellationToken cancellationToken)
    {
        var target = dataset.Columns.First(column => column.Name == request.Target);
        if (target.Distinct == 2 || !IsStratified(request))
            return null;
        if (target.Distinct == target.Categories?.Count && target.Categories.MinBy(category => category.Count) is { } rarest)
            return Check(request, "target", rarest.Value, rarest.Count);
        return await engine.RarestAsync(dataset, target, cancellationToken) is var (value, rows) ? Check(request, "target", Name(value), rows) : null;
    }

    /// <summary>The same for labels in the request, which are numbers or texts.</summary>
    public static ProblemHttpResult? Check(TrainingRequest request, Labels labels)
    {
        if (!IsStratified(request) || labels.Values.CountBy(label => label).ToArray() is not { Length: > 2 } counts)
            return null;
        var (value, count) = counts.MinBy(label => label.Value);
        return Check(request, "data.labels", labels.Texts is { } texts ? texts[(int)value] : Name(value), count);
    }

    private static bool IsStratified(TrainingRequest request) =>
        request is { Validation: { GroupBy: null, TimeBy: null } } or { Validation: null, Calibration: not null };

    private static string Name(object value) => value as string ?? new ClassLabel(Convert.ToDouble(value, CultureInfo.InvariantCulture)).ToString();

    private static ProblemHttpResult? Check(TrainingRequest request, string field, string name, long rows)
    {
        foreach (var (path, folds) in new[] { ("validation.folds", request.Validation?.Folds), ("calibration.folds", request.Calibration?.Folds) })
        {
            if (!(rows < folds))
                continue;
            return Impossible(
                path, $"expected at most as many folds as each class has rows, but {field} has '{ShownText.Short(name)}' in {rows} of them");
        }

        return request.Validation?.Holdout is { } share && !StratifiedSplit.LeavesBothParts(rows, share)
            ? Impossible(
                "validation.holdout",
                $"expected a share that leaves rows of each class in both parts, but {field} has '{ShownText.Short(name)}' in {rows} rows, of which {share} "
                + "is none or all; use folds, or leave this class out")
            : null;
    }

    private static ProblemHttpResult Impossible(string path, string message) => Problems.Field(StatusCodes.Status422UnprocessableEntity, path, message);
}
