using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Maximises Firth's penalised likelihood ℓ* (D. Firth, "Bias reduction of maximum likelihood estimates", Biometrika 80, 1993;
/// <see cref="FirthLikelihood"/>). The step is K∇ℓ*, halved until it raises ℓ* enough. K is A⁻¹ with a BFGS correction from the last steps
/// (<see cref="LimitedMemory"/>). A is the curvature with the leverages held fixed; the correction adds how the leverages change. Without it each
/// iteration leaves a fixed share of the error, and a large one if the classes are nearly separated. An iteration takes five passes.
/// <para>
/// Stops when √(∇ℓ*ᵀK∇ℓ*) ≤ tolerance: the length of the next step in standard errors, which does not depend on the columns' units. Dependent
/// columns are found once, from the information at 0, as in <see cref="NewtonSolver"/>; their parameters stay at their start.
/// </para>
/// <para>
/// Order of calls: <see cref="Maximize"/> does a whole fit. A profile (FirthProfile) makes one solver and climbs many times under a constraint; it calls
/// <see cref="Forget"/> or <see cref="StartFrom"/> before a climb that must not use the curvature learned by earlier ones.
/// </para>
/// </summary>
internal sealed class FirthSolver
{
    private const double SufficientIncrease = 1e-4;

    /// <summary>Relative rounding of ℓ*, within which two values count as equal.</summary>
    private const double ValueRounding = 1e-14;

    private const int MaxHalvings = 30;

    private const int MemoryPairs = 10;

    private readonly FirthLikelihood _likelihood;
    private readonly int _maxIterations;
    private readonly double _tolerance;
    private readonly Cholesky _cholesky;
    private readonly double[] _gradient;
    private readonly LimitedMemory _memory;
    private (double[] Parameters, double[] Gradient)? _before;
    private bool _isFromZero;

    public FirthSolver(FirthLikelihood likelihood, int maxIterations, double tolerance)
    {
        _likelihood = likelihood;
        _maxIterations = maxIterations;
        _tolerance = tolerance;
        _cholesky = new Cholesky(likelihood.Dimension);
        _gradient = new double[likelihood.Dimension];
        _memory = new LimitedMemory(likelihood.Dimension, MemoryPairs);
    }

    /// <summary>Where a climb ended.</summary>
    /// <param name="Parameters">θ there.</param>
    /// <param name="Value">ℓ* there.</param>
    /// <param name="GradientNorm">The largest absolute partial derivative of the mean ℓ*.</param>
    /// <param name="Iterations">Steps taken.</param>
    /// <param name="Converged">Whether the stopping rule holds.</param>
    /// <param name="Multiplier">dℓ*/dt along the path of the maxima under cᵀθ = t.</param>
    /// <param name="Tangent">Approximately dθ/dt along the same path.</param>
    /// <param name="Step">What the next step would have been.</param>
    /// <param name="Decrement">The length of that step in standard errors: the maximum is about ½·Decrement² higher.</param>
    internal sealed record Summit(
        double[] Parameters, double Value, double GradientNorm, int Iterations, bool Converged,
        double Multiplier, double[] Tangent, double[] Step, double Decrement)
    {
        /// <summary>The parameters after the next step.</summary>
        public double[] Ahead => [.. Parameters.Select((parameter, j) => parameter + Step[j])];
    }

