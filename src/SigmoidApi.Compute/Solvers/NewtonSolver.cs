using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Minimises f by Newton's method: H·d = −∇f by Cholesky, then the first of the steps d, d/2, d/4, … that lowers f enough (Armijo's
/// condition; Nocedal and Wright, "Numerical Optimization" (2006), chapter 3).
/// <para>
/// Stops when √(W · ∇fᵀH⁻¹∇f) ≤ tolerance, W the rows' weight. That is the Newton decrement (Boyd and Vandenberghe, "Convex Optimization" (2004),
/// 9.5.1) of the summed loss: it doesn't change with the columns' units, half its square is how far that loss is from its least, and for a fit
/// without penalty it is the distance to the optimum in standard errors.
/// </para>
/// <para>
/// Only the gradient has to be exact. Of many rows a part, spread over all, is fitted first, then a larger one; what is left for full passes
/// is a short way, on which the Hessian of the part does, corrected by what the steps tell of it (sub-sampled Newton: Byrd, Chin, Neveitt and
/// Nocedal, "On the use of stochastic Hessian information in optimization methods for machine learning", 2011). Should that go badly
/// in any way, it goes on with full Hessians from where it is.
/// </para>
/// <para>
/// Which columns depend on others is decided once, by H at 0, where all rows weigh the same; their parameters stay as they started
/// (<c>collinear_columns</c>). Where H later loses rank because rows saturate, or no step along Newton's direction lowers f, the step comes
/// from H at 0 instead: it bounds H everywhere, so that the full step lowers f (Böhning and Lindsay, "Monotonicity of quadratic-approximation
/// algorithms", 1988). If at the end a full step would still move the margin of some row, the parameters have no finite optimum
/// (<c>separation</c>).
/// </para>
/// </summary>
internal sealed class NewtonSolver
{
    /// <summary>With as many parameters a Hessian takes 200 MB, and some four are held: more is another solver's work.</summary>
    public const int MaxDimension = 5000;

    /// <summary>2⁻¹⁰⁰⁸: still 14 bits above the smallest normal number.</summary>
    private const double SmallestCurvature = 3.6e-304;

    /// <summary>
    /// Where no optimum exists, each step moves the margins of the separated rows by about 1. Where one does, a step moves a margin by at most
    /// its decrement times the margin's standard error (Cauchy–Schwarz): by less than this, unless that error is very large.
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

    /// <summary>
    /// 1 − R² of a column on others below which float32 can't tell it from a dependent one, with room to spare; such data go the exact way, which
    /// names dependent columns.
    /// </summary>
    private const double SmallestSinglePivot = 1e-4;

    private readonly LogisticObjective _objective;
    private readonly double _tolerance;
    private readonly int _maxIterations;
    private readonly Action<FitProgress>? _progress;
    private Cholesky? _bound;
    private readonly Cholesky _cholesky;
    private readonly SymmetricMatrix _hessian;
    private int _iterations;

    private NewtonSolver(LogisticObjective objective, int maxIterations, double tolerance, Action<FitProgress>? progress)
    {
        (_objective, _maxIterations, _tolerance, _progress) = (objective, maxIterations, tolerance, progress);
        (_cholesky, _hessian) = (new Cholesky(objective.Dimension), new SymmetricMatrix(objective.Dimension));
    }

    /// <summary>Whether factorising the Hessian pays, against a solver that does without.</summary>
    public static bool Suits(LogisticObjective objective) => objective.Dimension <= 600;

    public static Minimum Minimize(LogisticObjective objective, double[] start, int maxIterations, double tolerance,
        Action<FitProgress>? progress, CancellationToken cancellationToken)
    {
        if (objective.Dimension > MaxDimension)
        {
            throw new UntrainableDataException("too_many_columns",
                $"Newton's method takes at most {MaxDimension} parameters, these data need {objective.Dimension}; choose lbfgs or fewer columns.");
        }
        var solver = new NewtonSolver(objective, maxIterations, tolerance, progress);
        return solver.RunByParts(ref start, cancellationToken) ?? solver.Run(start, cancellationToken);
    }

