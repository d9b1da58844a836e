using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.Tables;

namespace SigmoidApi.Evaluations;

/// <summary>A curve of an evaluation. The members that belong to other curves are left out.</summary>
/// <param name="Curve">Which curve.</param>
/// <param name="Class">The class that counts as positive.</param>
/// <param name="Thresholds">
/// Of <c>roc</c>, <c>precision_recall</c> and <c>gains</c>: the lowest probability that is predicted as the class at each point; null where nothing is;
/// left out of other curves.
/// </param>
/// <param name="FalsePositiveRate">Of <c>roc</c>: the share of the other rows that are predicted as the class; left out of other curves.</param>
/// <param name="TruePositiveRate">Of <c>roc</c>: the share of the class's rows that are predicted as it; left out of other curves.</param>
/// <param name="Precision">Of <c>precision_recall</c>: the share of the predicted rows that are of the class; left out of other curves.</param>
/// <param name="Recall">Of <c>precision_recall</c>: the share of the class's rows that are predicted as it; left out of other curves.</param>
/// <param name="Share">Of <c>gains</c>: the share of the weight with the highest probabilities; left out of other curves.</param>
/// <param name="Gain">Of <c>gains</c>: the share of the class's rows among them; left out of other curves.</param>
/// <param name="Lift">Of <c>gains</c>: gain / share; left out of other curves.</param>
/// <param name="Bins">Of <c>calibration</c>: bins of equal width, without empty ones; ten, or as many as <c>points</c>; left out of other curves.</param>
/// <param name="Scores">
/// Of <c>scores</c>: the weight of both kinds of rows at each distinct probability, or in as many bins as <c>points</c>; left out of other curves.
/// </param>
/// <param name="Table">
/// Of <c>thresholds</c>: the scores at each distinct probability from the highest down, or at as many even steps as <c>points</c>; left out of other
/// curves.
/// </param>
[DefaultsLeftOut]
public sealed record EvaluationCurve(CurveKind Curve, ClassLabel Class, IReadOnlyList<double?>? Thresholds = null,
    IReadOnlyList<double>? FalsePositiveRate = null, IReadOnlyList<double>? TruePositiveRate = null, IReadOnlyList<double>? Precision = null,
    IReadOnlyList<double>? Recall = null, IReadOnlyList<double>? Share = null, IReadOnlyList<double>? Gain = null, IReadOnlyList<double>? Lift = null,
    IReadOnlyList<CalibrationBin>? Bins = null, IReadOnlyList<ScoreBin>? Scores = null, IReadOnlyList<ThresholdScores>? Table = null)
{
    /// <param name="kind">The curve.</param>
    /// <param name="label">The class that counts as positive.</param>
    /// <param name="ranked">The scores.</param>
    /// <param name="points">The most points; null for all.</param>
    /// <param name="costs">What a row costs.</param>
    internal static EvaluationCurve Of(CurveKind kind, ClassLabel label, RankedScores ranked, int? points, Costs costs)
    {
        var curve = new EvaluationCurve(kind, label);
        switch (kind)
        {
            case CurveKind.Roc:
                var roc = RocCurve.Of(ranked, points);
                return curve with { Thresholds = roc.Thresholds, FalsePositiveRate = roc.FalsePositiveRate, TruePositiveRate = roc.TruePositiveRate };
            case CurveKind.PrecisionRecall:
                var precision = PrecisionRecallCurve.Of(ranked, points);
                return curve with { Thresholds = [.. precision.Thresholds], Precision = precision.Precision, Recall = precision.Recall };
            case CurveKind.Gains:
                var gains = GainsCurve.Of(ranked, points);
                return curve with { Thresholds = gains.Thresholds, Share = gains.Share, Gain = gains.Gain, Lift = gains.Lift };
            case CurveKind.Calibration:
                return curve with { Bins = CalibrationBin.Of(ranked, points ?? 10) };
            case CurveKind.Scores:
                return curve with { Scores = ScoreBin.Of(ranked, points) };
            default:
                return curve with { Table = [.. ThresholdMetrics.Table(ranked, costs, points).Select(ThresholdScores.Of)] };
        }
    }
}

/// <summary>A curve.</summary>
public enum CurveKind
{
    /// <summary>True positive rate over false positive rate.</summary>
    Roc,

    /// <summary>Precision over recall.</summary>
    PrecisionRecall,

    /// <summary>Cumulative gain over the share of rows.</summary>
    Gains,

    /// <summary>Share of the class over mean probability.</summary>
    Calibration,

    /// <summary>All scores over the threshold.</summary>
    Thresholds,

    /// <summary>Histograms of the probabilities of both kinds of rows.</summary>
    Scores,
}

/// <summary><c>GET /evaluations/{id}/curves/{curve}</c></summary>
internal static class GetCurve
{
    private const int MostPoints = 1_000_000;

