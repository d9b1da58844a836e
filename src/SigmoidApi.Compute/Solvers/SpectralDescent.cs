using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// The way for many vectors of parameters, whose Hessian has too many blocks: its model of f is one for each vector alone, q·(1 − q)·G with q the share of
/// the vector's class and G the second moments of the columns, the same for all. One factor σ for all vectors is the curvature of f along the last step
/// in this metric (Barzilai and Borwein, "Two-point step size gradient methods", 1988); it is doubled until the objective falls below the largest of the
/// last few (Wright, Nowak and Figueiredo, "Sparse reconstruction by separable approximation", 2009). A step takes one pass, and memory for a square
/// matrix of the columns.
/// <para>The promised decrease is that of the model, so that the solver stops only after several steps whose models agree.</para>
/// </summary>
internal sealed class SpectralDescent : ProximalNewton
{
    /// <summary>With more columns the metric is diagonal.</summary>
    private const int MostForMoments = 512;

    /// <summary>The objective must fall below the largest of this many values.</summary>
    private const int Remembered = 8;

    /// <summary>In this many steps in turn the promised decrease must be within the tolerance.</summary>
    private const int Agreeing = 3;

    private const double SmallestFactor = 1e-6;

    private const double LargestFactor = 1e12;

    /// <summary>The models are minimised to this share of the decrease that the step before promised.</summary>
    private const double ModelShare = 1e-6;

    private readonly int _length;

    /// <summary>q·(1 − q) of each vector.</summary>
    private readonly double[] _scales;

    /// <summary>G; null if it is diagonal.</summary>
    private readonly GramModel? _moments;
    private readonly double[] _diagonal;
    private double[] _parameters;
    private double[] _gradient;
    private double[] _trial;
    private double[] _trialGradient;
    private double _value;
    private double _factor = 1;

    /// <summary>Evaluates the start and the second moments, which takes two passes.</summary>
    /// <param name="objective">f, without a penalty.</param>
    /// <param name="start">Copied.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public SpectralDescent(LogisticObjective objective, double[] start, CancellationToken cancellationToken)
        : base(objective)
    {
        (_parameters, _gradient) = ((double[])start.Clone(), new double[start.Length]);
        (_trial, _trialGradient) = (new double[start.Length], new double[start.Length]);
        _length = objective.Dimension / objective.Outputs;
        _scales = [.. objective.Shares().Select(share => share * (1 - share))];
        if (_length <= MostForMoments)
        {
            var moments = objective.Moments(cancellationToken);
            _moments = new GramModel(moments);
            _diagonal = [.. Enumerable.Range(0, _length).Select(j => moments[j, j])];
        }
        else
        {
            _diagonal = [.. objective.HessianDiagonal(cancellationToken)[.._length].Select(entry => entry / objective.CurvatureAtZero)];
        }

        _value = objective.Evaluate(_parameters, _gradient, cancellationToken);
        NumericRange.RequireFinite(_value, _gradient);
        NumericRange.RequireFinite(0, _diagonal);
    }

    public override void SaveOrLoad(StateArchive archive)
    {
        (_parameters, _gradient, _value) = (archive.Numbers(_parameters), archive.Numbers(_gradient), archive.Number(_value));
        _factor = archive.Number(_factor);
    }

