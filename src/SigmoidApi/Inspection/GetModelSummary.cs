using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using SigmoidApi.Compute.Inspection;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.Tables;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Inspection;

/// <summary>The forms of a summary.</summary>
internal enum SummaryFormat
{
    Json,

    /// <summary>The table that statsmodels prints.</summary>
    Text,

    Markdown,
}

/// <summary><c>GET /models/{name}/summary</c> and the same of a version</summary>
internal static class GetModelSummary
{
    private const string MarkdownType = "text/markdown";

    public static void Map(RouteGroupBuilder models)
    {
        Describe(models.MapGet(
                "/{name}/summary",
                (string name, string? format, HttpContext context, SigmoidDbContext db, InspectedModels inspected, CancellationToken cancellationToken) =>
                    Handle(name, null, format, context, db, inspected, cancellationToken)), ofVersion: false)
            .WithName("GetModelSummary").WithSummary("The summary of a model's latest version: estimates, odds ratios, goodness of fit");
        Describe(models.MapGet(
                "/{name}/versions/{version:int}/summary",
                (string name, int version, string? format, HttpContext context, SigmoidDbContext db, InspectedModels inspected,
                    CancellationToken cancellationToken) => Handle(name, version, format, context, db, inspected, cancellationToken)), ofVersion: true)
            .WithName("GetModelVersionSummary").WithSummary("The summary of a version: estimates, odds ratios, goodness of fit");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, bool ofVersion) => route
        .WithDescription(
            "In the format that `format` or the header Accept asks for: JSON, the plain table that statsmodels prints, or Markdown. With a penalty there are "
            + "estimates and odds ratios without standard errors. What needs the training rows is left out when these are gone.")
        .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Text, MarkdownType)
        .WithJsonAnswer(StatusCodes.Status200OK, typeof(FitSummary))
        .WithExampleOfAnswer(StatusCodes.Status200OK, "One term", InspectionExamples.Summary)
        .WithExampleOfAnswer(StatusCodes.Status200OK, "One term", InspectionExamples.SummaryText, MediaTypes.Text)
        .WithQueryParameter(
            "format", "The format; takes precedence over the header Accept.",
            Schemas.OneOfTexts(Enum.GetValues<SummaryFormat>().Select(Http.Json.EnumNames.Of)))
        .ProducesProblem(StatusCodes.Status406NotAcceptable)
        .Inspecting(ofVersion);

    private static async Task<Results<Ok<FitSummary>, ContentHttpResult, NotModified, ProblemHttpResult>> Handle(
        string name,
        int? version,
        string? format,
        HttpContext context,
        SigmoidDbContext db,
        InspectedModels inspected,
        CancellationToken cancellationToken)
    {
        if (QueryValues.Choice("format", format, SummaryFormat.Json, out var wanted) is { } wrong)
            return wrong;
        if (format is null)
        {
            if (Accepted(context.Request) is not { } accepted)
            {
                return Problems.Of(
                    StatusCodes.Status406NotAcceptable,
                    $"Expected an Accept of {MediaTypes.Json}, {MediaTypes.Text} or {MarkdownType}, got {context.Request.Headers.Accept}.");
            }

            wanted = accepted;
            context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        }

        if (await db.ModelVersions.AsNoTracking().Referenced(name, version).SingleOrDefaultAsync(cancellationToken) is not { } found)
            return await db.MissingModelAsync(name, version, cancellationToken);
        var request = await TrainedRows.RequestAsync(db, found, cancellationToken);
        var goodness = wanted == SummaryFormat.Text ? null : await GoodnessAsync(db, found, inspected, cancellationToken);
        // Without a request, an intercept that is exactly 0 is one that was not fitted.
        var hasIntercept = request?.FitIntercept ?? (found.Trained.Intercept ?? found.Trained.Intercepts!.Max(Math.Abs)) != 0;
        var summary = FitSummary.Of(found, request?.EffectivePenalty, hasIntercept, goodness);
        // The data set may be deleted later, and then the summary has fewer figures.
        if (EntityTags.SetAndCompare(context, $"{found.JobId:n}-summary-{wanted}{(goodness is null ? "" : "-rows")}"))
            return new NotModified();
        return wanted switch
        {
            SummaryFormat.Json => TypedResults.Ok(summary),
            SummaryFormat.Text => TypedResults.Text(SummaryText.Plain(summary, found.CreatedAt), $"{MediaTypes.Text}; charset=utf-8"),
            _ => TypedResults.Text(SummaryText.Markdown(summary), $"{MarkdownType}; charset=utf-8"),
        };
    }

    /// <summary>The figures that need the training rows; null if the fit has none, or if its rows cannot be read.</summary>
    private static async Task<GoodnessOfFit?> GoodnessAsync(
        SigmoidDbContext db, ModelVersion version, InspectedModels inspected, CancellationToken cancellationToken)
    {
        var (source, _) = await inspected.FindAsync(db, version.Name, version.Version, RequiredFit.WithInformation, cancellationToken);
        return source is null ? null : (await inspected.RunAsync(source, GoodnessOfFit.Of, cancellationToken)).Value;
    }

    private static SummaryFormat? Accepted(HttpRequest request)
    {
        var accept = request.GetTypedHeaders().Accept;
        if (accept.Count == 0)
            return SummaryFormat.Json;
        foreach (var type in accept.Where(type => type.Quality is not 0).OrderByDescending(type => type.Quality ?? 1))
        {
            if (type.MatchesAllTypes || type.MediaType == "application/*")
                return SummaryFormat.Json;
            if (type.MediaType == "text/*")
                return SummaryFormat.Text;
            if (type.MediaType.Equals(MediaTypes.Json, StringComparison.OrdinalIgnoreCase))
                return SummaryFormat.Json;
            if (type.MediaType.Equals(MediaTypes.Text, StringComparison.OrdinalIgnoreCase))
                return SummaryFormat.Text;
            if (type.MediaType.Equals(MarkdownType, StringComparison.OrdinalIgnoreCase))
                return SummaryFormat.Markdown;
        }

        return null;
    }
}
