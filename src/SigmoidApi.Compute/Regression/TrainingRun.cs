using SigmoidApi.Compute.Calibration;
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
    private readonly Target _target;
    private readonly LogisticOptions _options;
    private readonly ThreadCrew _crew;
    private readonly FitJournal _journal;
    private readonly CancellationToken _cancellationToken;

    public TrainingRun(DesignSource source, Target target, LogisticOptions options, ThreadCrew crew, FitControl control, CancellationToken cancellationToken)
    {
        (_source, _target, _options, _crew, _cancellationToken) = (source, target, options, crew, cancellationToken);
        var fits = PenalizedFits.Points(options).Count * (1 + (options.Folds ?? 0)) + (SharesFolds ? 0 : options.Calibration?.Folds ?? 0);
        var calls = target.Problems.Calls * fits;
        int? classes = target.IsBinary ? null : target.Classes;
        _journal = new FitJournal(control, options.TimeProvider, calls, () => options.Fingerprint(target.Values, source.Columns, classes));
    }

    /// <summary>Passes over the data so far.</summary>
    public double Passes { get; private set; }

    /// <summary>Whether the folds of the validation are those of the calibration.</summary>
    private bool SharesFolds => _options.Folds is { } folds && folds == _options.Calibration?.Folds;

    public FinishedRun Run()
    {
        if (_options.Folds is { } folds)
            return CrossValidate(folds);
        var (training, heldOut) = _options.Holdout is { } fraction ? _target.Holdout(fraction) : (null, null);
        var foldOf = CalibrationFolds(training);
        var (fit, points, validation, kept, preparation) = FitOnce(training, heldOut);
        var calibration = Calibrated(foldOf, points[fit.Path?.Selected ?? 0]);
        var weights = LogisticTrainer.TrainingWeights(_options.SampleWeight, training, _target.Values.Length);
        var fits = kept ?? FitsOf(_source.Transform(preparation, _crew, _cancellationToken), weights, _options);
        return new FinishedRun(Diagnosed(fit, points, fits), fits, validation, calibration);
    }

    /// <summary>Fits without folds, and scores the rows held out, if there are any. Keeps the fits unless a calibration makes other designs.</summary>
    private (ModelFit Fit, IReadOnlyList<FittedPoint> Points, Validated? Validation, PenalizedFits? Fits, Preparation? Preparation) FitOnce(
        int[]? training, int[]? heldOut)
    {
        var (points, fits) = FitAll(training, _options);
        var scores = heldOut is null ? null
            : LossesOf(points, fits.Design, heldOut).Select(loss => new ValidationScore(loss, StandardError: null)).ToArray();
        var fit = FitOf(points, PenalizedFits.Points(_options).Count > 1 ? scores : null);
        var validation = heldOut is null ? null : new Validated(training, heldOut, MarginsOf(fit.Model, fits.Design, heldOut));
        var preparation = fits.Design.Preparation;
        return (fit, points, validation, _options.Calibration is null || preparation is null || _journal.IsStopped ? fits : null, preparation);
    }

    private int[]? CalibrationFolds(int[]? training) =>
        _options.Calibration is { } calibration ? _target.CalibrationFolds(calibration.Folds, training) : null;

    /// <summary>
    /// Fits the folds at one point of the path, and a map to the log-odds of the rows that each holds out. Null without a calibration, and if the run is
    /// stopped before all folds are fitted.
    /// </summary>
    private HeldOutCalibration? Calibrated(int[]? foldOf, FittedPoint point)
    {
        if (foldOf is null || _journal.IsStopped)
            return null;
        var width = _target.Vectors;
        var margins = new double[_target.Values.Length * width];
        var options = _options with { C = point.C, L1Ratio = point.L1Ratio, Cs = null, L1Ratios = null };
        for (var fold = 0; fold < _options.Calibration!.Folds; fold++)
        {
            if (_journal.ShouldStopBeforeNextCall())
                return null;
            var heldOut = RowsWhere(foldOf, of => of == fold);
            var (points, fits) = FitAll(RowsWhere(foldOf, of => of >= 0 && of != fold), options);
            if (_journal.IsStopped)
                return null;
            Place(MarginsOf(points[0].Fit.Model, fits.Design, heldOut), heldOut, margins);
        }
        return Calibrated(foldOf, margins);
    }

    private HeldOutCalibration Calibrated(int[] foldOf, double[] margins)
    {
        var rows = RowsWhere(foldOf, of => of >= 0);
        return HeldOutCalibration.Fit(
            _options.Calibration!.Method, _target.Classes, Target.Select(_target.Values, rows), _target.Scores(Target.Select(margins, rows, _target.Vectors)),
            _options.SampleWeight is { } weights ? Target.Select(weights, rows) : null, Array.ConvertAll(rows, row => foldOf[row]), _options.Threads,
            _cancellationToken);
    }

    /// <summary>
    /// Fits all rows first, so that a model exists as soon as possible, even if the run is stopped later. Only one design matrix exists at a time. The selected
    /// point is known once all folds are fitted; the folds' margins at that point are then computed from designs that are made again, because the margins of
    /// all points may not fit into memory.
    /// </summary>
    private FinishedRun CrossValidate(int folds)
    {
        var foldOf = _target.Folds(folds);
        var ofCalibration = CalibrationFolds(training: null);
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
        var margins = isValidated ? MarginsOf(fitted, fit.Path!.Selected) : null;
        var validation = margins is null ? null : ScoresOf(fitted, margins);
        var calibration = !SharesFolds ? Calibrated(ofCalibration, points[fit.Path?.Selected ?? 0])
            : margins is not null && fitted.Count == folds && !_journal.IsStopped ? Calibrated(ofCalibration!, margins)
            : null;
        var ofAll = fitsKept ?? FitsOf(_source.Transform(preparation, _crew, _cancellationToken), _options.SampleWeight, _options);
        return new FinishedRun(Diagnosed(fit, points, ofAll), ofAll, validation, calibration);
    }

    /// <summary>Fits all rows. Keeps the fits too if all fits share one matrix, or if the run was stopped and no other design will be made.</summary>
    private (IReadOnlyList<FittedPoint> Points, PenalizedFits? Fits, Preparation? Preparation) FitAllRows()
    {
        var (points, fits) = FitAll(training: null, _options);
        var preparation = fits.Design.Preparation;
        return (points, preparation is null || _journal.IsStopped ? fits : null, preparation);
    }

    private IEnumerable<double> LossesOf(IReadOnlyList<FittedPoint> points, Design design, int[] heldOut) =>
        points.Select(point => _target.MeanLogLoss(MarginsOf(point.Fit.Model, design, heldOut), heldOut));

    /// <summary>Null if the run was stopped before the fold was finished.</summary>
    private FittedFold? FitFold(int[] training, int[] heldOut)
    {
        var (points, fits) = FitAll(training, _options);
        return _journal.IsStopped
            ? null
            : new FittedFold(
                heldOut, [.. points.Select(point => point.Fit.Model)], fits.Design.Preparation, [.. LossesOf(points, fits.Design, heldOut)]);
    }

    /// <summary>The margins of the rows that the folds held out, each by the model of its fold; 0 for other rows.</summary>
    private double[] MarginsOf(List<FittedFold> folds, int selected)
    {
        var margins = new double[_target.Values.Length * _target.Vectors];
        foreach (var fold in folds)
            Place(MarginsOf(fold.Models[selected], _source.Transform(fold.Preparation, _crew, _cancellationToken), fold.HeldOut), fold.HeldOut, margins);
        return margins;
    }

    private void Place(double[] ofRows, int[] rows, double[] margins)
    {
        var width = _target.Vectors;
        for (var i = 0; i < rows.Length; i++)
            ofRows.AsSpan(i * width, width).CopyTo(margins.AsSpan(rows[i] * width));
    }

    /// <summary>The rows that the folds held out with their margins; null if these rows have only one class.</summary>
    private Validated? ScoresOf(List<FittedFold> folds, double[] margins)
    {
        int[] rows = [.. folds.SelectMany(fold => fold.HeldOut).Order()];
        return Array.Exists(rows, row => _target.Values[row] != _target.Values[rows[0]])
            ? new Validated(Training: null, rows, Target.Select(margins, rows, _target.Vectors))
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
    private ModelFit Diagnosed(ModelFit fit, IReadOnlyList<FittedPoint> points, PenalizedFits fits)
    {
        var isStopped = _options.Penalty is Penalty.None or Penalty.Firth ? _journal.ShouldStop() : _journal.IsStopped;
        var diagnosed = new FitDiagnosis(_options, _target, fits, _crew).Of(points[fit.Path?.Selected ?? 0], isStopped, _journal, _cancellationToken);
        if (fit.Path is { Points: [var only] } path)
            fit = fit with { Path = path with { Points = [only with { Converged = diagnosed.Convergence.Converged }] } };
        fit = diagnosed with { Path = fit.Path };
        if (isStopped)
            return Warned(fit, _journal.StoppedWarning());
        return fit.Inference is { LacksProfiles: true } inference
            ? Warned(fit, ConvergenceWarning.IntervalsStopped(inference.ColumnsWithoutProfile, inference.InterceptLacksProfile))
            : fit;
    }

    private static ModelFit Warned(ModelFit fit, ConvergenceWarning warning) =>
        fit with { Convergence = fit.Convergence with { Warnings = [.. fit.Convergence.Warnings, warning] } };

    private (IReadOnlyList<FittedPoint> Points, PenalizedFits Fits) FitAll(int[]? training, LogisticOptions options)
    {
        var weights = LogisticTrainer.TrainingWeights(_options.SampleWeight, training, _target.Values.Length);
        var fits = FitsOf(_source.Fit(weights, _crew, _cancellationToken), weights, options);
        var points = fits.FitAll(_journal, _cancellationToken);
        Passes += fits.Rows.Passes;
        return (points, fits);
    }

    private PenalizedFits FitsOf(Design design, double[]? weights, LogisticOptions options) =>
        new(design, _target, weights, options, _crew, _cancellationToken);

    private ModelFit FitOf(IReadOnlyList<FittedPoint> points, ValidationScore[]? scores)
    {
        if (PenalizedFits.Points(_options).Count == 1 && scores is null)
            return points[0].Fit;
        var (selected, rule) = Selected([.. points.Select(point => (point.C, point.L1Ratio))], scores);
        return points[selected].Fit with
        {
            Path = new FittedPath([.. points.Select((point, i) => (point, point.Fit.Convergence.Converged, scores?[i]))], selected, rule),
        };
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

    private double[] MarginsOf(LinearModel model, Design design, int[] rows) =>
        Target.Select(model.Margins(design.Features, _crew, _cancellationToken), rows, _target.Vectors);
}

/// <summary>The result of a run.</summary>
/// <param name="Fit">The model's fit.</param>
/// <param name="Fits">The fits to the model's rows.</param>
/// <param name="Validation">The rows held out; null if there are none.</param>
/// <param name="Calibration">Null without a calibration, and if the run was stopped before it.</param>
internal sealed record FinishedRun(ModelFit Fit, PenalizedFits Fits, Validated? Validation, HeldOutCalibration? Calibration);

/// <summary>The results of a fold that outlive its design: for each point the model and the loss on the rows held out.</summary>
internal sealed record FittedFold(int[] HeldOut, LinearModel[] Models, Preparation? Preparation, double[] Losses);

/// <summary>Rows that a fit has not seen.</summary>
/// <param name="Training">Its training rows; null if each row was held out once.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Margins">Their margins, row by row.</param>
internal sealed record Validated(int[]? Training, int[] Rows, double[] Margins);
