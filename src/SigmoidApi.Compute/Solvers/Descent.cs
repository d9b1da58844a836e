using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// A point of a descent, its value and gradient, and the step to the next: the first of the lengths 1, then by quadratic interpolation, that lowers
/// f enough (Armijo's condition; Nocedal and Wright, "Numerical Optimization" (2006), 3.1 and 3.5). One pass over the rows a trial.
/// </summary>
internal sealed class Descent
{
    /// <summary>The share of the decrease that the slope promises which a step must bring.</summary>
    private const double SufficientDecrease = 1e-4;

    /// <summary>Relative rounding of f, within which two values count as equal.</summary>
    private const double ValueRounding = 1e-14;

    private const int MaxTrials = 25;

    private readonly LogisticObjective _objective;
    private readonly int _every;
    private double[] _trial;
    private double[] _trialGradient;

    /// <summary>At the start, yet to be evaluated.</summary>
    /// <param name="objective">f</param>
    /// <param name="start">Copied.</param>
    /// <param name="every">f over every so manyth tile of rows.</param>
    public Descent(LogisticObjective objective, double[] start, int every)
    {
        (_objective, _every) = (objective, every);
        (Parameters, Gradient) = ((double[])start.Clone(), new double[start.Length]);
        (_trial, _trialGradient) = (new double[start.Length], new double[start.Length]);
        Step = new double[start.Length];
    }

    public double[] Parameters { get; private set; }

    public double[] Gradient { get; private set; }

    public double Value { get; private set; }

    /// <summary>The direction to go in: of full length, a step to where f is expected to be least.</summary>
    public double[] Step { get; }

    /// <summary>Where the last successful step came from, until the next trial.</summary>
    public (double[] Parameters, double[] Gradient) Before => (_trial, _trialGradient);

    public bool IsFinite => NumericRange.IsFinite(Value, Gradient);

    /// <summary>One pass.</summary>
    public void Evaluate(CancellationToken cancellationToken) => Value = _objective.Evaluate(Parameters, Gradient, cancellationToken, _every);

    /// <summary>The point goes through an archive.</summary>
    public void Through(StateArchive archive) =>
        (Parameters, Gradient, Value) = (archive.Numbers(Parameters), archive.Numbers(Gradient), archive.Number(Value));

    /// <summary>Makes <see cref="Step"/> −M·∇f. Returns ∇fᵀM∇f, the decrease that the slope promises of a full step.</summary>
    public double Direct(Action<double[]> metric)
    {
        Gradient.CopyTo(Step, 0);
        metric(Step);
        var decrease = 0.0;
        for (var j = 0; j < Step.Length; j++)
        {
            decrease += Step[j] * Gradient[j];
            Step[j] = -Step[j];
        }
        return decrease;
    }

    /// <summary>Goes along the step; false if no length of it lowers f enough, and then the point is as it was.</summary>
    public bool TakeStep(double decrease, CancellationToken cancellationToken)
    {
        var length = 1.0;
        for (var trial = 0; trial < MaxTrials; trial++)
        {
            for (var j = 0; j < Step.Length; j++)
                _trial[j] = Parameters[j] + length * Step[j];
            var value = _objective.Evaluate(_trial, _trialGradient, cancellationToken, _every);
            if (value <= Value - SufficientDecrease * length * decrease + ValueRounding * Math.Abs(Value)
                && NumericRange.IsFinite(value, _trialGradient))
            {
                Value = value;
                (Parameters, _trial) = (_trial, Parameters);
                (Gradient, _trialGradient) = (_trialGradient, Gradient);
                return true;
            }
            // The parabola through f and its slope here and f there.
            var least = 0.5 * decrease * length * length / (value - Value + decrease * length);
            length = double.IsFinite(least) ? Math.Clamp(least, 0.1 * length, 0.5 * length) : 0.1 * length;
        }
        return false;
    }
}
