using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// The way for few columns: each evaluation is a pass over the rows that computes the whole gradient, and the model has the Hessian of the active
/// parameters in memory (<see cref="GramModel"/>).
/// <para>
/// Active are the parameters that are not 0, those that violate their optimality condition and, along a path, those that the strong rule does not
/// discard (Tibshirani and others, "Strong rules for discarding predictors in lasso-type problems", 2012). Every pass computes the whole gradient, so a
/// parameter that was discarded wrongly is found. A Hessian is reused while that takes less time than a new one, because only the gradient has to be exact;
/// the steps taken correct it.
/// </para>
/// </summary>
internal sealed class GramNewton : ProximalNewton
{
    /// <summary>The model is minimised to this share of the decrease that the step before promised.</summary>
    private const double ModelShare = 2e-8;

    /// <summary>
    /// A new Hessian pays if it saves this many gradient passes, and one more for each <see cref="HessianColumns"/> active parameters.
    /// </summary>
    private const double HessianPasses = 3.5;

    private const double HessianColumns = 20;

    /// <summary>The most steps that correct a Hessian: a checkpoint has them.</summary>
    private const int MostCorrections = 24;

    /// <summary>With fewer numbers in the matrix, float32 saves no time.</summary>
    private const long LeastForSingle = 1 << 17;

    private const double SmallestSingle = 1e-25;

    /// <summary>If 1 − R² of a column on the others is below this, the model might have no minimum in float32.</summary>
    private const double SmallestSinglePivot = 1e-4;

    /// <summary>Whether Hessians are computed in float32, which is accurate enough for steps.</summary>
    private bool _isSingle;
    private int[] _active = [];
    private GramModel? _model;

    /// <summary>The parameters at which the model's Hessian was computed.</summary>
    private double[] _modelParameters = [];
    private bool _stale = true;

    /// <summary>Steps since then, in the active parameters, each followed by its change of the gradient.</summary>
    private List<double[]> _corrections = [];
    private double[] _parameters;
    private double[] _gradient;
    private double[] _trial;
    private double[] _trialGradient;
    private double _value;
    private double _l1Before = double.PositiveInfinity;

    /// <summary>Evaluates the start, which takes one pass.</summary>
    /// <param name="objective">f, without a penalty.</param>
    /// <param name="start">Copied.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public GramNewton(LogisticObjective objective, double[] start, CancellationToken cancellationToken)
        : base(objective)
    {
        (_parameters, _gradient) = ((double[])start.Clone(), new double[start.Length]);
        (_trial, _trialGradient) = (new double[start.Length], new double[start.Length]);
        _isSingle = (long)objective.Rows * objective.Dimension >= LeastForSingle;
        _value = objective.Evaluate(_parameters, _gradient, cancellationToken);
        NumericRange.RequireFinite(_value, _gradient);
    }

    public override void SaveOrLoad(StateArchive archive)
    {
        (_parameters, _gradient, _value) = (archive.Numbers(_parameters), archive.Numbers(_gradient), archive.Number(_value));
        (_active, _modelParameters) = (archive.Integers(_active), archive.Numbers(_modelParameters));
        _corrections = [.. archive.Items([.. _corrections], archive.Numbers!)];
        (_stale, _isSingle, _l1Before) = (archive.Flag(_stale), archive.Flag(_isSingle), archive.Number(_l1Before));
        if (archive.IsLoading)
            _model = null;
    }

    public override SolverResult Minimize(double l1, double l2, int maxIterations, double tolerance, FitJournal journal, CancellationToken cancellationToken)
    {
        var net = new ElasticNet(l1, l2);
        var (iteration, promisedBefore) = (0, double.PositiveInfinity);
        journal.Resume(archive => (iteration, promisedBefore) = (archive.Integer(iteration), archive.Number(promisedBefore)));
        for (; ; iteration++)
        {
            var violation = SolverResult.InfinityNorm(Violations(_parameters, _gradient, net));
            if (journal.Report(iteration, maxIterations, _value + Penalty(_parameters, net), violation))
                return SolverResult.Stopped((double[])_parameters.Clone(), _value + Penalty(_parameters, net), violation, iteration);
            RefreshModel(l1, cancellationToken);
            var target = ModelMinimum(net, promisedBefore, tolerance);
            var promised = PromisedDecrease(_active, target, _parameters, _gradient, net);
            _stale |= iteration > 1 && IsWorthRefreshing(promised, promisedBefore, tolerance);
            var converged = IsMet(promised, tolerance, _parameters, () => Violations(_parameters, _gradient, net), net, cancellationToken);
            if (!converged && iteration < maxIterations && TryStep(target, promised, net, cancellationToken))
            {
                promisedBefore = promised;
                continue;
            }
            _l1Before = l1;
            return new SolverResult((double[])_parameters.Clone(), _value + Penalty(_parameters, net), violation, iteration, converged,
                ConvergenceWarning.ForEnd(converged, iteration, maxIterations, violation));
        }
    }

    /// <summary>Chooses the active parameters and computes the Hessian again if a candidate is missing or the Hessian is too old.</summary>
    private void RefreshModel(double l1, CancellationToken cancellationToken)
    {
        var isActive = new bool[_parameters.Length];
        foreach (var j in _active)
            isActive[j] = true;
        // The strong rule for the change from the last l1 to this one. A large change would make every parameter active.
        var threshold = double.IsFinite(_l1Before) ? Math.Clamp(2 * l1 - _l1Before, 0.5 * l1, l1) : l1;
        var missing = Enumerable.Range(0, isActive.Length).Any(j => !isActive[j] && IsCandidate(j, threshold));
        if (!missing && !_stale)
        {
            RestoreModel(cancellationToken);
            return;
        }
        // If a candidate is missing, the smaller threshold also takes parameters that the next points of a path are likely to need.
        _active = [.. Enumerable.Range(0, isActive.Length).Where(j => IsCandidate(j, missing ? 0.5 * threshold : threshold))];
        if (_active.Length == 0)
            return;
        _modelParameters = (double[])_parameters.Clone();
        _corrections.Clear();
        BuildModel(cancellationToken);
        _stale = false;
    }

