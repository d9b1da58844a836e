using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Minimises f by Newton's method: H·d = −∇f by Cholesky, then the first of the steps d, d/2, d/4, … that lowers f enough (Armijo's
/// condition; Nocedal and Wright, "Numerical Optimization" (2006), chapter 3). One pass over the rows gives f, ∇f and H at a trial point.
/// <para>
/// Stops when √(n · ∇fᵀH⁻¹∇f) ≤ tolerance. That is the Newton decrement (Boyd and Vandenberghe, "Convex Optimization" (2004), 9.5.1) of
/// the summed loss: it doesn't change with the columns' units, and for a fit without penalty it is the distance to the optimum
/// in standard errors.
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
    /// <summary>With as many parameters a Hessian takes 200 MB, and some six are held: more is another solver's work.</summary>
    public const int MaxDimension = 5000;

    /// <summary>The share of the decrease that the slope promises which a step must bring.</summary>
    private const double SufficientDecrease = 1e-4;

    /// <summary>Relative rounding of f, within which two values count as equal.</summary>
    private const double ValueRounding = 1e-14;

    private const int MaxHalvings = 20;

    /// <summary>2⁻¹⁰⁰⁸: still 14 bits above the smallest normal number.</summary>
    private const double SmallestCurvature = 3.6e-304;

    /// <summary>
    /// Where no optimum exists, each step moves the margins of the separated rows by about 1. Where one does, a step moves a margin by at most
    /// its decrement times the margin's standard error (Cauchy–Schwarz): by less than this, unless that error exceeds 0.5 / tolerance.
    /// </summary>
    private const double MovingMargin = 0.5;

    private readonly LogisticObjective _objective;
    private readonly double _tolerance;
    private readonly int _maxIterations;
    private readonly Cholesky _bound;
    private readonly Cholesky _cholesky;
    private readonly double[] _step;
    private double[] _parameters;
    private double[] _gradient;
    private SymmetricMatrix _hessian;
    private double[] _trial;
    private double[] _trialGradient;
    private SymmetricMatrix _trialHessian;
    private double _value;

    private NewtonSolver(LogisticObjective objective, double[] start, int maxIterations, double tolerance)
    {
        var order = objective.Dimension;
        _objective = objective;
        _tolerance = tolerance;
        _maxIterations = maxIterations;
        (_bound, _cholesky, _step) = (new Cholesky(order), new Cholesky(order), new double[order]);
        (_parameters, _gradient, _hessian) = ((double[])start.Clone(), new double[order], new SymmetricMatrix(order));
        (_trial, _trialGradient, _trialHessian) = (new double[order], new double[order], new SymmetricMatrix(order));
    }

    public static Minimum Minimize(LogisticObjective objective, double[] start, int maxIterations, double tolerance,
        Action<FitProgress>? progress, CancellationToken cancellationToken)
    {
        if (objective.Dimension > MaxDimension)
        {
            throw new UntrainableDataException("too_many_columns",
                $"Newton's method takes at most {MaxDimension} parameters, these data need {objective.Dimension}; choose gradient descent or fewer columns.");
        }
        return new NewtonSolver(objective, start, maxIterations, tolerance).Run(progress, cancellationToken);
    }

    private Minimum Run(Action<FitProgress>? progress, CancellationToken cancellationToken)
    {
        var warnings = new List<ConvergenceWarning>();
        Start(cancellationToken);
        for (var iteration = 0; ; iteration++)
        {
            var gradientNorm = KeptGradientNorm();
            progress?.Invoke(new FitProgress(iteration, _maxIterations, _value, gradientNorm));
            var fullRank = _cholesky.Factorize(_hessian, _bound.Kept);
            var decrease = Direct(fullRank ? _cholesky : _bound);
            var converged = Math.Sqrt(Math.Max(0, decrease) * _objective.Rows) <= _tolerance;
            if (!converged && iteration < _maxIterations
                && (TakeStep(decrease, cancellationToken) || (fullRank && TakeStep(Direct(_bound), cancellationToken))))
            {
                continue;
            }

            if (!converged)
            {
                warnings.Add(iteration == _maxIterations
                    ? ConvergenceWarning.MaxIterationsReached(_maxIterations, gradientNorm)
                    : ConvergenceWarning.LineSearchFailed(iteration, gradientNorm));
            }
            else if (!fullRank || _objective.Evaluate(_step, _trialGradient, cancellationToken).LargestMargin > MovingMargin)
            {
                warnings.Add(ConvergenceWarning.Separation());
                converged = false;
            }
            return new Minimum(_parameters, _value, gradientNorm, iteration, converged, warnings)
            {
                Dependent = [.. Enumerable.Range(0, _step.Length).Where(j => !_bound.Kept[j])],
            };
        }
    }

    private void Start(CancellationToken cancellationToken)
    {
        EvaluateAt(new double[_parameters.Length], cancellationToken);
        for (var j = 0; j < _hessian.Order; j++)
        {
            // The squares of a column that moves the loss must neither overflow nor vanish.
            if (!double.IsFinite(_hessian[j, j]) || (_gradient[j] != 0 && _hessian[j, j] < SmallestCurvature))
                throw NumericRange.Exceeded();
        }
        _bound.Factorize(_hessian);
        if (_parameters.AsSpan().ContainsAnyExcept(0.0))
            EvaluateAt(_parameters, cancellationToken);
    }

    private void EvaluateAt(double[] parameters, CancellationToken cancellationToken)
    {
        _value = _objective.Evaluate(parameters, _gradient, _hessian, cancellationToken).Value;
        NumericRange.RequireFinite(_value, _gradient);
    }

    /// <summary>Sets the step to −H⁻¹∇f. Returns ∇fᵀH⁻¹∇f, the decrease that the slope promises of a full step.</summary>
    private double Direct(Cholesky hessian)
    {
        _gradient.CopyTo(_step, 0);
        hessian.Solve(_step);
        var decrease = 0.0;
        for (var j = 0; j < _step.Length; j++)
        {
            decrease += _step[j] * _gradient[j];
            _step[j] = -_step[j];
        }
        return decrease;
    }

    /// <summary>Halves the step until it lowers f enough; false if none does, and then the parameters are as they were.</summary>
    private bool TakeStep(double decrease, CancellationToken cancellationToken)
    {
        var length = 1.0;
        for (var halving = 0; halving <= MaxHalvings; halving++, length /= 2)
        {
            for (var j = 0; j < _step.Length; j++)
                _trial[j] = _parameters[j] + length * _step[j];
            var trialValue = _objective.Evaluate(_trial, _trialGradient, _trialHessian, cancellationToken).Value;
            if (trialValue <= _value - SufficientDecrease * length * decrease + ValueRounding * Math.Abs(_value)
                && NumericRange.IsFinite(trialValue, _trialGradient))
            {
                _value = trialValue;
                (_parameters, _trial) = (_trial, _parameters);
                (_gradient, _trialGradient) = (_trialGradient, _gradient);
                (_hessian, _trialHessian) = (_trialHessian, _hessian);
                return true;
            }
        }
        return false;
    }

    private double KeptGradientNorm()
    {
        var largest = 0.0;
        for (var j = 0; j < _gradient.Length; j++)
        {
            if (_bound.Kept[j])
                largest = Math.Max(largest, Math.Abs(_gradient[j]));
        }
        return largest;
    }
}
