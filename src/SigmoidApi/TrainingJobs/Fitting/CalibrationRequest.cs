using System.ComponentModel.DataAnnotations;
using SigmoidApi.Compute.Calibration;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>How to calibrate the model's probabilities.</summary>
/// <param name="Method">
/// The map of log-odds: <c>sigmoid</c> (Platt, with smoothed targets), <c>isotonic</c> (any rising map; for 1,000 rows and more), <c>beta</c> or
/// <c>temperature</c> (one number).
/// </param>
/// <param name="Folds">
/// The number of parts, at most <c>Training:MaxFolds</c>. Each is predicted by a fit to the others, and the map is fitted to these predictions. The parts are
/// stratified and shuffled by <c>seed</c>; with <c>validation.groupBy</c> they have whole groups, with <c>validation.timeBy</c> they are consecutive times.
/// </param>
public sealed record CalibrationRequest(CalibrationMethod Method, [property: Range(2, int.MaxValue)] int Folds = 5);
