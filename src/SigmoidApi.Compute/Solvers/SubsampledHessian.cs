using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// An approximate Hessian for <see cref="NewtonSolver"/>, which only needs the gradient to be exact. With many rows, first a small part of them, spread
/// over all, is fitted, then a larger part. From there the minimum over all rows is near, and the Hessian of the part is good enough for the remaining
/// steps, with a BFGS correction from these steps (sub-sampled Newton: Byrd, Chin, Neveitt and Nocedal, "On the use of stochastic Hessian information
/// in optimization methods for machine learning", 2011).
/// <para>
/// Order of calls: <see cref="Start"/>, or <see cref="Restore"/> after <see cref="SaveOrLoad"/> has loaded a state; then, for each iteration,
/// <see cref="SetStep"/> and, after the step, <see cref="LearnFrom"/>.
/// </para>
/// </summary>
/// <param name="objective">f</param>
/// <param name="cholesky">Receives the factor of the Hessian if it has few columns.</param>
/// <param name="hessian">Receives the Hessian, or its factor if it has many columns.</param>
internal sealed class SubsampledHessian(LogisticObjective objective, Cholesky cholesky, SymmetricMatrix hessian)
{
    /// <summary>With fewer numbers in the matrix, parts of it save no time.</summary>
    private const long SmallestForParts = 1 << 20;

    /// <summary>A part has at least this many rows of the rarer class for each parameter, else it is too noisy to start from.</summary>
    private const int EventsPerParameter = 10;

    private const int MaxIterationsOfPart = 15;

    /// <summary>
    /// A new Hessian pays if it saves this many gradient passes, and one more for each <see cref="HessianColumns"/> parameters. By measurement it takes as
    /// long as 4 passes at 30 columns and 17 at 500. The limit is above that, because the estimate of the passes ahead is too high: the steps go on improving
    /// the correction.
    /// </summary>
    private const double HessianPasses = 3.5;

    private const double HessianColumns = 20;

    /// <summary>Passes over rounded rows that take as long as an exact one.</summary>
    private const double RoundedPasses = 4;

    /// <summary>When a step on a part promises more than this share of what the step before promised, the Hessian is computed again.</summary>
    private const double SlowDecrease = 0.05;

    /// <summary>
    /// If 1 − R² of a column on the others is below this, float32 may not distinguish it from a dependent one. The exact Hessian then finds dependent
    /// columns.
    /// </summary>
    private const double SmallestSinglePivot = 1e-4;

    private readonly LimitedMemory _memory = new(objective.Dimension, 10);

    /// <summary>Null if the pivoting factorisation is as fast.</summary>
    private readonly BlockedCholesky? _blocked = BlockedCholesky.Suits(objective.Dimension) ? new BlockedCholesky(hessian) : null;

    /// <summary>Whether there is a factor.</summary>
    private bool _isFactored;

    /// <summary>Where the Hessian was computed, from which part of the rows, and whether these were rounded.</summary>
    private (double[] Parameters, int Every, bool IsRounded) _factored = ([], 0, false);

    /// <summary>The decrease that the last step promised, and what the next one promises.</summary>
    private double _promisedBefore = double.PositiveInfinity;
    private double _promised;

    public void SaveOrLoad(StateArchive archive)
    {
        _factored = (archive.Numbers(_factored.Parameters), archive.Integer(_factored.Every), archive.Flag(_factored.IsRounded));
        _memory.SaveOrLoad(archive);
        _promisedBefore = archive.Number(_promisedBefore);
    }

    /// <summary>Computes the Hessian again that a loaded state had; false if it lacks rank.</summary>
    public bool Restore(CancellationToken cancellationToken)
    {
        if (!_factored.IsRounded)
            return Factorize(_factored.Parameters, _factored.Every, cancellationToken);
        var nearby = objective.Nearby()!;
        nearby.MoveTo(_factored.Parameters, new double[objective.Dimension], cancellationToken);
        return FactorizeRounded(nearby, _factored.Parameters, _factored.Every, cancellationToken);
    }

    /// <summary>
    /// Fits the parts and evaluates the point reached over all rows. False if there are too few rows, or if a Hessian or the point is unusable; the descent
    /// may have moved even then.
    /// </summary>
    public bool Start(ref Descent descent, FitJournal journal, CancellationToken cancellationToken)
    {
        var share = (long)objective.Rows / (objective.Dimension * 8L);
        var every = share >= 8 ? 8 : share >= 4 ? 4 : share >= 2 ? 2 : 1;
        if (every == 1 || (long)objective.Rows * objective.Dimension < SmallestForParts)
            return false;
        foreach (var part in new[] { 8 * every, every })
        {
            if (objective.RarerClass(part) >= EventsPerParameter * objective.Dimension
                && FitPart(descent.Parameters, part, journal, cancellationToken) is { } better)
            {
                descent = new Descent(objective, better, 1);
            }
        }
        descent.UseRounded();
        if (!descent.IsRounded && !_isFactored && !Factorize(descent.Parameters, every, cancellationToken))
            return false;
        descent.Evaluate(cancellationToken);
        return descent.IsFinite && (_isFactored || Factorize(descent, every, cancellationToken));
    }

