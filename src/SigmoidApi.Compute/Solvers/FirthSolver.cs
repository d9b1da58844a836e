using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Maximises Firth's penalised likelihood ℓ* (<see cref="FirthLikelihood"/>): the step is K∇ℓ*, halved until it raises ℓ* enough. K is A⁻¹, with A the
/// curvature of the rows that the gradient is made of, and what the last steps showed of the leverages' change, which A leaves out (<see cref="LimitedMemory"/>):
/// by A alone each iteration leaves a fixed share of the error, most of it where the classes are nearly separated. Five passes an iteration.
/// <para>
/// Stops when √(∇ℓ*ᵀK∇ℓ*) ≤ tolerance: the length of the next step in standard errors, whatever the columns' units. Which columns depend on
/// others is decided once, by the information at 0, as <see cref="NewtonSolver"/> does; their parameters stay as they started.
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
    /// <param name="Converged">Whether its rule to stop holds.</param>
    /// <param name="Multiplier">dℓ*/dt on the way of the maxima under cᵀθ = t.</param>
    /// <param name="Tangent">About dθ/dt on it.</param>
    /// <param name="Step">What the next step would have been.</param>
    /// <param name="Decrement">How long that is, in standard errors: the maximum is about ½·Decrement² above.</param>
    internal sealed record Summit(
        double[] Parameters, double Value, double GradientNorm, int Iterations, bool Converged,
        double Multiplier, double[] Tangent, double[] Step, double Decrement)
    {
        /// <summary>Where the next step would have led.</summary>
        public double[] Ahead => [.. Parameters.Select((parameter, j) => parameter + Step[j])];
    }

    /// <summary>
    /// The maximum in the form of a minimum: <see cref="SolverResult.Value"/> is −ℓ*/Σwᵢ in the parameters as <paramref name="likelihood"/>'s rows have them
    /// (ℓ* differs by a constant between units), <see cref="SolverResult.GradientNorm"/> that of its gradient.
    /// </summary>
    /// <exception cref="UntrainableDataException"><c>too_many_columns</c>, <c>numeric_range_exceeded</c></exception>
    public static SolverResult Maximize(LogLikelihood likelihood, double[] start, int maxIterations, double tolerance,
        FitJournal journal, CancellationToken cancellationToken)
    {
        var order = likelihood.Rows.Dimension;
        if (order > NewtonSolver.MaxDimension)
        {
            throw new UntrainableDataException("too_many_columns",
                $"Firth's method takes at most {NewtonSolver.MaxDimension} parameters, these data need {order}; choose fewer columns.");
        }
        var kept = Independent(likelihood, cancellationToken);
        var solver = new FirthSolver(new FirthLikelihood(likelihood, kept), maxIterations, tolerance);
        var end = solver.Climb(start, kept, null, journal, cancellationToken);
        // Where the starting values saturate the rows there is no information to go by; at 0 there always is.
        if (!solver._isFromZero && !journal.IsStopped && (end is null || (!end.Converged && end.Iterations < maxIterations)))
        {
            solver._isFromZero = true;
            end = solver.Climb([.. start.Select((value, j) => kept[j] ? 0 : value)], kept, null, journal, cancellationToken);
        }
        if (end is null)
            throw NumericRange.Exceeded();
        var warnings = journal.IsStopped ? [] : ConvergenceWarning.OfEnd(end.Converged, end.Iterations, maxIterations, end.GradientNorm);
        return new SolverResult(end.Parameters, -end.Value / likelihood.TotalWeight, end.GradientNorm, end.Iterations, end.Converged, warnings)
        {
            Dependent = [.. Enumerable.Range(0, order).Where(j => !kept[j])],
        };
    }

    /// <summary>
    /// Climbs over the <paramref name="free"/> parameters, and if there is a <paramref name="constraint"/> c with cᵀθ as it is at the start. Null if ℓ*
    /// is not finite there.
    /// </summary>
    internal Summit? Climb(double[] start, bool[] free, double[]? constraint, FitJournal? journal, CancellationToken cancellationToken)
    {
        Forget();
        return Climb(start, free, constraint, (_, decrement) => IsConverged(decrement), journal, cancellationToken);
    }

    /// <summary>Whether a climb with such a decrement left is at its maximum.</summary>
    internal bool IsConverged(double decrement) => decrement <= _tolerance;

    /// <summary>Forgets what earlier climbs have learned of the curvature.</summary>
    internal void Forget()
    {
        _memory.Clear();
        _before = null;
    }

    /// <summary>Likewise, but learns at once from the maximum, where the gradient is 0, by the first point of the next climb.</summary>
    internal void SetOutFrom(double[] maximum)
    {
        _memory.Clear();
        _before = (maximum, new double[maximum.Length]);
    }

    /// <summary>The same with a rule of its own to stop, by ℓ* and the decrement, which goes on with what earlier climbs have learned.</summary>
    internal Summit? Climb(
        double[] start, bool[] free, double[]? constraint, Func<double, double, bool> suffices, FitJournal? journal, CancellationToken cancellationToken)
    {
        var (parameters, iteration) = ((double[])start.Clone(), 0);
        journal?.Resume(State);
        var value = _likelihood.Evaluate(parameters, cancellationToken);
        if (!double.IsFinite(value))
            return null;
        for (; ; iteration++)
        {
            _likelihood.Differentiate(_gradient, cancellationToken);
            var gradientNorm = FreeGradientNorm(free);
            if (journal?.Reach(iteration, _maxIterations, -value / _likelihood.TotalWeight, gradientNorm) == true)
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
                // What was learned may be of elsewhere: without it the step is one that can't overshoot.
                if (!converged && iteration < _maxIterations && _memory.Clear())
                    continue;
                return new Summit(parameters, value, gradientNorm, iteration, converged, multiplier, tangent, step, decrement);
            }
        }

        void State(StateArchive archive)
        {
            (parameters, iteration, _isFromZero) = (archive.Numbers(parameters), archive.Integer(iteration), archive.Flag(_isFromZero));
            var before = (Parameters: archive.Numbers(_before?.Parameters), Gradient: archive.Numbers(_before?.Gradient));
            _before = before.Parameters.Length > 0 ? before : null;
            _memory.Through(archive);
        }
    }

    /// <summary>Keeps what the last step showed of the curvature, the gradient having been taken at its end.</summary>
    private void Learn(double[] parameters)
    {
        // ℓ* rises where a minimum falls.
        if (_before is { } before)
            _memory.Add(before.Parameters, parameters, _gradient, before.Gradient);
        _before = (parameters, (double[])_gradient.Clone());
    }

    /// <summary>Takes from the step what would change cᵀθ, and returns the multiplier λ with ∇ℓ* = λc at a constrained maximum.</summary>
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

    /// <summary>Halves the step until it raises ℓ* enough; null if none does. What was evaluated last is what is returned.</summary>
    private (double[] Parameters, double Value)? TakeStep(double[] parameters, double[] step, double value, double increase, CancellationToken cancellationToken)
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

    /// <summary>K·vector, K ≈ (−∇²ℓ*)⁻¹: A⁻¹, and what the last steps showed.</summary>
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
