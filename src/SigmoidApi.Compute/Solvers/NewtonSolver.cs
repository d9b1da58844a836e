using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Minimises f by Newton's method: H·d = −∇f by Cholesky, then the first of the steps d, d/2, d/4, … that lowers f enough (Armijo's condition; Nocedal and
/// Wright, "Numerical Optimization" (2006), chapter 3).
/// <para>
/// Stops when √(W · ∇fᵀH⁻¹∇f) ≤ tolerance, W the rows' weight. That is the Newton decrement (Boyd and Vandenberghe, "Convex Optimization" (2004), 9.5.1) of the
/// summed loss: it doesn't change with the columns' units, half its square is how far that loss is from its least, and for a fit without penalty it is the
/// distance to the optimum in standard errors. A tolerance below what rounding allows is met as <see cref="GradientRounding"/> says.
/// </para>
/// <para>
/// Only the gradient has to be exact. Of many rows a part, spread over all, is fitted first, then a larger one; what is left for full passes is a short way, on
/// which the Hessian of the part does, corrected by what the steps tell of it (sub-sampled Newton: Byrd, Chin, Neveitt and Nocedal, "On the use of stochastic
/// Hessian information in optimization methods for machine learning", 2011). Should that go badly in any way, it goes on with full Hessians from where it is.
/// </para>
/// <para>
/// Which columns depend on others is decided once, by H at 0, where all rows weigh the same; their parameters stay as they started (<c>collinear_columns</c>).
/// Where H later loses rank because rows saturate, or no step along Newton's direction lowers f, the step comes from H at 0 instead: it bounds H everywhere, so
/// that the full step lowers f (Böhning and Lindsay, "Monotonicity of quadratic-approximation algorithms", 1988). If at the end a full step would still move
/// the margin of some row, the parameters have no finite optimum (<c>separation</c>).
/// </para>
/// </summary>
internal sealed class NewtonSolver
{
    /// <summary>With as many parameters a Hessian takes 200 MB, and some four are held: more is another solver's work.</summary>
    public const int MaxDimension = 5000;

    /// <summary>2⁻¹⁰⁰⁸: still 14 bits above the smallest normal number.</summary>
    private const double SmallestCurvature = 3.6e-304;

    /// <summary>
    /// Where no optimum exists, each step moves the margins of the separated rows by about 1. Where one does, a step moves a margin by at most its decrement
    /// times the margin's standard error (Cauchy–Schwarz): by less than this, unless that error is very large.
    /// </summary>
    private const double MovingMargin = 0.5;

    /// <summary>Below as many numbers in the matrix parts of it are not worth the trouble.</summary>
    private const long SmallestForParts = 1 << 20;

    /// <summary>Rows of the rarer class that a part has at least for each parameter, else it is too noisy to start from.</summary>
    private const int EventsPerParameter = 10;

    private const int MaxIterationsOfPart = 15;

    /// <summary>
    /// A new Hessian pays where it saves as many passes for a gradient, and one more for each <see cref="HessianColumns"/>. It takes 4 of them at 30 columns
    /// and 17 at 500; the rest is for the passes ahead being fewer than they seem, as the steps go on telling of the Hessian.
    /// </summary>
    private const double HessianPasses = 3.5;

    private const double HessianColumns = 20;

    /// <summary>The share of a step's promise that the next may hold before the Hessian of a part is taken anew.</summary>
    private const double SlowDecrease = 0.05;

    /// <summary>1 − R² of a column on others below which float32 may not tell it from a dependent one; the exact way names dependent columns.</summary>
    private const double SmallestSinglePivot = 1e-4;

    private readonly LogisticObjective _objective;
    private readonly double _tolerance;
    private readonly int _maxIterations;
    private readonly FitJournal _journal;
    private readonly LimitedMemory _memory;
    private readonly GradientRounding _rounding;
    private Cholesky? _bound;
    private readonly Cholesky _cholesky;
    private readonly SymmetricMatrix _hessian;
    private int _iterations;
    private Descent _descent;

    /// <summary>Whether the descent goes by the Hessian of a part of the rows, or by one of some steps before.</summary>
    private bool _isByParts = true;

    /// <summary>Where that Hessian was taken, and of which part.</summary>
    private (double[] Parameters, int Every) _factored = ([], 0);

    /// <summary>What the last step promised.</summary>
    private double _before = double.PositiveInfinity;

    private NewtonSolver(LogisticObjective objective, double[] start, int maxIterations, double tolerance, FitJournal journal)
    {
        (_objective, _maxIterations, _tolerance, _journal) = (objective, maxIterations, tolerance, journal);
        (_cholesky, _hessian) = (new Cholesky(objective.Dimension), new SymmetricMatrix(objective.Dimension));
        (_memory, _descent) = (new LimitedMemory(objective.Dimension, 10), new Descent(objective, start, 1));
        _rounding = new GradientRounding(objective);
    }

    /// <summary>Whether factorising the Hessian pays, against a solver that does without.</summary>
    public static bool Suits(int dimension) => dimension <= 600;

