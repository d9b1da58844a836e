using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Plots;

/// <summary><c>GET /training-jobs/{id}/loss.svg</c> and <c>.png</c></summary>
internal static class LossPlot
{
    /// <summary>More fits are one curve over all iterations: that many lines can't be told apart.</summary>
    private const int MostFits = 7;

    /// <summary>Above this, markers would hide the line.</summary>
    private const int MostMarkers = 40;

    public static void Map(RouteGroupBuilder plots)
    {
        foreach (var format in PlotEndpoints.Formats)
        {
            plots.MapGet($"/training-jobs/{{id}}/loss.{format}", Handle)
                .AsPlot(
                    "PlotTrainingLoss", format, "The loss curve of a training job",
                    "The numbers of `GET /training-jobs/{id}/history`, of each fit at most `Plots:MaxPoints`. More than seven fits are one curve.").WithETag()
                .WithJobId().WithExampleOf("id", "\"latest\"");
        }
    }

    private static async Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> Handle(
        string id, PlotStyle style, HttpContext context, SigmoidDbContext db, RunningFits fits, CancellationToken cancellationToken)
    {
        if (await db.TrainingJobs.AsNoTracking().FindJobAsync(id, cancellationToken) is not { } job)
            return Problems.NotFound($"training job '{id}'");
        var points = await GetTrainingHistory.PointsAsync(job.Id, db, fits, cancellationToken);
        // A curve only grows or is thinned out, so its length and its last step tell it from earlier ones.
        var version = string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{job.Id:n}-loss-{points.Length}-{(points.Length > 0 ? points[^1].Step : 0)}");
        return await PlotEndpoints.AnswerAsync(context, style, version, () => Of(points, style.MaxPoints), cancellationToken);
    }

    internal static Figure Of(IReadOnlyList<LossPoint> points, int most)
    {
        var fits = points.GroupBy(point => point.Fit).Select(fit => fit.ToArray()).ToArray();
        if (fits.Length > MostFits)
            fits = [[.. points]];
        var curves = fits.Select(fit => PlotEndpoints.Thinned(fit, most)).Select(fit => new Curve(
            fits.Length == 1 ? "" : $"fit {fit[0].Fit}",
            [.. fit.Select(point => (double)point.Step)],
            [.. fit.Select(point => point.Loss)],
            fit.Count <= MostMarkers ? CurveForm.LineAndPoints : CurveForm.Line));
        return new("Loss of the training job", new("iteration"), new("mean objective")) { Curves = [.. curves] };
    }
}
