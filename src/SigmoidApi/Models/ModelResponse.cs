using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SigmoidApi.Http;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Models;

/// <summary>A version of a model as its callers see it. Levels of more than 200 characters are cut here, also in terms; the model keeps them whole.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The number of this version, from 1; numbers are not given again.</param>
/// <param name="JobId">The training job that made it.</param>
/// <param name="DatasetId">The data set that it was trained on; null where the data came with the request.</param>
/// <param name="Target">The column that it predicts; null where the data came with the request.</param>
/// <param name="Classes">The target's two values; the second is the one that <c>probabilities</c> speak of.</param>
/// <param name="Intercept">In the columns' own units.</param>
/// <param name="StandardizedIntercept">On columns scaled to mean 0 and standard deviation 1; 0 where no intercept was fitted.</param>
/// <param name="Coefficients">In the order in which <c>features</c> are given to predict.</param>
/// <param name="Preparation">What becomes of each column of the data before it meets a coefficient; null where it was not kept.</param>
/// <param name="DecimalPoint">
/// The decimal sign of the file that the data came from. A text that can be read with either sign is read with this one; left out where the file has none, and
/// then a point.
/// </param>
/// <param name="Metrics">How well it predicts.</param>
/// <param name="Convergence">How the fit ended.</param>
/// <param name="Path">The fits of a path, for each l1Ratio in turn each c from the smallest to the largest; null where there was one fit without folds.</param>
/// <param name="Selection">Which point of the path this model is; null without a path.</param>
/// <param name="Inference">What the fit says about the parameters behind it: with the penalties <c>none</c> and <c>firth</c>, otherwise null.</param>
/// <param name="CreatedAt">When the fit ended.</param>
public sealed record ModelResponse(
    [property: RegularExpression(ResourceNames.Form)] string Name,
    [property: Range(1, int.MaxValue)] int Version,
    Guid JobId,
    Guid? DatasetId,
    string? Target,
    [property: Length(2, 2)] IReadOnlyList<ClassLabel> Classes,
    double Intercept,
    double StandardizedIntercept,
    IReadOnlyList<Coefficient> Coefficients,
    IReadOnlyList<PreparedColumn>? Preparation,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DecimalPoint,
    ModelMetrics Metrics,
    ModelConvergence Convergence,
    IReadOnlyList<ModelPathPoint>? Path,
    ModelSelection? Selection,
    ModelInference? Inference,
    DateTimeOffset CreatedAt)
{
    /// <param name="version">As it is kept.</param>
    /// <param name="withCovariance">Whether the covariance is shown, where there is one: of a hundred parameters it is longer than all else.</param>
    internal static ModelResponse From(ModelVersion version, bool withCovariance) => new(
        version.Name,
        version.Version,
        version.JobId,
        version.DatasetId,
        version.Target,
        version.Trained.Classes,
        version.Trained.Intercept,
        version.Trained.StandardizedIntercept,
        [.. version.Trained.Coefficients.Select(coefficient => coefficient with { Term = ShownText.Short(coefficient.Term) })],
        version.Trained.Preparation is { } preparation ? [.. preparation.Select(column => column.Shown())] : null,
        version.Trained.DecimalPoint,
        version.Trained.Metrics,
        version.Trained.Convergence,
        version.Trained.Path,
        version.Trained.Selection,
        version.Trained.Inference is { } inference ? inference with { Covariance = withCovariance && inference.Covariance is { Count: > 0 } covariance ? covariance : null } : null,
        version.CreatedAt);
}