    /// <summary>
    /// Maximises ℓ* and returns the result as of a minimum: <see cref="SolverResult.Value"/> is −ℓ*/Σwᵢ, and
    /// <see cref="SolverResult.GradientNorm"/> is the norm of its gradient. Both are in the units of <paramref name="likelihood"/>'s rows; in other
    /// units ℓ* differs by a constant.
    /// </summary>
    /// <exception cref="UntrainableDataException"><c>too_many_columns</c>, <c>numeric_range_exceeded</c></exception>
    public static SolverResult Maximize(LogLikelihood likelihood, double[] start, int maxIterations, double tolerance,
        FitJournal journal, CancellationToken cancellationToken)
    {
        var order = likelihood.Rows.Dimension;
        if (order > NewtonSolver.MaxDimension)
        {
            throw new UntrainableDataException("too_many_columns",
                $"Firth's method takes at most {NewtonSolver.MaxDimension} parameters, but these data need {order}; choose fewer columns.");
        }
        var kept = Independent(likelihood, cancellationToken);
        var solver = new FirthSolver(new FirthLikelihood(likelihood, kept), maxIterations, tolerance);
        var end = solver.Climb(start, kept, null, journal, cancellationToken);
        // If the starting values saturate the rows, the information there is too small for a step. At 0 it never is.
        if (!solver._isFromZero && !journal.IsStopped && (end is null || (!end.Converged && end.Iterations < maxIterations)))
        {
            solver._isFromZero = true;
            end = solver.Climb([.. start.Select((value, j) => kept[j] ? 0 : value)], kept, null, journal, cancellationToken);
        }
        if (end is null)
            throw NumericRange.Exceeded();
        var warnings = journal.IsStopped ? [] : ConvergenceWarning.ForEnd(end.Converged, end.Iterations, maxIterations, end.GradientNorm);
        return new SolverResult(end.Parameters, -end.Value / likelihood.TotalWeight, end.GradientNorm, end.Iterations, end.Converged, warnings)
        {
            Dependent = [.. Enumerable.Range(0, order).Where(j => !kept[j])],
        };
    }

    /// <summary>
    /// Climbs to the maximum over the <paramref name="free"/> parameters. A <paramref name="constraint"/> c keeps cᵀθ at its value at the start. Null if
    /// ℓ* is not finite at the start.
    /// </summary>
    internal Summit? Climb(double[] start, bool[] free, double[]? constraint, FitJournal? journal, CancellationToken cancellationToken)
    {
        Forget();
        return Climb(start, free, constraint, (_, decrement) => IsConverged(decrement), journal, cancellationToken);
    }

    /// <summary>Whether a point with this decrement counts as the maximum.</summary>
    internal bool IsConverged(double decrement) => decrement <= _tolerance;

    /// <summary>Discards what earlier climbs have learned about the curvature.</summary>
    internal void Forget()
    {
        _memory.Clear();
        _before = null;
    }

    /// <summary>
    /// Discards it too, but remembers a maximum, where the gradient is 0, so that the first point of the next climb already gives a pair to learn from.
    /// </summary>
    internal void StartFrom(double[] maximum)
    {
        _memory.Clear();
        _before = (maximum, new double[maximum.Length]);
    }

    /// <summary>
    /// Climbs with a stopping rule of the caller's, given ℓ* and the decrement, and keeps using what earlier climbs have learned.
    /// </summary>
    internal Summit? Climb(
        double[] start, bool[] free, double[]? constraint, Func<double, double, bool> suffices, FitJournal? journal, CancellationToken cancellationToken)
    {
        var (parameters, iteration) = ((double[])start.Clone(), 0);
        journal?.Resume(SaveOrLoad);
        var value = _likelihood.Evaluate(parameters, cancellationToken);
        if (!double.IsFinite(value))
            return null;
        for (; ; iteration++)
        {
            _likelihood.Differentiate(_gradient, cancellationToken);
            var gradientNorm = FreeGradientNorm(free);
            if (journal?.Report(iteration, _maxIterations, -value / _likelihood.TotalWeight, gradientNorm) == true)
                return new Summit(parameters, value, gradientNorm, iteration, Converged: false, Multiplier: 0, Tangent: [], Step: [], Decrement: double.NaN);
            _cholesky.Factorize(_likelihood.Curvature, free);
            Learn(parameters);
            while (true)
            {
                var step = Solve(_gradient);
                var (multiplier, tangent) = Project(step, constraint);
                var increase = Math.Max(0, DotProduct.Compute(step, _gradient));
                var decrement = Math.Sqrt(increase);
                var converged = suffices(value, decrement);
                if (!converged && iteration < _maxIterations && TakeStep(parameters, step, value, increase, cancellationToken) is { } taken)
                {
                    (parameters, value) = taken;
                    break;
                }
                // The pairs may come from a distant point. Without them the step is by A alone, which cannot overshoot.
                if (!converged && iteration < _maxIterations && _memory.Clear())
                    continue;
                return new Summit(parameters, value, gradientNorm, iteration, converged, multiplier, tangent, step, decrement);
            }
        }

        void SaveOrLoad(StateArchive archive)
        {
            (parameters, iteration, _isFromZero) = (archive.Numbers(parameters), archive.Integer(iteration), archive.Flag(_isFromZero));
            var before = (Parameters: archive.Numbers(_before?.Parameters), Gradient: archive.Numbers(_before?.Gradient));
            _before = before.Parameters.Length > 0 ? before : null;
            _memory.SaveOrLoad(archive);
        }
    }

