using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Storage;
using SigmoidApi.Tables;

namespace SigmoidApi.Plots;

/// <summary><c>GET /datasets/{id}/histogram.svg?column=…&amp;target=…</c> and <c>.png</c></summary>
internal static class HistogramPlot
{
    public static void Map(RouteGroupBuilder plots)
    {
        foreach (var format in PlotEndpoints.Formats)
        {
            plots.MapGet($"/datasets/{{id}}/histogram.{format}", Handle)
                .AsPlot(
                    "PlotHistogram", format, "The histogram of a column, by the classes of a target",
                    "The numbers of `GET /datasets/{id}/histogram`. With a target, each class is drawn in shares of its rows, so that a rare class is seen; "
                    + "at most `Plots:MaxSeries` classes, those with the most rows, and as many values of a category as fit.").WithETag()
                .ProducesProblem(StatusCodes.Status422UnprocessableEntity).WithColumn();
        }
    }

    private static async Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> Handle(
        string id, string? column, string? target, string? bins, PlotStyle style, HttpContext context, SigmoidDbContext db,
        GetHistogram.HistogramReader reader, IOptions<PlotOptions> options, CancellationToken cancellationToken)
    {
        var (asked, problem) = await reader.FindAsync(id, column, target, bins, db, cancellationToken);
        if (asked is null)
            return problem!;
        if (EntityTags.SetAndCompare(context, $"{asked.Tag}-{style.Tag}"))
            return new NotModified();
        var (histogram, deleted) = await reader.ReadAsync(asked, id, db, cancellationToken);
        return histogram is null
            ? deleted!
            : await PlotEndpoints.AnswerAsync(context, style, asked.Tag, () => Of(histogram, style.Rows, options.Value.MaxSeries), cancellationToken);
    }

    /// <param name="histogram">The numbers.</param>
    /// <param name="rows">The most levels.</param>
    /// <param name="series">The most classes.</param>
    internal static Figure Of(ColumnHistogram histogram, int rows, int series)
    {
        var shown = histogram.Classes.Index().OrderByDescending(one => one.Item.Rows).Take(series).OrderBy(one => one.Index).Select(one => one.Item).ToArray();
        var isByClass = histogram.Target is not null;
        var label = isByClass ? "share of the rows of the class" : "rows";
        var title = isByClass ? $"{histogram.Column} by {histogram.Target}" : histogram.Column;
        if (histogram.Levels is { } levels)
        {
            var fitting = Math.Min(levels.Count, Math.Max(1, rows / Math.Max(1, (shown.Length + 1) / 2)));
            return new(title, new(label, From: 0), new("") { Names = [.. levels.Take(fitting)] })
            {
                Bars = [.. shown.Select(one => new BarSeries(NameOf(one), null, [.. one.Counts.Take(fitting).Select(count => Height(one, count, isByClass))]))],
            };
        }

        var scale = histogram.Type == ColumnType.DateTime ? Scale.Time : Scale.Linear;
        return new(title, new(histogram.Column, Scale: scale), new(label, From: 0))
        {
            Bars = [.. shown.Select(one => new BarSeries(NameOf(one), histogram.Edges, [.. one.Counts.Select(count => Height(one, count, isByClass))]))],
        };
    }

    private static string NameOf(ClassHistogram one) => one.Class?.ToString() ?? "";

    private static double Height(ClassHistogram one, long count, bool isByClass) => !isByClass ? count : one.Rows == 0 ? 0 : (double)count / one.Rows;
}
