using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Tables;

namespace SigmoidApi.Models;

/// <summary>What a fit has found, as it is kept: a member with a default is not in what older versions of the service have kept.</summary>
/// <param name="Classes">The target's two values, the negative one first.</param>
/// <param name="Intercept">In the columns' own units.</param>
/// <param name="Coefficients">In the order in which <c>features</c> are given to predict.</param>
/// <param name="Preparation">What becomes of each column of the data; null in a model from before it was kept, and of one that started from given weights.</param>
/// <param name="DecimalPoint">The decimal sign of the file that the data came from; null where there was no file, or it has no numbers that are texts.</param>
public sealed record TrainedModel(
    IReadOnlyList<ClassLabel> Classes,
    double Intercept,
    double StandardizedIntercept,
    IReadOnlyList<Coefficient> Coefficients,
    ModelMetrics Metrics,
    ModelConvergence Convergence,
    IReadOnlyList<ModelPathPoint>? Path = null,
    ModelSelection? Selection = null,
    ModelInference? Inference = null,
    IReadOnlyList<PreparedColumn>? Preparation = null,
    string? DecimalPoint = null)
{
    /// <summary>How the fit ended; its warnings name terms, also where they were kept by their positions.</summary>
    public ModelConvergence Convergence { get; init; } =
        Convergence with { Warnings = [.. Convergence.Warnings.Select(warning => warning.Named(Coefficients))] };

    /// <param name="training">What was fitted.</param>
    /// <param name="classes">The negative one first.</param>
    /// <param name="features">The columns that it was fitted to.</param>
    /// <param name="columns">Those of the data set; none where the data came with the request.</param>
    /// <param name="decimalPoint">Of the data set's file; null where that has none.</param>
    /// <param name="ofRows">What the reader must know of the rows that it was fitted to.</param>
    /// <param name="maxCovarianceParameters">Of more parameters no covariance is kept.</param>
    internal static TrainedModel From(
        LogisticTraining training, IReadOnlyList<ClassLabel> classes, IReadOnlyList<string> features, IReadOnlyList<ColumnProfile> columns,
        string? decimalPoint, IReadOnlyList<ModelWarning> ofRows, int maxCovarianceParameters)
    {
        var profiles = columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        var fitted = training.Preparation?.Columns.Select(column => PreparedColumn.From(
            column, profiles.GetValueOrDefault(column.Name)?.Type ?? ColumnType.Number, profiles.GetValueOrDefault(column.Name)?.DateOrder));
        var leftOut = columns.Where(column => !features.Contains(column.Name)).Select(column => (column, Reason: LeftOut.ReasonFor(column))).Where(column => column.Reason is not null)
            .Select(column => new PreparedColumn(column.column.Name, column.column.Type, Treatment.LeftOut, column.Reason));
        var trained = From(
            training, classes, training.Preparation?.Terms ?? features, fitted is null ? null : [.. fitted, .. leftOut], ofRows, maxCovarianceParameters);
        return trained with { DecimalPoint = decimalPoint };
    }

    private static TrainedModel From(
        LogisticTraining training, IReadOnlyList<ClassLabel> classes, IReadOnlyList<string> terms, IReadOnlyList<PreparedColumn>? preparation,
        IReadOnlyList<ModelWarning> ofRows, int maxCovarianceParameters) => new(
        classes,
        training.Model.Intercept,
        training.StandardizedIntercept,
        [.. terms.Select((term, i) => Coefficient.From(term, i, training))],
        new(training.TrainingMetrics, training.ValidationMetrics),
        ModelConvergence.From(training.Convergence, [.. ofRows, .. training.Convergence.Warnings.Select(warning => ModelWarning.From(warning, terms))]),
        training.Path is { } path ? [.. path.Points.Select(ModelPathPoint.From)] : null,
        training.Path is { } chosen ? ModelSelection.From(chosen) : null,
        training.Inference is { } inference ? ModelInference.From(inference, maxCovarianceParameters) : null,
        preparation);
}

