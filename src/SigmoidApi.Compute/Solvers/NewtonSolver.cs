using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Minimises f, the mean log loss with an l2 penalty, by Newton's method. It solves H·d = −∇f by Cholesky, then takes the step d, shortened until f falls
/// enough (<see cref="Descent"/>; Nocedal and Wright, "Numerical Optimization" (2006), chapter 3).
/// <para>
/// Stops when √(W · ∇fᵀH⁻¹∇f) ≤ tolerance, with W the total weight of the rows. This is the Newton decrement of the summed loss (Boyd and
/// Vandenberghe, "Convex Optimization" (2004), 9.5.1). It doesn't depend on the columns' units, half its square is how far the loss is above its minimum, and
/// for a fit without penalty it is the distance to the optimum in standard errors. If the tolerance is finer than rounding allows, it stops when the gradient
/// is only rounding (<see cref="GradientRounding"/>).
/// </para>
/// <para>
/// Many rows are fitted first by parts, with approximate Hessians (<see cref="SubsampledHessian"/>). If that fails in any way, the solver continues from
/// the point reached with exact Hessians of all rows.
/// </para>
/// <para>
/// Dependent columns are found once, from H at 0, where all rows weigh the same; their parameters stay at their start (<c>collinear_columns</c>). If H
/// later loses rank because rows saturate, or if no length of Newton's step lowers f, the step is computed with H at 0 instead: H at 0 bounds H everywhere,
/// so that the full step lowers f (Böhning and Lindsay, "Monotonicity of quadratic-approximation algorithms", 1988). If at the end a full step would
/// still move the margin of some row, the parameters have no finite optimum (<c>separation</c>).
/// </para>
/// </summary>
internal sealed class NewtonSolver
{
    /// <summary>At this size a Hessian takes 200 MB, and about four matrices are held. Larger problems are for other solvers.</summary>
    public const int MaxDimension = 5000;

    /// <summary>2⁻¹⁰⁰⁸, which is 14 bits above the smallest normal number.</summary>
    private const double SmallestCurvature = 3.6e-304;

    /// <summary>
    /// If no optimum exists, each step moves the margins of the separated rows by about 1. If one exists, a step moves a margin by at most the decrement
    /// times the margin's standard error (Cauchy–Schwarz), which is less than this unless that error is very large.
    /// </summary>
    private const double MovingMargin = 0.5;

    private readonly LogisticObjective _objective;
    private readonly double _tolerance;
    private readonly int _maxIterations;
    private readonly FitJournal _journal;
    private readonly GradientRounding _rounding;
    private readonly Cholesky _cholesky;
    private readonly SymmetricMatrix _hessian;

    /// <summary>Shares the matrices of this solver.</summary>
    private readonly SubsampledHessian _approximate;
    private Cholesky? _bound;
    private int _iterations;
    private Descent _descent;

    /// <summary>Whether the descent still uses the approximate Hessian.</summary>
    private bool _isApproximate = true;

    private NewtonSolver(LogisticObjective objective, double[] start, int maxIterations, double tolerance, FitJournal journal)
    {
        (_objective, _maxIterations, _tolerance, _journal) = (objective, maxIterations, tolerance, journal);
        (_cholesky, _hessian) = (new Cholesky(objective.Dimension), new SymmetricMatrix(objective.Dimension));
        (_approximate, _descent) = (new SubsampledHessian(objective, _cholesky, _hessian), new Descent(objective, start, 1));
        _rounding = new GradientRounding(objective);
    }

    /// <summary>Whether this solver is faster than one that does without the Hessian.</summary>
    public static bool Suits(long dimension) => dimension <= 600;

    public static SolverResult Minimize(LogisticObjective objective, double[] start, int maxIterations, double tolerance,
        FitJournal journal, CancellationToken cancellationToken)
    {
        if (objective.Dimension > MaxDimension)
        {
            throw new UntrainableDataException("too_many_columns",
                $"Newton's method takes at most {MaxDimension} parameters, but these data need {objective.Dimension}; choose lbfgs or fewer columns.");
        }
        var solver = new NewtonSolver(objective, start, maxIterations, tolerance, journal);
        var resumed = journal.Resume(solver.SaveOrLoad);
        if (solver._isApproximate)
        {
            if (solver.RunApproximate(resumed, cancellationToken) is { } end)
                return end;
            (solver._isApproximate, resumed) = (false, false);
            solver._descent = new Descent(objective, solver._descent.Parameters, 1);
        }
        return solver.Run(resumed, cancellationToken);
    }

