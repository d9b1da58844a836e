using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Minimises f(b, w) + l1·‖w‖₁ + ½·l2·‖w‖², with f the mean log loss, by proximal Newton steps (Lee, Sun and Saunders, "Proximal Newton-type
/// methods for minimizing composite functions", 2014; newGLMNET: Yuan, Ho and Lin, 2012). Each step minimises the quadratic model of f plus the exact penalty
/// (<see cref="QuadraticModel"/>). The step is then halved until the objective falls enough.
/// <para>
/// Stops when √(W · D) ≤ tolerance, with W the total weight of the rows and D the decrease that the model promises; if l1 is 0 this is the Newton
/// decrement of the summed loss. Also stops when every violation is only rounding (<see cref="GradientRounding"/>).
/// </para>
/// <para>
/// Order of calls: <see cref="Of"/> once for a path, then <see cref="Minimize"/> for each point in turn; each call starts where the one before ended.
/// </para>
/// </summary>
internal abstract class ProximalNewton
{
    protected const double SufficientDecrease = 1e-4;

    protected const double ValueRounding = 1e-14;

    protected const int MaxHalvings = 30;

    /// <summary>With at most this many parameters the matrix is read in each step, and nothing is copied.</summary>
    private const int MostForGram = 512;

    /// <summary>
    /// A dense matrix with more rows for each column than this is read in each step too: copies of its columns would take about as much memory as it does.
    /// </summary>
    private const int TallRows = 32;

    /// <summary>
    /// The same with several outputs for each row, whose Hessian has a block for each pair. By measurement on dense columns it takes a quarter of the time of
    /// copies at 600 parameters, the same at 1,500 and eight times at 3,000; for 10,000 rows of 1,000 classes and 5 columns one Hessian took a minute.
    /// </summary>
    public const int MostForGramOfClasses = 1500;

    private readonly GradientRounding _rounding;

    /// <param name="objective">f, without a penalty.</param>
    protected ProximalNewton(LogisticObjective objective)
    {
        (Objective, _rounding) = (objective, new GradientRounding(objective));
        IsPenalized = [.. Enumerable.Range(0, objective.Dimension).Select(j => objective.ColumnOf(j) >= 0)];
    }

    protected LogisticObjective Objective { get; }

    protected bool[] IsPenalized { get; }

    /// <summary>
    /// The way that suits the shape of the rows. Whether they are in memory makes no difference, because both must give the same bits. The first pass over
    /// the rows evaluates the start.
    /// </summary>
    /// <param name="objective">f, without a penalty.</param>
    /// <param name="start">Copied.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public static ProximalNewton Of(LogisticObjective objective, double[] start, CancellationToken cancellationToken) =>
        SuitsColumns(objective.Rows, objective.Dimension, objective.IsSparse, objective.Outputs) ? new ColumnNewton(objective, start, cancellationToken)
        : objective.Outputs > 1 && objective.Dimension > MostForGramOfClasses ? new SpectralDescent(objective, start, cancellationToken)
        : new GramNewton(objective, start, cancellationToken);

    /// <summary>
    /// Whether columns are copied, so that each step reads these alone. With several outputs for each row it keeps vectors of the rows for each. With more
    /// outputs than columns these are larger than the matrix, and the other way is faster too.
    /// </summary>
    public static bool SuitsColumns(long rows, long parameters, bool isSparse, long outputs = 1) =>
        parameters > (outputs == 1 ? MostForGram : MostForGramOfClasses) && (isSparse || rows <= TallRows * parameters)
        && outputs * outputs <= parameters;

    /// <summary>Saves or loads what a call leaves to the next.</summary>
    public abstract void SaveOrLoad(StateArchive archive);

    /// <summary>Minimises for this l1 and l2, starting where the last call ended.</summary>
    public abstract SolverResult Minimize(double l1, double l2, int maxIterations, double tolerance, FitJournal journal, CancellationToken cancellationToken);

    /// <summary>The decrease that the model promises for a step d: −(gᵀd + r(w + d) − r(w)), which is at least dᵀHd.</summary>
    /// <param name="members">The parameters that the step changes; null for all.</param>
    /// <param name="target">w + d of these.</param>
    /// <param name="parameters">w of all parameters.</param>
    /// <param name="gradient">g of all parameters.</param>
    /// <param name="net">r</param>
    protected double PromisedDecrease(int[]? members, double[] target, double[] parameters, double[] gradient, ElasticNet net)
    {
        var promised = 0.0;
        for (var k = 0; k < target.Length; k++)
        {
            var j = members?[k] ?? k;
            var step = target[k] - parameters[j];
            promised -= gradient[j] * step + (IsPenalized[j] ? net.Change(parameters[j], step) : 0);
        }
        return promised;
    }

    /// <summary>The penalty of all parameters.</summary>
    protected double Penalty(double[] parameters, ElasticNet net)
    {
        var penalty = 0.0;
        for (var j = 0; j < parameters.Length; j++)
            penalty += IsPenalized[j] ? net.Of(parameters[j]) : 0;
        return penalty;
    }

    /// <summary>How far each parameter is from its optimality condition.</summary>
    protected double[] Violations(double[] parameters, double[] gradient, ElasticNet net) =>
        [.. parameters.Select((weight, j) => IsPenalized[j] ? net.Violation(weight, gradient[j]) : Math.Abs(gradient[j]))];

    /// <summary>Whether the solver may stop at a point whose next step promises this decrease.</summary>
    /// <param name="promised">D</param>
    /// <param name="tolerance">Of √(W · D).</param>
    /// <param name="parameters">The point.</param>
    /// <param name="violations">Of each parameter's optimality condition; called only if the rest may be rounding.</param>
    /// <param name="net">The penalty.</param>
    /// <param name="cancellationToken">Checked within a pass.</param>
    protected bool IsMet(double promised, double tolerance, double[] parameters, Func<double[]> violations, ElasticNet net,
        CancellationToken cancellationToken)
    {
        var decrement = Objective.Decrement(promised);
        return decrement <= tolerance || (Math.Max(tolerance, decrement) < GradientRounding.FineTolerance
            && _rounding.Covers(parameters, violations(), j => IsPenalized[j] ? net.L1 + net.L2 * Math.Abs(parameters[j]) : 0, cancellationToken));
    }
}
