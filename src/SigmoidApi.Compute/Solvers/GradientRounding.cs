using SigmoidApi.Compute.Objectives;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// What rounding leaves of a gradient that is 0. Margins are off by about u·Σₖ|zₖθₖ|, u = 2⁻⁵², and the sum over the rows by the same share of its terms.
/// With mⱼ the root mean square of zⱼ, a |∂f/∂θⱼ| below u·mⱼ·(1 + ¼Σₖmₖ|θₖ|) does not say where the optimum is. A tolerance that asks for more is met there.
/// </summary>
internal sealed class GradientRounding(LogisticObjective objective)
{
    /// <summary>Callers that ask for more than this are the only ones whose fits come near to what rounding leaves.</summary>
    public const double FineTolerance = 1e-8;

    private static readonly double Unit = Math.ScaleB(1, -52);

    private double[]? _rootMeanSquares;

    /// <summary>Whether every slope is rounding. Takes a pass when it is asked first.</summary>
    /// <param name="parameters">θ</param>
    /// <param name="slopes">∂f/∂θⱼ, with the penalty's part.</param>
    /// <param name="penaltySlopes">What the penalty's part may amount to; null for what the objective has of it.</param>
    /// <param name="cancellationToken">Looked at within the pass.</param>
    public bool Covers(double[] parameters, double[] slopes, Func<int, double>? penaltySlopes, CancellationToken cancellationToken)
    {
        _rootMeanSquares ??= [.. objective.HessianDiagonal(cancellationToken).Select((entry, j) => 2 * Math.Sqrt(Math.Max(0, entry - PenaltyOf(j))))];
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
