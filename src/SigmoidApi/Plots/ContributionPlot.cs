using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Serving;

namespace SigmoidApi.Plots;

/// <summary><c>POST /models/{name}/contributions.svg</c>, <c>.png</c>, and the same under <c>/versions/{version}</c></summary>
internal static class ContributionPlot
{
    private const string Summary = "What each column adds to the log-odds of a row";

    private const string Description =
        "Takes the body of `POST /models/{name}/predict` with one row, and draws its `explanations`: the greatest contributions first, and the rest together "
        + "as `other`. With more than two classes they are about the predicted one.";

    public static void Map(RouteGroupBuilder plots)
    {
        foreach (var format in PlotEndpoints.Formats)
        {
            plots.MapPost($"/models/{{name}}/contributions.{format}", Latest).AsPlot("PlotModelContributions", format, Summary, Description).WithRow();
            plots.MapPost($"/models/{{name}}/versions/{{version:int}}/contributions.{format}", Version)
                .AsPlot("PlotModelVersionContributions", format, Summary, Description).WithRow()
                .WithModelVersion().WithExampleOf("version", "1");
        }
    }

    private static RouteHandlerBuilder WithRow(this RouteHandlerBuilder route) => route
        .ProducesProblem(StatusCodes.Status409Conflict)
        .WithModelName().WithExampleOf("name", "\"mails\"")
        .WithExample("A row", """{ "rows": [{ "word_freq_free": 0.9, "char_freq_!": 0.4, "capital_run_length": 60 }] }""");

    private static Task<Results<FileContentHttpResult, ProblemHttpResult>> Latest(
        string name, PlotStyle style, JsonBody<PredictWithModelRequest> body, HttpContext context, ModelCache cache, IOptions<LimitOptions> limits,
        CancellationToken cancellationToken) => Draw(name, version: null, style, body, context, cache, limits, cancellationToken);

    private static Task<Results<FileContentHttpResult, ProblemHttpResult>> Version(
        string name, int version, PlotStyle style, JsonBody<PredictWithModelRequest> body, HttpContext context, ModelCache cache,
        IOptions<LimitOptions> limits, CancellationToken cancellationToken) => Draw(name, version, style, body, context, cache, limits, cancellationToken);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> Draw(
        string name, int? version, PlotStyle style, JsonBody<PredictWithModelRequest> body, HttpContext context, ModelCache cache,
        IOptions<LimitOptions> limits, CancellationToken cancellationToken)
    {
        if (await cache.FindAsync(name, version, cancellationToken) is not { } served)
            return await cache.MissingAsync(name, version, cancellationToken);
        var request = body.Value with { Explain = new ExplainRequest(Top: null) };
        var predicted = PredictWithModel.Predict(request, served, limits.Value.MaxValues).Result;
        if (predicted is not Ok<PredictWithModelResponse> { Value.Explanations: { } explanations })
            return (ProblemHttpResult)predicted;
        if (explanations.Baselines.Length != 1)
        {
            var field = request.Rows is not null ? "rows" : request.Columns is not null ? "columns" : "features";
            return Problems.Field(StatusCodes.Status400BadRequest, field, $"expected one row, got {explanations.Baselines.Length}");
        }

        return await PlotEndpoints.DrawAsync(context, style, () => Of(explanations, served.Name, style.Rows), cancellationToken);
    }

    /// <param name="explanations">The explanation of one row.</param>
    /// <param name="model">The model in the title.</param>
    /// <param name="rows">The most bars.</param>
    internal static Figure Of(Explanations explanations, ModelVersionName model, int rows)
    {
        var values = explanations.Values;
        int[] order = [.. Enumerable.Range(0, values.Length).OrderByDescending(column => Math.Abs(values[column])).ThenBy(column => column)];
        int[] shown = order.Length <= rows ? order : order[..Math.Max(rows - 1, 1)];
        List<string> names = [.. shown.Select(column => explanations.Names[column])];
        List<double> heights = [.. shown.Select(column => values[column])];
        if (shown.Length < order.Length)
        {
            names.Add("other");
            heights.Add(order[shown.Length..].Sum(column => values[column]));
        }

        var baseline = explanations.Baselines[0];
        var label = explanations.Predicted is { } predicted ? $"contribution to the log-odds of {predicted[0]}" : "contribution to the log-odds";
        var sum = baseline + values.Sum();
        return new(
            string.Create(CultureInfo.InvariantCulture, $"{model.Name}, version {model.Version}: log-odds {sum:0.###}, on average {baseline:0.###}"),
            new(label), new("") { Names = names })
        {
            Guides = [new(0, null)],
            Bars = [new("", null, heights)],
        };
    }
}
