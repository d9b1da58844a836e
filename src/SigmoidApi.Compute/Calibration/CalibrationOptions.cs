namespace SigmoidApi.Compute.Calibration;

/// <summary>How a fit is calibrated: a map is fitted to log-odds of rows, each predicted by a fit that has not seen it.</summary>
/// <param name="Method">The kind of map.</param>
/// <param name="Folds">How many parts the rows are divided into, at least 2. Each part is predicted by a fit to the others.</param>
public sealed record CalibrationOptions(CalibrationMethod Method, int Folds = 5);
