using System.ComponentModel.DataAnnotations;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>How to validate the model: by a holdout or by folds.</summary>
/// <param name="Holdout">The share of the rows that is held out, stratified by the target and shuffled by <c>seed</c>.</param>
/// <param name="Folds">
/// The number of parts, at most <c>Training:MaxFolds</c>, stratified and shuffled in the same way. Each part is predicted by a fit to the others.
/// </param>
/// <param name="GroupBy">
/// A column whose equal values stay in the same part, such as the rows of a patient or a customer; it replaces stratifying. By default the column is not a
/// feature.
/// </param>
/// <param name="TimeBy">A column of times: the rows that are last by it are held out. By default the column is not a feature.</param>
public sealed record ValidationRequest(
    [property: Range(0d, 1d, MinimumIsExclusive = true, MaximumIsExclusive = true)] double? Holdout = null,
    [property: Range(2, int.MaxValue)] int? Folds = null,
    string? GroupBy = null,
    string? TimeBy = null);
