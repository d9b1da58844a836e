namespace SigmoidApi.Compute.Regression;

/// <summary>The fits of a path in their order, and which one became the model.</summary>
/// <param name="Points">For each l1Ratio in turn, each C from the smallest to the largest.</param>
/// <param name="Selected">The index of the point that became the model.</param>
/// <param name="Rule">Why it was chosen: <c>best</c>, <c>one_standard_error</c>, or <c>last</c> if no rows were held out.</param>
public sealed record RegularizationPath(IReadOnlyList<PathPoint> Points, int Selected, string Rule);

/// <summary>The fit of one C and l1Ratio.</summary>
/// <param name="C">The inverse strength of the penalty.</param>
/// <param name="L1Ratio">0 for l2, 1 for l1.</param>
/// <param name="Model">In the columns' original units.</param>
/// <param name="Objective">C · Σ s·logloss + penalty.</param>
/// <param name="NonZero">The number of coefficients other than 0.</param>
/// <param name="Iterations">The iterations of this point alone.</param>
/// <param name="Converged">Whether the stopping rule held at this point.</param>
/// <param name="Validation">Null if no rows were held out.</param>
public sealed record PathPoint(double C, double L1Ratio, LogisticModel Model, double Objective, int NonZero, int Iterations, bool Converged,
    ValidationScore? Validation);

/// <summary>The mean log loss on rows that a fit has not seen.</summary>
/// <param name="LogLoss">The mean of the folds' means, or the mean over the rows held out.</param>
/// <param name="StandardError">The standard error of that mean over the folds; null for a holdout.</param>
public sealed record ValidationScore(double LogLoss, double? StandardError);
