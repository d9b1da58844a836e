using SigmoidApi.Compute.Calibration;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>A trained model with its scores, convergence and inference.</summary>
/// <param name="Model">Coefficients in the columns' original units.</param>
/// <param name="StandardizedIntercept">The intercept for columns of mean 0 and deviation 1; 0 if none was fitted.</param>
/// <param name="StandardizedCoefficients">
/// The coefficients for such columns, even if the fit was not on standardised columns. Without an intercept they are for columns that are not centred and
/// have root mean square 1. Columns that a preparation made 0/1 stay 0/1.
/// </param>
/// <param name="Convergence">How the fit ended.</param>
/// <param name="TrainingMetrics">Scores on the training rows.</param>
/// <param name="ValidationMetrics">Scores on the rows held out; null if there are none.</param>
public sealed record LogisticTraining(LogisticModel Model, double StandardizedIntercept, double[] StandardizedCoefficients, Convergence Convergence,
    ClassificationMetrics TrainingMetrics, ClassificationMetrics? ValidationMetrics)
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
    public RegularizationPath? Path { get; init; }

    /// <summary>Null with any penalty except Firth's.</summary>
    public LogisticInference? Inference { get; init; }
}
