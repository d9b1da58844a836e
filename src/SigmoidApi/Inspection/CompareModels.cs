using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Http.Metadata;
using SigmoidApi.Models;
using SigmoidApi.Storage;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Inspection;

/// <summary>Two versions side by side.</summary>
/// <param name="Model">The version of the path.</param>
/// <param name="With">The version that it is compared with.</param>
/// <param name="Intercept">The two intercepts; null for a version of more than two classes.</param>
/// <param name="Coefficients">Every term of either version: those of the first in its order, then the others.</param>
/// <param name="Preparation">Every column of either version that is a feature, and how each prepares it.</param>
/// <param name="Metrics">The metrics of both.</param>
public sealed record ModelComparison(
    ModelVersionName Model,
    ModelVersionName With,
    PairOfNumbers Intercept,
    IReadOnlyList<ComparedCoefficient> Coefficients,
    IReadOnlyList<ComparedColumn> Preparation,
    PairOfMetrics Metrics);

/// <summary>A number of each version; null in a version that does not have it.</summary>
/// <param name="Model">That of the first version.</param>
/// <param name="With">That of the other version.</param>
public sealed record PairOfNumbers(double? Model, double? With);

/// <summary>The coefficients of a term in both versions.</summary>
/// <param name="Term">The term.</param>
/// <param name="Class">With more than two classes, the class; left out with two.</param>
/// <param name="Estimate">The coefficients in the column's own units.</param>
/// <param name="Standardized">The coefficients for standardised columns.</param>
/// <param name="Difference">The first estimate minus the other; null if a version lacks the term.</param>
public sealed record ComparedCoefficient(
    string Term,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ClassLabel? Class,
    PairOfNumbers Estimate,
    PairOfNumbers Standardized,
    double? Difference);

/// <summary>How both versions prepare a column.</summary>
/// <param name="Column">The column of the data set.</param>
/// <param name="IsSame">Whether both prepare it in the same way, whatever its missing and present values.</param>
/// <param name="Model">In the first version; null if it is not a feature there.</param>
/// <param name="With">In the other version; null if it is not a feature there.</param>
public sealed record ComparedColumn(string Column, bool IsSame, PreparedColumn? Model, PreparedColumn? With);

/// <summary>The metrics of both versions.</summary>
/// <param name="Model">Those of the first version.</param>
/// <param name="With">Those of the other version.</param>
public sealed record PairOfMetrics(ModelMetrics Model, ModelMetrics With);

/// <summary><c>GET /models/{name}/compare?with=2</c> and the same of a version</summary>
internal static class CompareModels
{
    public static void Map(RouteGroupBuilder models)
    {
        Describe(models.MapGet(
                "/{name}/compare",
                (string name, string? with, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken) =>
                    Handle(name, null, with, context, db, cancellationToken)), ofVersion: false)
            .WithName("CompareModel").WithSummary("A model's latest version and another version, side by side");
        Describe(models.MapGet(
                "/{name}/versions/{version:int}/compare",
                (string name, int version, string? with, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken) =>
                    Handle(name, version, with, context, db, cancellationToken)), ofVersion: true)
            .WithName("CompareModelVersion").WithSummary("Two versions side by side");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, bool ofVersion) => route
        .WithDescription("Coefficients, preparation and metrics. The metrics of each version are those of its own training and validation rows.")
        .WithQueryParameter(
            "with", "The other version: its number, or `name:version` for one of another model. Required.", Schemas.Text())
        .WithExampleOf("with", "\"mails:1\"")
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
        .WithExampleOfAnswer(StatusCodes.Status200OK, "Two models of mails", InspectionExamples.Comparison)
        .Inspecting(ofVersion);

