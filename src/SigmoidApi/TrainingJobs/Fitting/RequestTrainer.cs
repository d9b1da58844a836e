using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Http;
using SigmoidApi.Models;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>Trains what a request asks for: translates the request and its rows to the terms of <see cref="LogisticTrainer"/>.</summary>
internal static class RequestTrainer
{
    /// <param name="request">With its features named. The positive class is the larger one by default.</param>
    /// <param name="rows">The rows to fit to.</param>
    /// <param name="settings">The threads that a fit may use, and their priority.</param>
    /// <param name="time">Measures how long the fit takes.</param>
    /// <param name="control">Reports progress after each iteration; stops the fit, stores its state and resumes it.</param>
    /// <param name="cancellationToken">Ends the fit within one pass over the rows.</param>
    /// <returns>The trained model, and the classes: the negative one, then the positive one.</returns>
    /// <exception cref="UntrainableDataException">The data can't be fitted, for example because the target does not have exactly two values.</exception>
    public static (LogisticTraining Training, ClassLabel[] Classes) Train(
        TrainingRequest request, TrainingRows rows, TrainingOptions settings, TimeProvider time, FitControl control, CancellationToken cancellationToken)
    {
        var classes = Classes(request, rows.Target);
        var labels = Labels(rows.Target, classes[1]);
        var options = Options(request, rows, classes, settings, time);
        return (request.InitialWeights is null
            ? LogisticTrainer.Train(rows.Features, rows.Preparation, labels, options, control, cancellationToken)
            : LogisticTrainer.Train(PlainNumbers(rows.Features), labels, options, control, cancellationToken), classes);
    }

    internal static LogisticOptions Options(TrainingRequest request, TrainingRows rows, ClassLabel[] classes, TrainingOptions settings, TimeProvider time)
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
            Groups = rows.Groups,
            TimeOrder = rows.Times,
            Seed = request.Seed,
            CovarianceType = request.CovarianceType,
            Clusters = rows.Clusters,
            ConfidenceLevel = request.ConfidenceLevel,
            Intervals = request.EffectiveIntervals,
            Threads = settings.Threads,
            ThreadStart = () => ThreadNiceness.GiveWay(settings.Nice),
            TimeProvider = time,
        };
    }

    private static ClassLabel[] Classes(TrainingRequest request, ColumnValues target)
    {
        ClassLabel[] classes = target.Numbers is { } numbers
            ? [.. numbers.Distinct().Take(3).Order().Select(number => target.IsBoolean ? new ClassLabel(number == 1) : new ClassLabel(number))]
            : [.. target.Codes!.Distinct().Take(3).Select(code => target.Levels[code]).Order(StringComparer.Ordinal).Select(level => new ClassLabel(level))];
        if (classes.Length != 2)
        {
            throw new UntrainableDataException("two_classes_expected",
                $"A classifier needs a target of exactly two different values; this one has {(classes.Length > 2 ? "more" : classes.Length)} "
                + "in the rows that are trained on. "
                + "Keep the rows of two values, or add a column that is 1 for some of them and 0 for the others, and upload that.");
        }

        return request.PositiveClass is { } positive && classes[0].Is(positive) ? [classes[1], classes[0]] : classes;
    }

    private static double[] Labels(ColumnValues target, ClassLabel positive)
    {
        if (target.Numbers is { } numbers)
            return Array.ConvertAll(numbers, value => value == positive.Number ? 1.0 : 0.0);
        var code = target.Levels.ToList().IndexOf(positive.Text!);
        return Array.ConvertAll(target.Codes!, value => value == code ? 1.0 : 0.0);
    }

    /// <summary>The features as a matrix of numbers. Initial weights are for the columns themselves, not for the terms that they become.</summary>
    private static FeatureMatrix PlainNumbers(FeatureTable features) =>
        features is { Numbers: { } numbers, HasMissingNumbers: false } && numbers.Columns == features.Columns.Count
            ? numbers
            : throw new UntrainableDataException(
                "initial_weights_need_numbers",
                "initialWeights are for columns of numbers without a missing value; some of these are categories, or lack values.");
}
