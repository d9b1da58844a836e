using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// The way for many columns: it minimises over a working set of parameters, whose columns it copies, until no other parameter violates its optimality
/// condition (celer: Massias, Gramfort and Salmon, "Celer: a fast solver for the lasso with dual extrapolation", 2018, and Massias and others, "Dual
/// extrapolation for sparse generalized linear models", 2020). Only the search for violations reads the whole matrix: one pass, mostly once for a point.
/// <para>
/// A point's first set has the parameters that are not 0 and those that the strong rule does not discard (Tibshirani and others, 2012), but at most as many
/// of these as of those, in the order of |g|: after a large change of l1 the rule discards nothing. Violations join in the order of |g| too, and at most
/// double the set. While more of them wait, the set is minimised roughly.
/// </para>
/// <para>
/// Margins are computed from the columns at every point that is reached, so that the state is the parameters, the last whole gradient and the set.
/// </para>
/// </summary>
internal sealed class ColumnNewton : ProximalNewton
{
    /// <summary>A set may always grow by this many parameters for each output.</summary>
    private const int LeastGrowth = 64;

    /// <summary>If the strong rule means something, a point's first set may have this many times as many parameters as are not 0.</summary>
    private const int StrongRoom = 6;

    /// <summary>A set that will grow is minimised until a step promises less than this share of what its first step did.</summary>
    private const double RoughShare = 0.01;

    private readonly WorkingSet _columns;
    private readonly ColumnModel _model;

    /// <summary>The margins at the minimum of the model.</summary>
    private readonly double[][] _inner;
    private RowPoint _rows;
    private RowPoint _trial;
    private double[] _parameters;

    /// <summary>At the current point within the set; elsewhere at the point of the last pass.</summary>
    private double[] _gradient;
    private double[] _passGradient;

    /// <summary>Whether the last pass was at the current point.</summary>
    private bool _isWhole = true;
    private int[] _set = [];

    /// <summary>Whether more parameters than the set has room for violate their condition.</summary>
    private bool _isRough;

    /// <summary>The decrease that the first step of this set promised.</summary>
    private double _firstPromised = double.NaN;
    private double _l1Before = double.PositiveInfinity;

    /// <summary>Evaluates the start, which takes one pass.</summary>
    /// <param name="objective">f, without a penalty.</param>
    /// <param name="start">Copied.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public ColumnNewton(LogisticObjective objective, double[] start, CancellationToken cancellationToken)
        : base(objective)
    {
        (_parameters, _gradient, _passGradient) = ((double[])start.Clone(), new double[start.Length], new double[start.Length]);
        NumericRange.RequireFinite(objective.Evaluate(_parameters, _gradient, cancellationToken), _gradient);
        (_rows, _trial) = (new RowPoint(objective.Rows, objective.Outputs), new RowPoint(objective.Rows, objective.Outputs));
        _inner = [.. _rows.Margins.Select(margins => new double[margins.Length])];
        _columns = new WorkingSet(objective);
        _model = ColumnModel.Of(objective, _columns);
    }

    public override void SaveOrLoad(StateArchive archive)
    {
        (_parameters, _gradient, _set) = (archive.Numbers(_parameters), archive.Numbers(_gradient), archive.Integers(_set));
        (_isWhole, _isRough) = (archive.Flag(_isWhole), archive.Flag(_isRough));
        (_firstPromised, _l1Before) = (archive.Number(_firstPromised), archive.Number(_l1Before));
    }

