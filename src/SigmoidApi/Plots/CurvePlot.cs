using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Evaluations;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;

namespace SigmoidApi.Plots;

/// <summary><c>GET /evaluations/{id}/curves/{curve}.svg</c> and <c>.png</c></summary>
internal static class CurvePlot
{
    private const int DefaultBins = 20;

    private const int DefaultSteps = 101;

    public static void Map(RouteGroupBuilder plots)
    {
        foreach (var format in PlotEndpoints.Formats)
        {
            plots.MapGet($"/evaluations/{{id}}/curves/{{curve}}.{format}", Handle)
                .AsPlot(
                    "PlotCurve", format, "A curve of an evaluation",
                    "The numbers of `GET /evaluations/{id}/curves/{curve}`. `points` is by default 10 bins of `calibration`, 20 of `scores`, 101 steps of "
                    + "`thresholds`, and for the others `Plots:MaxPoints`.").WithETag()
                .WithEvaluationId()
                .WithPathParameter("curve", "Which curve.", Schemas.OneOfTexts([.. Enum.GetValues<CurveKind>().Select(EnumNames.Of)]))
                .WithExampleOf("curve", "\"roc\"")
                .WithQueryParameter("points", "The most points, or the number of bins or steps.", Schemas.Integer(minimum: 2))
                .WithQueryParameter("class", "The class that counts as positive; of two classes the second by default.", Schemas.Text());
        }
    }

    private static async Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> Handle(
        string id, string curve, string? points, string? @class, PlotStyle style, HttpContext context, SigmoidDbContext db,
        CancellationToken cancellationToken)
    {
        var found = await GetCurve.FindAsync(id, curve, points, @class, db, cancellationToken);
        if (found.Problem is { } problem)
            return problem;
        var most = Math.Min(found.Points ?? DefaultPoints(found.Kind, style), style.MaxPoints);
        var version = string.Create(CultureInfo.InvariantCulture, $"{found.Evaluation!.Id:n}-{curve}-{most}-{found.Class}");
        return await PlotEndpoints.AnswerAsync(
            context, style, version,
            () => Of(EvaluationCurve.Of(found.Kind, found.Label, found.Ranked!, most, found.Costs), found.Evaluation!), cancellationToken);
    }

    private static int DefaultPoints(CurveKind kind, PlotStyle style) => kind switch
    {
        CurveKind.Calibration => 10,
        CurveKind.Scores => DefaultBins,
        CurveKind.Thresholds => DefaultSteps,
        _ => style.MaxPoints,
    };

    /// <param name="curve">The numbers.</param>
    /// <param name="of">What the curve belongs to.</param>
    internal static Figure Of(EvaluationCurve curve, EvaluationResponse of)
    {
        var name = of.Model is { } model ? string.Create(CultureInfo.InvariantCulture, $" of {model.Name}, version {model.Version}") : "";
        var label = curve.Class.ToString();
        var isTwo = of.Classes.Count == 2;
        switch (curve.Curve)
        {
            case CurveKind.Roc:
                return new($"ROC curve{name}", new("false positive rate", 0, 1), new("true positive rate", 0, 1))
                {
                    Guides = [new(null, null, "chance")],
                    Curves = [new(Named(label, "area", isTwo ? of.Metrics.RocAuc : null), curve.FalsePositiveRate!, curve.TruePositiveRate!)],
                };
            case CurveKind.PrecisionRecall:
                return new($"Precision and recall{name}", new("recall", 0, 1), new("precision", 0, 1.02))
                {
                    Guides = isTwo && of.PositiveRate is { } rate ? [new(null, rate, "chance")] : [],
                    Curves = [new(Named(label, "average", isTwo ? of.Metrics.AveragePrecision : null), curve.Recall!, curve.Precision!)],
                };
            case CurveKind.Gains:
                return new($"Gains{name}", new("share of rows, most probable first", 0, 1), new("share of the class found", 0, 1))
                {
                    Guides = [new(null, null, "chance")],
                    Curves = [new(label, curve.Share!, curve.Gain!)],
                };
            case CurveKind.Calibration:
                return new($"Calibration{name}", new("mean probability", 0, 1), new("share of the class", 0, 1))
                {
                    Guides = [new(null, null, "perfect")],
                    Curves =
                    [
                        new(
                            label, [.. curve.Bins!.Select(bin => bin.MeanProbability)], [.. curve.Bins!.Select(bin => bin.PositiveRate)],
                            CurveForm.LineAndPoints),
                    ],
                };
            case CurveKind.Scores:
                return Scores(curve, name, label, isTwo ? of.Classes[0].ToString() : "others");
            default:
                return Thresholds(curve, of, name);
        }
    }

    /// <summary>Both kinds of rows in shares of their weight, so that the rarer kind is seen.</summary>
    private static Figure Scores(EvaluationCurve curve, string name, string label, string others)
    {
        var bins = curve.Scores!;
        double[] edges = bins.Count == 0 ? [] : [.. bins.Select(bin => bin.Lower), bins[^1].Upper];
        var (zeros, ones) = (bins.Sum(bin => bin.Zeros), bins.Sum(bin => bin.Ones));
        return new($"Probabilities{name}", new($"probability of {label}", 0, 1), new("share of the rows of the class", From: 0))
        {
            Bars =
            [
                new(others, edges, [.. bins.Select(bin => zeros > 0 ? bin.Zeros / zeros : 0)]),
                new(label, edges, [.. bins.Select(bin => ones > 0 ? bin.Ones / ones : 0)]),
            ],
        };
    }

    private static Figure Thresholds(EvaluationCurve curve, EvaluationResponse of, string name)
    {
        var table = curve.Table!;
        double[] thresholds = [.. table.Select(at => at.Threshold)];
        return new($"Scores by threshold{name}", new("threshold", 0, 1), new("score", 0, 1.02))
        {
            Guides = of.Threshold is { } threshold ? [new(threshold, null, "threshold")] : [],
            Curves =
            [
                new("precision", thresholds, [.. table.Select(at => at.Precision)]),
                new("recall", thresholds, [.. table.Select(at => at.Recall)]),
                new("specificity", thresholds, [.. table.Select(at => at.Specificity)]),
                new("F1", thresholds, [.. table.Select(at => at.F1)]),
            ],
        };
    }

    private static string Named(string label, string figure, double? value) =>
        value is { } number ? string.Create(CultureInfo.InvariantCulture, $"{label}, {figure} {number:0.000}") : label;
}
