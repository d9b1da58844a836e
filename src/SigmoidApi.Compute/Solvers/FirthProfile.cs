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

    // So near the quantile r is a straight line as far as anybody can tell: the step that it leads to is the end.
    private const double Nearly = 1e-3;

    private const int MaxClimbs = 60;

    /// <summary>2(ℓ* − ℓ*(t)), the likelihood ratio against cᵀθ = t; null if no climb under it converges.</summary>
    /// <param name="constraint">c, 0 on parameters not kept.</param>
    /// <param name="tangent">About dθ/dt at the summit, cᵀ·tangent = 1.</param>
    public double? RatioAt(double t, double[] constraint, double[] tangent, CancellationToken cancellationToken)
    {
        // ℓ* is not concave: of what is found from the summit and by the shortest way from 0, the higher is the profile.
        var square = DotProduct.Compute(constraint, constraint);
        double[] shortest = [.. summit.Select((parameter, j) => kept[j] ? constraint[j] * t / square : parameter)];
        var highest = new[] { Along(summit, constraint, tangent, t), shortest }
            .Select(start => solver.Climb(start, kept, constraint, null, cancellationToken)).Where(end => end is { Converged: true }).Max(end => end?.Value);
        return highest is { } found ? Math.Max(0, 2 * (value - found)) : null;
    }

    /// <summary>The t above (or below) the summit's where r reaches <paramref name="quantile"/>; where no climb converges there what r leads to from the last before it, if that is near, or else that last; infinite if it is not found.</summary>
    /// <param name="standardError">Of cᵀθ, signed: negative for the lower end.</param>
    public double End(double[] constraint, double[] tangent, double quantile, double standardError, CancellationToken cancellationToken)
    {
        var peak = DotProduct.Compute(constraint, summit);
        var (inside, outside) = (peak, standardError > 0 ? double.PositiveInfinity : double.NegativeInfinity);
        var t = peak + quantile * standardError;
        var (reached, predicted) = (0.0, t);
        // ℓ* is not concave, and a climb from elsewhere may end on another ridge: each sets out from the outermost point of the summit's own.
        var (from, direction) = (summit, tangent);
        for (var climb = 0; climb < MaxClimbs && t != inside; climb++)
        {
            if (solver.Climb(Along(from, constraint, direction, t), kept, constraint, null, cancellationToken) is not { Converged: true } end)
            {
                // So far along the tangent the rows are saturated.
                t = inside + (t - inside) / 2;
                continue;
            }
            var r = Math.Sqrt(Math.Max(0, 2 * (value - end.Value)));
            if (Math.Abs(r - quantile) <= Tolerance * Math.Max(1, quantile))
                return t;
            // r′ = −ℓ*′/r
            var next = t - (quantile - r) * r / end.Multiplier;
            if (r < quantile)
                (inside, reached, predicted, from, direction) = (t, r, next, end.Parameters, end.Tangent);
            else
                outside = t;
            if (inside == outside)
                return t;
            var within = (next - inside) * standardError > 0 && (outside - next) * standardError > 0;
            t = within && double.IsFinite(next) ? next
                : double.IsFinite(outside) ? inside + (outside - inside) / 2
                : inside + 2 * (inside - peak) + quantile * standardError;
        }
        // Climbs may fail from just before the end on.
        return quantile - reached <= Nearly && double.IsFinite(predicted) ? predicted : double.IsFinite(outside) ? inside : outside;
    }

    /// <summary>From a point along a tangent to where cᵀθ = t.</summary>
    private static double[] Along(double[] from, double[] constraint, double[] tangent, double t)
    {
        var move = t - DotProduct.Compute(constraint, from);
        return [.. from.Select((parameter, j) => parameter + move * tangent[j])];
    }
}