    /// <summary>After an interruption, builds the model again at the same parameters. The pass was counted the first time.</summary>
    private void RestoreModel(CancellationToken cancellationToken)
    {
        if (_model is not null || _active.Length == 0)
            return;
        var passes = Objective.Passes;
        BuildModel(cancellationToken);
        Objective.Passes = passes;
    }

    private void BuildModel(CancellationToken cancellationToken)
    {
        var hessian = new SymmetricMatrix(_active.Length);
        var subset = _active.Length == _parameters.Length ? null : _active;
        Objective.Hessian(_modelParameters, hessian, cancellationToken, every: 1, subset, _isSingle);
        if (_isSingle && !IsExactEnough(hessian))
        {
            _isSingle = false;
            Objective.Hessian(_modelParameters, hessian, cancellationToken, every: 1, subset);
        }
        for (var j = 0; j < hessian.Order; j++)
        {
            if (!double.IsFinite(hessian[j, j]))
                throw NumericRange.Exceeded();
        }
        _model = new GramModel(hessian);
        for (var k = 0; k < _corrections.Count; k += 2)
            _model.Correct(_corrections[k], _corrections[k + 1]);
    }

    /// <summary>Whether a Hessian in float32 is definite beyond its rounding errors, and no column left float32's range.</summary>
    private static bool IsExactEnough(SymmetricMatrix hessian) =>
        Enumerable.Range(0, hessian.Order).All(j => hessian[j, j] is > SmallestSingle and < 1 / SmallestSingle)
        && new Cholesky(hessian.Order).Factorize(hessian, default, SmallestSinglePivot);

    /// <summary>Whether, at the rate of the last step, more passes lie ahead than a new Hessian costs. With a new Hessian about two steps remain.</summary>
    private bool IsWorthRefreshing(double promised, double promisedBefore, double tolerance)
    {
        var least = Math.Max(tolerance * tolerance, double.Epsilon);
        var ahead = Math.Log(Math.Max(1, promised * Objective.TotalWeight / least)) / Math.Log(promisedBefore / promised);
        return !(ahead >= 0 && ahead <= 2 + HessianPasses + _active.Length / HessianColumns);
    }

    /// <summary>Corrects the Hessian by the step that was just taken, from <see cref="_trial"/>.</summary>
    private void LearnFromStep()
    {
        double[] step = [.. _active.Select(j => _parameters[j] - _trial[j])];
        double[] change = [.. _active.Select(j => _gradient[j] - _trialGradient[j])];
        _model!.Correct(step, change);
        _corrections.AddRange(step, change);
        _stale |= _corrections.Count >= 2 * MostCorrections;
    }

    /// <summary>Whether a parameter should be active: it has no penalty, is not 0, or its gradient reaches the threshold.</summary>
    private bool IsCandidate(int j, double threshold) => !IsPenalized[j] || _parameters[j] != 0 || Math.Abs(_gradient[j]) >= threshold;

    /// <summary>The active parameters at which the model is least.</summary>
    private double[] ModelMinimum(ElasticNet net, double promisedBefore, double tolerance)
    {
        var count = _active.Length;
        if (count == 0)
            return [];
        var (gradient, weights, l1s, l2s) = (new double[count], new double[count], new double[count], new double[count]);
        for (var k = 0; k < count; k++)
        {
            var j = _active[k];
            (gradient[k], weights[k]) = (_gradient[j], _parameters[j]);
            (l1s[k], l2s[k]) = IsPenalized[j] ? (net.L1, net.L2) : (0, 0);
        }
        var enough = Math.Max(
            1e-3 * tolerance * tolerance / Objective.TotalWeight,
            double.IsFinite(promisedBefore) ? ModelShare * promisedBefore : 1e-9);
        _model!.Begin(gradient);
        return _model.Minimize(weights, l1s, l2s, enough, share: 0);
    }

    /// <summary>Halves the step until the objective falls enough; false, and the point is unchanged, if no length does.</summary>
    private bool TryStep(double[] target, double promised, ElasticNet net, CancellationToken cancellationToken)
    {
        var before = _value + Penalty(_parameters, net);
        var length = 1.0;
        for (var halving = 0; halving <= MaxHalvings; halving++, length /= 2)
        {
            _parameters.CopyTo(_trial, 0);
            for (var k = 0; k < target.Length; k++)
                _trial[_active[k]] = halving == 0 ? target[k] : _parameters[_active[k]] + length * (target[k] - _parameters[_active[k]]);
            var value = Objective.Evaluate(_trial, _trialGradient, cancellationToken);
            if (value + Penalty(_trial, net) <= before - SufficientDecrease * length * promised + ValueRounding * Math.Abs(before)
                && NumericRange.IsFinite(value, _trialGradient))
            {
                _value = value;
                (_parameters, _trial) = (_trial, _parameters);
                (_gradient, _trialGradient) = (_trialGradient, _gradient);
                _stale |= halving > 0;
                LearnFromStep();
                return true;
            }
        }
        _stale = true;
        return false;
    }
}
