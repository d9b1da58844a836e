using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>One data set, or what weights leave of it, and the fits of it: one for each point of a path, each from where the one before ended.</summary>
internal sealed class PenalizedFits
{
    private const double DefaultTolerance = 1e-8;

    /// <summary>Of Firth's likelihood, whose gradient has leverages in it, rounding leaves about a tenth of this.</summary>
    private const double SmallestFirthTolerance = 1e-11;

    private readonly LogisticOptions _options;
    private readonly StandardScaling? _scaling;
    private readonly LogisticObjective _objective;

    /// <param name="design">All rows.</param>
    /// <param name="labels">0 or 1 for each.</param>
    /// <param name="sampleWeights">Null for 1; 0 leaves a row out, also of the standardising.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="crew">The threads.</param>
    /// <param name="cancellationToken">Looked at within each pass.</param>
    public PenalizedFits(Design design, double[] labels, double[]? sampleWeights, LogisticOptions options, ThreadCrew crew,
        CancellationToken cancellationToken)
    {
        (_options, Design, SampleWeights) = (options, design, sampleWeights);
        _scaling = options.Standardize || IsFreeOfUnits(options, design.Features.Columns)
            ? design.Scaling(sampleWeights, options.FitIntercept, crew, cancellationToken)
            : null;
        Rows = DesignRows.Of(design.Features, _scaling, options.FitIntercept, crew);
        Labels = new RowLabels(labels, ClassWeighted(labels, sampleWeights, options.ClassWeight));
        if (Labels.Weights is not null)
            BinaryLabels.RequireWeightInBothClasses(labels, Labels.Weights);
        _objective = new LogisticObjective(Rows, Labels, penalty: 0);
    }

    public Design Design { get; }

    /// <summary>Null for 1; 0 of rows left out.</summary>
    public double[]? SampleWeights { get; }

    public DesignRows Rows { get; }

    public RowLabels Labels { get; }

    /// <summary>The points of the path, or the one of a single fit: for each l1Ratio each C, rising.</summary>
    public static IReadOnlyList<(double C, double L1Ratio)> Points(LogisticOptions options)
    {
        var ratio = options.Penalty switch { Penalty.L1 => 1, Penalty.ElasticNet => options.L1Ratio, _ => 0 };
        var cs = options.Penalty is Penalty.None or Penalty.Firth ? [1] : options.Cs ?? [options.C];
        return [.. from r in options.L1Ratios ?? [ratio] from c in cs.Order() select (c, r)];
    }

    /// <summary>What the columns are standardised by, also where the fits are not on standardised columns.</summary>
    public StandardScaling Scaling(ThreadCrew crew, CancellationToken cancellationToken) =>
        _scaling ?? Design.Scaling(SampleWeights, _options.FitIntercept, crew, cancellationToken);

    /// <summary>Fits every point in turn, or, if stopped, at least the first as far as it goes.</summary>
    public IReadOnlyList<FittedPoint> FitAll(FitJournal journal, CancellationToken cancellationToken)
    {
        journal.Begin([[_objective.Dimension], _scaling?.Means ?? [], _scaling?.Deviations ?? []],
            _options is { Penalty: Penalty.Firth, EffectiveIntervals: ConfidenceIntervals.Profile } ? _objective.Dimension : 0);
        var points = new List<FittedPoint>();
        ProximalNewton? proximal = null;
        double? ratioBefore = null;
        double[]? parameters = null;
        foreach (var (c, ratio) in Points(_options))
        {
            if (points.Count > 0 && journal.StopsBeforeNext())
                break;
            if (ratio != ratioBefore)
                (proximal, parameters, ratioBefore) = (null, null, ratio);
            var solver = SolverFor(ratio);
            var penalty = _options.Penalty is Penalty.None or Penalty.Firth ? 0 : 1 / (c * _objective.TotalWeight);
            var (l1, l2) = (ratio * penalty, (1 - ratio) * penalty);
            var tolerance = _options.Tolerance ?? DefaultTolerance;
            var start = parameters ?? Start();
            if (solver == Solver.CoordinateDescent)
                proximal ??= new ProximalNewton(_objective, start, cancellationToken);
            var end = journal.Call(Rows, proximal is null ? null : proximal.Through, () => solver switch
            {
                _ when _options.Penalty == Penalty.Firth => FirthSolver.Maximize(
                    new LogLikelihood(Rows, Labels), start, _options.MaxIterations, Math.Max(tolerance, SmallestFirthTolerance), journal, cancellationToken),
                Solver.CoordinateDescent => proximal!.Minimize(l1, l2, _options.MaxIterations, tolerance, journal, cancellationToken),
                Solver.GradientDescent => GradientDescent.Minimize(_objective.WithPenalty(l2), start, _options.LearningRate, _options.MaxIterations,
                    _options.Tolerance, journal, cancellationToken),
                Solver.Lbfgs => LbfgsSolver.Minimize(_objective.WithPenalty(l2), start, _options.MaxIterations, tolerance, journal, cancellationToken),
                _ => NewtonSolver.Minimize(_objective.WithPenalty(l2), start, _options.MaxIterations, tolerance, journal, cancellationToken),
            });
            parameters = end.Parameters;
            points.Add(Fitted(c, ratio, solver, end));
        }
        return points;
    }

