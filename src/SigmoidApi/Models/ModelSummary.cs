using System.ComponentModel.DataAnnotations;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Http;
using SigmoidApi.Storage;

namespace SigmoidApi.Models;

/// <summary>A version of a model as a list shows it. The model itself, at <c>/models/{name}/versions/{version}</c>, has the coefficients and all else.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The number of this version, from 1.</param>
/// <param name="JobId">The training job that made it.</param>
/// <param name="DatasetId">The data set that it was trained on; null where the data came with the request.</param>
/// <param name="Target">The column that it predicts; null where the data came with the request.</param>
/// <param name="Classes">The target's two values; the second is the one that <c>probabilities</c> speak of.</param>
/// <param name="Terms">How many coefficients it has, the intercept not counted.</param>
/// <param name="Penalty">Null in a model from before it was kept.</param>
/// <param name="C">Inverse strength of the penalty, of a path that of the chosen point; null without one, and in a model from before it was kept.</param>
/// <param name="Metrics">How well it predicts.</param>
/// <param name="Converged">Whether the solver's stopping rule held and an optimum exists.</param>
/// <param name="CreatedAt">When the fit ended.</param>
public sealed record ModelSummary(
    [property: RegularExpression(ResourceNames.Form)] string Name,
    [property: Range(1, int.MaxValue)] int Version,
    Guid JobId,
    Guid? DatasetId,
    string? Target,
    [property: Length(2, 2)] IReadOnlyList<ClassLabel> Classes,
    [property: Range(0, int.MaxValue)] int Terms,
    Penalty? Penalty,
    [property: Range(0, double.MaxValue, MinimumIsExclusive = true)] double? C,
    ModelMetrics Metrics,
    bool Converged,
    DateTimeOffset CreatedAt);

/// <summary>What a list shows of a version, kept beside it: what was trained may be megabytes, and a list reads many.</summary>
public sealed class ListedModel
{
    /// <summary>Of the version.</summary>
    public required Guid JobId { get; init; }

    public required IReadOnlyList<ClassLabel> Classes { get; init; }

    public required int Terms { get; init; }

    public Penalty? Penalty { get; init; }

    public double? C { get; init; }

    public required ModelMetrics Metrics { get; init; }

    public required bool Converged { get; init; }

    /// <param name="jobId">Of the version.</param>
    /// <param name="trained">What the job has made.</param>
    /// <param name="asked">By the job's request; null where that is not known any more.</param>
    internal static ListedModel From(Guid jobId, TrainedModel trained, ListedPenalty? asked) => new()
    {
        JobId = jobId,
        Classes = trained.Classes,
        Terms = trained.Coefficients.Count,
        Penalty = asked?.Penalty,
        C = trained.Selection?.C ?? (asked?.Penalty is Compute.Regression.Penalty.None or Compute.Regression.Penalty.Firth ? null : asked?.C),
        Metrics = trained.Metrics,
        Converged = trained.Convergence.Converged,
    };
}

/// <summary>The penalty that a training job asked for.</summary>
/// <param name="Penalty">Which.</param>
/// <param name="C">Its inverse strength.</param>
internal sealed record ListedPenalty(Penalty Penalty, double? C);

/// <summary>Finds the penalty that a job asked for; null where the job is not known any more. The feature of training jobs registers it.</summary>
internal delegate Task<ListedPenalty?> PenaltyOfJob(Guid jobId, SigmoidDbContext db, CancellationToken cancellationToken);
