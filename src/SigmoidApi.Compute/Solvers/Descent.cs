using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// A point of a descent with its value and gradient, and the line search along a step to the next point. The search tries length 1 first, then lengths
/// from quadratic interpolation, until f falls enough (Armijo's condition; Nocedal and Wright, "Numerical Optimization" (2006), 3.1 and 3.5). Each
/// trial takes one pass over the rows.
/// <para>
/// Order of calls: <see cref="Evaluate"/> once, or <see cref="Restore"/> if the point was loaded from an archive; then, for each iteration,
/// <see cref="SetStep"/> and <see cref="TakeStep"/>.
/// </para>
/// <para>
/// After <see cref="UseRounded"/> the trials of large matrices read rounded rows (<see cref="RoundedTrials"/>). Then f and its gradient are exact only after
/// <see cref="Evaluate"/>, which the solver calls when <see cref="IsDue"/> says so, and before it decides that it has converged.
/// </para>
/// </summary>
internal sealed class Descent
{
    /// <summary>A step must achieve this share of the decrease that the slope promises.</summary>
    private const double SufficientDecrease = 1e-4;

    /// <summary>Relative rounding of f, within which two values count as equal.</summary>
    private const double ValueRounding = 1e-14;

    private const int MaxTrials = 25;

    /// <summary>The same for trials by rounded rows. They hardly ever need more than one, so that more show that f is not well known here.</summary>
    private const int MaxRoundedTrials = 4;

    private readonly RoundedTrials _rounded;
    private double[] _parameters;
    private double[] _trial;
    private double[] _trialGradient;

    /// <summary>A descent at its start, not evaluated yet.</summary>
    /// <param name="objective">f</param>
    /// <param name="start">Copied.</param>
    /// <param name="every">n: f is summed over every n-th tile of rows.</param>
    public Descent(LogisticObjective objective, double[] start, int every)
    {
        _rounded = new RoundedTrials(objective, every);
        (_parameters, Gradient) = ((double[])start.Clone(), new double[start.Length]);
        (_trial, _trialGradient) = (new double[start.Length], new double[start.Length]);
        Step = new double[start.Length];
    }

    public double[] Parameters => _parameters;

    public double[] Gradient { get; private set; }

    public double Value { get; private set; }

    /// <summary>The step of length 1, which leads to where f is expected to be least.</summary>
    public double[] Step { get; }

    /// <summary>The point from which the last successful step started; valid until the next trial.</summary>
    public (double[] Parameters, double[] Gradient) Previous => (_trial, _trialGradient);

    public bool IsFinite => NumericRange.IsFinite(Value, Gradient);

    /// <summary>Whether value and gradient are exact.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>Whether trials read rounded rows.</summary>
    public bool IsRounded => _rounded.IsActive;

    /// <summary>f near the reference point if trials read rounded rows, otherwise null.</summary>
    public NearbyObjective? Nearby => _rounded.Nearby;

    /// <summary>One exact pass.</summary>
    public void Evaluate(CancellationToken cancellationToken) =>
        (Value, IsExact) = (_rounded.EvaluateExactly(ref _parameters, Gradient, cancellationToken), true);

    /// <summary>Has the trials read rounded rows if that is faster. The next evaluation may show that the columns do not suit it.</summary>
    public void UseRounded() => _rounded.Start();

    /// <summary>Whether to evaluate exactly before the next step, because steps by rounded rows have gained what they can.</summary>
    /// <param name="decrease">The decrease that the next step promises.</param>
    /// <param name="enough">The decrease at which the descent ends.</param>
    public bool IsDue(double decrease, double enough) => !IsExact && (!(decrease > enough) || _rounded.IsDue(decrease));

    /// <summary>
    /// After a step that failed: evaluates the point exactly or, if it was exact, has all trials exact from now on. Returns false if they were.
    /// </summary>
    public bool Refine(CancellationToken cancellationToken)
    {
        if (!IsRounded)
            return false;
        if (IsExact)
            _rounded.End();
        else
            Evaluate(cancellationToken);
        return true;
    }

    /// <summary>Saves or loads the point.</summary>
    public void SaveOrLoad(StateArchive archive)
    {
        (_parameters, Gradient, Value) = (archive.Numbers(Parameters), archive.Numbers(Gradient), archive.Number(Value));
        IsExact = archive.Flag(IsExact);
        _rounded.SaveOrLoad(archive);
    }

    /// <summary>Takes up what a loaded state needs, in one pass if its trials read rounded rows.</summary>
    public void Restore(CancellationToken cancellationToken) => _rounded.Restore(_trialGradient, cancellationToken);

    /// <summary>Sets <see cref="Step"/> to −M·∇f. Returns ∇fᵀM∇f, the decrease that the slope promises for a full step.</summary>
    /// <param name="metric">Multiplies a vector by M in place.</param>
    public double SetStep(Action<double[]> metric)
    {
        Gradient.CopyTo(Step, 0);
        metric(Step);
        var decrease = 0.0;
        for (var j = 0; j < Step.Length; j++)
        {
            decrease += Step[j] * Gradient[j];
            Step[j] = -Step[j];
        }
        _rounded.Note(decrease, IsExact);
        return decrease;
    }

    /// <summary>Moves along the step. Returns false, and leaves the point unchanged, if no length of the step lowers f enough.</summary>
    public bool TakeStep(double decrease, CancellationToken cancellationToken)
    {
        var length = 1.0;
        for (var trial = 0; trial < (IsRounded ? MaxRoundedTrials : MaxTrials); trial++)
        {
            for (var j = 0; j < Step.Length; j++)
                _trial[j] = Parameters[j] + length * Step[j];
            var value = _rounded.Evaluate(_trial, _trialGradient, cancellationToken);
            if (value <= Value - SufficientDecrease * length * decrease + ValueRounding * Math.Abs(Value)
                && NumericRange.IsFinite(value, _trialGradient))
            {
                (Value, IsExact) = (value, !IsRounded);
                (_parameters, _trial) = (_trial, _parameters);
                (Gradient, _trialGradient) = (_trialGradient, Gradient);
                return true;
            }
            // The minimum of the parabola through f and its slope at the point and through f at the trial.
            var least = 0.5 * decrease * length * length / (value - Value + decrease * length);
            length = double.IsFinite(least) ? Math.Clamp(least, 0.1 * length, 0.5 * length) : 0.1 * length;
        }
        return false;
    }
}