    public override SolverResult Minimize(double l1, double l2, int maxIterations, double tolerance, FitJournal journal, CancellationToken cancellationToken)
    {
        var net = new ElasticNet(l1, l2);
        var (iteration, agreeing, promised) = (0, 0, 1e-9);
        double[] values = [_value + Penalty(_parameters, net)];
        journal.Resume(archive => (iteration, agreeing, promised, values) =
            (archive.Integer(iteration), archive.Integer(agreeing), archive.Number(promised), archive.Numbers(values)));
        for (; ; iteration++)
        {
            var violation = SolverResult.InfinityNorm(Violations(_parameters, _gradient, net));
            if (journal.Report(iteration, maxIterations, values[^1], violation))
                return SolverResult.Stopped((double[])_parameters.Clone(), values[^1], violation, iteration);
            var isMoved = true;
            for (; ; _factor *= 2)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var target = ModelMinimum(net, promised, tolerance);
                var next = PromisedDecrease(null, target, _parameters, _gradient, net);
                agreeing = IsMet(next, tolerance, _parameters, () => Violations(_parameters, _gradient, net), net, cancellationToken) ? agreeing + 1 : 0;
                promised = Math.Max(next, double.Epsilon);
                if (agreeing >= Agreeing || iteration >= maxIterations || !(_factor <= LargestFactor) || !(next > 0))
                {
                    isMoved = false;
                    break;
                }
                if (TryStep(target, next, values.Max(), net, cancellationToken))
                    break;
            }
            if (isMoved)
            {
                values = [.. values.TakeLast(Remembered - 1), _value + Penalty(_parameters, net)];
                continue;
            }
            _factor = Math.Min(_factor, LargestFactor);
            var converged = agreeing > 0;
            return new SolverResult((double[])_parameters.Clone(), values[^1], violation, iteration, converged,
                ConvergenceWarning.ForEnd(converged, iteration, maxIterations, violation));
        }
    }

    /// <summary>The parameters at which the model with the current σ is least.</summary>
    private double[] ModelMinimum(ElasticNet net, double promised, double tolerance)
    {
        var target = new double[_parameters.Length];
        var enough = Math.Max(1e-3 * tolerance * tolerance / Objective.TotalWeight, ModelShare * promised) / _scales.Length;
        var (gradient, weights, l1s, l2s) = (new double[_length], new double[_length], new double[_length], new double[_length]);
        for (var k = 0; k < _scales.Length; k++)
        {
            var (first, curvature) = (k * _length, _factor * _scales[k]);
            for (var j = 0; j < _length; j++)
            {
                (gradient[j], weights[j]) = (_gradient[first + j] / curvature, _parameters[first + j]);
                (l1s[j], l2s[j]) = IsPenalized[first + j] ? (net.L1 / curvature, net.L2 / curvature) : (0, 0);
            }
            if (_moments is not null)
            {
                _moments.Begin(gradient);
                _moments.Minimize(weights, l1s, l2s, enough / curvature, share: 0).CopyTo(target.AsSpan(first));
                continue;
            }
            for (var j = 0; j < _length; j++)
            {
                var slope = _diagonal[j] * weights[j] - gradient[j];
                target[first + j] = !(_diagonal[j] + l2s[j] > 0) ? weights[j]
                    : Math.Abs(slope) <= l1s[j] ? 0 : (slope - Math.CopySign(l1s[j], slope)) / (_diagonal[j] + l2s[j]);
            }
        }
        return target;
    }

    /// <summary>Takes the step if the objective falls enough below <paramref name="largest"/>, and sets σ for the next one. One pass.</summary>
    private bool TryStep(double[] target, double promised, double largest, ElasticNet net, CancellationToken cancellationToken)
    {
        target.CopyTo(_trial, 0);
        var value = Objective.Evaluate(_trial, _trialGradient, cancellationToken);
        if (!(value + Penalty(_trial, net) <= largest - SufficientDecrease * promised + ValueRounding * Math.Abs(largest))
            || !NumericRange.IsFinite(value, _trialGradient))
        {
            return false;
        }
        var (measured, expected) = (0.0, 0.0);
        var (step, product) = (new double[_length], new double[_length]);
        for (var k = 0; k < _scales.Length; k++)
        {
            for (var j = 0; j < _length; j++)
            {
                step[j] = _trial[k * _length + j] - _parameters[k * _length + j];
                measured += step[j] * (_trialGradient[k * _length + j] - _gradient[k * _length + j]);
                product[j] = _diagonal[j] * step[j];
            }
            if (_moments is not null)
                _moments.Multiply(step, product);
            expected += _scales[k] * DotProduct.Compute(step, product);
        }
        _value = value;
        (_parameters, _trial) = (_trial, _parameters);
        (_gradient, _trialGradient) = (_trialGradient, _gradient);
        if (measured > 0 && expected > 0)
            _factor = Math.Clamp(measured / expected, SmallestFactor, LargestFactor);
        return true;
    }
}
