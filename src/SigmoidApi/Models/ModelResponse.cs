using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Http;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Models;

/// <summary>
/// A version of a model, as the API shows it. Levels of more than 200 characters are shortened here, also in terms; the stored model has the whole levels.
/// </summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The number of this version, from 1. Numbers are never reused.</param>
/// <param name="JobId">The training job that created it. A version that was calibrated after its training has an id of its own here, of no job.</param>
/// <param name="DatasetId">The data set that it was trained on; null if the data came with the request.</param>
/// <param name="Target">The column that it predicts; null if the data came with the request.</param>
/// <param name="Classes">The target's values. With two, <c>probabilities</c> are those of the second.</param>
/// <param name="MultiClass">With more than two classes, how they are told apart; left out with two.</param>
/// <param name="Intercept">The intercept, in the columns' own units; left out with more than two classes.</param>
/// <param name="Intercepts">With more than two classes, the intercept of each class, in the columns' own units; left out with two.</param>
/// <param name="StandardizedIntercept">
/// The intercept for columns scaled to mean 0 and standard deviation 1; 0 if no intercept was fitted. Left out with more than two classes.
/// </param>
/// <param name="StandardizedIntercepts">With more than two classes, such an intercept for each class; left out with two.</param>
/// <param name="Coefficients">The coefficients, in the order of the numbers in a row of <c>features</c>.</param>
/// <param name="Preparation">How each column of the data is turned into terms; null if the service did not record it.</param>
/// <param name="DecimalPoint">
/// The decimal sign of the file that the data came from. A text that can be read with either sign is read with this one. Left out if the file shows none;
/// then it is a point.
/// </param>
/// <param name="Metrics">How well it predicts, by the probabilities of the fit, without a calibration.</param>
/// <param name="Convergence">How the fit ended.</param>
/// <param name="Path">The fits of a path: for each l1Ratio in turn, each c from the smallest to the largest. Null for a single fit without folds.</param>
/// <param name="Selection">The point of the path that became this model; null without a path.</param>
/// <param name="Inference">Inference about the true parameters; null unless the penalty is <c>none</c> or <c>firth</c>.</param>
/// <param name="CreatedAt">When the fit ended.</param>
public sealed record ModelResponse(
    [property: RegularExpression(ResourceNames.Form)] string Name,
    [property: Range(1, int.MaxValue)] int Version,
    Guid JobId,
    Guid? DatasetId,
    string? Target,
    [property: MinLength(2)] IReadOnlyList<ClassLabel> Classes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MultiClass? MultiClass,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Intercept,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<double>? Intercepts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? StandardizedIntercept,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<double>? StandardizedIntercepts,
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
    /// <summary>How <c>probabilities</c> are calibrated; left out if they are those of the fit itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelCalibration? Calibration { get; init; }

    /// <summary>The version whose fit this is, if it was calibrated after its training; left out otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelVersionName? CalibratedFrom { get; init; }

    /// <param name="version">The stored version.</param>
    /// <param name="withCovariance">Whether to show the covariance, if there is one: for a hundred parameters it is longer than everything else.</param>
    internal static ModelResponse From(ModelVersion version, bool withCovariance) => new(
        version.Name,
        version.Version,
        version.JobId,
        version.DatasetId,
        version.Target,
        version.Trained.Classes,
        version.Trained.MultiClass,
        version.Trained.Intercept,
        version.Trained.Intercepts,
        version.Trained.StandardizedIntercept,
        version.Trained.StandardizedIntercepts,
        [.. version.Trained.Coefficients.Select(coefficient => coefficient with { Term = ShownText.Short(coefficient.Term) })],
        version.Trained.Preparation is { } preparation ? [.. preparation.Select(column => column.Shown())] : null,
        version.Trained.DecimalPoint,
        version.Trained.Metrics,
        version.Trained.Convergence,
        version.Trained.Path,
        version.Trained.Selection,
        version.Trained.Inference is { } inference
            ? inference with { Covariance = withCovariance && inference.Covariance is { Count: > 0 } covariance ? covariance : null }
            : null,
        version.CreatedAt)
    {
        Calibration = version.Trained.Calibration,
        CalibratedFrom = version.Trained.CalibratedFrom,
    };
}
