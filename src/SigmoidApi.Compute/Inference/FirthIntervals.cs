using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Inference;

/// <summary>
/// Tests and intervals by the profile of ℓ*, of each parameter that was estimated. The test and the two ends are tasks that know nothing of each other;
/// of few rows and columns each is one thread's from its beginning to its end, as the passes are too short to be shared out. The result is the same to
/// the last bit on any number of threads.
/// </summary>
internal sealed class FirthIntervals
{
    /// <summary>In standard errors, of the fits that make a profile; what it leaves enters the profile squared.</summary>
    private const double ProfileTolerance = 1e-6;

    /// <summary>Of more rows, or parameters, a pass is worth sharing out, and what each thread would have of its own may be more than some megabytes.</summary>
    private const int FewRows = 1 << 16;

    private const int FewParameters = 256;

    /// <summary>The test, the low end, the high end.</summary>
    private const int TasksOfEach = 3;

    private readonly LogLikelihood _likelihood;
    private readonly bool[] _kept;
    private readonly double[] _parameters;
    private readonly double _maximum;
    private readonly double _quantile;
    private readonly int _maxIterations;
    private readonly List<Line> _lines = [];

    /// <summary>What the tasks came to: 2(ℓ* − ℓ*(t)) of the test, NaN where that is not found, or the t of an end.</summary>
    private double[] _found = [];

    /// <summary>1 for each task that is done.</summary>
    private int[] _isDone = [];

    /// <param name="likelihood">Rows as the solver saw them, labels, and weights as frequencies.</param>
    /// <param name="kept">The parameters estimated.</param>
    /// <param name="parameters">Those at the maximum.</param>
    /// <param name="maximum">ℓ* there.</param>
    /// <param name="quantile">Where r ends an interval.</param>
    /// <param name="maxIterations">Of each climb.</param>
    public FirthIntervals(LogLikelihood likelihood, bool[] kept, double[] parameters, double maximum, double quantile, int maxIterations) =>
        (_likelihood, _kept, _parameters, _maximum, _quantile, _maxIterations) = (likelihood, kept, parameters, maximum, quantile, maxIterations);

