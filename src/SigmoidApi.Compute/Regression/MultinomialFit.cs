using SigmoidApi.Compute.Calibration;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>A fitted model of K classes, without scores.</summary>
/// <param name="Model">Coefficients in the columns' original units.</param>
/// <param name="Convergence">
/// How the fit ended. With one-vs-rest the iterations and objectives of the K fits are added up, the gradient is the largest, and a warning of one class
/// has that class in <see cref="ConvergenceWarning.Classes"/>.
/// </param>
public sealed record MultinomialFit(MultinomialModel Model, Convergence Convergence)
{
    /// <summary>Null unless several values of C or l1Ratio, or folds, were requested.</summary>
    public MultinomialPath? Path { get; init; }

    /// <summary>Null with a penalty and with one-vs-rest.</summary>
    public MultinomialInference? Inference { get; init; }
}

/// <summary>A trained model of K classes with its scores, convergence and inference.</summary>
/// <param name="Model">Coefficients in the columns' original units.</param>
/// <param name="StandardizedIntercepts">For each class the intercept for columns of mean 0 and deviation 1; 0 if none was fitted.</param>
/// <param name="StandardizedCoefficients">
/// For each class the coefficients for such columns, as in <see cref="LogisticTraining.StandardizedCoefficients"/>.
/// </param>
/// <param name="Convergence">How the fit ended: <see cref="MultinomialFit.Convergence"/>.</param>
/// <param name="TrainingMetrics">Scores on the training rows.</param>
/// <param name="ValidationMetrics">Scores on the rows held out; null if there are none.</param>
public sealed record MultinomialTraining(MultinomialModel Model, double[] StandardizedIntercepts, double[][] StandardizedCoefficients,
    Convergence Convergence, MultinomialMetrics TrainingMetrics, MultinomialMetrics? ValidationMetrics)
{
    /// <summary>The calibration by folds; null without one, and if the run was stopped before its folds were fitted.</summary>
    public HeldOutCalibration? Calibration { get; init; }

    /// <summary>
    /// The mean of each design column over the training rows, by their sample weights, in its own units: what predictions are explained against.
    /// </summary>
    public IReadOnlyList<double> TermMeans { get; init; } = [];

    /// <summary>How the model's columns were made from raw columns, as learned from the training rows; null if the features came as a matrix.</summary>
    public Preparation? Preparation { get; init; }

    /// <summary>Null unless several values of C or l1Ratio were fitted.</summary>
    public MultinomialPath? Path { get; init; }

    /// <summary>Null with a penalty and with one-vs-rest.</summary>
    public MultinomialInference? Inference { get; init; }
}

/// <summary>The fits of a path in their order, and which one became the model.</summary>
/// <param name="Points">For each l1Ratio in turn, each C from the smallest to the largest.</param>
/// <param name="Selected">The index of the point that became the model.</param>
/// <param name="Rule">Why it was chosen: <c>best</c>, <c>one_standard_error</c>, or <c>last</c> if no rows were held out.</param>
public sealed record MultinomialPath(IReadOnlyList<MultinomialPathPoint> Points, int Selected, string Rule);

/// <summary>The fit of one C and l1Ratio.</summary>
/// <param name="C">The inverse strength of the penalty.</param>
/// <param name="L1Ratio">0 for l2, 1 for l1.</param>
/// <param name="Model">In the columns' original units.</param>
/// <param name="Objective">C · Σ s·logloss + penalty; with one-vs-rest the sum over the classes' fits.</param>
/// <param name="NonZero">The number of coefficients other than 0, over all classes.</param>
/// <param name="Iterations">The iterations of this point alone.</param>
/// <param name="Converged">Whether the stopping rule held at this point, in each of its fits.</param>
/// <param name="Validation">Null if no rows were held out.</param>
public sealed record MultinomialPathPoint(double C, double L1Ratio, MultinomialModel Model, double Objective, int NonZero, int Iterations, bool Converged,
    ValidationScore? Validation);
