using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// The fits of one call: on all rows or on those not held out, and on the training rows of each fold. Rows are left out by a weight of 0, so that no fit
/// copies the data. If columns need preparing, each fit learns the preparation from its own training rows.
/// </summary>
internal sealed class TrainingRun
{
    private readonly DesignSource _source;
    private readonly double[] _labels;
    private readonly LogisticOptions _options;
    private readonly ThreadCrew _crew;
    private readonly FitJournal _journal;
    private readonly CancellationToken _cancellationToken;

    public TrainingRun(DesignSource source, double[] labels, LogisticOptions options, ThreadCrew crew, FitControl control, CancellationToken cancellationToken)
    {
        (_source, _labels, _options, _crew, _cancellationToken) = (source, labels, options, crew, cancellationToken);
        var calls = PenalizedFits.Points(options).Count * (1 + (options.Folds ?? 0));
        _journal = new FitJournal(control, options.TimeProvider, calls, () => options.Fingerprint(labels, source.Columns));
    }

    /// <summary>Passes over the data so far.</summary>
    public double Passes { get; private set; }

    public (LogisticFit Fit, PenalizedFits Fits, Validated? Validation) Run()
    {
        if (_options.Folds is { } folds)
            return CrossValidate(folds);
        if (_options.Holdout is not { } fraction)
        {
            var (all, fits) = FitAll(training: null);
            return (Diagnosed(FitOf(all, scores: null), all, fits), fits, null);
        }

        var (training, heldOut) = Holdout(fraction);
        var (points, ofTraining) = FitAll(training);
        var losses = points.Select(point => MeanLogLoss(MarginsOf(point.Fit.Model, ofTraining.Design, heldOut), heldOut));
        var scores = losses.Select(loss => new ValidationScore(loss, StandardError: null)).ToArray();
        var fit = Diagnosed(FitOf(points, PenalizedFits.Points(_options).Count > 1 ? scores : null), points, ofTraining);
        var metrics = ClassificationMetrics.FromMargins(LogisticTrainer.Select(_labels, heldOut), MarginsOf(fit.Model, ofTraining.Design, heldOut));
        return (fit, ofTraining, new Validated(training, metrics));
    }

    private (int[] Training, int[] HeldOut) Holdout(double fraction)
    {
        if (_options.Groups is null && _options.TimeOrder is null)
            return StratifiedSplit.Holdout(_labels, fraction, _options.Seed);
        var (training, heldOut) = _options.Groups is { } groups
            ? RowSplit.ByGroup(groups, fraction, _options.Seed)
            : RowSplit.ByTime(_options.TimeOrder, fraction);
        foreach (var part in new[] { training, heldOut })
        {
            if (Array.TrueForAll(part, row => _labels[row] == _labels[part[0]]))
            {
                throw new UntrainableDataException("class_missing_from_split",
                    $"After the holdout, one of the two parts ({part.Length} rows) has only class {_labels[part[0]]}.");
            }
        }
        return (training, heldOut);
    }

    /// <summary>
    /// Fits all rows first, so that a model exists as soon as possible, even if the run is stopped later. Only one design matrix exists at a time. The selected
    /// point is known once all folds are fitted; the folds' margins at that point are then computed from designs that are made again, because the margins of
    /// all points may not fit into memory.
    /// </summary>
    private (LogisticFit Fit, PenalizedFits Fits, Validated? Validation) CrossValidate(int folds)
    {
        var foldOf = _options.Groups is { } groups
            ? RowSplit.GroupFolds(groups, folds, _options.Seed)
            : StratifiedSplit.Folds(_labels, folds, _options.Seed);
        var (points, fitsKept, preparation) = FitAllRows();
        var fitted = new List<FittedFold>();
        for (var fold = 0; fold < folds && !_journal.ShouldStopBeforeNextCall(); fold++)
        {
            if (FitFold(RowsWhere(foldOf, of => of != fold), RowsWhere(foldOf, of => of == fold)) is { } whole)
                fitted.Add(whole);
        }

        // If the run was stopped, there may be too few folds for a standard error, or fewer points than in a fold.
        var isValidated = fitted.Count > 1 && points.Count == fitted[0].Losses.Length;
        var scores = isValidated ? points.Select((_, p) => ScoreOf([.. fitted.Select(fold => fold.Losses[p])])).ToArray() : null;
        var fit = FitOf(points, scores);
        var validation = isValidated ? ScoresOf(fitted, fit.Path!.Selected) : null;
        var ofAll = fitsKept ?? FitsOf(_source.Transform(preparation, _crew, _cancellationToken), _options.SampleWeight);
        return (Diagnosed(fit, points, ofAll), ofAll, validation);
    }

