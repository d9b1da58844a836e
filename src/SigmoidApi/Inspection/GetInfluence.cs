using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Inspection;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.TrainingJobs.Queue;

namespace SigmoidApi.Inspection;

/// <summary>The training rows that influence the estimates of a model most.</summary>
/// <param name="Model">The version.</param>
/// <param name="Rows">By descending Cook's distance.</param>
/// <param name="MeanLeverage">The mean of all leverages: the number of estimated parameters divided by that of observations.</param>
/// <param name="SumCooksDistance">The sum of Cook's distance over all rows, each counted by its weight; null if a row has leverage 1.</param>
/// <param name="Parameters">The number of estimated parameters.</param>
/// <param name="Observations">The number of rows, each counted by its weight.</param>
public sealed record InfluenceResponse(
    ModelVersionName Model,
    IReadOnlyList<InfluentialRow> Rows,
    double MeanLeverage,
    double? SumCooksDistance,
    [property: Range(0, int.MaxValue)] int Parameters,
    double Observations);

/// <summary>How much a row influences the estimates. Of a row of weight w the figures are those of one of its w equal copies.</summary>
/// <param name="Row">The number of the row in the data set, from 0, as <c>offset</c> in <c>GET /datasets/{id}/rows</c>.</param>
/// <param name="Probability">The fitted probability of the second class.</param>
/// <param name="Leverage">How far the row's own outcome moves its fitted value, between 0 and 1.</param>
/// <param name="CooksDistance">How far the estimates move without the row, as R's <c>cooks.distance</c>; null if the leverage is 1.</param>
/// <param name="Pearson">The Pearson residual.</param>
/// <param name="Deviance">The deviance residual.</param>
/// <param name="StandardizedPearson">The Pearson residual divided by √(1 − leverage); null if the leverage is 1.</param>
/// <param name="StandardizedDeviance">The deviance residual divided by √(1 − leverage); null if the leverage is 1.</param>
/// <param name="Studentized">About the deviance residual of a fit without the row, as R's <c>rstudent</c>; null if the leverage is 1.</param>
public sealed record InfluentialRow(
    long Row,
    [property: Range(0d, 1d)] double Probability,
    double Leverage,
    double? CooksDistance,
    double Pearson,
    double Deviance,
    double? StandardizedPearson,
    double? StandardizedDeviance,
    double? Studentized)
{
    internal static InfluentialRow From(RowInfluence row, int[]? numbers) => new(
        numbers is null ? row.Row : numbers[row.Row],
        row.Probability,
        row.Leverage,
        ModelInference.Finite(row.CooksDistance),
        row.Pearson,
        row.Deviance,
        ModelInference.Finite(row.StandardizedPearson),
        ModelInference.Finite(row.StandardizedDeviance),
        ModelInference.Finite(row.Studentized));
}

/// <summary><c>GET /models/{name}/influence?top=20</c> and the same of a version</summary>
internal static class GetInfluence
{
    private const int DefaultTop = 20;

    public static void Map(RouteGroupBuilder models)
    {
        Describe(models.MapGet(
                "/{name}/influence",
                (string name, string? top, HttpContext context, SigmoidDbContext db, InspectedModels inspected, IOptions<LimitOptions> limits,
                    CancellationToken cancellationToken) => Handle(name, null, top, context, db, inspected, limits, cancellationToken)), ofVersion: false)
            .WithName("GetModelInfluence").WithSummary("The training rows that influence the estimates of a model's latest version most");
        Describe(models.MapGet(
                "/{name}/versions/{version:int}/influence",
                (string name, int version, string? top, HttpContext context, SigmoidDbContext db, InspectedModels inspected, IOptions<LimitOptions> limits,
                    CancellationToken cancellationToken) => Handle(name, version, top, context, db, inspected, limits, cancellationToken)), ofVersion: true)
            .WithName("GetModelVersionInfluence").WithSummary("The training rows that influence the estimates of a version most");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, bool ofVersion) => route
        .WithDescription(
            "Leverage, Cook's distance and residuals, defined as in R's `glm`, for models of two classes without a penalty or with `firth`. "
            + InspectionEndpoints.NeedsRows)
        .WithQueryParameter("top", "How many rows to return, up to `Limits:MaxPageItems`.", Schemas.Integer(minimum: 1, byDefault: DefaultTop))
        .WithExampleOf("top", "2").WithExampleOfAnswer(StatusCodes.Status200OK, "Two rows", InspectionExamples.Influence)
        .ReadingRows(ofVersion);

    private static async Task<Results<Ok<InfluenceResponse>, NotModified, ProblemHttpResult>> Handle(
        string name,
        int? version,
        string? top,
        HttpContext context,
        SigmoidDbContext db,
        InspectedModels inspected,
        IOptions<LimitOptions> limits,
        CancellationToken cancellationToken)
    {
        if (QueryValues.Whole("top", top, DefaultTop, 1, limits.Value.MaxPageItems, out var count) is { } wrong)
            return wrong;
        var (source, problem) = await inspected.FindAsync(db, name, version, RequiredFit.WithInformation, cancellationToken);
        if (source is null)
            return problem!;
        if (EntityTags.SetAndCompare(context, $"{source.Version.JobId:n}-influence-{count}"))
            return new NotModified();
        (var answer, problem) = await ReadAsync(source, count, inspected, cancellationToken);
        return answer is null ? EntityTags.Removed(context, problem!) : TypedResults.Ok(answer);
    }

    /// <summary>The most influential rows of a version.</summary>
    internal static Task<(InfluenceResponse? Value, ProblemHttpResult? Problem)> ReadAsync(
        TrainedSource source, int top, InspectedModels inspected, CancellationToken cancellationToken) =>
        inspected.RunAsync(
            source,
            fitted =>
            {
                var influence = Influence.Of(fitted, top, cancellationToken);
                var numbers = inspected.Numbers(source, cancellationToken);
                return new InfluenceResponse(
                    new(source.Version.Name, source.Version.Version),
                    [.. influence.Rows.Select(row => InfluentialRow.From(row, numbers))],
                    influence.MeanLeverage,
                    ModelInference.Finite(influence.SumCooksDistance),
                    influence.Parameters,
                    influence.Observations);
            },
            cancellationToken);
}
