using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Metrics;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>Fits logistic regression: checks the data, holds rows out, standardises, minimises, and scores what came of it.</summary>
public static class LogisticTrainer
{
    private const double DefaultTolerance = 1e-8;

    /// <param name="features">n × d, finite.</param>
    /// <param name="labels">n labels, 0 or 1, both present.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="progress">Called on this thread, at the start and after each iteration.</param>
    /// <param name="cancellationToken">Looked at for every block of rows, so that a fit stops within one pass.</param>
    /// <exception cref="ArgumentException">An option is out of range, or there are not as many labels as rows.</exception>
    /// <exception cref="UntrainableDataException">The data admit no fit; its code says why.</exception>
    /// <exception cref="OperationCanceledException">Canceled.</exception>
    public static LogisticTraining Train(DesignMatrix features, ReadOnlySpan<double> labels, LogisticOptions options,
        Action<FitProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(features.Columns);
        RequireUsable(features, labels);
        BinaryLabels.RequireTwoClasses(labels);
        if (options.Holdout is not { } fraction)
            return Fit(features, labels.ToArray(), options, progress, cancellationToken);

        var (training, validation) = StratifiedSplit.Holdout(labels, fraction, options.Seed);
        var fit = Fit(features.Select(training), Select(labels, training), options, progress, cancellationToken);
        var margins = fit.Model.PredictMargins(features.Select(validation));
        return fit with { ValidationMetrics = ClassificationMetrics.FromMargins(Select(labels, validation), margins) };
    }

    /// <summary>
    /// The article's step w ← w − learningRate · Xᵀ(σ(Xw) − y) / n, so many times: no intercept, no penalty, no standardising; labels of
    /// one class are fine.
    /// </summary>
    /// <returns>The new weights and their mean log loss.</returns>
    /// <exception cref="ArgumentException">Weights, learning rate or iterations are out of range, or there are not as many labels as rows.</exception>
    /// <exception cref="UntrainableDataException">
    /// <c>invalid_label</c>, <c>non_finite_value</c>, <c>numeric_range_exceeded</c>, or <c>diverged</c>: the weights overflow.
    /// </exception>
    public static (double[] Weights, double Cost) UpdateWeights(DesignMatrix features, ReadOnlySpan<double> labels, ReadOnlySpan<double> weights,
        double learningRate, int iterations, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(features);
        var start = weights.ToArray();
        new LogisticOptions { InitialWeights = start, LearningRate = learningRate, MaxIterations = iterations }.Validate(features.Columns);
        RequireUsable(features, labels);
        BinaryLabels.RequireBinary(labels);
        var objective = new LogisticObjective(features, labels.ToArray(), scaling: null, fitIntercept: false, penalty: 0);
        var end = GradientDescent.Minimize(objective, start, learningRate, iterations, tolerance: null, progress: null, cancellationToken);
        return end.Iterations == iterations
            ? (end.Parameters, end.Value)
            : throw new UntrainableDataException("diverged", $"The weights overflow in iteration {end.Iterations + 1}; use a smaller learning rate.");
    }

    private static LogisticTraining Fit(DesignMatrix features, double[] labels, LogisticOptions options,
        Action<FitProgress>? progress, CancellationToken cancellationToken)
    {
        var scaling = StandardScaling.Fit(features, cancellationToken);
        var c = options.Penalty == Penalty.None ? 1 : options.C;
        var penalty = options.Penalty == Penalty.None ? 0 : 1 / (c * features.Rows);
        var objective = new LogisticObjective(features, labels, options.Standardize ? scaling : null, options.FitIntercept, penalty);

        var end = Minimize(objective, StartOf(options, scaling), options, progress, cancellationToken);

        var intercept = options.FitIntercept ? end.Parameters[0] : 0;
        var coefficients = end.Parameters.AsSpan(options.FitIntercept ? 1 : 0);
        var standardized = options.Standardize ? (intercept, coefficients.ToArray()) : scaling.ToStandardized(intercept, coefficients);
        var own = options.Standardize ? scaling.ToOwnUnits(intercept, coefficients) : (intercept, coefficients.ToArray());
        NumericRange.RequireFinite(own.Item1, own.Item2);
        var model = new LogisticModel(own.Item1, own.Item2);

        int[] constant = options.Standardize ? [.. scaling.ConstantColumns()] : [];
        int[] dependent = [.. end.Dependent.Select(objective.ColumnOf).Except(constant)];
        List<ConvergenceWarning> warnings = [];
        if (constant.Length > 0)
            warnings.Add(ConvergenceWarning.ConstantColumns(constant));
        if (dependent.Length > 0)
            warnings.Add(ConvergenceWarning.CollinearColumns(dependent));
        warnings.AddRange(end.Warnings);
        var convergence = new Convergence(end.Converged, end.Iterations, end.Value * c * features.Rows, end.GradientNorm, warnings);
        return new LogisticTraining(model, standardized.Item1, standardized.Item2, convergence,
            ClassificationMetrics.FromMargins(labels, model.PredictMargins(features)), ValidationMetrics: null);
    }

    private static Minimum Minimize(LogisticObjective objective, double[] start, LogisticOptions options,
        Action<FitProgress>? progress, CancellationToken cancellationToken) => options.Solver switch
        {
            Solver.GradientDescent => GradientDescent.Minimize(objective, start, options.LearningRate, options.MaxIterations, options.Tolerance,
                progress, cancellationToken),
            _ => NewtonSolver.Minimize(objective, start, options.MaxIterations, options.Tolerance ?? DefaultTolerance, progress, cancellationToken),
        };

    private static double[] StartOf(LogisticOptions options, StandardScaling scaling)
    {
        var weights = options.InitialWeights ?? new double[scaling.Means.Length];
        var (intercept, coefficients) = options.Standardize
            ? scaling.ToStandardized(options.InitialIntercept, weights)
            : (options.InitialIntercept, weights);
        return options.FitIntercept ? [intercept, .. coefficients] : [.. coefficients];
    }

    private static void RequireUsable(DesignMatrix features, ReadOnlySpan<double> labels)
    {
        if (labels.Length != features.Rows)
            throw new ArgumentException($"There are {features.Rows} rows and {labels.Length} labels.", nameof(labels));
        features.RequireFinite();
    }

    private static double[] Select(ReadOnlySpan<double> labels, int[] rows)
    {
        var selected = new double[rows.Length];
        for (var i = 0; i < rows.Length; i++)
            selected[i] = labels[rows[i]];
        return selected;
    }
}