    /// <summary>Fits all rows. Keeps the fits too if all fits share one matrix, or if the run was stopped and no other design will be made.</summary>
    private (IReadOnlyList<FittedPoint> Points, PenalizedFits? Fits, Preparation? Preparation) FitAllRows()
    {
        var (points, fits) = FitAll(training: null);
        var preparation = fits.Design.Preparation;
        return (points, preparation is null || _journal.IsStopped ? fits : null, preparation);
    }

    /// <summary>Null if the run was stopped before the fold was finished.</summary>
    private FittedFold? FitFold(int[] training, int[] heldOut)
    {
        var (points, fits) = FitAll(training);
        if (_journal.IsStopped)
            return null;
        var losses = points.Select(point => MeanLogLoss(MarginsOf(point.Fit.Model, fits.Design, heldOut), heldOut));
        return new FittedFold(heldOut, [.. points.Select(point => point.Fit.Model)], fits.Design.Preparation, [.. losses]);
    }

    /// <summary>Scores on the rows that the folds held out, each by the model of its fold; null if these rows have only one class.</summary>
    private Validated? ScoresOf(List<FittedFold> folds, int selected)
    {
        var margins = new double[_labels.Length];
        foreach (var fold in folds)
        {
            var ofFold = MarginsOf(fold.Models[selected], _source.Transform(fold.Preparation, _crew, _cancellationToken), fold.HeldOut);
            for (var i = 0; i < ofFold.Length; i++)
                margins[fold.HeldOut[i]] = ofFold[i];
        }
        int[] rows = [.. folds.SelectMany(fold => fold.HeldOut).Order()];
        var labels = LogisticTrainer.Select(_labels, rows);
        return labels.AsSpan().ContainsAnyExcept(labels[0])
            ? new Validated(Training: null, ClassificationMetrics.FromMargins(labels, LogisticTrainer.Select(margins, rows)))
            : null;
    }

    private static int[] RowsWhere(int[] foldOf, Func<int, bool> predicate) => [.. Enumerable.Range(0, foldOf.Length).Where(i => predicate(foldOf[i]))];

    /// <summary>Mean and standard error of the folds' losses.</summary>
    private static ValidationScore ScoreOf(double[] losses)
    {
        var mean = losses.Average();
        var variance = losses.Sum(loss => (loss - mean) * (loss - mean)) / (losses.Length - 1);
        return new ValidationScore(mean, Math.Sqrt(variance / losses.Length));
    }

    /// <summary>The fit with its inference and warnings, or with the warning that it was stopped.</summary>
    private LogisticFit Diagnosed(LogisticFit fit, IReadOnlyList<FittedPoint> points, PenalizedFits fits)
    {
        var isStopped = _options.Penalty is Penalty.None or Penalty.Firth ? _journal.ShouldStop() : _journal.IsStopped;
        var diagnosed = new FitDiagnosis(_options, fits, _crew).Of(points[fit.Path?.Selected ?? 0], isStopped, _journal, _cancellationToken);
        if (fit.Path is { Points: [var only] } path)
            fit = fit with { Path = new RegularizationPath([only with { Converged = diagnosed.Convergence.Converged }], path.Selected, path.Rule) };
        fit = fit with { Convergence = diagnosed.Convergence, Inference = diagnosed.Inference };
        if (isStopped)
            return Warned(fit, _journal.StoppedWarning());
        return fit.Inference is { LacksProfiles: true } inference
            ? Warned(fit, ConvergenceWarning.IntervalsStopped(inference.ColumnsWithoutProfile, inference.InterceptLacksProfile))
            : fit;
    }