    public static SolverResult Minimize(LogisticObjective objective, double[] start, int maxIterations, double tolerance,
        FitJournal journal, CancellationToken cancellationToken)
    {
        if (objective.Dimension > MaxDimension)
        {
            throw new UntrainableDataException("too_many_columns",
                $"Newton's method takes at most {MaxDimension} parameters, these data need {objective.Dimension}; choose lbfgs or fewer columns.");
        }
        var solver = new NewtonSolver(objective, start, maxIterations, tolerance, journal);
        var resumed = journal.Resume(solver.State);
        if (solver._isByParts)
        {
            if (solver.RunByParts(resumed, cancellationToken) is { } end)
                return end;
            (solver._isByParts, resumed) = (false, false);
        }
        return solver.Run(resumed, cancellationToken);
    }

    private void State(StateArchive archive)
    {
        (_iterations, _isByParts) = (archive.Integer(_iterations), archive.Flag(_isByParts));
        _descent.Through(archive);
        if (!_isByParts)
            return;
        _factored = (archive.Numbers(_factored.Parameters), archive.Integer(_factored.Every));
        _memory.Through(archive);
        _before = archive.Number(_before);
    }

    /// <summary>Null if the rows are too few for it, or it went badly; then the descent is as far as it came.</summary>
    private SolverResult? RunByParts(bool resumed, CancellationToken cancellationToken)
    {
        if (resumed ? !Factorize(_factored.Parameters, _factored.Every, cancellationToken) : !StartByParts(cancellationToken))
            return null;
        while (true)
        {
            var gradientNorm = SolverResult.InfinityNorm(_descent.Gradient);
            if (_journal.Reach(_iterations, _maxIterations, _descent.Value, gradientNorm))
                return SolverResult.Stopped(_descent.Parameters, _descent.Value, gradientNorm, _iterations);
            var decrease = _descent.Direct(vector => _memory.Apply(vector, _cholesky.Solve, rescale: false));
            if (IsWorthRefreshing(decrease, _before))
            {
                if (!Factorize(_descent.Parameters, every: 1, cancellationToken))
                    return null;
                _memory.Clear();
                decrease = _descent.Direct(_cholesky.Solve);
            }
            _before = decrease;
            if (IsMet(decrease, fullRank: true, [], cancellationToken) && !IsMoving(_descent.Step, cancellationToken))
                return new SolverResult(_descent.Parameters, _descent.Value, gradientNorm, _iterations, Converged: true, []);
            if (_iterations == _maxIterations || !_descent.TakeStep(decrease, cancellationToken))
                return null;
            _memory.Add(_descent.Before.Parameters, _descent.Parameters, _descent.Before.Gradient, _descent.Gradient);
            _iterations++;
        }
    }

    /// <summary>Fits the parts, and evaluates where they end over all rows.</summary>
    private bool StartByParts(CancellationToken cancellationToken)
    {
        var share = (long)_objective.Rows / (_objective.Dimension * 8L);
        var every = share >= 8 ? 8 : share >= 4 ? 4 : share >= 2 ? 2 : 1;
        if (every == 1 || (long)_objective.Rows * _objective.Dimension < SmallestForParts)
            return false;
        foreach (var part in new[] { 8 * every, every })
        {
            if (_objective.RarerClass(part) >= EventsPerParameter * _objective.Dimension && FitPart(_descent.Parameters, part, cancellationToken) is { } better)
                _descent = new Descent(_objective, better, 1);
        }
        if (!_cholesky.IsFull && !Factorize(_descent.Parameters, every, cancellationToken))
            return false;
        _descent.Evaluate(cancellationToken);
        return _descent.IsFinite;
    }

    /// <summary>By the Hessian of a part of the rows in float32; false if that doesn't tell all columns apart.</summary>
    private bool Factorize(double[] parameters, int every, CancellationToken cancellationToken)
    {
        _factored = ((double[])parameters.Clone(), every);
        _objective.Hessian(parameters, _hessian, cancellationToken, every, single: true);
        return _cholesky.Factorize(_hessian, default, SmallestSinglePivot);
    }

    /// <summary>Whether at the last step's rate more passes lie ahead than a new Hessian costs, after which two will do.</summary>
    private bool IsWorthRefreshing(double decrease, double before)
    {
        var ahead = Math.Log(Math.Max(1, decrease * _objective.TotalWeight / (_tolerance * _tolerance))) / Math.Log(before / decrease);
        return !(ahead >= 0 && ahead <= 2 + HessianPasses + _objective.Dimension / HessianColumns);
    }

