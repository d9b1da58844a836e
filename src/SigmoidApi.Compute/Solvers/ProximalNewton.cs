using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Minimises f(b, w) + l1·‖w‖₁ + ½·l2·‖w‖² by proximal Newton steps (Lee, Sun and Saunders, "Proximal Newton-type methods for minimizing composite
/// functions", 2014; newGLMNET: Yuan, Ho and Lin, 2012): the quadratic model of f, with the penalty as it is, is minimised a coordinate
/// at a time over the parameters that may matter, and the step is shortened until the objective falls.
/// <para>
/// Which may matter is what is not 0, what violates its condition, and along a path what the strong rule doesn't discard (Tibshirani and others,
/// "Strong rules for discarding predictors in lasso-type problems", 2012). Every pass gives the whole gradient, so that nothing discarded in
/// error goes unseen. A Hessian serves as long as its steps shrink quickly; only the gradient has to be exact.
/// </para>
/// <para>
/// Stops when √(W · what the model promises) ≤ tolerance, W the rows' weight: where l1 is 0 that is the Newton decrement of the summed loss; or where
/// every violation is rounding alone (<see cref="GradientRounding"/>).
/// </para>
/// </summary>
internal sealed class ProximalNewton
{
    private const double SufficientDecrease = 1e-4;

    private const double ValueRounding = 1e-14;

    private const int MaxHalvings = 30;

    /// <summary>The share of the last promised decrease which the next may promise before the Hessian counts as too old.</summary>
    private const double StaleRatio = 0.02;

    private readonly LogisticObjective _objective;
    private readonly bool[] _penalized;
    private readonly GradientRounding _rounding;
    private int[] _members = [];
    private QuadraticModel? _model;

    /// <summary>Where the model's Hessian was taken.</summary>
    private double[] _modelParameters = [];
    private bool _stale = true;
    private double[] _parameters;
    private double[] _gradient;
    private readonly double[] _step;
    private double[] _trial;
    private double[] _trialGradient;
    private double _value;
    private double _l1Before = double.PositiveInfinity;

    /// <summary>Evaluates the start: one pass.</summary>
    /// <param name="objective">f, without a penalty.</param>
    /// <param name="start">Copied.</param>
    /// <param name="cancellationToken">Looked at within each pass.</param>
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

    /// <summary>What a call leaves to the next goes through an archive.</summary>
    public void Through(StateArchive archive)
    {
        (_parameters, _gradient, _value) = (archive.Numbers(_parameters), archive.Numbers(_gradient), archive.Number(_value));
        (_members, _modelParameters) = (archive.Integers(_members), archive.Numbers(_modelParameters));
        (_stale, _l1Before) = (archive.Flag(_stale), archive.Number(_l1Before));
        if (archive.IsRead)
            _model = null;
    }

    /// <summary>From where the last call ended.</summary>
    public SolverResult Minimize(double l1, double l2, int maxIterations, double tolerance, FitJournal journal, CancellationToken cancellationToken)
    {
        var (iteration, promisedBefore) = (0, double.PositiveInfinity);
        journal.Resume(archive => (iteration, promisedBefore) = (archive.Integer(iteration), archive.Number(promisedBefore)));
        var wholeStep = true;
        for (; ; iteration++)
        {
            var violations = Violations(l1, l2);
            var violation = SolverResult.InfinityNorm(violations);
            if (journal.Reach(iteration, maxIterations, _value + Penalty(_parameters, l1, l2), violation))
                return SolverResult.Stopped((double[])_parameters.Clone(), _value + Penalty(_parameters, l1, l2), violation, iteration);
            RefreshModel(l1, cancellationToken);
            var step = ModelStep(l1, l2, promisedBefore, tolerance);
            var promised = Promised(step, l1, l2);
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
                ConvergenceWarning.OfEnd(converged, iteration, maxIterations, violation));
        }
    }

    /// <summary>Takes the members anew if some that may matter are missing, and the Hessian if it is old.</summary>
    private void RefreshModel(double l1, CancellationToken cancellationToken)
    {
        var kept = new bool[_parameters.Length];
        foreach (var member in _members)
            kept[member] = true;
        // The strong rule for the way from the last l1 to this one; a part of the way further, so that the next points find their members there.
        var threshold = Math.Max(0, double.IsFinite(_l1Before) ? Math.Min(l1, 2 * l1 - _l1Before) : l1);
        var missing = Enumerable.Range(0, kept.Length).Any(j => !kept[j] && MayMatter(j, threshold));
        if (!missing && !_stale)
        {
            RestoreModel(cancellationToken);
            return;
        }
        _members = [.. Enumerable.Range(0, kept.Length).Where(j => MayMatter(j, missing ? 0.7 * threshold : threshold))];
        if (_members.Length > NewtonSolver.MaxDimension)
        {
            throw new UntrainableDataException("too_many_columns",
                $"Coordinate descent takes at most {NewtonSolver.MaxDimension} coefficients other than 0, this penalty leaves {_members.Length}; use a stronger one.");
        }
        if (_members.Length == 0)
            return;
        _modelParameters = (double[])_parameters.Clone();
        TakeModel(cancellationToken);
        _stale = false;
    }

    /// <summary>A model that a broken run had is taken again where it was; the pass was counted then.</summary>
    private void RestoreModel(CancellationToken cancellationToken)
    {
        if (_model is not null || _members.Length == 0)
            return;
        var passes = _objective.Passes;
        TakeModel(cancellationToken);
        _objective.Passes = passes;
    }

    private void TakeModel(CancellationToken cancellationToken)
    {
        var hessian = new SymmetricMatrix(_members.Length);
        _objective.Hessian(_modelParameters, hessian, cancellationToken, every: 1, _members.Length == _parameters.Length ? null : _members);
        for (var j = 0; j < hessian.Order; j++)
        {
            if (!double.IsFinite(hessian[j, j]))
                throw NumericRange.Exceeded();
        }
        _model = new QuadraticModel(hessian);
    }

    private bool MayMatter(int j, double threshold) => !_penalized[j] || _parameters[j] != 0 || Math.Abs(_gradient[j]) >= threshold;

    /// <summary>The model's step, in all parameters.</summary>
    private double[] ModelStep(double l1, double l2, double promisedBefore, double tolerance)
    {
        var count = _members.Length;
        var (gradient, weights, l1s, l2s, step) = (new double[count], new double[count], new double[count], new double[count], new double[count]);
        for (var k = 0; k < count; k++)
        {
            var j = _members[k];
            (gradient[k], weights[k]) = (_gradient[j], _parameters[j]);
            (l1s[k], l2s[k]) = _penalized[j] ? (l1, l2) : (0, 0);
        }
        var enough = Math.Max(1e-3 * tolerance * tolerance / _objective.TotalWeight, double.IsFinite(promisedBefore) ? 1e-6 * promisedBefore * StaleRatio : 1e-9);
        if (count > 0)
            _model!.Minimize(gradient, weights, l1s, l2s, step, enough);
        Array.Clear(_step);
        for (var k = 0; k < count; k++)
            _step[_members[k]] = step[k];
        return _step;
    }

    /// <summary>−(gᵀd + r(w + d) − r(w)), which is at least dᵀHd.</summary>
    private double Promised(double[] step, double l1, double l2)
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

    /// <summary>The violations of 0 ∈ ∂: |g + l2·w + l1·sign w| where w ≠ 0, what |g| exceeds l1 by where w = 0.</summary>
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
