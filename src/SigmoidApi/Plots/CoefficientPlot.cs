using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Storage;

namespace SigmoidApi.Plots;

/// <summary><c>GET /models/{name}/coefficients.svg</c>, <c>.png</c>, and the same under <c>/versions/{version}</c></summary>
internal static class CoefficientPlot
{
    private const int MostClasses = 7;

    private const string Summary = "The coefficients of a model with their confidence intervals";

    private const string Description =
        "The numbers of `GET /models/{name}`: of as many terms as fit, those whose standardized coefficients are largest, in own units where there are "
        + "intervals and standardized otherwise. A line without an end has an open interval. Of more than seven classes the first seven are drawn.";

    public static void Map(RouteGroupBuilder plots)
    {
        foreach (var format in PlotEndpoints.Formats)
        {
            plots.MapGet($"/models/{{name}}/coefficients.{format}", Latest).AsPlot("PlotModelCoefficients", format, Summary, Description).WithETag()
                .WithModelName().WithExampleOf("name", "\"inference\"");
            plots.MapGet($"/models/{{name}}/versions/{{version:int}}/coefficients.{format}", Version)
                .AsPlot("PlotModelVersionCoefficients", format, Summary, Description).WithETag()
                .WithModelName().WithExampleOf("name", "\"inference\"").WithModelVersion().WithExampleOf("version", "1");
        }
    }

    private static Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> Latest(
        string name, PlotStyle style, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken) =>
        Read(name, version: null, style, context, db, cancellationToken);

    private static Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> Version(
        string name, int version, PlotStyle style, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken) =>
        Read(name, version, style, context, db, cancellationToken);

    private static async Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> Read(
        string name, int? version, PlotStyle style, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken) =>
        await db.ModelVersions.AsNoTracking().Referenced(name, version).SingleOrDefaultAsync(cancellationToken) is { } found
            ? await PlotEndpoints.AnswerAsync(
                context, style, $"{found.JobId:n}-coefficients", () => Of(found.Trained, PlotEndpoints.Name(found), style.Rows), cancellationToken)
            : await db.MissingModelAsync(name, version, cancellationToken);

    /// <param name="model">The model.</param>
    /// <param name="name">Its name in the title.</param>
    /// <param name="rows">The most terms.</param>
    internal static Figure Of(TrainedModel model, string name, int rows)
    {
        var terms = Enumerable.Range(0, model.Coefficients.Count)
            .OrderByDescending(term => model.Coefficients[term].Standardized.Values.Max(number => double.IsNaN(number) ? 0 : Math.Abs(number)))
            .ThenBy(term => term).Take(rows).ToArray();
        var series = SeriesOf(model, terms);
        var level = model.Inference is { } inference ? $"{inference.ConfidenceLevel * 100:0.##}% " : "";
        var label = series.Any(one => one.HasIntervals) ? $"estimate with {level}interval"
            : model.Inference?.Classes is not null ? "estimate" : "standardized estimate";
        var count = terms.Length < model.Coefficients.Count ? $" ({terms.Length} of {model.Coefficients.Count})" : "";
        return new($"Coefficients of {name}{count}", new(label), new("") { Names = [.. terms.Select(term => model.Coefficients[term].Term)] })
        {
            Guides = [new(0, null)],
            Intervals = series,
        };
    }

    private static IntervalSeries[] SeriesOf(TrainedModel model, int[] terms)
    {
        if (model.Inference?.Classes is { } classes)
        {
            return [.. classes.Take(MostClasses).Select(ofClass => Series(
                $"{ofClass.Class} against {model.Inference.BaseClass}", [.. terms.Select(term => ofClass.Coefficients[term])]))];
        }

        if (model.Coefficients.Any(coefficient => coefficient.ConfidenceInterval is not null))
        {
            return [Series("", [.. terms.Select(term => model.Coefficients[term]).Select(c =>
                new EstimatedParameter(c.Estimate ?? double.NaN, c.StandardError, c.Z, c.PValue, c.ConfidenceInterval))])];
        }

        var all = Math.Min(MostClasses, terms.Length == 0 ? 0 : model.Coefficients[0].Standardized.Values.Length);
        return [.. Enumerable.Range(0, all).Select(label => new IntervalSeries(
            all == 1 ? "" : model.Classes[label].ToString(), [.. terms.Select(term => (double?)model.Coefficients[term].Standardized.Values[label])],
            [], [], HasIntervals: false))];
    }

    private static IntervalSeries Series(string name, IReadOnlyList<EstimatedParameter?> parameters) => new(
        name,
        [.. parameters.Select(parameter => parameter?.Estimate)],
        [.. parameters.Select(parameter => parameter?.ConfidenceInterval is { } interval ? interval[0] : double.NaN)],
        [.. parameters.Select(parameter => parameter?.ConfidenceInterval is { } interval ? interval[1] : double.NaN)],
        HasIntervals: parameters.Any(parameter => parameter?.ConfidenceInterval is not null));
}