    private void SaveOrLoad(StateArchive archive)
    {
        (_iterations, _isApproximate) = (archive.Integer(_iterations), archive.Flag(_isApproximate));
        _descent.SaveOrLoad(archive);
        if (_isApproximate)
            _approximate.SaveOrLoad(archive);
    }

    /// <summary>
    /// Minimises with the approximate Hessian. Null if there are too few rows for it or if it fails; then the descent is where it ended.
    /// </summary>
    private SolverResult? RunApproximate(bool resumed, CancellationToken cancellationToken)
    {
        if (resumed)
            _descent.Restore(cancellationToken);
        if (!(resumed ? _approximate.Restore(cancellationToken) : _approximate.Start(ref _descent, _journal, cancellationToken)))
            return null;
        while (true)
        {
            var gradientNorm = SolverResult.InfinityNorm(_descent.Gradient);
            if (_journal.Report(_iterations, _maxIterations, _descent.Value, gradientNorm))
                return SolverResult.Stopped(_descent.Parameters, _descent.Value, gradientNorm, _iterations);
            if (_approximate.SetStep(_descent, _tolerance, cancellationToken) is not { } decrease)
                return null;
            if (!_descent.IsExact && (_iterations == _maxIterations || _descent.IsDue(decrease, _tolerance * _tolerance / _objective.TotalWeight)))
            {
                _descent.Evaluate(cancellationToken);
                continue;
            }
            if (IsMet(decrease, fullRank: true, [], cancellationToken) && !IsMoving(_descent.Step, cancellationToken))
                return new SolverResult(_descent.Parameters, _descent.Value, gradientNorm, _iterations, Converged: true, []);
            if (_iterations == _maxIterations)
                return null;
            if (_descent.TakeStep(decrease, cancellationToken))
            {
                _approximate.LearnFrom(_descent);
                _iterations++;
            }
            else if (!_descent.Refine(cancellationToken))
            {
                return null;
            }
        }
    }

    /// <summary>Minimises with the exact Hessian of all rows.</summary>
    private SolverResult Run(bool resumed, CancellationToken cancellationToken)
    {
        var zero = FactorizeBound(cancellationToken);
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
            if (_journal.Report(_iterations, _maxIterations, _descent.Value, gradientNorm))
                return SolverResult.Stopped(_descent.Parameters, _descent.Value, gradientNorm, _iterations) with { Dependent = dependent };
            _objective.Hessian(_descent.Parameters, _hessian, cancellationToken);
            var fullRank = _cholesky.Factorize(_hessian, Bound.Kept);
            var decrease = _descent.SetStep(fullRank ? _cholesky.Solve : Bound.Solve);
            var converged = IsMet(decrease, fullRank, dependent, cancellationToken);
            if (!converged && _iterations < _maxIterations
                && (_descent.TakeStep(decrease, cancellationToken)
                    || (fullRank && _descent.TakeStep(_descent.SetStep(Bound.Solve), cancellationToken))))
            {
                _iterations++;
                continue;
            }
            var warnings = ConvergenceWarning.ForEnd(converged, _iterations, _maxIterations, gradientNorm);
            if (converged && (!fullRank || IsMoving(_descent.Step, cancellationToken)))
                (converged, warnings) = (false, [ConvergenceWarning.Unbounded()]);
            return new SolverResult(_descent.Parameters, _descent.Value, gradientNorm, _iterations, converged, warnings) { Dependent = dependent };
        }
    }

    private bool IsMet(double decrease, bool fullRank, int[] dependent, CancellationToken cancellationToken)
    {
        var decrement = _objective.Decrement(decrease);
        // If rows saturate, small steps continue without end, so a very fine tolerance is not required.
        if (decrement <= (fullRank ? _tolerance : Math.Max(_tolerance, GradientRounding.FineTolerance)))
            return true;
        if (_tolerance >= GradientRounding.FineTolerance || decrement > GradientRounding.FineTolerance)
            return false;
        var slopes = (double[])_descent.Gradient.Clone();
        foreach (var j in dependent)
            slopes[j] = 0;
        return _rounding.Covers(_descent.Parameters, slopes, null, cancellationToken);
    }

    /// <summary>The factor of H at 0. It shows which columns depend on others, and gives the steps where H has lost rank.</summary>
    private Cholesky Bound => _bound ??= new Cholesky(_objective.Dimension);

    /// <summary>Factorises H at 0. Returns the point 0, evaluated.</summary>
    private Descent FactorizeBound(CancellationToken cancellationToken)
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

    /// <summary>Whether a full step would still move the margin of some row. Without a penalty this shows that there is no finite optimum.</summary>
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