    /// <summary>Learns about the curvature from the last step. <c>_gradient</c> must be the one at its end.</summary>
    private void Learn(double[] parameters)
    {
        // The memory expects a minimum of −ℓ*, so the gradients change places.
        if (_before is { } before)
            _memory.Add(before.Parameters, parameters, _gradient, before.Gradient);
        _before = (parameters, (double[])_gradient.Clone());
    }

    /// <summary>Removes from the step the part that would change cᵀθ. Returns the multiplier λ, with ∇ℓ* = λc at a constrained maximum.</summary>
    private (double Multiplier, double[] Tangent) Project(double[] step, double[]? constraint)
    {
        if (constraint is null)
            return (0, []);
        var tangent = Solve(constraint);
        var length = DotProduct.Compute(constraint, tangent);
        for (var j = 0; j < tangent.Length; j++)
            tangent[j] /= length;
        var moved = DotProduct.Compute(constraint, step);
        for (var j = 0; j < step.Length; j++)
            step[j] -= moved * tangent[j];
        return (moved / length, tangent);
    }

    /// <summary>
    /// Halves the step until it raises ℓ* enough; null if no length does. The likelihood is left evaluated at the parameters that are returned.
    /// </summary>
    private (double[] Parameters, double Value)? TakeStep(
        double[] parameters, double[] step, double value, double increase, CancellationToken cancellationToken)
    {
        var trial = new double[parameters.Length];
        var length = 1.0;
        for (var halving = 0; halving <= MaxHalvings; halving++, length /= 2)
        {
            for (var j = 0; j < trial.Length; j++)
                trial[j] = parameters[j] + length * step[j];
            var trialValue = _likelihood.Evaluate(trial, cancellationToken);
            if (double.IsFinite(trialValue) && trialValue >= value + SufficientIncrease * length * increase - ValueRounding * Math.Abs(value))
                return (trial, trialValue);
        }
        return null;
    }

    /// <summary>For each parameter whether no others determine it, by the information at 0.</summary>
    /// <exception cref="UntrainableDataException"><c>numeric_range_exceeded</c>: squares of a column overflow.</exception>
    internal static bool[] Independent(LogLikelihood likelihood, CancellationToken cancellationToken)
    {
        var order = likelihood.Rows.Dimension;
        likelihood.Evaluate(new double[order], cancellationToken);
        var weights = new double[likelihood.Rows.Rows];
        likelihood.InformationWeights(weights);
        var information = new SymmetricMatrix(order);
        likelihood.Rows.WeightedGram(weights, information, cancellationToken);
        for (var j = 0; j < order; j++)
        {
            if (!double.IsFinite(information[j, j]))
                throw NumericRange.Exceeded();
        }
        var factor = new Cholesky(order);
        factor.Factorize(information);
        return factor.Kept;
    }

    /// <summary>K·vector, where K ≈ (−∇²ℓ*)⁻¹ is A⁻¹ with the correction from the last steps.</summary>
    private double[] Solve(double[] vector)
    {
        var solution = (double[])vector.Clone();
        _memory.Apply(solution, _cholesky.Solve, rescale: false);
        return solution;
    }

    private double FreeGradientNorm(bool[] free)
    {
        var largest = 0.0;
        for (var j = 0; j < free.Length; j++)
            largest = Math.Max(largest, free[j] ? Math.Abs(_gradient[j]) : 0);
        return largest / _likelihood.TotalWeight;
    }
}
