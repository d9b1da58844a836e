using System.ComponentModel.DataAnnotations;
using SigmoidApi.Compute.Calibration;
using SigmoidApi.Tables;

namespace SigmoidApi.Models;

/// <summary>
/// How a version's probabilities are calibrated: a map of the log-odds z of its fit. The metrics, the coefficients and the inference of the version are those
/// of the fit, without the map.
/// </summary>
[DefaultsLeftOut]
public sealed record ModelCalibration
{
    /// <summary>The kind of map.</summary>
    public required CalibrationMethod Method { get; init; }

    /// <summary>
    /// The map of two classes, or the temperature of more. Left out if each class has a map of its own: <c>classParameters</c>.
    /// </summary>
    public CalibrationParameters? Parameters { get; init; }

    /// <summary>
    /// With more than two classes, the map of each class's log-odds against the others, in the order of the classes; the mapped probabilities are divided by
    /// their sum. Left out with two classes and with a temperature.
    /// </summary>
    public IReadOnlyList<CalibrationParameters>? ClassParameters { get; init; }

    /// <summary>The folds whose held-out rows the map was fitted to; left out if it was fitted to a data set.</summary>
    public int? Folds { get; init; }

    /// <summary>The data set that the map was fitted to; left out if it was fitted at training, by folds.</summary>
    public Guid? DatasetId { get; init; }

    /// <summary>The rows that the map was fitted to.</summary>
    [Range(1, int.MaxValue)]
    public required int Rows { get; init; }

    /// <summary>The mean log loss of these rows without and with a map.</summary>
    public required CalibrationLogLoss LogLoss { get; init; }

    internal static ModelCalibration From(HeldOutCalibration fitted, int? folds, Guid? datasetId) => new()
    {
        Method = fitted.Calibration.Method,
        Parameters = fitted.Calibration.Maps is [var only] ? CalibrationParameters.From(only) : null,
        ClassParameters = fitted.Calibration.Maps.Count > 1 ? [.. fitted.Calibration.Maps.Select(CalibrationParameters.From)] : null,
        Folds = folds,
        DatasetId = datasetId,
        Rows = fitted.Rows,
        LogLoss = new(fitted.LogLossBefore, fitted.LogLossAfter),
    };

    internal ScoreCalibration ToScores(int classes) => new(classes, [.. (ClassParameters ?? [Parameters!]).Select(map => map.ToMap(Method))]);

    /// <summary>What a person should know about the map.</summary>
    internal IEnumerable<ModelWarning> Warnings()
    {
        if (LogLoss.After is null)
        {
            yield return new(NotJudged,
                "The calibration could not be judged, because parts of its rows determine no map; use more rows, or judge it by an evaluation on others.", []);
        }
        else if (LogLoss.After >= LogLoss.Before)
        {
            yield return new(NoImprovement,
                "The calibration does not lower the log loss of rows that its map has not seen; the version without it is as good or better.", []);
        }

        // A rising map has a < 0.
        if (Method == CalibrationMethod.Sigmoid && (ClassParameters ?? [Parameters!]).Any(map => map.A > 0))
        {
            yield return new(Reversed,
                "The fitted sigmoid falls, so that it reverses the order of the predictions: on these rows the model ranks the classes the wrong way.", []);
        }
    }

    /// <summary>The warnings of a version without those about its map.</summary>
    internal static IEnumerable<ModelWarning> Without(IReadOnlyList<ModelWarning> warnings) =>
        warnings.Where(warning => warning.Code is not (NoImprovement or NotJudged or Reversed));

    private const string NoImprovement = "calibration_no_improvement";
    private const string NotJudged = "calibration_not_judged";
    private const string Reversed = "calibration_reversed";
}

/// <summary>The numbers of a map; those of other methods are left out.</summary>
/// <param name="A">
/// Of <c>sigmoid</c>, 1/(1 + e^(a·z + b)), and of <c>beta</c>, logit q = a·ln p − b·ln(1 − p) + c with p = 1/(1 + e^−z); left out for other methods.
/// </param>
/// <param name="B">Of <c>sigmoid</c> and <c>beta</c>; left out for other methods.</param>
/// <param name="C">Of <c>beta</c>; left out for other methods.</param>
/// <param name="Temperature">Of <c>temperature</c>: the scores are divided by it; left out for other methods.</param>
/// <param name="LogOdds">
/// Of <c>isotonic</c>: the knots in rising order. The map is linear between them and constant beyond; left out for other methods.
/// </param>
/// <param name="Probabilities">Of <c>isotonic</c>: the probability at each knot; left out for other methods.</param>
[DefaultsLeftOut]
public sealed record CalibrationParameters(
    double? A = null,
    double? B = null,
    double? C = null,
    double? Temperature = null,
    IReadOnlyList<double>? LogOdds = null,
    IReadOnlyList<double>? Probabilities = null)
{
    internal static CalibrationParameters From(CalibrationMap map) => map.Method switch
    {
        CalibrationMethod.Sigmoid => new(A: map.Parameters[0], B: map.Parameters[1]),
        CalibrationMethod.Beta => new(A: map.Parameters[0], B: map.Parameters[1], C: map.Parameters[2]),
        CalibrationMethod.Temperature => new(Temperature: map.Parameters[0]),
        _ => new(LogOdds: map.Knots, Probabilities: map.Values),
    };

    internal CalibrationMap ToMap(CalibrationMethod method) => method switch
    {
        CalibrationMethod.Sigmoid => new(method, [A!.Value, B!.Value]),
        CalibrationMethod.Beta => new(method, [A!.Value, B!.Value, C!.Value]),
        CalibrationMethod.Temperature => new(method, [Temperature!.Value]),
        _ => new(method, [], LogOdds, Probabilities),
    };
}

/// <summary>Mean log losses by the rows' weights, where a probability below 2⁻⁵² counts as that.</summary>
/// <param name="Before">Of the fit's own probabilities, of rows that it has not seen if the calibration is by folds.</param>
/// <param name="After">
/// Of calibrated probabilities. Each part of the rows (a fold, or a half of a data set) is calibrated by a map fitted to the other parts; null if these
/// determine no map.
/// </param>
public sealed record CalibrationLogLoss(double Before, double? After);
