using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.Tables;

namespace SigmoidApi.Evaluations;

/// <summary>The threshold of a version, which predictions use where the request names none, and its history.</summary>
/// <param name="Model">The version.</param>
/// <param name="Threshold">The lowest probability that is predicted as the second class.</param>
/// <param name="IsDefault">Whether it is the default, 0.5, because none is set.</param>
/// <param name="Changes">How often it was changed.</param>
/// <param name="History">The changes, newest first, at most <c>Limits:MaxPageItems</c>.</param>
public sealed record ThresholdResponse(
    ModelVersionName Model, double Threshold, bool IsDefault, int Changes, IReadOnlyList<ThresholdEntry> History);

/// <summary>A change of a version's threshold.</summary>
/// <param name="SetAt">When it was made.</param>
/// <param name="Threshold">The threshold from then on.</param>
/// <param name="IsDefault">Whether the change returned to the default; left out if it did not.</param>
/// <param name="Rule">The rule that chose it; left out if the caller named the number.</param>
/// <param name="Value">The precision or recall that the rule had to reach; left out for rules without one.</param>
/// <param name="Costs">What rows cost, for the least cost; left out for other rules.</param>
/// <param name="EvaluationId">The evaluation whose rows it was chosen on; left out if the caller named the number.</param>
[DefaultsLeftOut]
public sealed record ThresholdEntry(DateTimeOffset SetAt, double Threshold, bool IsDefault = false, ThresholdRule? Rule = null, double? Value = null,
    EvaluationCosts? Costs = null, Guid? EvaluationId = null)
{
    internal static ThresholdEntry Of(ThresholdChange change) => new(change.SetAt, change.Threshold ?? LogisticModel.DefaultThreshold,
        change.Threshold is null, change.Rule, change.Value,
        change.Costs is { } costs ? new(costs.TruePositive, costs.FalsePositive, costs.FalseNegative, costs.TrueNegative) : null, change.EvaluationId);
}

/// <summary><c>GET</c> and <c>DELETE /models/{name}/threshold</c>, and the same of a version; <see cref="SetThreshold"/> is <c>PUT</c>.</summary>
internal static class ModelThreshold
{
    public const string Latest = "/{name}/threshold";
    public const string Version = "/{name}/versions/{version:int}/threshold";

    public static void Map(RouteGroupBuilder models)
    {
        DescribeGet(models.MapGet(Latest, (string name, SigmoidDbContext db, IOptions<LimitOptions> limits, CancellationToken cancellationToken) =>
                GetAsync(name, null, db, limits, cancellationToken))
            .WithName("GetThreshold").WithSummary("The threshold of the latest version of a model, and its history"));
        DescribeGet(models.MapGet(
                Version,
                (string name, int version, SigmoidDbContext db, IOptions<LimitOptions> limits, CancellationToken cancellationToken) =>
                    GetAsync(name, version, db, limits, cancellationToken))
            .WithModelVersion().WithExampleOf("version", "1")
            .WithName("GetVersionThreshold").WithSummary("The threshold of a version of a model, and its history"));
        DescribeDelete(models.MapDelete(Latest, (string name, ThresholdStore store, SigmoidDbContext db, CancellationToken cancellationToken) =>
                DeleteAsync(name, null, store, db, cancellationToken))
            .WithName("DeleteThreshold").WithSummary("Return to the threshold 0.5 for the latest version of a model"));
        DescribeDelete(models.MapDelete(
                Version,
                (string name, int version, ThresholdStore store, SigmoidDbContext db, CancellationToken cancellationToken) =>
                    DeleteAsync(name, version, store, db, cancellationToken))
            .WithModelVersion().WithExampleOf("version", "1")
            .WithName("DeleteVersionThreshold").WithSummary("Return to the threshold 0.5 for a version of a model"));
    }

    private static void DescribeGet(RouteHandlerBuilder route) =>
        route.WithDescription("Predictions use it where the request names none. A version of more than two classes predicts the most probable class instead.")
            .ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"mails\"")
            .WithExampleOfAnswer(StatusCodes.Status200OK, "Chosen for the least cost", ThresholdExamples.Answer);

    private static void DescribeDelete(RouteHandlerBuilder route) =>
        route.WithDescription("The history stays, and gets one more change, unless the threshold is the default already.")
            .ProducesProblem(StatusCodes.Status404NotFound).WithModelName().WithExampleOf("name", "\"mails\"");

    private static async Task<Results<Ok<ThresholdResponse>, ProblemHttpResult>> GetAsync(
        string name, int? version, SigmoidDbContext db, IOptions<LimitOptions> limits, CancellationToken cancellationToken) =>
        await ReadAsync(name, version, db, limits.Value.MaxPageItems, cancellationToken) is { } found
            ? TypedResults.Ok(found)
            : await db.MissingModelAsync(name, version, cancellationToken);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string name, int? version, ThresholdStore store, SigmoidDbContext db, CancellationToken cancellationToken) =>
        await store.ChangeAsync(name, version, db, (id, number, now) => new() { JobId = id, Number = number, SetAt = now }, cancellationToken)
            ? TypedResults.NoContent()
            : await db.MissingModelAsync(name, version, cancellationToken);

    /// <summary>The threshold of a version with its newest changes; null if there is no such version.</summary>
    internal static async Task<ThresholdResponse?> ReadAsync(
        string name, int? version, SigmoidDbContext db, int mostChanges, CancellationToken cancellationToken)
    {
        var found = await db.ModelVersions.Referenced(name, version).Select(v => new { v.JobId, v.Version }).SingleOrDefaultAsync(cancellationToken);
        if (found is null)
            return null;
        var changes = await db.ThresholdChanges.AsNoTracking().Where(change => change.JobId == found.JobId).OrderByDescending(change => change.Number)
            .Take(mostChanges).ToListAsync(cancellationToken);
        var last = changes.FirstOrDefault();
        return new(new(name, found.Version), last?.Threshold ?? LogisticModel.DefaultThreshold, last?.Threshold is null, last?.Number ?? 0,
            [.. changes.Select(ThresholdEntry.Of)]);
    }
}
