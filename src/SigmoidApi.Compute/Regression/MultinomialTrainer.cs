using System.Runtime.CompilerServices;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// Fits logistic regression of K classes: as softmax regression or one-vs-rest (<see cref="LogisticOptions.MultiClass"/>). It is the run of
/// <see cref="LogisticTrainer"/> with a vector of parameters for each class, and has the same options, progress, checkpoints and errors.
/// </summary>
public static class MultinomialTrainer
{
    /// <summary>
    /// Fits a model and scores it on the training rows. If rows are held out, it is also scored on those; with folds each row is scored by the fit that has
    /// not seen it.
    /// </summary>
    /// <param name="features">n × d, finite.</param>
    /// <param name="labels">n labels. Each class has a row.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="control">How to follow the fit, stop it, save it and resume it.</param>
    /// <param name="cancellationToken">Checked for every block of rows, so that a fit stops within one pass.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the numbers of labels and rows differ.</exception>
    /// <exception cref="UntrainableDataException">The data admit no fit; its code says why.</exception>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public static MultinomialTraining Train(FeatureMatrix features, ClassLabels labels, LogisticOptions options, FitControl control,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(features);
        return Train(new DesignSource(features), labels, options, control, cancellationToken);
    }

    /// <summary>Fits and scores with progress reports alone.</summary>
    [OverloadResolutionPriority(1)]
    public static MultinomialTraining Train(FeatureMatrix features, ClassLabels labels, LogisticOptions options, Action<FitProgress>? progress,
        CancellationToken cancellationToken) =>
        Train(features, labels, options, new FitControl { Progress = progress }, cancellationToken);

    /// <summary>
    /// Fits and scores on raw columns. Each fit learns its preparation from its own training rows: all rows, those not held out, or those of its fold.
    /// </summary>
    /// <param name="table">n rows; a missing value is NaN or code −1, and no number is infinite.</param>
    /// <param name="preparation">For each column of the table how to prepare it.</param>
    /// <param name="labels">n labels. Each class has a row.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="control">How to follow the fit, stop it, save it and resume it.</param>
    /// <param name="cancellationToken">Checked for every block of rows, so that a fit stops within one pass.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, or the numbers of labels and rows, or of preparations and columns, differ.
    /// </exception>
    /// <exception cref="UntrainableDataException">The data admit no fit; its code says why.</exception>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public static MultinomialTraining Train(FeatureTable table, IReadOnlyList<ColumnPreparation> preparation, ClassLabels labels, LogisticOptions options,
        FitControl control, CancellationToken cancellationToken) =>
        Train(new DesignSource(table, preparation), labels, options, control, cancellationToken);

    /// <summary>Fits and scores with progress reports alone.</summary>
    [OverloadResolutionPriority(1)]
    public static MultinomialTraining Train(FeatureTable table, IReadOnlyList<ColumnPreparation> preparation, ClassLabels labels, LogisticOptions options,
        Action<FitProgress>? progress, CancellationToken cancellationToken) =>
        Train(table, preparation, labels, options, new FitControl { Progress = progress }, cancellationToken);

    /// <summary>Fits without scores, otherwise like the other methods.</summary>
    /// <param name="features">n × d, finite.</param>
    /// <param name="labels">n labels. Each class has a row.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="progress">Called on this thread, at the start and after each iteration.</param>
    /// <param name="cancellationToken">Checked for every block of rows, so that a fit stops within one pass.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the numbers of labels and rows differ.</exception>
    /// <exception cref="UntrainableDataException">The data admit no fit; its code says why.</exception>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public static MultinomialFit Fit(FeatureMatrix features, ClassLabels labels, LogisticOptions options, Action<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(features);
        var source = new DesignSource(features);
        var target = TargetOf(source, labels, options);
        using var crew = new ThreadCrew(options.Threads, options.ThreadStart);
        return LogisticTrainer.Run(source, target, options, crew, new FitControl { Progress = progress }, cancellationToken).Fit
            .ToMultinomial(options.MultiClass);
    }

    private static MultinomialTraining Train(DesignSource source, ClassLabels labels, LogisticOptions options, FitControl control,
        CancellationToken cancellationToken)
    {
        var target = TargetOf(source, labels, options);
        var scored = LogisticTrainer.Score(source, target, options, control,
            (values, margins, _) => MultinomialMetrics.FromScores(values, margins, labels.Count), cancellationToken);
        var fit = scored.Fit.ToMultinomial(options.MultiClass);
        var standardized = target.IsSymmetric && options.FitIntercept ? scored.Standardized.Centered() : scored.Standardized;
        return new MultinomialTraining(
            fit.Model, standardized.Intercepts, standardized.Coefficients, fit.Convergence, scored.Training, scored.Validation)
        {
            Preparation = scored.Preparation,
            Path = fit.Path,
            Inference = fit.Inference,
            TermMeans = scored.TermMeans,
            Calibration = scored.Calibration,
        };
    }

    private static Target TargetOf(DesignSource source, ClassLabels labels, LogisticOptions options)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(source.Rows, source.Columns, labels.Count);
        if (labels.Codes.Length != source.Rows)
            throw new ArgumentException($"There are {source.Rows} rows and {labels.Codes.Length} labels.", nameof(labels));
        labels.RequireEveryClass();
        if ((long)source.Rows * labels.Count > Array.MaxLength)
        {
            throw new UntrainableDataException("too_many_classes",
                $"{source.Rows} rows of {labels.Count} classes have more than {Array.MaxLength} margins, which are scored together; "
                + "use fewer rows or classes.");
        }
        return new Target(labels, options);
    }
}
