using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>
/// The profile of ℓ*: its maximum ℓ*(t) under cᵀθ = t. Twice its fall from the summit is chi-squared with one degree of freedom
/// where t is true (Heinze and Schemper, 2002), which gives a test of t = 0 and an interval of the t that a test would not reject.
/// <para>
/// An end of the interval is where r(t) = √(2(ℓ* − ℓ*(t))) reaches the normal quantile. r is nearly a straight line, so that Newton's steps in r, with
/// dℓ*(t)/dt the multiplier of the constraint (D. J. Venzon and S. H. Moolgavkar, "A method for computing profile-likelihood-based confidence
/// intervals", Applied Statistics 37, 1988), find it in a few climbs; a bracket keeps them safe.
/// </para>
/// </summary>
/// <param name="solver">Climbs; its tolerance may be coarse, as an error of the climb enters r squared.</param>
/// <param name="kept">The parameters estimated.</param>
/// <param name="summit">Those at the maximum.</param>
/// <param name="value">ℓ* there.</param>
internal sealed class FirthProfile(FirthSolver solver, bool[] kept, double[] summit, double value)
{
    /// <summary>Of r, which is in standard errors.</summary>
    private const double Tolerance = 1e-9;

    private const int MaxClimbs = 60;

    /// <summary>2(ℓ* − ℓ*(t)), the likelihood ratio against cᵀθ = t; null if the climb under it does not converge.</summary>
    /// <param name="constraint">c, 0 on parameters not kept.</param>
    /// <param name="tangent">About dθ/dt at the summit, cᵀ·tangent = 1.</param>
    public double? RatioAt(double t, double[] constraint, double[] tangent, CancellationToken cancellationToken) =>
        Climb(summit, constraint, tangent, t, cancellationToken) is { Converged: true } end ? Math.Max(0, 2 * (value - end.Value)) : null;

    /// <summary>The t above (or below) the summit's where r reaches <paramref name="quantile"/>; infinite if it is not found.</summary>
    /// <param name="standardError">Of cᵀθ, signed: negative for the lower end.</param>
    public double End(double[] constraint, double[] tangent, double quantile, double standardError, CancellationToken cancellationToken)
    {
        var peak = DotProduct.Compute(constraint, summit);
        var (inside, outside) = (peak, standardError > 0 ? double.PositiveInfinity : double.NegativeInfinity);
        var t = peak + quantile * standardError;
        var (from, direction) = (summit, tangent);
        for (var climb = 0; climb < MaxClimbs; climb++)
        {
            var next = double.NaN;
            if (Climb(from, constraint, direction, t, cancellationToken) is { Converged: true } end)
            {
                var r = Math.Sqrt(Math.Max(0, 2 * (value - end.Value)));
                if (Math.Abs(r - quantile) <= Tolerance * Math.Max(1, quantile))
                    return t;
                if (r < quantile)
                    inside = t;
                else
                    outside = t;
                // r′ = −ℓ*′/r
                next = t - (quantile - r) * r / end.Multiplier;
                (from, direction) = (end.Parameters, end.Tangent);
            }
            else
            {
                outside = t;
            }
            if (inside == outside)
                return t;
            var within = (next - inside) * standardError > 0 && (outside - next) * standardError > 0;
            t = within && double.IsFinite(next) ? next
                : double.IsFinite(outside) ? inside + (outside - inside) / 2
                : inside + 2 * (inside - peak) + quantile * standardError;
        }
        return standardError > 0 ? double.PositiveInfinity : double.NegativeInfinity;
    }

    private FirthSolver.Summit? Climb(double[] from, double[] constraint, double[] tangent, double t, CancellationToken cancellationToken)
    {
        var move = t - DotProduct.Compute(constraint, from);
        double[] start = [.. from.Select((parameter, j) => parameter + move * tangent[j])];
        if (solver.Climb(start, kept, constraint, null, cancellationToken) is { Converged: true } end)
            return end;
        // So far along the tangent the rows are saturated; the shortest way to t from 0 is another.
        var square = DotProduct.Compute(constraint, constraint);
        start = [.. from.Select((parameter, j) => kept[j] ? constraint[j] * t / square : parameter)];
        return solver.Climb(start, kept, constraint, null, cancellationToken);
    }
}
