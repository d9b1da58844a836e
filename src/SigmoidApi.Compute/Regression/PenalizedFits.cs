using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// The fits of one data set, or of the rows of it that have a weight above 0: one for each point of a path, each starting where the one before ended.
/// </summary>
internal sealed class PenalizedFits
{
    private const double DefaultTolerance = 1e-8;

    /// <summary>The gradient of Firth's likelihood contains leverages, and its rounding errors are about a tenth of this.</summary>
    private const double SmallestFirthTolerance = 1e-11;

    private readonly LogisticOptions _options;
    private readonly LogisticObjective _objective;

    /// <param name="design">All rows.</param>
    /// <param name="labels">0 or 1 for each row.</param>
    /// <param name="sampleWeights">Null for 1; a row of weight 0 is left out, also when columns are standardised.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="crew">The threads.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public PenalizedFits(Design design, double[] labels, double[]? sampleWeights, LogisticOptions options, ThreadCrew crew,
        CancellationToken cancellationToken)
    {
        (_options, Design, SampleWeights) = (options, design, sampleWeights);
        RowScaling = options.Standardize || IsFreeOfUnits(options, design.Features.Columns)
            ? design.Scaling(sampleWeights, options.FitIntercept, crew, cancellationToken)
            : null;
        Rows = DesignRows.Of(design.Features, RowScaling, options.FitIntercept, crew);
        Labels = new RowLabels(labels, ClassWeighted(labels, sampleWeights, options.ClassWeight));
        if (Labels.Weights is not null)
            BinaryLabels.RequireWeightInBothClasses(labels, Labels.Weights);
        _objective = new LogisticObjective(Rows, Labels, penalty: 0);
    }

    public Design Design { get; }

    /// <summary>Null for 1; 0 for rows that are left out.</summary>
    public double[]? SampleWeights { get; }

    /// <summary>How <see cref="Rows"/> are standardised; null if they are not.</summary>
    public StandardScaling? RowScaling { get; }

    /// <summary>The rows as the solvers see them.</summary>
    public DesignRows Rows { get; }

    public RowLabels Labels { get; }

    /// <summary>The points of the path, or the only point of a single fit: for each l1Ratio all C in rising order.</summary>
    public static IReadOnlyList<(double C, double L1Ratio)> Points(LogisticOptions options)
    {
        var ratio = options.Penalty switch { Penalty.L1 => 1, Penalty.ElasticNet => options.L1Ratio, _ => 0 };
        var cs = options.Penalty is Penalty.None or Penalty.Firth ? [1] : options.Cs ?? [options.C];
        return [.. from r in options.L1Ratios ?? [ratio] from c in cs.Order() select (c, r)];
    }

    /// <summary>The means and deviations of the columns, even if the fits are not on standardised columns.</summary>
    public StandardScaling Scaling(ThreadCrew crew, CancellationToken cancellationToken) =>
        RowScaling ?? Design.Scaling(SampleWeights, _options.FitIntercept, crew, cancellationToken);

    /// <summary>Fits the points in turn. If the run is stopped, the result has at least the first point, as far as its fit has come.</summary>
    public IReadOnlyList<FittedPoint> FitAll(FitJournal journal, CancellationToken cancellationToken)
    {
        journal.Begin([[_objective.Dimension], RowScaling?.Means ?? [], RowScaling?.Deviations ?? []],
            _options is { Penalty: Penalty.Firth, EffectiveIntervals: ConfidenceIntervals.Profile } ? _objective.Dimension : 0);
        var points = new List<FittedPoint>();
        ProximalNewton? proximal = null;
        double? ratioBefore = null;
        double[]? parameters = null;
        foreach (var (c, ratio) in Points(_options))
        {
            if (points.Count > 0 && journal.ShouldStopBeforeNextCall())
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
            var end = journal.Call(Rows, proximal is null ? null : proximal.SaveOrLoad, () => solver switch
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
        var original = RowScaling?.ToOwnUnits(intercept, coefficients) ?? (intercept, coefficients.ToArray());
        NumericRange.RequireFinite(original.Intercept, original.Coefficients);

        int[] constant = [.. RowScaling?.ConstantColumns() ?? []];
        ConvergenceWarning[] warnings = [.. end.Warnings];
        if (constant.Length > 0)
            warnings = [ConvergenceWarning.ConstantColumns(constant, intercept: false), .. warnings];
        var objective = end.Value * c * _objective.TotalWeight;
        var convergence = new Convergence(end.Converged, end.Iterations, objective, end.GradientNorm, warnings) { Solver = solver };
        var fit = new LogisticFit(new LogisticModel(original.Intercept, original.Coefficients), convergence)
        {
            Standardized = RowScaling is null ? null : (intercept, coefficients.ToArray()),
        };
        return new FittedPoint(c, ratio, fit, end.Parameters, end.Dependent);
    }

    /// <summary>
    /// Whether the fit is the same in all units except for rounding: Newton's method without a penalty or with Firth's. Rounding errors are smallest on
    /// standardised columns; on others a column of timestamps could not be distinguished from the intercept.
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

    /// <summary>The starting values in the solver's parameters.</summary>
    private double[] Start()
    {
        var weights = _options.InitialWeights ?? new double[_objective.Dimension - (_options.FitIntercept ? 1 : 0)];
        var (intercept, coefficients) = RowScaling?.ToStandardized(_options.InitialIntercept, weights) ?? (_options.InitialIntercept, weights);
        return _options.FitIntercept ? [intercept, .. coefficients] : [.. coefficients];
    }

    /// <summary>The sample weights times the class weights; null for 1.</summary>
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
