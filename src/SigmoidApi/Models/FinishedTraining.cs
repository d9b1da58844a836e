using SigmoidApi.Compute.Calibration;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Models;

/// <summary>The result of a fit of two classes, or of more.</summary>
internal sealed class FinishedTraining
{
    private readonly MultinomialTraining? _ofMore;

    /// <param name="classes">The negative class, then the positive one.</param>
    /// <param name="training">The result of the fit.</param>
    public FinishedTraining(IReadOnlyList<ClassLabel> classes, LogisticTraining training) => (Classes, OfTwo) = (classes, training);

    /// <param name="classes">More than two.</param>
    /// <param name="training">The result of the fit.</param>
    public FinishedTraining(IReadOnlyList<ClassLabel> classes, MultinomialTraining training) => (Classes, _ofMore) = (classes, training);

    public IReadOnlyList<ClassLabel> Classes { get; }

    /// <summary>Null with more than two classes.</summary>
    public LogisticTraining? OfTwo { get; }

    public Preparation? Preparation => OfTwo is null ? _ofMore!.Preparation : OfTwo.Preparation;

    public Convergence Convergence => OfTwo is null ? _ofMore!.Convergence : OfTwo.Convergence;

    /// <summary>Null without a calibration.</summary>
    public HeldOutCalibration? Calibration => OfTwo is null ? _ofMore!.Calibration : OfTwo.Calibration;

    /// <param name="terms">The names of the coefficients.</param>
    /// <param name="convergence">How the fit ended.</param>
    /// <param name="maxCovarianceParameters">The most parameters for which the covariance is kept.</param>
    public TrainedModel ToModel(IReadOnlyList<string> terms, ModelConvergence convergence, int maxCovarianceParameters) =>
        OfTwo is null ? Of(_ofMore!, terms, convergence, maxCovarianceParameters) : Of(OfTwo, terms, convergence, maxCovarianceParameters);

    private TrainedModel Of(LogisticTraining training, IReadOnlyList<string> terms, ModelConvergence convergence, int maxCovarianceParameters) => new(
        Classes,
        training.Model.Intercept,
        training.StandardizedIntercept,
        [.. terms.Select((term, i) => Coefficient.From(term, i, training))],
        new(ModelScores.From(training.TrainingMetrics), training.ValidationMetrics is { } validation ? ModelScores.From(validation) : null),
        convergence,
        training.Path is { } path ? [.. path.Points.Select(ModelPathPoint.From)] : null,
        training.Path is { } chosen ? ModelSelection.From(chosen) : null,
        training.Inference is { } inference ? ModelInference.From(inference, maxCovarianceParameters) : null)
    {
        TermMeans = training.TermMeans,
    };

    private TrainedModel Of(MultinomialTraining training, IReadOnlyList<string> terms, ModelConvergence convergence, int maxCovarianceParameters) => new(
        Classes,
        Intercept: null,
        StandardizedIntercept: null,
        [.. terms.Select((term, i) => Coefficient.From(term, i, training))],
        new(ModelScores.From(training.TrainingMetrics), training.ValidationMetrics is { } validation ? ModelScores.From(validation) : null),
        convergence,
        training.Path is { } path ? [.. path.Points.Select(ModelPathPoint.From)] : null,
        training.Path is { } chosen ? ModelSelection.From(chosen) : null,
        training.Inference is { } inference ? ModelInference.From(inference, Classes, maxCovarianceParameters) : null)
    {
        TermMeans = training.TermMeans,
        MultiClass = training.Model.MultiClass,
        Intercepts = training.Model.Intercepts.ToArray(),
        StandardizedIntercepts = training.StandardizedIntercepts,
    };
}