/// <summary>
/// A term of the linear predictor. Its inference is left out with a penalty, and where the data do not determine the coefficient; a warning of
/// <c>convergence</c> then names it.
/// </summary>
/// <param name="Term">The column's name, and of a category its level.</param>
/// <param name="Estimate">In the column's own units.</param>
/// <param name="Standardized">On the column scaled to standard deviation 1; where no intercept was fitted, to root mean square 1.</param>
/// <param name="StandardError">In the column's own units; left out where there is no inference.</param>
/// <param name="Z">The estimate in standard errors; left out where there is no inference.</param>
/// <param name="PValue">Of the hypothesis that the coefficient is 0; left out where there is no inference, or the job was stopped before it was known.</param>
/// <param name="ConfidenceInterval">
/// Its low and its high end in the column's own units; null at an end that is open. Left out where none was asked for, or there was no time for it.
/// </param>
public sealed record Coefficient(
    string Term,
    double Estimate,
    double Standardized,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? StandardError = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Z = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Range(0d, 1d)] double? PValue = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Length(2, 2)] IReadOnlyList<double?>? ConfidenceInterval = null)
{
    internal static Coefficient From(string term, int index, LogisticTraining training)
    {
        var coefficient = new Coefficient(term, training.Model.Coefficients[index], training.StandardizedCoefficients[index]);
        if (training.Inference?.Coefficients[index] is not { } inference)
            return coefficient;
        var (_, standardError, z, pValue, confidenceInterval) = EstimatedParameter.From(inference);
        return coefficient with { StandardError = standardError, Z = z, PValue = pValue, ConfidenceInterval = confidenceInterval };
    }
}

/// <summary>How well a model predicts.</summary>
/// <param name="Training">On the rows that it was fitted to.</param>
/// <param name="Validation">On rows that it was not fitted to, each by a fit without it; null without a validation, or where its rows are of one class.</param>
public sealed record ModelMetrics(ClassificationMetrics Training, ClassificationMetrics? Validation);

/// <summary>How a fit ended.</summary>
/// <param name="Converged">Whether the solver's stopping rule held and an optimum exists.</param>
/// <param name="Iterations">Iterations taken.</param>
/// <param name="Objective">c · Σ logloss + penalty; without a penalty, Σ logloss.</param>
/// <param name="GradientNorm">
/// The largest absolute partial derivative of the penalised mean loss, Objective / (c · n); with ‖w‖₁ in the penalty the largest violation of the optimality
/// (Karush–Kuhn–Tucker) conditions of the same.
/// </param>
/// <param name="Warnings">What the reader must know, of the rows first.</param>
/// <param name="Solver">The solver that did it; null in a model from before it was kept.</param>
/// <param name="Passes">How many times all rows were read, parts of them counted as parts; null in a model from before it was kept.</param>
/// <param name="Seconds">How long the fit took; null in a model from before it was kept.</param>
public sealed record ModelConvergence(
    bool Converged,
    [property: Range(0, int.MaxValue)] int Iterations,
    double Objective,
    double GradientNorm,
    IReadOnlyList<ModelWarning> Warnings,
    Solver? Solver = null,
    double? Passes = null,
    double? Seconds = null)
{
    internal static ModelConvergence From(Convergence convergence, IReadOnlyList<ModelWarning> warnings) => new(
        convergence.Converged,
        convergence.Iterations,
        convergence.Objective,
        convergence.GradientNorm,
        warnings,
        convergence.Solver,
        convergence.Passes,
        convergence.Seconds);
}

/// <summary>The fit of one c and l1Ratio on a path.</summary>
/// <param name="C">Inverse strength of the penalty.</param>
/// <param name="L1Ratio">0 for l2, 1 for l1.</param>
/// <param name="Objective">c · Σ logloss + penalty.</param>
/// <param name="NonZero">Coefficients other than 0.</param>
/// <param name="Iterations">Of this point alone.</param>
/// <param name="Validation">Its score on the rows held out; null where there were none.</param>
public sealed record ModelPathPoint(
    [property: Range(0, double.MaxValue, MinimumIsExclusive = true)] double C,
    [property: Range(0d, 1d)] double L1Ratio,
    double Objective,
    [property: Range(0, int.MaxValue)] int NonZero,
    [property: Range(0, int.MaxValue)] int Iterations,
    ValidationScore? Validation)
{
    internal static ModelPathPoint From(PathPoint point) => new(point.C, point.L1Ratio, point.Objective, point.NonZero, point.Iterations, point.Validation);
}

/// <summary>Which point of a path became the model.</summary>
/// <param name="Rule"><c>best</c>, <c>one_standard_error</c>, or <c>last</c> where nothing was held out to choose by.</param>
/// <param name="Index">Its index in <c>path</c>.</param>
/// <param name="C">Of the point.</param>
/// <param name="L1Ratio">Of the point.</param>
public sealed record ModelSelection(
    string Rule,
    [property: Range(0, int.MaxValue)] int Index,
    [property: Range(0, double.MaxValue, MinimumIsExclusive = true)] double C,
    [property: Range(0d, 1d)] double L1Ratio)
{
    internal static ModelSelection From(RegularizationPath path) => new(path.Rule, path.Selected, path.Points[path.Selected].C, path.Points[path.Selected].L1Ratio);
}
