using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Metrics;
using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// The fits of one call: of all rows, or of those not held out, and of each fold's. Rows are left out by weights of 0, so that no fit copies the data.
/// </summary>
internal sealed class TrainingRun
{
    private readonly FeatureMatrix _features;
    private readonly double[] _labels;
    private readonly LogisticOptions _options;
    private readonly ThreadCrew _crew;
    private readonly Action<FitProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly int _fits;
    private int _fitsDone;

    public TrainingRun(FeatureMatrix features, double[] labels, LogisticOptions options, ThreadCrew crew, Action<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        (_features, _labels, _options, _crew, _progress, _cancellationToken) = (features, labels, options, crew, progress, cancellationToken);
        _fits = PenalizedFits.Points(options).Count * (1 + (options.Folds ?? 0));
    }

    /// <summary>Over the data so far.</summary>
    public double Passes { get; private set; }

    public (LogisticFit Fit, Validated? Validation) Run()
    {
        if (_options.Folds is { } folds)
            return CrossValidate(folds);
        if (_options.Holdout is not { } fraction)
        {
            var (all, fits) = FitAll(training: null);
            return (WithInference(FitOf(all, scores: null), all, fits), null);
        }

        var (training, heldOut) = StratifiedSplit.Holdout(_labels, fraction, _options.Seed);
        var (points, ofTraining) = FitAll(training);
        var scores = points.Select(point => new ValidationScore(MeanLogLoss(point, heldOut), StandardError: null)).ToArray();
        var fit = WithInference(FitOf(points, points.Count > 1 ? scores : null), points, ofTraining);
        var metrics = ClassificationMetrics.FromMargins(LogisticTrainer.Select(_labels, heldOut), LogisticTrainer.Select(Margins(fit), heldOut));
        return (fit, new Validated(training, metrics));
    }

    private (LogisticFit Fit, Validated? Validation) CrossValidate(int folds)
    {
        var foldOf = StratifiedSplit.Folds(_labels, folds, _options.Seed);
        var ofFolds = new IReadOnlyList<FittedPoint>[folds];
        var losses = new double[folds][];
        for (var fold = 0; fold < folds; fold++)
        {
            var rows = Enumerable.Range(0, foldOf.Length).ToLookup(i => foldOf[i] == fold);
            int[] heldOut = [.. rows[true]];
            ofFolds[fold] = FitAll([.. rows[false]]).Points;
            losses[fold] = [.. ofFolds[fold].Select(point => MeanLogLoss(point, heldOut))];
        }
        var (points, ofAll) = FitAll(training: null);
        var scores = Enumerable.Range(0, points.Count).Select(p => ScoreOf([.. losses.Select(ofFold => ofFold[p])])).ToArray();
        var fit = WithInference(FitOf(points, scores), points, ofAll);

        var margins = new double[_labels.Length];
        for (var fold = 0; fold < folds; fold++)
        {
            var ofFold = Margins(ofFolds[fold][fit.Path!.Selected].Fit);
            for (var i = 0; i < margins.Length; i++)
                margins[i] = foldOf[i] == fold ? ofFold[i] : margins[i];
        }
        return (fit, new Validated(Training: null, ClassificationMetrics.FromMargins(_labels, margins)));
    }

    /// <summary>Mean and standard error of the folds' losses.</summary>
    private static ValidationScore ScoreOf(double[] losses)
    {
        var mean = losses.Average();
        var variance = losses.Sum(loss => (loss - mean) * (loss - mean)) / (losses.Length - 1);
        return new ValidationScore(mean, Math.Sqrt(variance / losses.Length));
    }

    private LogisticFit WithInference(LogisticFit fit, IReadOnlyList<FittedPoint> points, PenalizedFits fits)
    {
        var inference = fits.InferenceOf(points[fit.Path?.Selected ?? 0], _cancellationToken);
        return fit with { Inference = inference };
    }

    private (IReadOnlyList<FittedPoint> Points, PenalizedFits Fits) FitAll(int[]? training)
    {
        var fits = new PenalizedFits(_features, _labels, LogisticTrainer.TrainingWeights(_options.SampleWeight, training, _labels.Length), _options, _crew, _cancellationToken);
        var points = new List<FittedPoint>();
        foreach (var point in fits.FitAll(Report, _cancellationToken))
        {
            points.Add(point);
            _fitsDone++;
        }
        Passes += fits.Rows.Passes;
        return (points, fits);
    }

    private void Report(FitProgress progress) => _progress?.Invoke(progress with
    {
        Fraction = (_fitsDone + (double)progress.Iteration / progress.MaxIterations) / _fits,
    });

    private LogisticFit FitOf(IReadOnlyList<FittedPoint> points, ValidationScore[]? scores)
    {
        if (points.Count == 1 && scores is null)
            return points[0].Fit;
        var (selected, rule) = Selected(points, scores);
        var path = points.Select((point, i) => new PathPoint(point.C, point.L1Ratio, point.Fit.Model, point.Fit.Convergence.Objective, point.NonZero,
            point.Fit.Convergence.Iterations, point.Fit.Convergence.Converged, scores?[i]));
        return points[selected].Fit with { Path = new RegularizationPath([.. path], selected, rule) };
    }

    private (int Selected, string Rule) Selected(IReadOnlyList<FittedPoint> points, ValidationScore[]? scores)
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

    private double[] Margins(LogisticFit fit) => fit.Model.PredictMargins(_features, _crew, _cancellationToken);

    /// <summary>By the rows' sample weights.</summary>
    private double MeanLogLoss(FittedPoint point, int[] rows)
    {
        double[] weights = _options.SampleWeight is { } all ? LogisticTrainer.Select(all, rows) : [];
        var total = _options.SampleWeight is null ? rows.Length : weights.Sum();
        return total > 0
            ? LogisticLoss.Sum(LogisticTrainer.Select(Margins(point.Fit), rows), LogisticTrainer.Select(_labels, rows), weights) / total
            : throw new UntrainableDataException("no_weight_held_out", "The rows held out weigh nothing together; use other folds, or weights above 0.");
    }
}

/// <summary>Scores on rows that a fit has not seen, and the rows that it has; null where each row was held out once.</summary>
internal sealed record Validated(int[]? Training, ClassificationMetrics Metrics);
