using System.Runtime.CompilerServices;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// Minimises gᵀd + ½dᵀHd + Σ r(wⱼ + dⱼ) over the steps d, one coordinate at a time, for r(w) = l1·|w| + ½·l2·w² (Friedman, Hastie and
/// Tibshirani, "Regularization paths for generalized linear models via coordinate descent", 2010). It uses their covariance updates, because H fits into memory
/// only if there are few columns.
/// </summary>
/// <param name="hessian">H, of the parameters in the model.</param>
internal sealed class QuadraticModel(SymmetricMatrix hessian)
{
    private const int MaxSweeps = 10_000;

    /// <summary>Both triangles of H, so that each column is contiguous.</summary>
    private readonly double[] _full = hessian.ToFull(hessian.Order);
    private readonly double[] _slopes = new double[hessian.Order];

    /// <summary>
    /// Sweeps over all coordinates, then over those that are not 0 until these change little, and repeats. Stops when a sweep over all coordinates lowers
    /// the model by no more than the tolerance.
    /// </summary>
    /// <param name="gradient">g, without the penalty.</param>
    /// <param name="weights">w</param>
    /// <param name="l1">For each parameter; 0 for the intercept.</param>
    /// <param name="l2">For each parameter; 0 for the intercept.</param>
    /// <param name="step">d: the start on entry, the minimum on return.</param>
    /// <param name="tolerance">In the units of the model.</param>
    public void Minimize(ReadOnlySpan<double> gradient, ReadOnlySpan<double> weights, ReadOnlySpan<double> l1, ReadOnlySpan<double> l2, Span<double> step,
        double tolerance)
    {
        var order = step.Length;
        gradient.CopyTo(_slopes);
        for (var j = 0; j < order; j++)
        {
            if (step[j] != 0)
                AddColumn(j, step[j]);
        }
        for (var sweep = 0; sweep < MaxSweeps; sweep++)
        {
            var decrease = Sweep(weights, l1, l2, step, nonZeroOnly: false);
            if (decrease <= tolerance)
                return;
            for (var inner = 0; inner < MaxSweeps && decrease > 0.1 * tolerance; inner++, sweep++)
                decrease = Sweep(weights, l1, l2, step, nonZeroOnly: true);
        }
    }

    /// <summary>Moves each coordinate to its minimum. Returns an upper bound of the decrease of the model.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Sweep(ReadOnlySpan<double> weights, ReadOnlySpan<double> l1, ReadOnlySpan<double> l2, Span<double> step, bool nonZeroOnly)
    {
        var order = step.Length;
        var decrease = 0.0;
        for (var j = 0; j < order; j++)
        {
            var weight = weights[j] + step[j];
            if (nonZeroOnly && weight == 0)
                continue;
            var curvature = _full[j * order + j] + l2[j];
            if (!(curvature > 0))
                continue;
            var target = curvature * weight - (_slopes[j] + l2[j] * weight);
            var next = Math.Abs(target) <= l1[j] ? 0 : (target - Math.CopySign(l1[j], target)) / curvature;
            var change = next - weight;
            if (change == 0)
                continue;
            // Makes the weight exactly 0, without a rounding error.
            step[j] = next == 0 ? -weights[j] : step[j] + change;
            AddColumn(j, change);
            decrease += curvature * change * change;
        }
        return decrease;
    }

    private void AddColumn(int column, double change)
    {
        var order = _slopes.Length;
        RowKernels.AddScaled(_full.AsSpan(column * order, order), change, _slopes);
    }
}
