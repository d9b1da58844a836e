using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Tables;

namespace SigmoidApi.Plots;

/// <summary>The routes of pictures: the numbers of JSON answers, drawn.</summary>
public static class PlotEndpoints
{
    /// <summary>Above what <see cref="ComputeThreads"/> runs on the caller's thread: a drawing takes some 20 ms.</summary>
    private const double WorkOfDrawing = 1e7;

    /// <summary>The ends of the paths.</summary>
    internal static readonly string[] Formats = ["svg", "png"];

    public static void AddPlots(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<GetHistogram.HistogramReader>()
            .AddOptions<PlotOptions>().BindConfiguration(PlotOptions.Section).ValidateDataAnnotations().ValidateOnStart();

    public static void MapPlots(this RouteGroupBuilder api)
    {
        var plots = api.MapGroup("").WithTag("Plots", "Pictures of what other paths answer as JSON, as SVG and PNG.");
        ActivationPlot.Map(plots);
        GetHistogram.Map(plots);
        HistogramPlot.Map(plots);
        LossPlot.Map(plots);
        CoefficientPlot.Map(plots);
        PathPlot.Map(plots);
        CurvePlot.Map(plots);
        InfluencePlot.Map(plots);
        ContributionPlot.Map(plots);
    }

    /// <summary>Describes a route that answers a picture.</summary>
    /// <param name="route">The route.</param>
    /// <param name="name">The name of the operation, without the format.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="summary">What is drawn.</param>
    /// <param name="description">Which answer has the same numbers, and what is left out of the picture.</param>
    internal static RouteHandlerBuilder AsPlot(this RouteHandlerBuilder route, string name, string format, string summary, string description) => route
        .WithName(name + (format == "svg" ? "Svg" : "Png")).WithSummary($"{summary}, as {format.ToUpperInvariant()}")
        .WithDescription(description)
        .Produces<byte[]>(StatusCodes.Status200OK, format == "svg" ? MediaTypes.Svg : MediaTypes.Png)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .WithQueryParameter("width", "The width in pixels, up to `Plots:MaxPixels`.", Schemas.Integer(minimum: PlotStyle.LeastPixels, byDefault: 800))
        .WithQueryParameter("height", "The height in pixels, up to `Plots:MaxPixels`.", Schemas.Integer(minimum: PlotStyle.LeastPixels, byDefault: 600))
        .WithQueryParameter("theme", "The colours: on white by default, or on black.", Schemas.OneOfTexts("light", "dark"))
        .WithExampleOf("width", "400").WithExampleOf("height", "300").WithExampleOf("theme", "\"dark\"");

    /// <summary>The answer with a picture, which is drawn on one of the threads for long computations.</summary>
    /// <param name="context">The context of the request.</param>
    /// <param name="style">How the caller wants it.</param>
    /// <param name="version">Identifies the numbers, for the tag.</param>
    /// <param name="figure">What to draw.</param>
    /// <param name="cancellationToken">Cancels a drawing that has not begun.</param>
    internal static async Task<Results<FileContentHttpResult, NotModified, ProblemHttpResult>> AnswerAsync(
        HttpContext context, PlotStyle style, string version, Func<Figure> figure, CancellationToken cancellationToken)
    {
        if (EntityTags.SetAndCompare(context, $"{version}-{style.Tag}"))
            return new NotModified();
        return await DrawAsync(context, style, figure, cancellationToken);
    }

    /// <summary>The same for an answer without a tag.</summary>
    internal static async Task<FileContentHttpResult> DrawAsync(HttpContext context, PlotStyle style, Func<Figure> figure, CancellationToken cancellationToken)
    {
        var threads = context.RequestServices.GetRequiredService<ComputeThreads>();
        return TypedResults.Bytes(await threads.RunAsync(WorkOfDrawing, () => FigureDrawing.Draw(figure(), style), cancellationToken), style.MediaType);
    }

    /// <summary>A model as titles name it.</summary>
    internal static string Name(ModelVersion version) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{version.Name}, version {version.Version}");

    /// <summary>At most <paramref name="most"/> of some points, evenly spaced, the first and the last among them.</summary>
    internal static IReadOnlyList<T> Thinned<T>(IReadOnlyList<T> points, int most) => points.Count <= most
        ? points
        : [.. Enumerable.Range(0, most).Select(i => points[(int)((long)i * (points.Count - 1) / (most - 1))])];
}