    private FittedPoint Fitted(double c, double ratio, Solver solver, SolverResult end)
    {
        var intercept = _options.FitIntercept ? end.Parameters[0] : 0;
        var coefficients = end.Parameters.AsSpan(_options.FitIntercept ? 1 : 0);
        var own = _scaling?.ToOwnUnits(intercept, coefficients) ?? (intercept, coefficients.ToArray());
        NumericRange.RequireFinite(own.Intercept, own.Coefficients);

        int[] constant = [.. _scaling?.ConstantColumns() ?? []];
        ConvergenceWarning[] warnings = [.. end.Warnings];
        if (constant.Length > 0)
            warnings = [ConvergenceWarning.ConstantColumns(constant, intercept: false), .. warnings];
        var convergence = new Convergence(end.Converged, end.Iterations, end.Value * c * _objective.TotalWeight, end.GradientNorm, warnings) { Solver = solver };
        var fit = new LogisticFit(new LogisticModel(own.Intercept, own.Coefficients), convergence)
        {
            Standardized = _scaling is null ? null : (intercept, coefficients.ToArray()),
        };
        return new FittedPoint(c, ratio, fit, end.Parameters, end.Dependent);
    }

    /// <summary>
    /// A fit that is to be the model, with what it says of the parameters, and of which it says nothing: neither with a penalty that biases them, nor where it
    /// was stopped.
    /// </summary>
    public LogisticFit Ended(FittedPoint point, bool isStopped, FitJournal journal, ThreadCrew crew, CancellationToken cancellationToken)
    {
        var fit = new Estimates(new LogLikelihood(Rows, Labels), point.Parameters, _scaling);
        if (_options.Penalty is not (Penalty.None or Penalty.Firth))
            return point.Fit;
        if (_objective.Dimension > NewtonSolver.MaxDimension)
            return isStopped || _options.Penalty == Penalty.Firth ? point.Fit : EndedWide(point.Fit, fit, cancellationToken);
        if (isStopped || _options.Penalty == Penalty.Firth)
        {
            var identification = Identification.OfRank(fit, point.Dependent, cancellationToken);
            return With(point.Fit, identification) with
            {
                Inference = isStopped ? null
                    : InferenceComputation.ComputeFirth(fit.Likelihood, point.Parameters, point.Dependent, _scaling, _options.ConfidenceLevel, _options.MaxIterations,
                        _options.EffectiveIntervals, journal, cancellationToken),
            };
        }
        // What rows tell apart is judged best on standardised rows, where no column's mean dwarfs its deviation.
        if (_scaling is null)
            fit = OnStandardized(fit, crew, cancellationToken);
        // Newton's method finds out as it goes.
        var dependent = point.Fit.Convergence.Solver == Solver.Newton ? point.Dependent : Dependent(fit.Likelihood.Rows, cancellationToken);
        var unpenalized = Identification.Of(fit, dependent, point.Fit.Convergence, cancellationToken);
        return With(point.Fit, unpenalized) with
        {
            Inference = InferenceComputation.Compute(fit, unpenalized, _options.ConfidenceLevel, _options.CovarianceType, _options.Clusters, cancellationToken)
                .With(_options.EffectiveIntervals),
        };
    }

    private static LogisticFit With(LogisticFit fit, Identification identification)
    {
        var convergence = fit.Convergence;
        // Without a maximum to come to, iterations run out.
        var ofEnd = convergence.Warnings.Where(warning => !warning.IsConstantColumns
            && !(identification.IsUnbounded && (warning.IsSeparation || (warning.IsShortOfOptimum && identification.IsClose))));
        return fit with
        {
            Convergence = convergence with
            {
                Converged = convergence.Converged && !identification.IsUnbounded,
                Warnings = [.. identification.Warnings, .. ofEnd],
            },
        };
    }

