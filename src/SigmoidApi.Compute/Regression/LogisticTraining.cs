using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>A trained model and what there is to know about it.</summary>
/// <param name="Model">Coefficients in the columns' own units.</param>
/// <param name="StandardizedIntercept">The intercept for columns of mean 0 and deviation 1; 0 where none was fitted.</param>
/// <param name="StandardizedCoefficients">
/// The coefficients for such columns, also where the fit itself took the columns as they are; without an intercept for columns of root mean square 1, not
/// centred. Columns that a preparation made 0/1 stay 0/1.
/// </param>
/// <param name="Convergence">How the fit ended.</param>
/// <param name="TrainingMetrics">Scores on the rows that it was fitted to.</param>
/// <param name="ValidationMetrics">Scores on the rows held out; null where none were.</param>
public sealed record LogisticTraining(LogisticModel Model, double StandardizedIntercept, double[] StandardizedCoefficients, Convergence Convergence,
    ClassificationMetrics TrainingMetrics, ClassificationMetrics? ValidationMetrics)
{
    /// <summary>What made the model's columns of raw ones, as the rows fitted to have it; null where the columns came as a matrix.</summary>
    public Preparation? Preparation { get; init; }

    /// <summary>Null unless several values of C or l1Ratio were fitted.</summary>
    public RegularizationPath? Path { get; init; }

    /// <summary>Null with a penalty other than none or Firth's.</summary>
    public LogisticInference? Inference { get; init; }
}
