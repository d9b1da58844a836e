using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Http;
using SigmoidApi.Inspection;
using SigmoidApi.Storage;

namespace SigmoidApi.Plots;

/// <summary><c>GET /models/{name}/influence.svg</c>, <c>.png</c>, and the same under <c>/versions/{version}</c></summary>
internal static class InfluencePlot
{
    private const string Summary = "The training rows with the greatest Cook's distance";

    private const string Description =
        "The numbers of `GET /models/{name}/influence`, of as many rows as fit. The name of a row is its number in the data set, from 0. "
        + InspectionEndpoints.NeedsRows;

    public static void Map(RouteGroupBuilder plots)
    {
        foreach (var format in PlotEndpoints.Formats)
        {
            plots.MapGet($"/models/{{name}}/influence.{format}", Latest).AsPlot("PlotModelInfluence", format, Summary, Description)
                .ReadingRows(ofVersion: false);
            plots.MapGet($"/models/{{name}}/versions/{{version:int}}/influence.{format}", Version)
                .AsPlot("PlotModelVersionInfluence", format, Summary, Description).ReadingRows(ofVersion: true);
        }
    }

    private static Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> Latest(
        string name, PlotStyle style, HttpContext context, SigmoidDbContext db, InspectedModels inspected, CancellationToken cancellationToken) =>
        Read(name, version: null, style, context, db, inspected, cancellationToken);

    private static Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> Version(
        string name, int version, PlotStyle style, HttpContext context, SigmoidDbContext db, InspectedModels inspected,
        CancellationToken cancellationToken) =>
        Read(name, version, style, context, db, inspected, cancellationToken);

    private static async Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> Read(
        string name, int? version, PlotStyle style, HttpContext context, SigmoidDbContext db, InspectedModels inspected, CancellationToken cancellationToken)
    {
        var (source, problem) = await inspected.FindAsync(db, name, version, RequiredFit.WithInformation, cancellationToken);
        if (source is null)
            return problem!;
        var tag = $"{source.Version.JobId:n}-influence";
        if (EntityTags.SetAndCompare(context, $"{tag}-{style.Tag}"))
            return new NotModified();
        (var answer, problem) = await GetInfluence.ReadAsync(source, style.Rows, inspected, cancellationToken);
        return answer is null ? problem! : await PlotEndpoints.AnswerAsync(context, style, tag, () => Of(answer), cancellationToken);
    }

    /// <summary>A row of leverage 1 has no distance and no bar.</summary>
    internal static Figure Of(InfluenceResponse answer) => new(
        string.Create(CultureInfo.InvariantCulture, $"Influential rows of {answer.Model.Name}, version {answer.Model.Version}"),
        new("Cook's distance"),
        new("") { Names = [.. answer.Rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"row {row.Row}"))] })
    {
        Bars = [new("", null, [.. answer.Rows.Select(row => row.CooksDistance ?? double.NaN)])],
    };
}