    /// <summary>Of each combination the likelihood ratio of its test and its interval; null of those that there was no time for.</summary>
    /// <param name="combinations">Each of some parameter that was estimated.</param>
    /// <param name="covariance">I⁻¹.</param>
    /// <param name="gradientNorm">At the maximum, for the reports.</param>
    /// <param name="journal">Hears of each parameter that is done, and says when to stop.</param>
    /// <param name="cancellationToken">Looked at within each pass.</param>
    public (double? Ratio, double Low, double High)?[] Compute(
        IReadOnlyList<Combination> combinations, SymmetricMatrix covariance, double gradientNorm, FitJournal journal, CancellationToken cancellationToken)
    {
        _lines.AddRange(combinations.Select(combination => Line.Of(combination, _kept, _parameters, covariance)));
        (_found, _isDone) = (new double[TasksOfEach * _lines.Count], new int[TasksOfEach * _lines.Count]);
        var reported = 0;
        journal.Profile(_likelihood.Rows, State, () =>
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, journal.Stop);
            try
            {
                Report(reported);
                RunAll(() => Report(_lines.Index().Count(line => IsDone(line.Index))), ending.Token);
                Report(_lines.Count);
                return true;
            }
            catch (OperationCanceledException) when (journal.IsStopRequested && !cancellationToken.IsCancellationRequested)
            {
                // What was not done by then has no interval.
                return false;
            }
        });
        return [.. _lines.Select((line, i) => IsDone(i) ? FoundOf(line, i) : ((double?, double, double)?)null)];

        // Each number of parameters done, so that a run that was broken reports the same.
        void Report(int done)
        {
            for (; reported <= done; reported++)
                journal.Reach(reported, _lines.Count, -_maximum / _likelihood.TotalWeight, gradientNorm);
        }

        void State(StateArchive archive)
        {
            reported = archive.Integer(reported);
            // Whether a task is done is read before what it found, which is written first. Other threads go on writing to the arrays while a state is saved.
            var isDone = archive.Integers([.. _isDone.Select((_, task) => Volatile.Read(ref _isDone[task]))]);
            var found = archive.Numbers(_found);
            if (archive.IsRead)
                (_isDone, _found) = (isDone, found);
        }
    }

    private bool IsDone(int line) => Enumerable.Range(TasksOfEach * line, TasksOfEach).All(task => Volatile.Read(ref _isDone[task]) != 0);

    private (double? Ratio, double Low, double High) FoundOf(Line line, int index)
    {
        var found = _found.AsSpan(TasksOfEach * index, TasksOfEach);
        return (double.IsNaN(found[0]) ? null : found[0], line.InOwnUnits(found[1]), line.InOwnUnits(found[2]));
    }

    /// <param name="afterOwn">Called on the caller's thread, after each task that it has done.</param>
    /// <param name="cancellationToken">Looked at within each pass.</param>
    private void RunAll(Action afterOwn, CancellationToken cancellationToken)
    {
        var crew = _likelihood.Rows.Crew;
        if (_likelihood.Rows.Rows > FewRows || _kept.Length > FewParameters)
        {
            var profile = ProfileOf(_likelihood);
            for (var task = 0; task < _found.Length; task++)
            {
                Run(profile, task, cancellationToken);
                afterOwn();
            }
            return;
        }
        var profiles = new FirthProfile?[crew.Size];
        crew.Run(_found.Length, (task, worker) =>
        {
            Run(profiles[worker] ??= ProfileOf(_likelihood.OnOneThread()), task, cancellationToken);
            if (worker == 0)
                afterOwn();
        });
    }

    private void Run(FirthProfile profile, int task, CancellationToken cancellationToken)
    {
        if (_isDone[task] != 0)
            return;
        var line = _lines[task / TasksOfEach];
        _found[task] = (task % TasksOfEach) switch
        {
            0 => profile.RatioAt(-line.Held, line.Constraint, line.Tangent, cancellationToken) ?? double.NaN,
            1 => profile.End(line.Constraint, line.Tangent, _quantile, -line.StandardError, cancellationToken),
            _ => profile.End(line.Constraint, line.Tangent, _quantile, line.StandardError, cancellationToken),
        };
        Volatile.Write(ref _isDone[task], 1);
    }

    private FirthProfile ProfileOf(LogLikelihood likelihood) =>
        new(new FirthSolver(new FirthLikelihood(likelihood, _kept), _maxIterations, ProfileTolerance), _kept, _parameters, _maximum);

    /// <summary>A combination as a constraint cᵀθ = t on the parameters kept, in units of its largest factor, so that no square leaves float64.</summary>
    /// <param name="Unit">The largest factor.</param>
    /// <param name="Constraint">c</param>
    /// <param name="Held">What the parameters not kept add to cᵀθ.</param>
    /// <param name="Tangent">About dθ/dt along the maxima under the constraint.</param>
    /// <param name="StandardError">Of cᵀθ.</param>
    private sealed record Line(double Unit, double[] Constraint, double Held, double[] Tangent, double StandardError)
    {
        public static Line Of(Combination combination, bool[] kept, double[] parameters, SymmetricMatrix covariance)
        {
            var unit = combination.Factors.Max(Math.Abs);
            var constraint = combination.Dense(kept.Length);
            var (held, variance) = (0.0, 0.0);
            for (var j = 0; j < kept.Length; j++)
            {
                constraint[j] /= unit;
                if (!kept[j])
                {
                    held += constraint[j] * parameters[j];
                    constraint[j] = 0;
                }
            }
            var tangent = new double[kept.Length];
            for (var j = 0; j < kept.Length; j++)
            {
                for (var k = 0; k < kept.Length; k++)
                    tangent[j] += covariance[j, k] * constraint[k];
                variance += constraint[j] * tangent[j];
            }
            for (var j = 0; j < kept.Length; j++)
                tangent[j] /= variance;
            return new Line(unit, constraint, held, tangent, Math.Sqrt(variance));
        }

        public double InOwnUnits(double t) => Unit * (Held + t);
    }
}
