using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Inference;

/// <summary>
/// Tests and intervals for each estimated parameter, from the profile of ℓ*. The test and the two ends of an interval are independent tasks. With few rows
/// and columns each task runs on one thread, because its passes are too short to share; otherwise the tasks run one after another and each pass is
/// shared by all threads. The result is the same to the last bit on any number of threads.
/// </summary>
internal sealed class FirthIntervals
{
    /// <summary>The tolerance of the fits of a profile, in standard errors. The error that it leaves enters the profile squared.</summary>
    private const double ProfileTolerance = 1e-6;

    /// <summary>
    /// With more rows or parameters it pays to share each pass. Separate working memory for each thread could then be more than a few megabytes.
    /// </summary>
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

    /// <summary>The results of the tasks: 2(ℓ* − ℓ*(t)) for a test, or NaN if it was not found; t for an end.</summary>
    private double[] _results = [];

    /// <summary>1 for each finished task.</summary>
    private int[] _isDone = [];

    /// <param name="likelihood">Rows as the solver saw them, labels, and weights as frequencies.</param>
    /// <param name="kept">Which parameters were estimated.</param>
    /// <param name="parameters">The parameters at the maximum.</param>
    /// <param name="maximum">ℓ* there.</param>
    /// <param name="quantile">The value of r (<see cref="FirthProfile"/>) at the ends of an interval.</param>
    /// <param name="maxIterations">The limit for each fit of a profile.</param>
    public FirthIntervals(LogLikelihood likelihood, bool[] kept, double[] parameters, double maximum, double quantile, int maxIterations) =>
        (_likelihood, _kept, _parameters, _maximum, _quantile, _maxIterations) = (likelihood, kept, parameters, maximum, quantile, maxIterations);

    /// <summary>
    /// For each combination the likelihood ratio of its test and its interval; null for those that were not finished when the fit was stopped.
    /// </summary>
    /// <param name="combinations">Each contains at least one estimated parameter.</param>
    /// <param name="covariance">I⁻¹</param>
    /// <param name="gradientNorm">At the maximum; for the reports.</param>
    /// <param name="journal">Gets a report of each finished parameter, and says when to stop.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public (double? Ratio, double Low, double High)?[] Compute(
        IReadOnlyList<Combination> combinations, SymmetricMatrix covariance, double gradientNorm, FitJournal journal, CancellationToken cancellationToken)
    {
        _lines.AddRange(combinations.Select(combination => Line.Of(combination, _kept, _parameters, covariance)));
        (_results, _isDone) = (new double[TasksOfEach * _lines.Count], new int[TasksOfEach * _lines.Count]);
        var reported = 0;
        journal.Profile(_likelihood.Rows, SaveOrLoad, () =>
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
                // Unfinished parameters have no interval.
                return false;
            }
        });
        return [.. _lines.Select((line, i) => IsDone(i) ? ResultOf(line, i) : ((double?, double, double)?)null)];

        // Reports every number of finished parameters, even if several finish at once, so that an interrupted run makes the same reports.
        void Report(int done)
        {
            for (; reported <= done; reported++)
                journal.Report(reported, _lines.Count, -_maximum / _likelihood.TotalWeight, gradientNorm);
        }

        void SaveOrLoad(StateArchive archive)
        {
            reported = archive.Integer(reported);
            // Other threads go on writing to the arrays while a state is saved. They write a result before its flag, so the flags are read first.
            var isDone = archive.Integers([.. _isDone.Select((_, task) => Volatile.Read(ref _isDone[task]))]);
            var results = archive.Numbers(_results);
            if (archive.IsLoading)
                (_isDone, _results) = (isDone, results);
        }
    }

    private bool IsDone(int line) => Enumerable.Range(TasksOfEach * line, TasksOfEach).All(task => Volatile.Read(ref _isDone[task]) != 0);

    private (double? Ratio, double Low, double High) ResultOf(Line line, int index)
    {
        var results = _results.AsSpan(TasksOfEach * index, TasksOfEach);
        return (double.IsNaN(results[0]) ? null : results[0], line.InOriginalUnits(results[1]), line.InOriginalUnits(results[2]));
    }

    /// <param name="afterTask">Called on the caller's thread, after each task that ran on it.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    private void RunAll(Action afterTask, CancellationToken cancellationToken)
    {
        var crew = _likelihood.Rows.Crew;
        if (_likelihood.Rows.Rows > FewRows || _kept.Length > FewParameters)
        {
            var profile = ProfileOf(_likelihood);
            for (var task = 0; task < _results.Length; task++)
            {
                Run(profile, task, cancellationToken);
                afterTask();
            }
            return;
        }
        var profiles = new FirthProfile?[crew.Size];
        crew.Run(_results.Length, (task, worker) =>
        {
            Run(profiles[worker] ??= ProfileOf(_likelihood.OnOneThread()), task, cancellationToken);
            if (worker == 0)
                afterTask();
        });
    }

    private void Run(FirthProfile profile, int task, CancellationToken cancellationToken)
    {
        if (_isDone[task] != 0)
            return;
        var line = _lines[task / TasksOfEach];
        _results[task] = (task % TasksOfEach) switch
        {
            0 => profile.RatioAt(-line.Held, line.Constraint, line.Tangent, cancellationToken) ?? double.NaN,
            1 => profile.End(line.Constraint, line.Tangent, _quantile, -line.StandardError, cancellationToken),
            _ => profile.End(line.Constraint, line.Tangent, _quantile, line.StandardError, cancellationToken),
        };
        Volatile.Write(ref _isDone[task], 1);
    }

    private FirthProfile ProfileOf(LogLikelihood likelihood) =>
        new(new FirthSolver(new FirthLikelihood(likelihood, _kept), _maxIterations, ProfileTolerance), _kept, _parameters, _maximum);

    /// <summary>
    /// A combination as a constraint cᵀθ = t on the estimated parameters. It is divided by its largest factor, so that squares stay within float64's range.
    /// </summary>
    /// <param name="Unit">The largest factor.</param>
    /// <param name="Constraint">c</param>
    /// <param name="Held">What the parameters that were not estimated add to cᵀθ.</param>
    /// <param name="Tangent">Approximately dθ/dt along the maxima under the constraint.</param>
    /// <param name="StandardError">The standard error of cᵀθ.</param>
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

        public double InOriginalUnits(double t) => Unit * (Held + t);
    }
}