    private static LogisticFit Warned(LogisticFit fit, ConvergenceWarning warning) =>
        fit with { Convergence = fit.Convergence with { Warnings = [.. fit.Convergence.Warnings, warning] } };

    private (IReadOnlyList<FittedPoint> Points, PenalizedFits Fits) FitAll(int[]? training)
    {
        var weights = LogisticTrainer.TrainingWeights(_options.SampleWeight, training, _labels.Length);
        var fits = FitsOf(_source.Fit(weights, _crew, _cancellationToken), weights);
        var points = fits.FitAll(_journal, _cancellationToken);
        Passes += fits.Rows.Passes;
        return (points, fits);
    }

    private PenalizedFits FitsOf(Design design, double[]? weights) => new(design, _labels, weights, _options, _crew, _cancellationToken);

    private LogisticFit FitOf(IReadOnlyList<FittedPoint> points, ValidationScore[]? scores)
    {
        if (PenalizedFits.Points(_options).Count == 1 && scores is null)
            return points[0].Fit;
        var (selected, rule) = Selected([.. points.Select(point => (point.C, point.L1Ratio))], scores);
        var path = points.Select((point, i) => new PathPoint(point.C, point.L1Ratio, point.Fit.Model, point.Fit.Convergence.Objective, point.NonZero,
            point.Fit.Convergence.Iterations, point.Fit.Convergence.Converged, scores?[i]));
        return points[selected].Fit with { Path = new RegularizationPath([.. path], selected, rule) };
    }

    private (int Selected, string Rule) Selected(IReadOnlyList<(double C, double L1Ratio)> points, ValidationScore[]? scores)
    {
        if (scores is null)
            return (points.Count - 1, "last");
        var best = Enumerable.Range(0, scores.Length).MinBy(i => scores[i].LogLoss);
        if (_options.Selection == Selection.Best)
            return (best, "best");
        var limit = scores[best].LogLoss + (scores[best].StandardError ?? 0);
        var simplest = Enumerable.Range(0, scores.Length)
            .Where(i => points[i].L1Ratio == points[best].L1Ratio && scores[i].LogLoss <= limit)
            .MinBy(i => points[i].C);
        return (simplest, "one_standard_error");
    }

    private double[] MarginsOf(LogisticModel model, Design design, int[] rows) =>
        LogisticTrainer.Select(model.PredictMargins(design.Features, _crew, _cancellationToken), rows);

    /// <summary>Weighted by the rows' sample weights.</summary>
    private double MeanLogLoss(double[] margins, int[] rows)
    {
        double[] weights = _options.SampleWeight is { } all ? LogisticTrainer.Select(all, rows) : [];
        var total = _options.SampleWeight is null ? rows.Length : weights.Sum();
        return total > 0
            ? LogisticLoss.Sum(margins, LogisticTrainer.Select(_labels, rows), weights) / total
            : throw new UntrainableDataException("no_weight_held_out", "All rows held out have weight 0; use other folds, or weights above 0.");
    }
}

/// <summary>The results of a fold that outlive its design: for each point the model and the loss on the rows held out.</summary>
internal sealed record FittedFold(int[] HeldOut, LogisticModel[] Models, Preparation? Preparation, double[] Losses);

/// <summary>Scores on rows that a fit has not seen, and its training rows; these are null if each row was held out once.</summary>
internal sealed record Validated(int[]? Training, ClassificationMetrics Metrics);
