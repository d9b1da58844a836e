using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// How large a computed gradient can be by rounding alone. Margins have an error of about u·Σₖ|zₖθₖ| with u = 2⁻⁵², and the sum over the rows has
/// the same relative error in its terms. With mⱼ the root mean square of zⱼ, a |∂f/∂θⱼ| below u·mⱼ·(1 + ¼Σₖmₖ|θₖ|) carries no
/// information about the optimum. A solver with a smaller tolerance counts as converged there.
/// </summary>
/// <param name="objective">f</param>
/// <param name="diagonal"><see cref="LogisticObjective.HessianDiagonal"/> if it is known already.</param>
internal sealed class GradientRounding(LogisticObjective objective, double[]? diagonal = null)
{
    /// <summary>Only fits with a smaller tolerance than this come near to gradients of that size.</summary>
    public const double FineTolerance = 1e-8;

    private static readonly double Unit = Math.ScaleB(1, -52);

    private double[]? _rootMeanSquares;

    /// <summary>Whether every slope is only rounding. The first call takes a pass if the diagonal is not known.</summary>
    /// <param name="parameters">θ</param>
    /// <param name="slopes">∂f/∂θⱼ, including the penalty's part.</param>
    /// <param name="penaltySlopes">The size of the penalty's part; null takes that of the objective's own penalty.</param>
    /// <param name="cancellationToken">Checked within the pass.</param>
    public bool Covers(double[] parameters, double[] slopes, Func<int, double>? penaltySlopes, CancellationToken cancellationToken)
    {
        var curvature = objective.CurvatureAtZero;
        _rootMeanSquares ??=
            [.. (diagonal ?? objective.HessianDiagonal(cancellationToken)).Select((entry, j) => Math.Sqrt(Math.Max(0, entry - PenaltyOf(j)) / curvature))];
        var margin = 0.0;
        for (var j = 0; j < parameters.Length; j++)
            margin += _rootMeanSquares[j] * Math.Abs(parameters[j]);
        for (var j = 0; j < slopes.Length; j++)
        {
            var size = _rootMeanSquares[j] * (1 + 0.25 * margin) + (penaltySlopes?.Invoke(j) ?? PenaltyOf(j) * Math.Abs(parameters[j]));
            if (!(Math.Abs(slopes[j]) <= Unit * size))
                return false;
        }
        return true;
    }

    private double PenaltyOf(int parameter) => objective.ColumnOf(parameter) >= 0 ? objective.Penalty : 0;
}