    /// <summary>Newton's method on a part of the rows, to a tenth of what the part itself errs by; null if it doesn't get there.</summary>
    private double[]? FitPart(double[] start, int every, CancellationToken cancellationToken)
    {
        var descent = new Descent(_objective, start, every);
        descent.Evaluate(cancellationToken);
        var enough = 0.01 * _objective.Dimension * every / _objective.Rows;
        var before = 0.0;
        for (var iteration = 0; iteration < MaxIterationsOfPart && descent.IsFinite; iteration++)
        {
            if (_journal.IsStopRequested)
                return descent.Parameters;
            var decrease = before == 0 ? double.PositiveInfinity : descent.Direct(_cholesky.Solve);
            if (decrease > SlowDecrease * before)
            {
                if (!Factorize(descent.Parameters, every, cancellationToken))
                    return null;
                decrease = descent.Direct(_cholesky.Solve);
            }
            if (decrease <= enough)
            {
                var end = descent.Parameters;
                for (var j = 0; j < end.Length; j++)
                    end[j] += descent.Step[j];
                return end;
            }
            before = decrease;
            if (!descent.TakeStep(decrease, cancellationToken))
                return null;
        }
        return null;
    }

    private SolverResult Run(bool resumed, CancellationToken cancellationToken)
    {
        var zero = TakeBound(cancellationToken);
        if (!resumed && !_descent.Parameters.AsSpan().ContainsAnyExcept(0.0))
        {
            _descent = zero;
        }
        else if (!resumed)
        {
            _descent.Evaluate(cancellationToken);
            NumericRange.RequireFinite(_descent.Value, _descent.Gradient);
        }
        int[] dependent = [.. Enumerable.Range(0, _objective.Dimension).Where(j => !Bound.Kept[j])];
        while (true)
        {
            var gradientNorm = KeptNorm(_descent.Gradient);
            if (_journal.Reach(_iterations, _maxIterations, _descent.Value, gradientNorm))
                return SolverResult.Stopped(_descent.Parameters, _descent.Value, gradientNorm, _iterations) with { Dependent = dependent };
            _objective.Hessian(_descent.Parameters, _hessian, cancellationToken);
            var fullRank = _cholesky.Factorize(_hessian, Bound.Kept);
            var decrease = _descent.Direct(fullRank ? _cholesky.Solve : Bound.Solve);
            var converged = IsMet(decrease, fullRank, dependent, cancellationToken);
            if (!converged && _iterations < _maxIterations
                && (_descent.TakeStep(decrease, cancellationToken)
                    || (fullRank && _descent.TakeStep(_descent.Direct(Bound.Solve), cancellationToken))))
            {
                _iterations++;
                continue;
            }
            var warnings = ConvergenceWarning.OfEnd(converged, _iterations, _maxIterations, gradientNorm);
            if (converged && (!fullRank || IsMoving(_descent.Step, cancellationToken)))
                (converged, warnings) = (false, [ConvergenceWarning.Unbounded()]);
            return new SolverResult(_descent.Parameters, _descent.Value, gradientNorm, _iterations, converged, warnings) { Dependent = dependent };
        }
    }

    private bool IsMet(double decrease, bool fullRank, int[] dependent, CancellationToken cancellationToken)
    {
        var decrement = _objective.Decrement(decrease);
        // Where rows saturate, what is left are small steps without end.
        if (decrement <= (fullRank ? _tolerance : Math.Max(_tolerance, GradientRounding.FineTolerance)))
            return true;
        if (_tolerance >= GradientRounding.FineTolerance || decrement > GradientRounding.FineTolerance)
            return false;
        var slopes = (double[])_descent.Gradient.Clone();
        foreach (var j in dependent)
            slopes[j] = 0;
        return _rounding.Covers(_descent.Parameters, slopes, null, cancellationToken);
    }

    /// <summary>Of H at 0: which columns depend on others, and steps where H has lost rank.</summary>
    private Cholesky Bound => _bound ??= new Cholesky(_objective.Dimension);

    /// <summary>Returns the point 0, evaluated.</summary>
    private Descent TakeBound(CancellationToken cancellationToken)
    {
        var zero = new Descent(_objective, new double[_objective.Dimension], 1);
        zero.Evaluate(cancellationToken);
        NumericRange.RequireFinite(zero.Value, zero.Gradient);
        _objective.Hessian(zero.Parameters, _hessian, cancellationToken);
        for (var j = 0; j < _hessian.Order; j++)
        {
            // The squares of a column that moves the loss must neither overflow nor vanish.
            if (!double.IsFinite(_hessian[j, j]) || (zero.Gradient[j] != 0 && _hessian[j, j] < SmallestCurvature))
                throw NumericRange.Exceeded();
        }
        Bound.Factorize(_hessian);
        return zero;
    }

    /// <summary>Whether a full step would still move the margin of some row: without a penalty, the mark of parameters that have no finite optimum.</summary>
    private bool IsMoving(double[] step, CancellationToken cancellationToken) =>
        _objective.Penalty == 0 && _objective.LargestMargin(step, cancellationToken) > MovingMargin;

    private double KeptNorm(double[] gradient)
    {
        var largest = 0.0;
        for (var j = 0; j < gradient.Length; j++)
            largest = Bound.Kept[j] ? Math.Max(largest, Math.Abs(gradient[j])) : largest;
        return largest;
    }
}
