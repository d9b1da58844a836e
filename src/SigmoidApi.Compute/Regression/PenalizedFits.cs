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

    /// <summary>
    /// The most parameters of a penalised softmax fit for which Newton's method is chosen. Each Hessian has a block for each pair of classes. By measurement
    /// it takes a third of the time of L-BFGS at 155 parameters (5 classes), twice at 1,010 (10 classes) and 18 times at 1,025 (25 classes).
    /// </summary>
    private const int MostOfSoftmax = 300;

    /// <summary>The gradient of Firth's likelihood contains leverages, and its rounding errors are about a tenth of this.</summary>
    private const double SmallestFirthTolerance = 1e-11;

    private readonly LogisticOptions _options;
    private readonly Target _target;
    private readonly Problem[] _problems;

    /// <summary>Null if columns are not standardised.</summary>
    private readonly StandardScaling? _scaling;

    /// <param name="design">All rows.</param>
    /// <param name="target">The class of each row.</param>
    /// <param name="sampleWeights">Null for 1; a row of weight 0 is left out, also when columns are standardised.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="crew">The threads.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public PenalizedFits(Design design, Target target, double[]? sampleWeights, LogisticOptions options, ThreadCrew crew,
        CancellationToken cancellationToken)
    {
        (_options, _target, Design, SampleWeights) = (options, target, design, sampleWeights);
        Dimension = target.Problems.Outputs * (design.Features.Columns + (options.FitIntercept ? 1 : 0));
        _scaling = options.Standardize || IsFreeOfUnits
            ? design.Scaling(sampleWeights, options.FitIntercept, crew, cancellationToken)
            : null;
        RowScaling = AreMeansCostly ? _scaling?.WithLargeMeansOnly() : _scaling;
        Rows = DesignRows.Of(design.Features, RowScaling, options.FitIntercept, crew);
        _problems = [.. target.Labels(sampleWeights).Select(labels => new Problem(labels, new LogisticObjective(Rows, labels, penalty: 0)))];
    }

    public Design Design { get; }

    /// <summary>Null for 1; 0 for rows that are left out.</summary>
    public double[]? SampleWeights { get; }

    /// <summary>How <see cref="Rows"/> are standardised; null if they are not. Some columns may be left uncentred.</summary>
    public StandardScaling? RowScaling { get; }

    /// <summary>The rows as the solvers see them.</summary>
    public DesignRows Rows { get; }

    /// <summary>The labels of the fit; with one-vs-rest those of the first class.</summary>
    public RowLabels Labels => _problems[0].Labels;

    /// <summary>The labels of a fit of one-vs-rest.</summary>
    public RowLabels LabelsOf(int label) => _problems[label].Labels;

    /// <summary>The number of a solver's parameters.</summary>
    private int Dimension { get; }

    /// <summary>The points of the path, or the only point of a single fit: for each l1Ratio all C in rising order.</summary>
    public static IReadOnlyList<(double C, double L1Ratio)> Points(LogisticOptions options)
    {
        var ratio = options.Penalty switch { Penalty.L1 => 1, Penalty.ElasticNet => options.L1Ratio, _ => 0 };
        var cs = options.Penalty is Penalty.None or Penalty.Firth ? [1] : options.Cs ?? [options.C];
        return [.. from r in options.L1Ratios ?? [ratio] from c in cs.Order() select (c, r)];
    }

    /// <summary>The means and deviations of the columns, even if the fits are not on standardised columns.</summary>
    public StandardScaling Scaling(ThreadCrew crew, CancellationToken cancellationToken) =>
        _scaling ?? Design.Scaling(SampleWeights, _options.FitIntercept, crew, cancellationToken);

    /// <summary>Fits the points in turn. If the run is stopped, the result has at least the first point, as far as its fit has come.</summary>
    public IReadOnlyList<FittedPoint> FitAll(FitJournal journal, CancellationToken cancellationToken)
    {
        journal.Begin([[Dimension], RowScaling?.Means ?? [], RowScaling?.Deviations ?? []],
            _options is { Penalty: Penalty.Firth, EffectiveIntervals: ConfidenceIntervals.Profile } ? Dimension : 0);
        var points = new List<FittedPoint>();
        double? ratioBefore = null;
        foreach (var (c, ratio) in Points(_options))
        {
            if (points.Count > 0 && journal.ShouldStopBeforeNextCall())
                break;
            var ends = new List<SolverResult>();
            foreach (var problem in _problems)
            {
                if (ends.Count > 0 && journal.ShouldStopBeforeNextCall())
                    break;
                if (ratio != ratioBefore)
                    (problem.Proximal, problem.Parameters) = (null, null);
                ends.Add(Solve(problem, ends.Count, c, ratio, journal, cancellationToken));
            }
            ratioBefore = ratio;
            // With one-vs-rest a point needs the fits of all classes, but for the first point, which must become a model.
            if (ends.Count < _problems.Length && points.Count > 0)
                break;
            points.Add(Fitted(c, ratio, SolverFor(ratio), ends));
        }
        return points;
    }

    private SolverResult Solve(Problem problem, int index, double c, double ratio, FitJournal journal, CancellationToken cancellationToken)
    {
        var (objective, solver, maxIterations) = (problem.Objective, SolverFor(ratio), _options.MaxIterations);
        var penalty = _options.Penalty is Penalty.None or Penalty.Firth ? 0 : 1 / (c * objective.TotalWeight);
        var (l1, l2) = (ratio * penalty, (1 - ratio) * penalty);
        var tolerance = _options.Tolerance ?? DefaultTolerance;
        var start = problem.Parameters ?? Start(index);
        if (solver == Solver.CoordinateDescent)
            problem.Proximal ??= ProximalNewton.Of(objective, start, cancellationToken);
        var end = journal.Call(Rows, problem.Proximal is null ? null : problem.Proximal.SaveOrLoad, () => solver switch
        {
            _ when _options.Penalty == Penalty.Firth => FirthSolver.Maximize(
                new LogLikelihood(Rows, problem.Labels), start, maxIterations, Math.Max(tolerance, SmallestFirthTolerance), journal, cancellationToken),
            Solver.CoordinateDescent => problem.Proximal!.Minimize(l1, l2, maxIterations, tolerance, journal, cancellationToken),
            Solver.GradientDescent => GradientDescent.Minimize(
                objective.WithPenalty(l2), start, _options.LearningRate, maxIterations, _options.Tolerance, journal, cancellationToken),
            Solver.Lbfgs => LbfgsSolver.Minimize(objective.WithPenalty(l2), start, maxIterations, tolerance, journal, cancellationToken),
            _ => NewtonSolver.Minimize(objective.WithPenalty(l2), start, maxIterations, tolerance, journal, cancellationToken),
        });
        problem.Parameters = end.Parameters;
        return end;
    }

    /// <summary>The results of a point's solver calls as a fit. A class whose call was not made has parameters 0.</summary>
    private FittedPoint Fitted(double c, double ratio, Solver solver, List<SolverResult> ends)
    {
        var missing = Enumerable.Repeat(new double[Dimension], _problems.Length - ends.Count);
        double[] parameters = [.. ends.Select(end => end.Parameters).Concat(missing).SelectMany(ofProblem => ofProblem)];
        var vectors = LinearModel.Of(parameters, _problems.Length * Labels.Outputs, _options.FitIntercept);
        var original = vectors.ToOwnUnits(RowScaling);
        foreach (var (intercept, coefficients) in original.Intercepts.Zip(original.Coefficients))
            NumericRange.RequireFinite(intercept, coefficients);

        int[] constant = [.. RowScaling?.ConstantColumns() ?? []];
        ConvergenceWarning[] warnings = [.. ends.SelectMany((end, k) => _target.IsOneVsRest
            ? end.Warnings.Select(warning => warning.OfClass(k, _target.Names[k]))
            : end.Warnings.Select(warning => _target.IsBinary ? warning : warning.OfClasses()))];
        if (constant.Length > 0)
            warnings = [ConvergenceWarning.ConstantColumns(constant, intercept: false), .. warnings];
        var objective = ends.Zip(_problems, (end, problem) => end.Value * c * problem.Objective.TotalWeight).Aggregate((sum, value) => sum + value);
        var convergence = new Convergence(
            ends.Count == _problems.Length && ends.TrueForAll(end => end.Converged), ends.Sum(end => end.Iterations), objective,
            ends.Max(end => end.GradientNorm), warnings)
        {
            Solver = solver,
        };
        // Where columns are not centred, the intercepts belong to other columns.
        var standardized = RowScaling == _scaling ? vectors : original.ToStandardized(_scaling);
        var fit = new ModelFit(OfClasses(original), convergence) { Standardized = _scaling is null ? null : OfClasses(standardized) };
        return new FittedPoint(c, ratio, fit, ends[0].Parameters, ends[0].Dependent);
    }

    /// <summary>A vector for each class, also for the base class; with a softmax of all classes the intercepts sum to 0.</summary>
    private LinearModel OfClasses(LinearModel vectors) =>
        _target.Base is { } baseClass ? vectors.WithBase(baseClass)
        : Labels.IsSymmetric && _options.FitIntercept ? vectors.Centered()
        : vectors;

    /// <summary>
    /// Whether the fit is the same in all units except for rounding: Newton's method without a penalty or with Firth's. Rounding errors are smallest on
    /// standardised columns; on others a column of timestamps could not be distinguished from the intercept.
    /// </summary>
    private bool IsFreeOfUnits => _options.Penalty == Penalty.Firth
        || (_options.Penalty == Penalty.None && (_options.Solver == Solver.Newton || (_options.Solver == Solver.Auto && NewtonSuits)));

    /// <summary>
    /// Whether centred columns would have to be copied with an entry in every row: sparse columns with several outputs (<see cref="SparseColumns"/>). Without
    /// an intercept no column is centred, and inference needs columns that all are.
    /// </summary>
    private bool AreMeansCostly => Design.Features is SparseMatrix && _target.Problems.Outputs > 1 && _options.FitIntercept && _options.Penalty != Penalty.None
        && Points(_options).Any(point => SolverFor(point.L1Ratio) == Solver.CoordinateDescent)
        && ProximalNewton.SuitsColumns(Design.Features.Rows, Dimension, isSparse: true, _target.Problems.Outputs);

    private bool NewtonSuits => _target.Problems.Outputs == 1 || _options.Penalty == Penalty.None ? NewtonSolver.Suits(Dimension) : Dimension <= MostOfSoftmax;

    private Solver SolverFor(double ratio)
    {
        if (_options.Penalty == Penalty.Firth)
            return Solver.Newton;
        if (_options.Solver != Solver.Auto)
            return _options.Solver;
        if (ratio > 0)
            return Solver.CoordinateDescent;
        return NewtonSuits ? Solver.Newton : Solver.Lbfgs;
    }

    /// <summary>The starting values of a solver call, in the solver's parameters.</summary>
    private double[] Start(int index)
    {
        if (_options.InitialWeights is null && _options.InitialIntercept == 0 && _options.InitialIntercepts is null)
            return new double[Dimension];
        var columns = Design.Features.Columns;
        var weights = _options.InitialWeights ?? new double[_target.Vectors * columns];
        var intercepts = _options.InitialIntercepts ?? [_options.InitialIntercept, .. new double[_target.Vectors - 1]];
        var start = new LinearModel(intercepts, [.. weights.Chunk(columns)]);
        if (_target.IsOneVsRest)
            start = new LinearModel([start.Intercepts[index]], [start.Coefficients[index]]);
        return start.Without(_target.Base).ToStandardized(RowScaling).Parameters(_options.FitIntercept);
    }

    /// <summary>One solver call of each point, and what it leaves to the next point.</summary>
    private sealed class Problem(RowLabels labels, LogisticObjective objective)
    {
        public RowLabels Labels { get; } = labels;

        /// <summary>Without a penalty.</summary>
        public LogisticObjective Objective { get; } = objective;

        public ProximalNewton? Proximal { get; set; }

        /// <summary>Where the last call ended.</summary>
        public double[]? Parameters { get; set; }
    }
}
