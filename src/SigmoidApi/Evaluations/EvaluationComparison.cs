using System.ComponentModel.DataAnnotations;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Models;
using SigmoidApi.Tables;

namespace SigmoidApi.Evaluations;

/// <summary>Two models on the same rows: the evaluated one minus the other. What is not defined is left out.</summary>
/// <param name="Mcnemar">McNemar's test of the classes that they predict at the threshold.</param>
/// <param name="LogLoss">The difference of the log losses, of probabilities clipped to [2⁻⁵², 1 − 2⁻⁵²].</param>
/// <param name="Brier">The difference of the Brier scores.</param>
/// <param name="With">The other model; left out for scores that were made elsewhere.</param>
/// <param name="Delong">
/// The paired test of the areas under the ROC curves (DeLong, DeLong and Clarke-Pearson, 1988); left out if all rows are of one class.
/// </param>
[DefaultsLeftOut]
public sealed record EvaluationComparison(
    McNemarComparison Mcnemar, MeanDifference LogLoss, MeanDifference Brier, ModelVersionName? With = null, AreaComparison? Delong = null)
{
    internal static EvaluationComparison Of(ModelComparison comparison, ModelVersionName? with) => new(
        McNemarComparison.Of(comparison.McNemar), MeanDifference.Of(comparison.LogLoss), MeanDifference.Of(comparison.Brier), with,
        comparison.DeLong is { } areas ? AreaComparison.Of(areas) : null);
}

/// <summary>An area under a ROC curve.</summary>
/// <param name="Estimate">The area.</param>
/// <param name="StandardError">Its standard error; left out if a class has one row only.</param>
/// <param name="ConfidenceInterval">The lower and upper bound, within [0, 1]; left out like the standard error.</param>
[DefaultsLeftOut]
public sealed record EstimatedArea(double Estimate, double? StandardError = null, [property: Length(2, 2)] IReadOnlyList<double>? ConfidenceInterval = null)
{
    internal static EstimatedArea Of(AreaEstimate area) => new(area.Estimate, area.StandardError, Bounds(area.ConfidenceInterval));

    internal static IReadOnlyList<double>? Bounds(Interval? interval) => interval is null ? null : [interval.Lower, interval.Upper];
}

/// <summary>The paired test of two areas.</summary>
/// <param name="First">The area of the evaluated model.</param>
/// <param name="Second">The area of the other model.</param>
/// <param name="Difference">First − second.</param>
/// <param name="StandardError">Of the difference; left out if a class has one row only.</param>
/// <param name="ConfidenceInterval">Of the difference; left out like the standard error.</param>
/// <param name="Z">Difference / standard error; left out if that is 0.</param>
/// <param name="PValue">Of the hypothesis that there is no difference; left out like z.</param>
/// <param name="Covariance">Of the two areas; left out like the standard error.</param>
[DefaultsLeftOut]
public sealed record AreaComparison(EstimatedArea First, EstimatedArea Second, double Difference, double? StandardError = null,
    [property: Length(2, 2)] IReadOnlyList<double>? ConfidenceInterval = null, double? Z = null, double? PValue = null, double? Covariance = null)
{
    internal static AreaComparison Of(AreaDifference areas) => new(EstimatedArea.Of(areas.First), EstimatedArea.Of(areas.Second), areas.Difference,
        areas.StandardError, EstimatedArea.Bounds(areas.ConfidenceInterval), areas.Z, areas.PValue, areas.Covariance);
}

/// <summary>McNemar's test.</summary>
/// <param name="Table">[[rows that both predict correctly, only the first], [only the second, neither]].</param>
/// <param name="ExactPValue">By the binomial distribution.</param>
/// <param name="Statistic">Chi-squared with continuity correction; left out if no row is predicted correctly by one of them alone.</param>
/// <param name="PValue">Of that statistic; left out with it.</param>
/// <param name="UncorrectedStatistic">Chi-squared without correction; left out like the corrected one.</param>
/// <param name="UncorrectedPValue">Of that statistic; left out with it.</param>
[DefaultsLeftOut]
public sealed record McNemarComparison(IReadOnlyList<IReadOnlyList<long>> Table, double ExactPValue, double? Statistic = null, double? PValue = null,
    double? UncorrectedStatistic = null, double? UncorrectedPValue = null)
{
    internal static McNemarComparison Of(McNemarTest test) => new(
        [[test.BothRight, test.OnlyFirstRight], [test.OnlySecondRight, test.NeitherRight]], test.ExactPValue, test.Statistic, test.PValue,
        test.UncorrectedStatistic, test.UncorrectedPValue);
}

/// <summary>A mean difference over the rows.</summary>
/// <param name="Difference">The difference.</param>
/// <param name="StandardError">Its standard error; left out for one row.</param>
/// <param name="Z">Difference / standard error; left out if that is 0.</param>
/// <param name="PValue">Of the hypothesis that there is no difference; left out like z.</param>
[DefaultsLeftOut]
public sealed record MeanDifference(double Difference, double? StandardError = null, double? Z = null, double? PValue = null)
{
    internal static MeanDifference Of(PairedDifference paired) => new(paired.Difference, paired.StandardError, paired.Z, paired.PValue);
}