    public override SolverResult Minimize(double l1, double l2, int maxIterations, double tolerance, FitJournal journal, CancellationToken cancellationToken)
    {
        var net = new ElasticNet(l1, l2);
        var iteration = 0;
        if (!journal.Resume(archive => iteration = archive.Integer(iteration)))
            StartSet(l1);
        UseSet(cancellationToken);
        for (; ; iteration++)
        {
            var value = _rows.Value + Penalty(net);
            var violation = LargestViolation(net);
            if (journal.Report(iteration, maxIterations, value, violation))
                return SolverResult.Stopped((double[])_parameters.Clone(), value, violation, iteration);
            cancellationToken.ThrowIfCancellationRequested();
            var target = ModelMinimum(net, tolerance);
            var promised = PromisedDecrease(_set, target, _parameters, _gradient, net);
            if (double.IsNaN(_firstPromised))
                _firstPromised = promised;
            var isMet = IsMet(promised, tolerance, _parameters, () => Violations(net), net, cancellationToken);
            var converged = false;
            if (isMet || (_isRough && promised <= RoughShare * _firstPromised))
            {
                CompleteGradient(cancellationToken);
                if (ExtendSet(l1))
                {
                    if (iteration < maxIterations)
                    {
                        UseSet(cancellationToken);
                        continue;
                    }
                }
                else
                {
                    (converged, _isRough) = (isMet, false);
                }
            }
            if (!converged && iteration < maxIterations && TryStep(target, promised, net))
                continue;
            CompleteGradient(cancellationToken);
            _l1Before = l1;
            return new SolverResult((double[])_parameters.Clone(), value, violation, iteration, converged,
                ConvergenceWarning.ForEnd(converged, iteration, maxIterations, violation));
        }
    }

    /// <summary>The set that a point starts with.</summary>
    private void StartSet(double l1)
    {
        // Before the first point the intercept may be far from its optimum, and so is every gradient.
        var isFirst = double.IsPositiveInfinity(_l1Before);
        bool IsKept(int j) => !IsPenalized[j] || _parameters[j] != 0 || l1 == 0;
        int[] kept = [.. Enumerable.Range(0, _parameters.Length).Where(IsKept)];
        // The strong rule for the change from the last l1 to this one. It means little after a large change.
        var threshold = isFirst ? l1 : Math.Min(l1, 2 * l1 - _l1Before);
        var room = threshold > 0.5 * l1 ? StrongRoom : 1;
        (_set, _isRough) = isFirst && Array.Exists(IsPenalized, isPenalized => !isPenalized)
            ? (kept, false)
            : WorkingSet.WithLargest(kept, _gradient, threshold, room * Math.Max(LeastGrowth * Objective.Outputs, kept.Length));
        _firstPromised = double.NaN;
    }

    /// <summary>Adds parameters that violate their condition. Returns whether there are any.</summary>
    private bool ExtendSet(double l1)
    {
        var count = _set.Length;
        (_set, _isRough) = WorkingSet.WithLargest(_set, _gradient, double.BitIncrement(l1), Math.Max(LeastGrowth * Objective.Outputs, count));
        if (_set.Length == count)
            return false;
        _firstPromised = double.NaN;
        return true;
    }

    /// <summary>Copies the set's columns and evaluates the current point.</summary>
    private void UseSet(CancellationToken cancellationToken)
    {
        _columns.Select(_set, cancellationToken);
        Multiply(WeightsOfSet(), _rows.Margins);
        Objective.Losses(_rows);
        UpdateGradient();
    }

    /// <summary>Margins at a point whose parameters outside the set are 0.</summary>
    private void Multiply(double[] weights, double[][] margins)
    {
        int[] members = [.. Enumerable.Range(0, weights.Length).Where(k => weights[k] != 0)];
        _columns.Multiply(members, [.. members.Select(k => weights[k])], margins);
    }

    /// <summary>Computes the gradient within the set.</summary>
    private void UpdateGradient()
    {
        var slopes = new double[_set.Length];
        _columns.Products([.. Enumerable.Range(0, _set.Length)], _rows.Residuals, slopes);
        for (var k = 0; k < slopes.Length; k++)
            _gradient[_set[k]] = slopes[k];
    }

