using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.Tables;

namespace SigmoidApi.Plots;

/// <summary><c>GET /models/{name}/path.svg</c>, <c>.png</c>, and the same under <c>/versions/{version}</c></summary>
internal static class PathPlot
{
    private const string LogLoss = "log_loss";
    private const string NonZero = "non_zero";
    private const string Objective = "objective";

    private static readonly string[] Shown = [LogLoss, NonZero, Objective];

    private const string Summary = "The regularization path of a model over c";

    private const string Description =
        "The numbers of `path` of `GET /models/{name}`: the log loss of the held-out rows, the number of coefficients other than 0, or "
        + "the objective. A line for each `l1Ratio`; the dotted line is the point that became the model. 404 for a model without a path.";

    public static void Map(RouteGroupBuilder plots)
    {
        foreach (var format in PlotEndpoints.Formats)
        {
            plots.MapGet($"/models/{{name}}/path.{format}", Latest).AsPlot("PlotModelPath", format, Summary, Description).WithETag()
                .WithShow().WithModelName().WithExampleOf("name", "\"path\"");
            plots.MapGet($"/models/{{name}}/versions/{{version:int}}/path.{format}", Version)
                .AsPlot("PlotModelVersionPath", format, Summary, Description).WithETag()
                .WithShow().WithModelName().WithExampleOf("name", "\"path\"").WithModelVersion().WithExampleOf("version", "1");
        }
    }

    private static RouteHandlerBuilder WithShow(this RouteHandlerBuilder route) => route.WithQueryParameter(
        "show", "What is drawn over c: by default `log_loss` if rows were held out, otherwise `non_zero`.", Schemas.OneOfTexts(Shown));

    private static Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> Latest(
        string name, string? show, PlotStyle style, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken) =>
        Read(name, version: null, show, style, context, db, cancellationToken);

    private static Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> Version(
        string name, int version, string? show, PlotStyle style, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken) =>
        Read(name, version, show, style, context, db, cancellationToken);

    private static async Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> Read(
        string name, int? version, string? show, PlotStyle style, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        if (show is not null && !Shown.Contains(show))
        {
            return Problems.Field(
                StatusCodes.Status400BadRequest, "show", $"expected {string.Join(", ", Shown)}, got '{show}'{NearestName.Hint(show, Shown)}");
        }

        if (await db.ModelVersions.AsNoTracking().Referenced(name, version).SingleOrDefaultAsync(cancellationToken) is not { } found)
            return await db.MissingModelAsync(name, version, cancellationToken);
        if (found.Trained.Path is not { Count: > 0 } path)
            return Problems.NotFound($"path of {ModelEndpoints.Describe(name, version)}: only a training with 'cs' has one");
        var isHeldOut = path.Any(point => point.Validation is not null);
        if (show == LogLoss && !isHeldOut)
            return Problems.NotFound($"log loss of held-out rows of {ModelEndpoints.Describe(name, version)}: its training held none out");
        var shown = show ?? (isHeldOut ? LogLoss : NonZero);
        return await PlotEndpoints.AnswerAsync(
            context, style, $"{found.JobId:n}-path-{shown}", () => Of(path, found.Trained.Selection, shown, PlotEndpoints.Name(found)), cancellationToken);
    }

    internal static Figure Of(IReadOnlyList<ModelPathPoint> path, ModelSelection? selection, string shown, string name)
    {
        var ratios = path.GroupBy(point => point.L1Ratio).OrderByDescending(ratio => ratio.Key).ToArray();
        var label = shown switch
        {
            LogLoss => "log loss of held-out rows",
            NonZero => "coefficients other than 0",
            _ => "objective",
        };
        return new($"Regularization path of {name}", new("c (inverse strength of the penalty)", Scale: Scale.Logarithmic), new(label))
        {
            Guides = selection is null ? [] : [new(Math.Log10(selection.C), null, "selected")],
            Curves = [.. ratios.Select(ratio =>
            {
                var points = ratio.OrderBy(point => point.C).ToArray();
                return new Curve(
                    ratios.Length == 1 ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"l1Ratio {ratio.Key}"),
                    [.. points.Select(point => Math.Log10(point.C))],
                    [.. points.Select(point => Value(point, shown))],
                    points.Length <= 40 ? CurveForm.LineAndPoints : CurveForm.Line);
            })],
        };
    }

    private static double Value(ModelPathPoint point, string shown) => shown switch
    {
        LogLoss => point.Validation?.LogLoss ?? double.NaN,
        NonZero => point.NonZero,
        _ => point.Objective,
    };
}
