using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Models;

namespace SigmoidApi.TrainingJobs;

/// <summary>A request and its data, fitted.</summary>
internal static class Training
{
    /// <param name="request">Resolved: it names its features, and the positive class where that is not the larger one.</param>
    /// <param name="features">A row for each observation, a column for each of the request's features.</param>
    /// <param name="target">A value for each row, two different ones in all.</param>
    /// <param name="progress">Told after each iteration.</param>
    /// <param name="cancellationToken">Ends the fit within one pass over the rows.</param>
    /// <exception cref="UntrainableDataException">The data can't be fitted: their target has not exactly two values, for example.</exception>
    public static TrainedModel Fit(
        TrainingRequest request, DesignMatrix features, double[] target, Action<TrainingProgress> progress, CancellationToken cancellationToken)
    {
        var classes = Classes(request, target);
        var labels = Array.ConvertAll(target, value => value == classes[1] ? 1.0 : 0.0);
        var training = LogisticTrainer.Train(
            features,
            labels,
            Options(request),
            p => progress(new(p.Iteration, p.MaxIterations, p.Loss, p.GradientNorm, (double)p.Iteration / p.MaxIterations)),
            cancellationToken);

        var names = request.Features ?? Enumerable.Range(1, features.Columns).Select(i => $"x{i}").ToArray();
        var coefficients = names.Select((name, i) => new Coefficient(name, training.Model.Coefficients[i], training.StandardizedCoefficients[i])).ToArray();
        return new(
            classes,
            training.Model.Intercept,
            training.StandardizedIntercept,
            coefficients,
            new(training.TrainingMetrics, training.ValidationMetrics),
            training.Convergence);
    }

    private static double[] Classes(TrainingRequest request, double[] target)
    {
        var classes = target.Distinct().Take(3).Order().ToArray();
        if (classes.Length != 2)
            throw new UntrainableDataException("two_classes_expected", $"A classifier needs a target of exactly two different values; this one has {(classes.Length > 2 ? "more" : classes.Length)}.");
        return request.PositiveClassValue == classes[0] ? [classes[1], classes[0]] : classes;
    }

    private static LogisticOptions Options(TrainingRequest request) => new()
    {
        Solver = request.Solver,
        Penalty = request.Penalty ?? Penalty.L2,
        C = request.C,
        FitIntercept = request.FitIntercept,
        Standardize = request.Standardize,
        MaxIterations = request.MaxIterations,
        Tolerance = request.Tolerance,
        LearningRate = request.LearningRate,
        InitialWeights = request.InitialWeights,
        Holdout = request.Validation?.Holdout,
        Seed = request.Seed,
    };
}