    /// <summary>Computes the gradient outside the set, unless it is known: one pass.</summary>
    private void CompleteGradient(CancellationToken cancellationToken)
    {
        if (_isWhole)
            return;
        Objective.Gradient(_rows, _parameters, _passGradient, cancellationToken);
        foreach (var j in _set)
            _passGradient[j] = _gradient[j];
        (_gradient, _passGradient) = (_passGradient, _gradient);
        NumericRange.RequireFinite(_rows.Value, _gradient);
        _isWhole = true;
    }

    /// <summary>The parameters of the set at which the model is least.</summary>
    private double[] ModelMinimum(ElasticNet net, double tolerance)
    {
        double[] Of(double penalty) => [.. _set.Select(j => IsPenalized[j] ? penalty : 0)];
        _model.Begin(_rows, [.. _set.Select(j => _gradient[j])]);
        var enough = 1e-3 * tolerance * tolerance / Objective.TotalWeight;
        return _model.Minimize(WeightsOfSet(), Of(net.L1), Of(net.L2), enough, _isRough ? 0.1 : 0.01);
    }

    /// <summary>Halves the step until the objective falls enough; false, and the point is unchanged, if no length does.</summary>
    private bool TryStep(double[] target, double promised, ElasticNet net)
    {
        var start = WeightsOfSet();
        var before = _rows.Value + Penalty(net);
        var rounding = ValueRounding * Math.Abs(before);
        Multiply(target, _inner);
        var length = 1.0;
        for (var halving = 0; halving <= MaxHalvings; halving++, length /= 2)
        {
            for (var k = 0; k < target.Length; k++)
                _parameters[_set[k]] = halving == 0 ? target[k] : start[k] + length * (target[k] - start[k]);
            for (var o = 0; o < _inner.Length; o++)
            {
                var (inner, margins, trial) = (_inner[o], _rows.Margins[o], _trial.Margins[o]);
                for (var i = 0; i < inner.Length; i++)
                    trial[i] = halving == 0 ? inner[i] : margins[i] + length * (inner[i] - margins[i]);
            }
            Objective.Losses(_trial);
            if (double.IsFinite(_trial.Value) && _trial.Value + Penalty(net) <= before - SufficientDecrease * length * promised + rounding)
            {
                if (halving > 0)
                {
                    // Rounded as at any other point, so that a resumed fit has the same bits.
                    Multiply(WeightsOfSet(), _trial.Margins);
                    Objective.Losses(_trial);
                }
                (_rows, _trial) = (_trial, _rows);
                _isWhole = false;
                UpdateGradient();
                return true;
            }
        }
        for (var k = 0; k < start.Length; k++)
            _parameters[_set[k]] = start[k];
        return false;
    }

    private double[] WeightsOfSet() => [.. _set.Select(j => _parameters[j])];

    private double Penalty(ElasticNet net)
    {
        var penalty = 0.0;
        foreach (var j in _set)
            penalty += IsPenalized[j] ? net.Of(_parameters[j]) : 0;
        return penalty;
    }

    /// <summary>Of the parameters whose gradient is known.</summary>
    private double LargestViolation(ElasticNet net)
    {
        var largest = 0.0;
        for (var j = 0; j < _parameters.Length && _isWhole; j++)
            largest = Math.Max(largest, ViolationOf(j, net));
        foreach (var j in _set)
            largest = Math.Max(largest, ViolationOf(j, net));
        return largest;
    }

    private double[] Violations(ElasticNet net)
    {
        var violations = new double[_parameters.Length];
        if (_isWhole)
        {
            for (var j = 0; j < violations.Length; j++)
                violations[j] = ViolationOf(j, net);
        }
        foreach (var j in _set)
            violations[j] = ViolationOf(j, net);
        return violations;
    }

    private double ViolationOf(int j, ElasticNet net) =>
        IsPenalized[j] ? net.Violation(_parameters[j], _gradient[j]) : Math.Abs(_gradient[j]);
}