    /// <summary>With more parameters than a matrix has room for, only estimates that separate all rows by themselves are recognised.</summary>
    private LogisticFit EndedWide(LogisticFit fit, Estimates estimates, CancellationToken cancellationToken)
    {
        if (!estimates.Likelihood.IsSeparatedBy(estimates.Parameters, cancellationToken))
            return fit;
        var columns = Enumerable.Range(0, fit.Model.Coefficients.Length).Except(_scaling?.ConstantColumns() ?? []);
        return fit with
        {
            Convergence = fit.Convergence with
            {
                Converged = false,
                Warnings =
                [
                    ConvergenceWarning.Separation(new Separation(Complete: true, [], [.. columns], _options.FitIntercept, estimates.Likelihood)),
                    .. fit.Convergence.Warnings.Where(warning => !warning.IsShortOfOptimum),
                ],
            },
        };
    }

    private Estimates OnStandardized(Estimates fit, ThreadCrew crew, CancellationToken cancellationToken)
    {
        var scaling = Scaling(crew, cancellationToken);
        var lead = _options.FitIntercept ? 1 : 0;
        var (intercept, coefficients) = scaling.ToStandardized(lead == 1 ? fit.Parameters[0] : 0, fit.Parameters.AsSpan(lead));
        var rows = DesignRows.Of(Design.Features, scaling, _options.FitIntercept, crew);
        return new Estimates(fit.Likelihood.On(rows), lead == 1 ? [intercept, .. coefficients] : coefficients, scaling);
    }

    /// <summary>The parameters that others determine, by the Hessian at 0, where all rows weigh the same.</summary>
    private int[] Dependent(DesignRows rows, CancellationToken cancellationToken)
    {
        var hessian = new SymmetricMatrix(rows.Dimension);
        new LogisticObjective(rows, Labels, penalty: 0).Hessian(new double[rows.Dimension], hessian, cancellationToken);
        var cholesky = new Cholesky(rows.Dimension);
        cholesky.Factorize(hessian);
        return [.. Enumerable.Range(0, rows.Dimension).Where(j => !cholesky.Kept[j])];
    }

    /// <summary>
    /// Newton's steps to the maximum of a likelihood, or of Firth's, are the same in all units, but for rounding: that is least on standardised columns. On
    /// others a timestamp would not differ from the intercept.
    /// </summary>
    private static bool IsFreeOfUnits(LogisticOptions options, int columns) => options.Penalty == Penalty.Firth
        || (options.Penalty == Penalty.None
            && (options.Solver == Solver.Newton || (options.Solver == Solver.Auto && NewtonSolver.Suits(columns + (options.FitIntercept ? 1 : 0)))));

    private Solver SolverFor(double ratio)
    {
        if (_options.Penalty == Penalty.Firth)
            return Solver.Newton;
        if (_options.Solver != Solver.Auto)
            return _options.Solver;
        if (ratio > 0)
            return Solver.CoordinateDescent;
        return NewtonSolver.Suits(_objective.Dimension) ? Solver.Newton : Solver.Lbfgs;
    }

    private double[] Start()
    {
        var weights = _options.InitialWeights ?? new double[_objective.Dimension - (_options.FitIntercept ? 1 : 0)];
        var (intercept, coefficients) = _scaling?.ToStandardized(_options.InitialIntercept, weights) ?? (_options.InitialIntercept, weights);
        return _options.FitIntercept ? [intercept, .. coefficients] : [.. coefficients];
    }

    private static double[]? ClassWeighted(double[] labels, double[]? sampleWeights, ClassWeight? classWeight)
    {
        if (classWeight is null)
            return sampleWeights;
        var weights = sampleWeights ?? Ones(labels.Length);
        var (negative, positive) = (0.0, 0.0);
        for (var i = 0; i < labels.Length; i++)
        {
            negative += labels[i] == 0 ? weights[i] : 0;
            positive += labels[i] == 0 ? 0 : weights[i];
        }
        var half = (negative + positive) / 2;
        var (forNegative, forPositive) = classWeight == ClassWeight.Balanced
            ? (negative > 0 ? half / negative : 0, positive > 0 ? half / positive : 0)
            : (classWeight.Negative!.Value, classWeight.Positive!.Value);
        return [.. weights.Select((weight, i) => weight * (labels[i] == 0 ? forNegative : forPositive))];
    }

    private static double[] Ones(int count)
    {
        var ones = new double[count];
        Array.Fill(ones, 1);
        return ones;
    }
}

/// <summary>The fit of one point, also by its parameters in the solver's own space.</summary>
internal sealed record FittedPoint(double C, double L1Ratio, LogisticFit Fit, double[] Parameters, IReadOnlyList<int> Dependent)
{
    public int NonZero
    {
        get
        {
            var count = 0;
            foreach (var coefficient in Fit.Model.Coefficients)
                count += coefficient != 0 ? 1 : 0;
            return count;
        }
    }
}