    /// <summary>
    /// Sets the step, and first computes the Hessian of all rows if that saves passes. Returns the decrease that the step promises; null if the Hessian lacks
    /// rank.
    /// </summary>
    public double? SetStep(Descent descent, double tolerance, CancellationToken cancellationToken)
    {
        var decrease = descent.SetStep(vector => _memory.Apply(vector, Solve, rescale: false));
        if (IsWorthRefreshing(decrease, tolerance, descent.IsRounded))
        {
            if (!Factorize(descent, every: 1, cancellationToken))
                return null;
            _memory.Clear();
            decrease = descent.SetStep(Solve);
        }
        _promised = decrease;
        return decrease;
    }

    /// <summary>Corrects the Hessian by the step that the descent has just taken.</summary>
    public void LearnFrom(Descent descent)
    {
        _memory.Add(descent.Previous.Parameters, descent.Parameters, descent.Previous.Gradient, descent.Gradient);
        _promisedBefore = _promised;
    }

    /// <summary>Computes the Hessian of a part of the rows, from rounded rows if trials read them; false if it lacks rank at that precision.</summary>
    private bool Factorize(Descent descent, int every, CancellationToken cancellationToken) => descent.Nearby is { } nearby
        ? FactorizeRounded(nearby, descent.Parameters, every, cancellationToken)
        : Factorize(descent.Parameters, every, cancellationToken);

    /// <summary>Computes the Hessian of a part of the rows in float32; false if it lacks rank at that precision.</summary>
    private bool Factorize(double[] parameters, int every, CancellationToken cancellationToken)
    {
        _factored = ((double[])parameters.Clone(), every, false);
        objective.Hessian(parameters, hessian, cancellationToken, every, single: true);
        return Factorize();
    }

    /// <summary>The same from rounded rows: at twice the speed, and close enough to the Hessian of such a part.</summary>
    private bool FactorizeRounded(NearbyObjective nearby, double[] parameters, int every, CancellationToken cancellationToken)
    {
        _factored = ((double[])parameters.Clone(), every, true);
        nearby.Hessian(parameters, every, hessian, cancellationToken);
        return Factorize();
    }

    private bool Factorize()
    {
        _isFactored = _blocked?.Factorize(SmallestSinglePivot) ?? cholesky.Factorize(hessian, default, SmallestSinglePivot);
        return _isFactored;
    }

    private void Solve(double[] vector)
    {
        if (_blocked is null)
            cholesky.Solve(vector);
        else
            _blocked.Solve(vector);
    }

    /// <summary>
    /// Whether, at the rate of the last step, more passes lie ahead than a new Hessian costs. With a new Hessian about two steps remain.
    /// </summary>
    private bool IsWorthRefreshing(double decrease, double tolerance, bool isRounded)
    {
        var ahead = Math.Log(Math.Max(1, decrease * objective.TotalWeight / (tolerance * tolerance))) / Math.Log(_promisedBefore / decrease);
        var cost = (HessianPasses + objective.Dimension / HessianColumns) * (isRounded ? RoundedPasses : 1);
        return !(ahead >= 0 && ahead <= 2 + cost);
    }

    /// <summary>
    /// Newton's method on a part of the rows, until its error is a tenth of the part's own sampling error. Null if it does not get that close.
    /// </summary>
    private double[]? FitPart(double[] start, int every, FitJournal journal, CancellationToken cancellationToken)
    {
        var descent = new Descent(objective, start, every);
        descent.Evaluate(cancellationToken);
        var enough = 0.01 * objective.Dimension * every / objective.Rows;
        var before = 0.0;
        for (var iteration = 0; iteration < MaxIterationsOfPart && descent.IsFinite; iteration++)
        {
            if (journal.IsStopRequested)
                return descent.Parameters;
            var decrease = before == 0 ? double.PositiveInfinity : descent.SetStep(Solve);
            if (decrease > SlowDecrease * before)
            {
                if (!Factorize(descent.Parameters, every, cancellationToken))
                    return null;
                decrease = descent.SetStep(Solve);
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
}
