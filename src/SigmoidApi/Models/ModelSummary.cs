using System.ComponentModel.DataAnnotations;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Http;

namespace SigmoidApi.Models;

/// <summary>A version of a model in a list. The model itself, at <c>/models/{name}/versions/{version}</c>, has the coefficients and everything else.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The number of this version, from 1.</param>
/// <param name="JobId">The training job that created it.</param>
/// <param name="DatasetId">The data set that it was trained on; null if the data came with the request.</param>
/// <param name="Target">The column that it predicts; null if the data came with the request.</param>
/// <param name="Classes">The target's values. With two, <c>probabilities</c> are those of the second.</param>
/// <param name="Terms">The number of coefficients, without the intercept; with more than two classes, of each class.</param>
/// <param name="Penalty">The penalty; null for a model that was trained before the service recorded this.</param>
/// <param name="C">
/// Inverse strength of the penalty; for a path, that of the selected point. Null without a penalty, and for a model that was trained before the service
/// recorded this.
/// </param>
/// <param name="Metrics">How well it predicts, without the <c>confusionMatrix</c> of more than two classes.</param>
/// <param name="Converged">Whether the solver's stopping rule held and an optimum exists.</param>
/// <param name="CreatedAt">When the fit ended.</param>
public sealed record ModelSummary(
    [property: RegularExpression(ResourceNames.Form)] string Name,
    [property: Range(1, int.MaxValue)] int Version,
    Guid JobId,
    Guid? DatasetId,
    string? Target,
    [property: MinLength(2)] IReadOnlyList<ClassLabel> Classes,
    [property: Range(0, int.MaxValue)] int Terms,
    Penalty? Penalty,
    [property: Range(0, double.MaxValue, MinimumIsExclusive = true)] double? C,
    ModelMetrics Metrics,
    bool Converged,
    DateTimeOffset CreatedAt);
