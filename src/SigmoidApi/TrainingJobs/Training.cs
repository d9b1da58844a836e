using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Models;

namespace SigmoidApi.TrainingJobs;

/// <summary>A request and its data, fitted.</summary>
internal static class Training
{
    /// <param name="request">Resolved: it names its features, and the positive class where that is not the larger one.</param>
    /// <param name="rows">What to fit it to.</param>
    /// <param name="settings">What a fit may use of the machine, and what is kept of it.</param>
    /// <param name="time">Measures how long it takes.</param>
    /// <param name="progress">Told after each iteration.</param>
    /// <param name="cancellationToken">Ends the fit within one pass over the rows.</param>
    /// <exception cref="UntrainableDataException">The data can't be fitted: their target has not exactly two values, for example.</exception>
    public static TrainedModel Fit(
        TrainingRequest request, TrainingRows rows, TrainingOptions settings, TimeProvider time, Action<TrainingProgress> progress, CancellationToken cancellationToken)
    {
        var classes = Classes(request, rows.Target);
        var labels = Array.ConvertAll(rows.Target, value => value == classes[1] ? 1.0 : 0.0);
        var training = LogisticTrainer.Train(
            rows.Features,
            labels,
            Options(request, rows, classes, settings, time),
            p => progress(new(p.Iteration, p.MaxIterations, p.Loss, p.GradientNorm, p.Fraction)),
            cancellationToken);
        var terms = request.Features ?? Enumerable.Range(1, rows.Features.Columns).Select(i => $"x{i}").ToArray();
        return TrainedModel.From(training, classes, terms, settings.MaxCovarianceParameters);
    }

    internal static LogisticOptions Options(TrainingRequest request, TrainingRows rows, double[] classes, TrainingOptions settings, TimeProvider time)
    {
        var defaults = new LogisticOptions();
        return new()
        {
            Solver = request.Solver,
            Penalty = request.EffectivePenalty,
            C = request.C ?? defaults.C,
            L1Ratio = request.L1Ratio ?? defaults.L1Ratio,
            Cs = request.Cs?.Values(),
            L1Ratios = request.L1Ratios,
            Selection = request.Selection ?? defaults.Selection,
            FitIntercept = request.FitIntercept,
            Standardize = request.Standardize,
            MaxIterations = request.MaxIterations,
            Tolerance = request.Tolerance,
            LearningRate = request.LearningRate,
            InitialWeights = request.InitialWeights,
            ClassWeight = request.ClassWeight switch
            {
                null => null,
                { ByLabel: null } => ClassWeight.Balanced,
                var weights => ClassWeight.Of(weights.Of(classes[0]), weights.Of(classes[1])),
            },
            SampleWeight = rows.SampleWeight,
            Holdout = request.Validation?.Holdout,
            Folds = request.Validation?.Folds,
            Seed = request.Seed,
            CovarianceType = request.CovarianceType,
            Clusters = rows.ClusterNumbers(),
            ConfidenceLevel = request.ConfidenceLevel,
            Threads = settings.Threads,
            ThreadStart = () => FitThread.LowerPriority(settings.Nice),
            TimeProvider = time,
        };
    }

    private static double[] Classes(TrainingRequest request, double[] target)
    {
        var classes = target.Distinct().Take(3).Order().ToArray();
        if (classes.Length != 2)
            throw new UntrainableDataException("two_classes_expected", $"A classifier needs a target of exactly two different values; this one has {(classes.Length > 2 ? "more" : classes.Length)}.");
        return request.PositiveClassValue == classes[0] ? [classes[1], classes[0]] : classes;
    }
}
