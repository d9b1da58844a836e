using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using SigmoidApi.Compute.Inspection;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Inspection;

/// <summary>Marginal effects of a model's terms on the probability of the second class.</summary>
/// <param name="Model">The version.</param>
/// <param name="Method">The kind of effect.</param>
/// <param name="At">Where the effects are taken.</param>
/// <param name="ConfidenceLevel">Coverage of the confidence intervals.</param>
/// <param name="Effects">For each term; <c>dyex</c> and <c>eyex</c> have none for 0/1 terms, unless <c>asNumbers</c>.</param>
public sealed record MarginsResponse(
    ModelVersionName Model,
    MarginMethod Method,
    MarginPoint At,
    [property: Range(0d, 1d)] double ConfidenceLevel,
    IReadOnlyList<TermEffect> Effects);

/// <summary>The marginal effect of a term.</summary>
/// <param name="Term">The term, as in <c>coefficients[].term</c>.</param>
/// <param name="IsDiscrete">
/// Whether it is the difference that a 0/1 term makes, with the other levels of its category 0: for a level, against the reference. Otherwise it is a
/// derivative.
/// </param>
/// <param name="Effect">The effect; null if it is not finite.</param>
/// <param name="StandardError">By the delta method; null for a fit with a penalty other than <c>firth</c>, and if the data do not determine the term.</param>
/// <param name="Z">The effect divided by its standard error; null without one.</param>
/// <param name="PValue">The two-sided p-value; null without a standard error.</param>
/// <param name="ConfidenceInterval">The lower and upper bound; null without a standard error.</param>
public sealed record TermEffect(
    string Term,
    bool IsDiscrete,
    double? Effect,
    double? StandardError,
    double? Z,
    [property: Range(0d, 1d)] double? PValue,
    [property: Length(2, 2)] IReadOnlyList<double>? ConfidenceInterval)
{
    internal static TermEffect From(MarginalEffect effect, string term) => new(
        ShownText.Short(term),
        effect.IsDiscrete,
        ModelInference.Finite(effect.Effect),
        ModelInference.Finite(effect.StandardError),
        ModelInference.Finite(effect.Z),
        ModelInference.Finite(effect.PValue),
        double.IsFinite(effect.ConfidenceLow) && double.IsFinite(effect.ConfidenceHigh) ? [effect.ConfidenceLow, effect.ConfidenceHigh] : null);
}

/// <summary><c>GET /models/{name}/margins?method=dydx&amp;at=overall</c> and the same of a version</summary>
internal static class GetMargins
{
    public static void Map(RouteGroupBuilder models)
    {
        Describe(models.MapGet(
                "/{name}/margins",
                (string name, string? method, string? at, string? asNumbers, HttpContext context, SigmoidDbContext db, InspectedModels inspected,
                    CancellationToken cancellationToken) => Handle(name, null, method, at, asNumbers, context, db, inspected, cancellationToken)),
                ofVersion: false)
            .WithName("GetModelMargins").WithSummary("Marginal effects of a model's latest version");
        Describe(models.MapGet(
                "/{name}/versions/{version:int}/margins",
                (string name, int version, string? method, string? at, string? asNumbers, HttpContext context, SigmoidDbContext db,
                    InspectedModels inspected, CancellationToken cancellationToken) =>
                    Handle(name, version, method, at, asNumbers, context, db, inspected, cancellationToken)), ofVersion: true)
            .WithName("GetModelVersionMargins").WithSummary("Marginal effects of a version");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, bool ofVersion) => route
        .WithDescription(
            "As statsmodels' `get_margeff`, for models of two classes. With a penalty other than `firth` the effects have no standard errors. "
            + InspectionEndpoints.NeedsRows)
        .WithQueryParameter(
            "method", "`dydx`: dp/dx; `eydx`: d ln p/dx; `dyex`: dp/d ln x; `eyex`: d ln p/d ln x.",
            Schemas.OneOfTexts(Enum.GetValues<MarginMethod>().Select(EnumNames.Of)))
        .WithQueryParameter(
            "at", "`overall`: the mean of the effects at all rows; `mean`: the effect at the mean of the terms.",
            Schemas.OneOfTexts(Enum.GetValues<MarginPoint>().Select(EnumNames.Of)))
        .WithQueryParameter("asNumbers", "Whether 0/1 terms get derivatives instead of differences.", Schemas.Boolean())
        .WithExampleOf("method", "\"dydx\"").WithExampleOf("at", "\"overall\"")
        .WithExampleOfAnswer(StatusCodes.Status200OK, "One term", InspectionExamples.Margins)
        .ReadingRows(ofVersion);

    private static async Task<Results<Ok<MarginsResponse>, NotModified, ProblemHttpResult>> Handle(
        string name,
        int? version,
        string? method,
        string? at,
        string? asNumbers,
        HttpContext context,
        SigmoidDbContext db,
        InspectedModels inspected,
        CancellationToken cancellationToken)
    {
        if (QueryValues.Choice("method", method, MarginMethod.Dydx, out var kind) is { } unknownMethod)
            return unknownMethod;
        if (QueryValues.Choice("at", at, MarginPoint.Overall, out var point) is { } unknownPoint)
            return unknownPoint;
        if (QueryValues.Flag("asNumbers", asNumbers, out var areNumbers) is { } wrong)
            return wrong;
        var (source, problem) = await inspected.FindAsync(db, name, version, RequiredFit.Any, cancellationToken);
        if (source is null)
            return problem!;
        if (EntityTags.SetAndCompare(context, $"{source.Version.JobId:n}-margins-{kind}-{point}-{areNumbers}"))
            return new NotModified();
        (var effects, problem) = await inspected.RunAsync(
            source, fitted => MarginalEffects.Of(fitted, kind, point, areNumbers, cancellationToken), cancellationToken);
        if (effects is null)
            return EntityTags.Removed(context, problem!);
        var (of, coefficients) = (source.Version, source.Version.Trained.Coefficients);
        return TypedResults.Ok(new MarginsResponse(
            new(of.Name, of.Version), kind, point, of.Trained.Inference?.ConfidenceLevel ?? source.Request.ConfidenceLevel,
            [.. effects.Select(effect => TermEffect.From(effect, coefficients[effect.Term].Term))]));
    }
}
