using System.ComponentModel.DataAnnotations;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Models;

/// <summary>The point of a path that became the model.</summary>
/// <param name="Rule">How it was selected: <c>best</c>, <c>one_standard_error</c>, or <c>last</c> if no rows were held out.</param>
/// <param name="Index">Its index in <c>path</c>.</param>
/// <param name="C">Its c.</param>
/// <param name="L1Ratio">Its l1Ratio.</param>
public sealed record ModelSelection(
    string Rule,
    [property: Range(0, int.MaxValue)] int Index,
    [property: Range(0, double.MaxValue, MinimumIsExclusive = true)] double C,
    [property: Range(0d, 1d)] double L1Ratio)
{
    internal static ModelSelection From(RegularizationPath path) =>
        new(path.Rule, path.Selected, path.Points[path.Selected].C, path.Points[path.Selected].L1Ratio);

    internal static ModelSelection From(MultinomialPath path) =>
        new(path.Rule, path.Selected, path.Points[path.Selected].C, path.Points[path.Selected].L1Ratio);
}
