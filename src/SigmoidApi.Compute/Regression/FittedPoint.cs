namespace SigmoidApi.Compute.Regression;

/// <summary>The fit of one point of a path.</summary>
/// <param name="C">The inverse strength of the penalty.</param>
/// <param name="L1Ratio">0 for l2, 1 for l1.</param>
/// <param name="Fit">The fit, with coefficients in the columns' original units.</param>
/// <param name="Parameters">The same fit in the solver's parameters; with one-vs-rest those of the first class.</param>
/// <param name="Dependent">The solver's parameters that others determine.</param>
internal sealed record FittedPoint(double C, double L1Ratio, ModelFit Fit, double[] Parameters, IReadOnlyList<int> Dependent);