    public static void Map(RouteGroupBuilder evaluations) =>
        evaluations.MapGet("/{id}/curves/{curve}", Handle).WithName("GetCurve").WithSummary("A curve of an evaluation")
            .WithDescription(
                "Exact by default: every point at which the curve turns. `points` thins it out, or sets the number of bins or steps. Of a model of "
                + "more than two "
                + "classes, `class` names the class that counts as positive.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithEvaluationId()
            .WithPathParameter("curve", "Which curve.", Schemas.OneOfTexts([.. Enum.GetValues<CurveKind>().Select(Http.Json.EnumNames.Of)]))
            .WithExampleOf("curve", "\"roc\"")
            .WithQueryParameter("points", "The most points, or the number of bins or steps.", Schemas.Integer(minimum: 2)).WithExampleOf("points", "50")
            .WithQueryParameter("class", "The class that counts as positive; of two classes the second by default.", Schemas.Text())
            .WithETag()
            .WithExampleOfAnswer(StatusCodes.Status200OK, "A ROC curve", EvaluationExamples.Roc);

    private static async Task<Results<Ok<EvaluationCurve>, NotModified, ProblemHttpResult>> Handle(
        string id, string curve, string? points, string? @class, HttpContext context, SigmoidDbContext db, IOptions<LimitOptions> limits,
        CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, curve, points, @class, db, cancellationToken);
        if (found.Problem is { } problem)
            return problem;
        if (found.Points is null && found.Ranked!.Count > limits.Value.MaxValues)
        {
            return Problems.Field(StatusCodes.Status400BadRequest, "points",
                $"expected the most points, since the whole curve has {found.Ranked.Count}, more than an answer has numbers (Limits:MaxValues)");
        }

        return EntityTags.SetAndCompare(context, $"{found.Evaluation!.Id:n}-{found.Kind}-{found.Points}-{found.Class}")
            ? new NotModified()
            : TypedResults.Ok(EvaluationCurve.Of(found.Kind, found.Label, found.Ranked!, found.Points, found.Costs));
    }

    /// <summary>The scores of an evaluation and the parameters of a curve, or the problem with them.</summary>
    internal static async Task<FoundCurve> FindAsync(
        string id, string curve, string? points, string? label, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        if (!Enum.GetValues<CurveKind>().Any(kind => Http.Json.EnumNames.Of(kind) == curve))
        {
            string[] names = [.. Enum.GetValues<CurveKind>().Select(Http.Json.EnumNames.Of)];
            return FoundCurve.Of(Problems.NotFound($"curve '{curve}': expected one of {string.Join(", ", names)}{NearestName.Hint(curve, names)}"));
        }

        int? most = null;
        if (points is not null)
        {
            if (!int.TryParse(points, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 2 or > MostPoints)
            {
                return FoundCurve.Of(Problems.Field(
                    StatusCodes.Status400BadRequest, "points", $"expected a whole number from 2 to {MostPoints}, got '{points}'"));
            }

            most = number;
        }

        if (await db.Evaluations.AsNoTracking().Referenced(id).SingleOrDefaultAsync(cancellationToken) is not { } evaluation)
            return FoundCurve.Of(GetEvaluation.Missing(id));
        var classes = evaluation.Answer.Classes;
        var index = label is null && classes.Count == 2 ? 1
            : classes.Index().Where(one => label is not null && one.Item.Is(label)).Select(one => one.Index).FirstOrDefault(-1);
        if (index < 0 || (classes.Count == 2 && index == 0))
        {
            var expected = classes.Count == 2 ? $"'{classes[1]}', whose probability was evaluated"
                : $"one of the classes {string.Join(", ", classes.Take(10))}";
            return FoundCurve.Of(Problems.Field(
                StatusCodes.Status400BadRequest, "class", $"expected {expected}, got {(label is null ? "none" : $"'{label}'")}"));
        }

        return await StoredScores.FindAsync(db, evaluation.Id, index, cancellationToken) is { } ranked
            ? new(null, Enum.GetValues<CurveKind>().Single(kind => Http.Json.EnumNames.Of(kind) == curve), most, index, classes[index], ranked,
                evaluation.Answer)
            : FoundCurve.Of(GetEvaluation.Missing(id));
    }
}

/// <summary>What a curve is drawn from.</summary>
internal sealed record FoundCurve(
    ProblemHttpResult? Problem, CurveKind Kind, int? Points, int Class, ClassLabel Label, RankedScores? Ranked, EvaluationResponse? Evaluation)
{
    /// <summary>What a row costs.</summary>
    public Costs Costs => (Evaluation?.Costs ?? new()).ToCosts();

    public static FoundCurve Of(ProblemHttpResult problem) => new(problem, default, null, 0, default, null, null);
}
