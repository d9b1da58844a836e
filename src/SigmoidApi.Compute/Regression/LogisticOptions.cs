namespace SigmoidApi.Compute.Regression;

public enum Solver
{
    /// <summary>The solver that suits the problem; Newton's method for now.</summary>
    Auto,

    /// <summary>The article's: full batch on the mean loss, fixed step.</summary>
    GradientDescent,

    Newton,
}

public enum Penalty
{
    None,

    /// <summary>½‖w‖²</summary>
    L2,
}

/// <summary>
/// What to fit and how; names and defaults are scikit-learn's. The objective is C · Σ logloss + ½‖w‖² (<see cref="Regression.Penalty.L2"/>) or
/// Σ logloss (<see cref="Regression.Penalty.None"/>); the intercept is never penalised.
/// </summary>
public sealed record LogisticOptions
{
    public Solver Solver { get; init; } = Solver.Auto;

    public Penalty Penalty { get; init; } = Penalty.L2;

    /// <summary>The inverse strength of the penalty, positive. Without effect without a penalty.</summary>
    public double C { get; init; } = 1;

    public bool FitIntercept { get; init; } = true;

    /// <summary>
    /// Fit on columns of mean 0 and population standard deviation 1. With <see cref="FitIntercept"/> off it is the fit on the centred columns that
    /// has no intercept; in the columns' own units it has one.
    /// </summary>
    public bool Standardize { get; init; } = true;

    /// <summary>At least one.</summary>
    public int MaxIterations { get; init; } = 1000;

    /// <summary>
    /// Null is 1e-8; for gradient descent null runs every iteration, as the article does. What it is compared with is the solver's own:
    /// the Newton decrement in standard errors, or gradient descent's largest partial derivative of the mean loss.
    /// </summary>
    public double? Tolerance { get; init; }

    /// <summary>The step of gradient descent, positive.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Starting weights in the columns' own units; null is 0.</summary>
    public double[]? InitialWeights { get; init; }

    public double InitialIntercept { get; init; }

    /// <summary>The share of rows to hold out for validation, stratified by label; null is none.</summary>
    public double? Holdout { get; init; }

    /// <summary>Draws the holdout.</summary>
    public long Seed { get; init; } = 42;

    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    internal void Validate(int columns)
    {
        Require(Enum.IsDefined(Solver), nameof(Solver), "be one of the solvers");
        Require(Enum.IsDefined(Penalty), nameof(Penalty), "be one of the penalties");
        Require(double.IsFinite(C) && C > 0, nameof(C), "be positive and finite");
        Require(MaxIterations >= 1, nameof(MaxIterations), "be at least 1");
        Require(Tolerance is null or (>= 0 and < double.PositiveInfinity), nameof(Tolerance), "be at least 0 and finite");
        Require(double.IsFinite(LearningRate) && LearningRate > 0, nameof(LearningRate), "be positive and finite");
        Require(InitialWeights is null || InitialWeights.Length == columns, nameof(InitialWeights), $"have one value for each of the {columns} columns");
        Require(InitialWeights is null || Array.TrueForAll(InitialWeights, double.IsFinite), nameof(InitialWeights), "be finite");
        Require(double.IsFinite(InitialIntercept), nameof(InitialIntercept), "be finite");
        Require(FitIntercept || InitialIntercept == 0, nameof(InitialIntercept), "be 0 where no intercept is fitted");
        Require(Holdout is null or (> 0 and < 1), nameof(Holdout), "be above 0 and below 1");
    }

    private static void Require(bool holds, string option, string expected)
    {
        if (!holds)
            throw new ArgumentException($"{option} must {expected}.", option);
    }
}