    /// <summary>Null if the rows are too few for it, or it went badly; then <paramref name="start"/> is as far as it came.</summary>
    private Minimum? RunByParts(ref double[] start, CancellationToken cancellationToken)
    {
        var share = (long)_objective.Rows / (_objective.Dimension * 8L);
        var every = share >= 8 ? 8 : share >= 4 ? 4 : share >= 2 ? 2 : 1;
        if (every == 1 || (long)_objective.Rows * _objective.Dimension < SmallestForParts)
            return null;
        foreach (var part in new[] { 8 * every, every })
        {
            if (_objective.RarerClass(part) >= EventsPerParameter * _objective.Dimension && FitPart(start, part, cancellationToken) is { } better)
                start = better;
        }
        if (!_cholesky.IsFull)
        {
            _objective.Hessian(start, _hessian, cancellationToken, every, single: true);
            if (!_cholesky.Factorize(_hessian, default, SmallestSinglePivot))
                return null;
        }

        var memory = new LimitedMemory(_objective.Dimension, 10);
        var descent = new Descent(_objective, start, 1, cancellationToken);
        if (!descent.IsFinite)
            return null;
        for (var before = double.PositiveInfinity; ;)
        {
            Report(descent.Value, Minimum.InfinityNorm(descent.Gradient));
            var decrease = descent.Direct(vector => memory.Apply(vector, _cholesky.Solve, rescale: false));
            if (IsWorthRefreshing(decrease, before))
            {
                _objective.Hessian(descent.Parameters, _hessian, cancellationToken, single: true);
                if (!_cholesky.Factorize(_hessian, default, SmallestSinglePivot))
                    break;
                memory.Clear();
                decrease = descent.Direct(_cholesky.Solve);
            }
            before = decrease;
            if (_objective.Decrement(decrease) <= _tolerance && !IsMoving(descent.Step, cancellationToken))
                return new Minimum(descent.Parameters, descent.Value, Minimum.InfinityNorm(descent.Gradient), _iterations, Converged: true, []);
            if (_iterations == _maxIterations || !descent.TakeStep(decrease, cancellationToken))
                break;
            memory.Add(descent.Before.Parameters, descent.Parameters, descent.Before.Gradient, descent.Gradient);
            _iterations++;
        }
        start = descent.Parameters;
        return null;
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
        var descent = new Descent(_objective, start, every, cancellationToken);
        var enough = 0.01 * _objective.Dimension * every / _objective.Rows;
        var before = 0.0;
        for (var iteration = 0; iteration < MaxIterationsOfPart && descent.IsFinite; iteration++)
        {
            var decrease = before == 0 ? double.PositiveInfinity : descent.Direct(_cholesky.Solve);
            if (decrease > SlowDecrease * before)
            {
                _objective.Hessian(descent.Parameters, _hessian, cancellationToken, every, single: true);
                if (!_cholesky.Factorize(_hessian, default, SmallestSinglePivot))
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

    private Minimum Run(double[] start, CancellationToken cancellationToken)
    {
        var descent = Start(start, cancellationToken);
        while (true)
        {
            var gradientNorm = KeptNorm(descent.Gradient);
            Report(descent.Value, gradientNorm);
            _objective.Hessian(descent.Parameters, _hessian, cancellationToken);
            var fullRank = _cholesky.Factorize(_hessian, Bound.Kept);
            var decrease = descent.Direct(fullRank ? _cholesky.Solve : Bound.Solve);
            var converged = _objective.Decrement(decrease) <= _tolerance;
            if (!converged && _iterations < _maxIterations
                && (descent.TakeStep(decrease, cancellationToken)
                    || (fullRank && descent.TakeStep(descent.Direct(Bound.Solve), cancellationToken))))
            {
                _iterations++;
                continue;
            }

            var warnings = ConvergenceWarning.OfEnd(converged, _iterations, _maxIterations, gradientNorm);
            if (converged && (!fullRank || IsMoving(descent.Step, cancellationToken)))
                (converged, warnings) = (false, [ConvergenceWarning.Separation()]);
            return new Minimum(descent.Parameters, descent.Value, gradientNorm, _iterations, converged, warnings)
            {
                Dependent = [.. Enumerable.Range(0, start.Length).Where(j => !Bound.Kept[j])],
            };
        }
    }

    /// <summary>Of H at 0: which columns depend on others, and steps where H has lost rank.</summary>
    private Cholesky Bound => _bound ??= new Cholesky(_objective.Dimension);

    private Descent Start(double[] start, CancellationToken cancellationToken)
    {
        var zero = new Descent(_objective, new double[start.Length], 1, cancellationToken);
        NumericRange.RequireFinite(zero.Value, zero.Gradient);
        _objective.Hessian(zero.Parameters, _hessian, cancellationToken);
        for (var j = 0; j < _hessian.Order; j++)
        {
            // The squares of a column that moves the loss must neither overflow nor vanish.
            if (!double.IsFinite(_hessian[j, j]) || (zero.Gradient[j] != 0 && _hessian[j, j] < SmallestCurvature))
                throw NumericRange.Exceeded();
        }
        Bound.Factorize(_hessian);
        if (!start.AsSpan().ContainsAnyExcept(0.0))
            return zero;
        var descent = new Descent(_objective, start, 1, cancellationToken);
        NumericRange.RequireFinite(descent.Value, descent.Gradient);
        return descent;
    }

    /// <summary>Whether a full step would still move the margin of some row: without a penalty, the mark of parameters that have no finite optimum.</summary>
    private bool IsMoving(double[] step, CancellationToken cancellationToken) =>
        _objective.Penalty == 0 && _objective.LargestMargin(step, cancellationToken) > MovingMargin;

    private void Report(double value, double gradientNorm) => _progress?.Invoke(new FitProgress(_iterations, _maxIterations, value, gradientNorm));

    private double KeptNorm(double[] gradient)
    {
        var largest = 0.0;
        for (var j = 0; j < gradient.Length; j++)
        {
            if (Bound.Kept[j])
                largest = Math.Max(largest, Math.Abs(gradient[j]));
        }
        return largest;
    }
}
