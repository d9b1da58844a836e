using System.Text.Json.Serialization;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Tables;

namespace SigmoidApi.Models;

/// <summary>The result of a fit, as it is stored. Members with a default are missing in models stored by older versions of the service.</summary>
/// <param name="Classes">The target's values; of two, the negative one first.</param>
/// <param name="Intercept">The intercept, in the columns' own units; null with more than two classes.</param>
/// <param name="Coefficients">The coefficients, in the order of the numbers in a row of <c>features</c>.</param>
/// <param name="Preparation">
/// How each column of the data is turned into terms; null for a model that was stored by an older version, or whose training started from given weights.
/// </param>
/// <param name="DecimalPoint">The decimal sign of the file that the data came from; null without a file, or if the file has no numbers written as text.</param>
public sealed record TrainedModel(
    IReadOnlyList<ClassLabel> Classes,
    double? Intercept,
    double? StandardizedIntercept,
    IReadOnlyList<Coefficient> Coefficients,
    ModelMetrics Metrics,
    ModelConvergence Convergence,
    IReadOnlyList<ModelPathPoint>? Path = null,
    ModelSelection? Selection = null,
    ModelInference? Inference = null,
    IReadOnlyList<PreparedColumn>? Preparation = null,
    string? DecimalPoint = null)
{
    /// <summary>How more than two classes are told apart; null with two.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MultiClass? MultiClass { get; init; }

    /// <summary>The intercept of each class, in the columns' own units; null with two classes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? Intercepts { get; init; }

    /// <summary>The intercept of each class for standardised columns; null with two classes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? StandardizedIntercepts { get; init; }

    /// <summary>
    /// The mean of each term over the training rows, in its own units: what predictions are explained against. Null in a model stored before 0.17.0.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? TermMeans { get; init; }

    /// <summary>How the probabilities are calibrated; null for those of the fit itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelCalibration? Calibration { get; init; }

    /// <summary>The version whose fit this is, if it was calibrated afterwards; otherwise null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelVersionName? CalibratedFrom { get; init; }

    /// <summary>How the fit ended. Its warnings name terms, even if they were stored as positions.</summary>
    public ModelConvergence Convergence { get; init; } =
        Convergence with { Warnings = [.. Convergence.Warnings.Select(warning => warning.Named(Coefficients))] };

    /// <param name="training">The result of the fit.</param>
    /// <param name="features">The names of the columns that were used as features.</param>
    /// <param name="columns">The columns of the data set; empty if the data came with the request.</param>
    /// <param name="decimalPoint">The decimal sign of the data set's file; null if the file shows none.</param>
    /// <param name="rowWarnings">Warnings about the rows.</param>
    /// <param name="maxCovarianceParameters">The most parameters for which the covariance is stored.</param>
    /// <param name="calibrationFolds">The folds of the calibration; null without one.</param>
    internal static TrainedModel From(
        FinishedTraining training,
        IReadOnlyList<string> features,
        IReadOnlyList<ColumnProfile> columns,
        string? decimalPoint,
        IReadOnlyList<ModelWarning> rowWarnings,
        int maxCovarianceParameters,
        int? calibrationFolds = null)
    {
        var profiles = columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        var fitted = training.Preparation?.Columns.Select(column => PreparedColumn.From(
            column, profiles.GetValueOrDefault(column.Name)?.Type ?? ColumnType.Number, profiles.GetValueOrDefault(column.Name)?.DateOrder));
        var leftOut = columns.Where(column => !features.Contains(column.Name))
            .Select(column => (Column: column, Reason: LeftOut.ReasonFor(column)))
            .Where(left => left.Reason is not null)
            .Select(left => new PreparedColumn(left.Column.Name, left.Column.Type, Treatment.LeftOut, left.Reason));
        var terms = training.Preparation?.Terms ?? features;
        var warnings = training.Convergence.Warnings.Select(warning => ModelWarning.From(warning, terms, training.Classes));
        var calibration = training.Calibration is { } fittedMap ? ModelCalibration.From(fittedMap, calibrationFolds, datasetId: null) : null;
        var convergence = ModelConvergence.From(training.Convergence, [.. rowWarnings, .. warnings, .. calibration?.Warnings() ?? []]);
        return training.ToModel(terms, convergence, maxCovarianceParameters) with
        {
            Preparation = fitted is null ? null : [.. fitted, .. leftOut],
            DecimalPoint = decimalPoint,
            Calibration = calibration,
        };
    }
}
