using System.Numerics;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Datasets;
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
    /// <exception cref="UntrainableDataException">The data can't be fitted, for example because all rows are of one class.</exception>
    public static FinishedTraining Train(
        TrainingRequest request, TrainingRows rows, TrainingOptions settings, TimeProvider time, FitControl control, CancellationToken cancellationToken)
    {
        var classes = Classes(request, rows.Target);
        var options = Options(request, rows, classes, settings, time);
        if (classes.Length > 2)
        {
            var ofMany = new Compute.Data.ClassLabels(Codes(rows.Target, classes), [.. classes.Select(label => label.ToString())]);
            return new(classes, MultinomialTrainer.Train(rows.Features, rows.Preparation, ofMany, options, control, cancellationToken));
        }

        var labels = Labels(rows.Target, classes[1]);
        return new(classes, request.InitialWeights is null
            ? LogisticTrainer.Train(rows.Features, rows.Preparation, labels, options, control, cancellationToken)
            : LogisticTrainer.Train(PlainNumbers(rows.Features), labels, options, control, cancellationToken));
    }

    internal static LogisticOptions Options(TrainingRequest request, TrainingRows rows, ClassLabel[] classes, TrainingOptions settings, TimeProvider time)
    {
        var defaults = new LogisticOptions();
        return new()
        {
            Solver = request.Solver,
            Penalty = request.EffectivePenalty,
            MultiClass = request.MultiClass ?? defaults.MultiClass,
            BaseClass = request.BaseClass is { } label && classes.Length > 2 ? Array.FindIndex(classes, one => one.Is(label)) : null,
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
                var weights => ClassWeight.OfClasses([.. classes.Select(weights.Of)]),
            },
            SampleWeight = rows.SampleWeight,
            Holdout = request.Validation?.Holdout,
            Folds = request.Validation?.Folds,
            Calibration = request.Calibration is { } calibration ? new(calibration.Method, calibration.Folds) : null,
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
        var classes = TargetClasses.Of(target);
        if (classes.Length < 2)
        {
            throw new UntrainableDataException("single_class",
                $"A classifier needs a target of at least two different values; this one has {classes.Length} in the rows that are trained on.");
        }

        if (TargetClasses.Fractional(classes) is { } fractional)
        {
            throw new UntrainableDataException("continuous_target",
                $"{TargetColumn.ExpectedClasses}, but this target has numbers that are not whole, such as {fractional}{TargetColumn.Binning}.");
        }

        // The profile of a data set may not list every class, so the check of the request may have passed.
        if (LabelsOfRequest.Failure(request, classes, "classes of the rows that are trained on") is { } failure)
            throw new UntrainableDataException("unknown_label", $"{failure.Field}: {failure.Message}.");
        return request.PositiveClass is { } positive && classes.Length == 2 && classes[0].Is(positive) ? [classes[1], classes[0]] : classes;
    }

    /// <summary>For each row the index of its class.</summary>
    internal static int[] Codes(ColumnValues target, ClassLabel[] classes)
    {
        if (target.Numbers is { } numbers)
        {
            var indices = classes.Index().ToDictionary(label => label.Item.Number, label => label.Index);
            return Array.ConvertAll(numbers, number => indices[number]);
        }

        var places = classes.Index().ToDictionary(label => label.Item.Text!, label => label.Index, StringComparer.Ordinal);
        int[] indicesOfLevels = [.. target.Levels.Select(level => places.GetValueOrDefault(level))];
        return Array.ConvertAll(target.Codes!, code => indicesOfLevels[code]);
    }

    /// <summary>For each row 1 if it is of the positive class, otherwise 0.</summary>
    internal static double[] Labels(ColumnValues target, ClassLabel positive) => target.Numbers is { } numbers
        ? Labels(numbers, positive.Number)
        : Labels(target.Codes, target.Levels.ToList().IndexOf(positive.Text!));

    private static double[] Labels<T>(ReadOnlySpan<T> values, T positive)
        where T : IEqualityOperators<T, T, bool>
    {
        var labels = new double[values.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            // As an integer first, without a branch, which would be mispredicted for every other row.
            var isPositive = values[i] == positive ? 1 : 0;
            labels[i] = isPositive;
        }

        return labels;
    }

    /// <summary>The features as a matrix of numbers. Initial weights are for the columns themselves, not for the terms that they become.</summary>
    private static FeatureMatrix PlainNumbers(FeatureTable features) =>
        features is { Numbers: { } numbers, HasMissingNumbers: false } && numbers.Columns == features.Columns.Count
            ? numbers
            : throw new UntrainableDataException(
                "initial_weights_need_numbers",
                "initialWeights are for columns of numbers without a missing value; some of these are categories, or lack values.");
}