    private static async Task<Results<Ok<ModelComparison>, NotModified, ProblemHttpResult>> Handle(
        string name, int? version, string? with, HttpContext context, SigmoidDbContext db, CancellationToken cancellationToken)
    {
        if (Reference(name, with) is not { } other)
        {
            return Problems.Field(
                StatusCodes.Status400BadRequest, "with",
                $"expected the number of a version, or name:version, got {(with is null ? "nothing" : $"'{with}'")}");
        }

        if (await db.ModelVersions.AsNoTracking().Referenced(name, version).SingleOrDefaultAsync(cancellationToken) is not { } one)
            return await db.MissingModelAsync(name, version, cancellationToken);
        if (await db.ModelVersions.AsNoTracking().Referenced(other.Name, other.Version).SingleOrDefaultAsync(cancellationToken) is not { } two)
            return await db.MissingModelAsync(other.Name, other.Version, cancellationToken);
        if (!one.Trained.Classes.SequenceEqual(two.Trained.Classes))
        {
            return Problems.Field(
                StatusCodes.Status422UnprocessableEntity, "with",
                $"expected a version of the classes {Shown(one)}, in this order, but those of {ModelEndpoints.Describe(two.Name, two.Version)} are "
                    + $"{Shown(two)}");
        }

        if (EntityTags.SetAndCompare(context, $"{one.JobId:n}-{two.JobId:n}-compare"))
            return new NotModified();
        return TypedResults.Ok(new ModelComparison(
            new(one.Name, one.Version),
            new(two.Name, two.Version),
            new(one.Trained.Intercept, two.Trained.Intercept),
            [.. Coefficients(one.Trained, two.Trained)],
            [.. Columns(one.Trained, two.Trained)],
            new(one.Trained.Metrics, two.Trained.Metrics)));
    }

    /// <summary>The version that a query means; null if it means none.</summary>
    private static (string Name, int Version)? Reference(string name, string? with)
    {
        var at = with?.LastIndexOf(':') ?? -1;
        return with is not null && int.TryParse(with.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? (at < 0 ? name : with[..at], version)
            : null;
    }

    private static string Shown(ModelVersion version)
    {
        const int Most = 5;
        var classes = version.Trained.Classes;
        return string.Join(", ", classes.Take(Most).Select(label => ShownText.Short(label.ToString()))) + (classes.Count > Most ? ", …" : "");
    }

    private static IEnumerable<ComparedCoefficient> Coefficients(TrainedModel one, TrainedModel two)
    {
        // Two terms may have the same name; the k-th of one is compared with the k-th of the other.
        var (ofOne, ofTwo) = (Numbered(one), Numbered(two));
        var vectors = one.Classes.Count > 2 ? one.Classes.Count : 1;
        for (var k = 0; k < vectors; k++)
        {
            foreach (var key in ofOne.Keys.Concat(ofTwo.Keys.Where(key => !ofOne.ContainsKey(key))))
            {
                var (left, right) = (ofOne.GetValueOrDefault(key), ofTwo.GetValueOrDefault(key));
                var estimates = new PairOfNumbers(Estimate(left, k), Estimate(right, k));
                yield return new(
                    ShownText.Short(key.Term), vectors > 1 ? one.Classes[k] : null, estimates,
                    new(left?.Standardized.Values[k], right?.Standardized.Values[k]), estimates.Model - estimates.With);
            }
        }
    }

    private static Dictionary<(string Term, int Place), Coefficient> Numbered(TrainedModel trained)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        return trained.Coefficients.ToDictionary(coefficient =>
        {
            var place = counts.GetValueOrDefault(coefficient.Term);
            counts[coefficient.Term] = place + 1;
            return (coefficient.Term, place);
        });
    }

    private static double? Estimate(Coefficient? coefficient, int label) => coefficient?.Estimates is { } all ? all[label] : coefficient?.Estimate;

    private static IEnumerable<ComparedColumn> Columns(TrainedModel one, TrainedModel two)
    {
        var (ofOne, ofTwo) = (Features(one), Features(two));
        foreach (var name in ofOne.Keys.Concat(ofTwo.Keys.Where(name => !ofOne.ContainsKey(name))))
        {
            var (left, right) = (ofOne.GetValueOrDefault(name), ofTwo.GetValueOrDefault(name));
            yield return new(name, IsSame(left, right), left?.Shown(), right?.Shown());
        }
    }

    private static Dictionary<string, PreparedColumn> Features(TrainedModel trained) =>
        (trained.Preparation ?? []).Where(column => column.Treatment != Treatment.LeftOut).ToDictionary(column => column.Name, StringComparer.Ordinal);

    private static bool IsSame(PreparedColumn? one, PreparedColumn? two) =>
        one is not null && two is not null
        && one with { Missing = 0, Present = 0, Levels = null, Infrequent = null } == two with { Missing = 0, Present = 0, Levels = null, Infrequent = null }
        && (one.Levels ?? []).SequenceEqual(two.Levels ?? []) && (one.Infrequent ?? []).SequenceEqual(two.Infrequent ?? []);
}
