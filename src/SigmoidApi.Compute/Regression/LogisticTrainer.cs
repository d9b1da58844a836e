using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Calibration;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>Fits logistic regression: checks the data, holds rows out, standardises, minimises, and scores the model.</summary>
public static class LogisticTrainer
{
    /// <summary>
    /// Fits a model and scores it on the training rows. If rows are held out, it is also scored on those; with folds each row is scored by the fit that has
    /// not seen it.
    /// </summary>
    /// <param name="features">n × d, finite.</param>
    /// <param name="labels">n labels, 0 or 1, both present; not copied.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="control">How to follow the fit, stop it, save it and resume it.</param>
    /// <param name="cancellationToken">Checked for every block of rows, so that a fit stops within one pass.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the numbers of labels and rows differ.</exception>
    /// <exception cref="UntrainableDataException">The data admit no fit; its code says why.</exception>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public static LogisticTraining Train(FeatureMatrix features, double[] labels, LogisticOptions options, FitControl control,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(features);
        return Train(new DesignSource(features), labels, options, control, cancellationToken);
    }

    /// <summary>Fits and scores with progress reports alone.</summary>
    [OverloadResolutionPriority(1)]
    public static LogisticTraining Train(FeatureMatrix features, double[] labels, LogisticOptions options, Action<FitProgress>? progress,
        CancellationToken cancellationToken) =>
        Train(features, labels, options, new FitControl { Progress = progress }, cancellationToken);

    /// <summary>
    /// Fits and scores on raw columns. Each fit learns its preparation from its own training rows: all rows, those not held out, or those of its fold.
    /// </summary>
    /// <param name="table">n rows; a missing value is NaN or code −1, and no number is infinite.</param>
    /// <param name="preparation">For each column of the table how to prepare it.</param>
    /// <param name="labels">n labels, 0 or 1, both present; not copied.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="control">How to follow the fit, stop it, save it and resume it.</param>
    /// <param name="cancellationToken">Checked for every block of rows, so that a fit stops within one pass.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, or the numbers of labels and rows, or of preparations and columns, differ.
    /// </exception>
    /// <exception cref="UntrainableDataException">The data admit no fit; its code says why.</exception>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public static LogisticTraining Train(FeatureTable table, IReadOnlyList<ColumnPreparation> preparation, double[] labels, LogisticOptions options,
        FitControl control, CancellationToken cancellationToken) =>
        Train(new DesignSource(table, preparation), labels, options, control, cancellationToken);

    /// <summary>Fits and scores with progress reports alone.</summary>
    [OverloadResolutionPriority(1)]
    public static LogisticTraining Train(FeatureTable table, IReadOnlyList<ColumnPreparation> preparation, double[] labels, LogisticOptions options,
        Action<FitProgress>? progress, CancellationToken cancellationToken) =>
        Train(table, preparation, labels, options, new FitControl { Progress = progress }, cancellationToken);

    private static LogisticTraining Train(DesignSource source, double[] labels, LogisticOptions options, FitControl control,
        CancellationToken cancellationToken)
    {
        RequireTrainable(source, labels, options);
        var target = new Target(labels, options);
        var scored = Score(source, target, options, control, ClassificationMetrics.FromMargins, cancellationToken);
        var fit = scored.Fit.ToLogistic();
        return new LogisticTraining(
            fit.Model, scored.Standardized.Intercepts[0], scored.Standardized.Coefficients[0], fit.Convergence, scored.Training, scored.Validation)
        {
            Preparation = scored.Preparation,
            Path = fit.Path,
            Inference = fit.Inference,
            TermMeans = scored.TermMeans,
            Calibration = scored.Calibration,
        };
    }

    /// <summary>Scores of margins, row by row, against labels. May write over the margins.</summary>
    internal delegate T Metrics<T>(double[] labels, double[] margins, ThreadCrew crew);

    /// <summary>A fit of any target, its scores, and what else a result has.</summary>
    internal sealed record Scored<T>(ModelFit Fit, LinearModel Standardized, T Training, T? Validation, Preparation? Preparation,
        double[] TermMeans, HeldOutCalibration? Calibration)
        where T : class;

    /// <summary>Fits a target and scores the training rows and those held out.</summary>
    internal static Scored<T> Score<T>(DesignSource source, Target target, LogisticOptions options, FitControl control, Metrics<T> metrics,
        CancellationToken cancellationToken)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(control);
        using var crew = new ThreadCrew(options.Threads, options.ThreadStart);
        var (fit, fits, validation, calibration) = Run(source, target, options, crew, control, cancellationToken);
        var scaling = fits.Scaling(crew, cancellationToken);
        var standardized = fit.Standardized ?? fit.Model.ToStandardized(scaling);
        var margins = target.Scores(fit.Model.Margins(fits.Design.Features, crew, cancellationToken));
        var ofTraining = validation?.Training is not { } training
            ? metrics(target.Values, margins, crew)
            : metrics(Target.Select(target.Values, training), Target.Select(margins, training, target.Vectors), crew);
        var ofValidation = validation is null ? null : metrics(Target.Select(target.Values, validation.Rows), target.Scores(validation.Margins), crew);
        return new Scored<T>(
            fit, standardized, ofTraining, ofValidation, source.PreparationOf(fits, options.FitIntercept ? scaling.Means : null, crew, cancellationToken),
            scaling.ColumnMeans, calibration);
    }

    /// <summary>
    /// Fits without scores, otherwise like <see cref="Train(FeatureMatrix, double[], LogisticOptions, Action{FitProgress}?, CancellationToken)"/>.
    /// </summary>
    /// <param name="features">n × d, finite.</param>
    /// <param name="labels">n labels, 0 or 1, both present; not copied.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="progress">Called on this thread, at the start and after each iteration.</param>
    /// <param name="cancellationToken">Checked for every block of rows, so that a fit stops within one pass.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the numbers of labels and rows differ.</exception>
    /// <exception cref="UntrainableDataException">The data admit no fit; its code says why.</exception>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public static LogisticFit Fit(FeatureMatrix features, double[] labels, LogisticOptions options,
        Action<FitProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(features);
        var source = new DesignSource(features);
        RequireTrainable(source, labels, options);
        using var crew = new ThreadCrew(options.Threads, options.ThreadStart);
        return Run(source, new Target(labels, options), options, crew, new FitControl { Progress = progress }, cancellationToken).Fit.ToLogistic();
    }

    /// <summary>
    /// Repeats the article's step w ← w − learningRate · Xᵀ(σ(Xw) − y) / n, without intercept, penalty or standardising. All labels may be the same.
    /// </summary>
    /// <returns>The new weights and their mean log loss.</returns>
    /// <exception cref="ArgumentException">Weights, learning rate or iterations are out of range, or the numbers of labels and rows differ.</exception>
    /// <exception cref="UntrainableDataException">
    /// <c>invalid_label</c>, <c>non_finite_value</c>, <c>numeric_range_exceeded</c>, or <c>diverged</c>: the weights overflow.
    /// </exception>
    public static (double[] Weights, double Cost) UpdateWeights(DesignMatrix features, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights,
        double learningRate, int iterations, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(features);
        var start = weights.ToArray();
        new LogisticOptions { InitialWeights = start, LearningRate = learningRate, MaxIterations = iterations }.Validate(features.Rows, features.Columns);
        RequireAsManyLabels(features.Rows, labels);
        BinaryLabels.RequireBinary(labels);
        var objective = new LogisticObjective(features, labels.ToArray(), scaling: null, fitIntercept: false, penalty: 0);
        var end = WithFiniteFeatures(new DesignSource(features),
            () => GradientDescent.Minimize(objective, start, learningRate, iterations, tolerance: null, FitJournal.ForOneCall(null), cancellationToken));
        return end.Iterations == iterations
            ? (end.Parameters, end.Value)
            : throw new UntrainableDataException("diverged", $"The weights overflow in iteration {end.Iterations + 1}; use a smaller learning rate.");
    }

    private static void RequireTrainable(DesignSource source, double[] labels, LogisticOptions options)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(source.Rows, source.Columns);
        RequireAsManyLabels(source.Rows, labels);
        BinaryLabels.RequireTwoClasses(labels);
    }

    internal static FinishedRun Run(DesignSource source, Target target, LogisticOptions options, ThreadCrew crew, FitControl control,
        CancellationToken cancellationToken)
    {
        var start = options.TimeProvider.GetTimestamp();
        var run = new TrainingRun(source, target, options, crew, control, cancellationToken);
        var finished = WithFiniteFeatures(source, run.Run);
        var convergence = finished.Fit.Convergence with { Passes = run.Passes, Seconds = options.TimeProvider.GetElapsedTime(start).TotalSeconds };
        return finished with { Fit = finished.Fit with { Convergence = convergence } };
    }

    /// <summary>
    /// Runs a fit and names the first value that is not finite if the fit fails because of one. A search before each fit would cost a pass; the fit itself
    /// finds out, because NaN or an infinity makes the sums over the rows NaN.
    /// </summary>
    private static T WithFiniteFeatures<T>(DesignSource source, Func<T> fit)
    {
        try
        {
            return fit();
        }
        catch (UntrainableDataException exception) when (exception.Code == NumericRange.Code)
        {
            source.RequireFinite();
            throw;
        }
    }

    /// <summary>The sample weights, with 0 for rows that are not training rows. Null means that all rows are training rows of weight 1.</summary>
    /// <param name="sampleWeights">Null for 1.</param>
    /// <param name="training">The indices of the training rows; null for all.</param>
    /// <param name="rows">The number of rows.</param>
    internal static double[]? TrainingWeights(double[]? sampleWeights, int[]? training, int rows)
    {
        if (training is null)
            return sampleWeights;
        var weights = new double[rows];
        foreach (var row in training)
            weights[row] = sampleWeights?[row] ?? 1;
        return weights;
    }

    private static void RequireAsManyLabels(int rows, ReadOnlySpan<double> labels)
    {
        if (labels.Length != rows)
            throw new ArgumentException($"There are {rows} rows and {labels.Length} labels.", nameof(labels));
    }
}
