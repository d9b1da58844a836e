using System.ComponentModel.DataAnnotations;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Models;

/// <summary>The fit for one c and l1Ratio on a path.</summary>
/// <param name="C">Inverse strength of the penalty.</param>
/// <param name="L1Ratio">0 for l2, 1 for l1.</param>
/// <param name="Objective">c · Σ logloss + penalty.</param>
/// <param name="NonZero">The number of coefficients other than 0, over all classes.</param>
/// <param name="Iterations">The iterations for this point.</param>
/// <param name="Validation">Its score on the held-out rows; null if no rows were held out.</param>
public sealed record ModelPathPoint(
    [property: Range(0, double.MaxValue, MinimumIsExclusive = true)] double C,
    [property: Range(0d, 1d)] double L1Ratio,
    double Objective,
    [property: Range(0, int.MaxValue)] int NonZero,
    [property: Range(0, int.MaxValue)] int Iterations,
    ValidationScore? Validation)
{
    internal static ModelPathPoint From(MultinomialPathPoint point) =>
        new(point.C, point.L1Ratio, point.Objective, point.NonZero, point.Iterations, point.Validation);

    internal static ModelPathPoint From(PathPoint point) => new(point.C, point.L1Ratio, point.Objective, point.NonZero, point.Iterations, point.Validation);
}
