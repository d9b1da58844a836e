using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Minimises f(b, w) + l1·‖w‖₁ + ½·l2·‖w‖², with f the mean log loss, by proximal Newton steps (Lee, Sun and Saunders, "Proximal Newton-type
/// methods for minimizing composite functions", 2014; newGLMNET: Yuan, Ho and Lin, 2012). Each step minimises the quadratic model of f plus the exact penalty,
/// one coordinate at a time over the active parameters (<see cref="QuadraticModel"/>). The step is then halved until the objective falls enough.
/// <para>
/// Active are the parameters that are not 0, those that violate their optimality condition and, along a path, those that the strong rule does not
/// discard (Tibshirani and others, "Strong rules for discarding predictors in lasso-type problems", 2012). Every pass computes the whole gradient, so a
/// parameter that was discarded wrongly is found. A Hessian is reused while its steps shrink quickly, because only the gradient has to be exact.
/// </para>
/// <para>
/// Stops when √(W · D) ≤ tolerance, with W the total weight of the rows and D the decrease that the model promises; if l1 is 0 this is the Newton
/// decrement of the summed loss. Also stops when every violation is only rounding (<see cref="GradientRounding"/>).
/// </para>
/// <para>
/// Order of calls: the constructor once for a path, then <see cref="Minimize"/> for each point in turn; each call starts where the one before ended.
/// </para>
/// </summary>
internal sealed class ProximalNewton
{
    private const double SufficientDecrease = 1e-4;

    private const double ValueRounding = 1e-14;

    private const int MaxHalvings = 30;

    /// <summary>The Hessian counts as too old when a step promises more than this share of the decrease that the step before promised.</summary>
    private const double StaleRatio = 0.02;

    private readonly LogisticObjective _objective;
    private readonly bool[] _penalized;
    private readonly GradientRounding _rounding;
    private int[] _active = [];
    private QuadraticModel? _model;

    /// <summary>The parameters at which the model's Hessian was computed.</summary>
    private double[] _modelParameters = [];
    private bool _stale = true;
    private double[] _parameters;
    private double[] _gradient;
    private readonly double[] _step;
    private double[] _trial;
    private double[] _trialGradient;
    private double _value;
    private double _l1Before = double.PositiveInfinity;

    /// <summary>Evaluates the start, which takes one pass.</summary>
    /// <param name="objective">f, without a penalty.</param>
    /// <param name="start">Copied.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public ProximalNewton(LogisticObjective objective, double[] start, CancellationToken cancellationToken)
    {
        (_objective, _rounding) = (objective, new GradientRounding(objective));
        _penalized = [.. Enumerable.Range(0, start.Length).Select(j => objective.ColumnOf(j) >= 0)];
        (_parameters, _gradient) = ((double[])start.Clone(), new double[start.Length]);
        (_trial, _trialGradient) = (new double[start.Length], new double[start.Length]);
        _step = new double[start.Length];
        _value = objective.Evaluate(_parameters, _gradient, cancellationToken);
        NumericRange.RequireFinite(_value, _gradient);
    }

    /// <summary>Saves or loads what a call leaves to the next.</summary>
    public void SaveOrLoad(StateArchive archive)
    {
        (_parameters, _gradient, _value) = (archive.Numbers(_parameters), archive.Numbers(_gradient), archive.Number(_value));
        (_active, _modelParameters) = (archive.Integers(_active), archive.Numbers(_modelParameters));
        (_stale, _l1Before) = (archive.Flag(_stale), archive.Number(_l1Before));
        if (archive.IsLoading)
            _model = null;
    }

    /// <summary>Minimises for this l1 and l2, starting where the last call ended.</summary>
    public SolverResult Minimize(double l1, double l2, int maxIterations, double tolerance, FitJournal journal, CancellationToken cancellationToken)
    {
        var (iteration, promisedBefore) = (0, double.PositiveInfinity);
        journal.Resume(archive => (iteration, promisedBefore) = (archive.Integer(iteration), archive.Number(promisedBefore)));
        var wholeStep = true;
        for (; ; iteration++)
        {
            var violations = Violations(l1, l2);
            var violation = SolverResult.InfinityNorm(violations);
            if (journal.Report(iteration, maxIterations, _value + Penalty(_parameters, l1, l2), violation))
                return SolverResult.Stopped((double[])_parameters.Clone(), _value + Penalty(_parameters, l1, l2), violation, iteration);
            RefreshModel(l1, cancellationToken);
            var step = ModelStep(l1, l2, promisedBefore, tolerance);
            var promised = PromisedDecrease(step, l1, l2);
            if (promised > StaleRatio * promisedBefore && iteration > 1)
                _stale = true;
            var converged = IsMet(promised, tolerance, violations, l1, l2, cancellationToken);
            if (!converged && iteration < maxIterations)
            {
                if (TryStep(step, promised, l1, l2, cancellationToken, out wholeStep))
                {
                    _stale |= !wholeStep;
                    promisedBefore = promised;
                    continue;
                }
            }
            _l1Before = l1;
            return new SolverResult((double[])_parameters.Clone(), _value + Penalty(_parameters, l1, l2), violation, iteration, converged,
                ConvergenceWarning.ForEnd(converged, iteration, maxIterations, violation));
        }
    }

    /// <summary>Chooses the active parameters and computes the Hessian again if a candidate is missing or the Hessian is too old.</summary>
    private void RefreshModel(double l1, CancellationToken cancellationToken)
    {
        var isActive = new bool[_parameters.Length];
        foreach (var j in _active)
            isActive[j] = true;
        // The strong rule for the change from the last l1 to this one.
        var threshold = Math.Max(0, double.IsFinite(_l1Before) ? Math.Min(l1, 2 * l1 - _l1Before) : l1);
        var missing = Enumerable.Range(0, isActive.Length).Any(j => !isActive[j] && IsCandidate(j, threshold));
        if (!missing && !_stale)
        {
            RestoreModel(cancellationToken);
            return;
        }
        // If a candidate is missing, the smaller threshold also takes parameters that the next points of a path are likely to need.
        _active = [.. Enumerable.Range(0, isActive.Length).Where(j => IsCandidate(j, missing ? 0.7 * threshold : threshold))];
        if (_active.Length > NewtonSolver.MaxDimension)
        {
            throw new UntrainableDataException("too_many_columns",
                $"Coordinate descent takes at most {NewtonSolver.MaxDimension} coefficients other than 0, but this penalty leaves {_active.Length}; "
                + "use a stronger one.");
        }
        if (_active.Length == 0)
            return;
        _modelParameters = (double[])_parameters.Clone();
        BuildModel(cancellationToken);
        _stale = false;
    }

    /// <summary>After an interruption, builds the model again at the same parameters. The pass was counted the first time.</summary>
    private void RestoreModel(CancellationToken cancellationToken)
    {
        if (_model is not null || _active.Length == 0)
            return;
        var passes = _objective.Passes;
        BuildModel(cancellationToken);
        _objective.Passes = passes;
    }

    private void BuildModel(CancellationToken cancellationToken)
    {
        var hessian = new SymmetricMatrix(_active.Length);
        _objective.Hessian(_modelParameters, hessian, cancellationToken, every: 1, _active.Length == _parameters.Length ? null : _active);
        for (var j = 0; j < hessian.Order; j++)
        {
            if (!double.IsFinite(hessian[j, j]))
                throw NumericRange.Exceeded();
        }
        _model = new QuadraticModel(hessian);
    }

    /// <summary>Whether a parameter should be active: it has no penalty, is not 0, or its gradient reaches the threshold.</summary>
    private bool IsCandidate(int j, double threshold) => !_penalized[j] || _parameters[j] != 0 || Math.Abs(_gradient[j]) >= threshold;

    /// <summary>The step that minimises the model; 0 in inactive parameters.</summary>
    private double[] ModelStep(double l1, double l2, double promisedBefore, double tolerance)
    {
        var count = _active.Length;
        var (gradient, weights, l1s, l2s, step) = (new double[count], new double[count], new double[count], new double[count], new double[count]);
        for (var k = 0; k < count; k++)
        {
            var j = _active[k];
            (gradient[k], weights[k]) = (_gradient[j], _parameters[j]);
            (l1s[k], l2s[k]) = _penalized[j] ? (l1, l2) : (0, 0);
        }
        var enough = Math.Max(
            1e-3 * tolerance * tolerance / _objective.TotalWeight,
            double.IsFinite(promisedBefore) ? 1e-6 * promisedBefore * StaleRatio : 1e-9);
        if (count > 0)
            _model!.Minimize(gradient, weights, l1s, l2s, step, enough);
        Array.Clear(_step);
        for (var k = 0; k < count; k++)
            _step[_active[k]] = step[k];
        return _step;
    }

    /// <summary>The decrease that the model promises for a step d: −(gᵀd + r(w + d) − r(w)), which is at least dᵀHd.</summary>
    private double PromisedDecrease(double[] step, double l1, double l2)
    {
        var promised = 0.0;
        for (var j = 0; j < step.Length; j++)
        {
            promised -= _gradient[j] * step[j];
            if (_penalized[j] && step[j] != 0)
            {
                var (weight, next) = (_parameters[j], _parameters[j] + step[j]);
                promised -= l1 * (Math.Abs(next) - Math.Abs(weight)) + l2 * step[j] * (weight + 0.5 * step[j]);
            }
        }
        return promised;
    }

    /// <summary>Halves the step until the objective falls enough; false, and the point is unchanged, if no length does.</summary>
    private bool TryStep(double[] step, double promised, double l1, double l2, CancellationToken cancellationToken, out bool whole)
    {
        var penalty = Penalty(_parameters, l1, l2);
        var length = 1.0;
        for (var halving = 0; halving <= MaxHalvings; halving++, length /= 2)
        {
            for (var j = 0; j < step.Length; j++)
                _trial[j] = _parameters[j] + length * step[j];
            var value = _objective.Evaluate(_trial, _trialGradient, cancellationToken);
            if (value + Penalty(_trial, l1, l2) <= _value + penalty - SufficientDecrease * length * promised + ValueRounding * Math.Abs(_value + penalty)
                && NumericRange.IsFinite(value, _trialGradient))
            {
                _value = value;
                (_parameters, _trial) = (_trial, _parameters);
                (_gradient, _trialGradient) = (_trialGradient, _gradient);
                whole = halving == 0;
                return true;
            }
        }
        whole = false;
        return false;
    }

    private double Penalty(double[] parameters, double l1, double l2)
    {
        var penalty = 0.0;
        for (var j = 0; j < parameters.Length; j++)
        {
            if (_penalized[j])
                penalty += l1 * Math.Abs(parameters[j]) + 0.5 * l2 * parameters[j] * parameters[j];
        }
        return penalty;
    }

    /// <summary>
    /// How far each parameter is from its optimality condition: |g + l2·w + l1·sign w| if w ≠ 0, and max(0, |g| − l1) if w = 0.
    /// </summary>
    private double[] Violations(double l1, double l2) => [.. _parameters.Select((weight, j) =>
        !_penalized[j] ? Math.Abs(_gradient[j])
        : weight != 0 ? Math.Abs(_gradient[j] + l2 * weight + l1 * Math.Sign(weight))
        : Math.Max(0, Math.Abs(_gradient[j]) - l1))];

    private bool IsMet(double promised, double tolerance, double[] violations, double l1, double l2, CancellationToken cancellationToken)
    {
        var decrement = _objective.Decrement(promised);
        return decrement <= tolerance || (Math.Max(tolerance, decrement) < GradientRounding.FineTolerance
            && _rounding.Covers(_parameters, violations, j => _penalized[j] ? l1 + l2 * Math.Abs(_parameters[j]) : 0, cancellationToken));
    }
}
