using SigmoidApi.Compute.Simd;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Inference;

/// <summary>
/// The profile of ℓ*: its maximum ℓ*(t) under the constraint cᵀθ = t. If t is the true value, the likelihood ratio 2(ℓ* − ℓ*(t)) has about a
/// chi-squared distribution with one degree of freedom (Heinze and Schemper, 2002). This gives a test of t = 0 and an interval of the t that a test does not
/// reject.
/// <para>
/// An end of the interval is where r(t) = √(2(ℓ* − ℓ*(t))) reaches the normal quantile. r is nearly a straight line, so that Newton's method in r finds
/// the end in a few climbs; dℓ*(t)/dt is the multiplier of the constraint. In a quick search t moves before a climb has converged, as soon as the rest of
/// the climb would change r by less than its distance from the quantile. So θ and t approach the end together (D. J. Venzon and S. H. Moolgavkar, "A
/// method for computing profile-likelihood-based confidence intervals", Applied Statistics 37, 1988), within a bracket. If the quick search fails, each
/// climb runs until it has converged.
/// </para>
/// <para>
/// ℓ* is not concave, and a climb may end on a lower ridge. Along a single ridge, r is close to r′·(t − peak). If it is not, another climb starts from a
/// different point, and the higher of the two maxima counts.
/// </para>
/// </summary>
/// <param name="solver">Does the climbs.</param>
/// <param name="kept">Which parameters were estimated.</param>
/// <param name="summit">The parameters at the maximum.</param>
/// <param name="value">ℓ* there.</param>
internal sealed class FirthProfile(FirthSolver solver, bool[] kept, double[] summit, double value)
{
    /// <summary>The tolerance of r, which is in standard errors.</summary>
    private const double Tolerance = 1e-9;

    /// <summary>This close to the quantile, r is straight enough for a Newton step to lead to the end.</summary>
    private const double Near = 1e-3;

    /// <summary>This close to the quantile, the curvature changes the next step by far less than the tolerance.</summary>
    private const double VeryNear = 1e-5;

    /// <summary>In a quick search, t moves only after a climb is this close to its maximum, in standard errors.</summary>
    private const double Coarse = 0.3;

    /// <summary>Along a single ridge, the ratio of r and r′·(t − peak), either way round, is at most this.</summary>
    private const double StraightRatio = 1.25;

    private const int MaxClimbs = 60;

    private const int MaxRidges = 4;

    /// <summary>Where a search for an end starts: a point inside the interval.</summary>
    private readonly record struct Origin(double T, double Reached, double[] Parameters, double[] Tangent);

    /// <summary>2(ℓ* − ℓ*(t)), the likelihood ratio against cᵀθ = t; null if no climb under the constraint converges.</summary>
    /// <param name="t">The value to test.</param>
    /// <param name="constraint">c; 0 for parameters that were not estimated.</param>
    /// <param name="tangent">Approximately dθ/dt at the summit, with cᵀ·tangent = 1.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public double? RatioAt(double t, double[] constraint, double[] tangent, CancellationToken cancellationToken) =>
        Highest(t, constraint, tangent, cancellationToken) is { } highest ? RootRatio(highest) is var r ? r * r : null : null;

    /// <summary>
    /// The t above (or below) that of the summit where r reaches <paramref name="quantile"/>. If no climb converges there, it is the last t where one did, or
    /// the Newton step from there if r was close to the quantile. Infinite if no end is found.
    /// </summary>
    /// <param name="constraint">c; 0 for parameters that were not estimated.</param>
    /// <param name="tangent">Approximately dθ/dt at the summit, with cᵀ·tangent = 1.</param>
    /// <param name="quantile">Positive, in standard errors.</param>
    /// <param name="standardError">The standard error of cᵀθ; negated to find the lower end.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public double End(double[] constraint, double[] tangent, double quantile, double standardError, CancellationToken cancellationToken)
    {
        var peak = DotProduct.Compute(constraint, summit);
        var origin = new Origin(peak, 0, summit, tangent);
        for (var ridge = 1; ; ridge++)
        {
            var (t, isNearlyStraight) = Find(origin, isQuick: true) ?? Find(origin, isQuick: false)!.Value;
            if (isNearlyStraight || !double.IsFinite(t) || ridge == MaxRidges || Highest(t, constraint, tangent, cancellationToken) is not { } higher
                || RootRatio(higher) >= quantile - Near)
            {
                return t;
            }
            origin = new Origin(t, RootRatio(higher), higher.Ahead, higher.Tangent);
        }

        // Null if a quick search fails.
        (double T, bool IsNearlyStraight)? Find(Origin origin, bool isQuick)
        {
            var (inside, outside) = (origin.T, standardError > 0 ? double.PositiveInfinity : double.NegativeInfinity);
            var t = origin.T + (quantile - origin.Reached) * standardError;
            var (reached, predicted) = (origin.Reached, t);
            // A climb that starts far away may end on another ridge. So each starts from the outermost point found inside the interval, or from near the end.
            var (from, direction) = (origin.Parameters, origin.Tangent);
            solver.StartFrom(summit);
            for (var climb = 0; climb < MaxClimbs && t != inside; climb++)
            {
                var start = MoveAlong(from, constraint, direction, t);
                var end = isQuick
                    ? solver.Climb(start, kept, constraint, Suffices, null, cancellationToken)
                    : solver.Climb(start, kept, constraint, null, cancellationToken);
                if (end is not { Converged: true })
                {
                    if (isQuick)
                        return null;
                    // This far along the tangent the rows are saturated.
                    t = inside + (t - inside) / 2;
                    continue;
                }
                var r = RootRatio(end);
                // r′ = −ℓ*′/r
                var next = t - (quantile - r) * r / end.Multiplier;
                if (Math.Abs(r - quantile) <= Tolerance * Math.Max(1, quantile))
                    return (t, IsNearlyStraight(end, t, peak));
                if (isQuick && Math.Abs(r - quantile) <= VeryNear)
                    return (next, IsNearlyStraight(end, t, peak));
                if (r < quantile || (isQuick && r - quantile <= 0.1))
                    (from, direction) = (end.Ahead, end.Tangent);
                if (r < quantile)
                    (inside, reached, predicted) = (t, r, next);
                else
                    outside = t;
                if (inside == outside)
                    return isQuick ? null : (t, false);
                var within = (next - inside) * standardError > 0 && (outside - next) * standardError > 0;
                t = within && double.IsFinite(next) ? next
                    : double.IsFinite(outside) ? inside + (outside - inside) / 2
                    : inside + 2 * (inside - peak) + quantile * standardError;
            }
            // Climbs may fail shortly before the end.
            var last = double.IsFinite(outside) ? inside : outside;
            return isQuick ? null : (quantile - reached <= Near && double.IsFinite(predicted) ? predicted : last, true);
        }

        bool Suffices(double height, double decrement) => solver.IsConverged(decrement)
            || (decrement <= Coarse && decrement * decrement <= 0.1 * Math.Abs(RootRatio(height, decrement) - quantile));
    }

    /// <summary>
    /// The maximum under cᵀθ = t: the higher of two climbs, one from the summit and one from the point nearest to 0 that meets the constraint.
    /// </summary>
    private FirthSolver.Summit? Highest(double t, double[] constraint, double[] tangent, CancellationToken cancellationToken)
    {
        var end = solver.Climb(MoveAlong(summit, constraint, tangent, t), kept, constraint, null, cancellationToken);
        var square = DotProduct.Compute(constraint, constraint);
        double[] shortest = [.. summit.Select((parameter, j) => kept[j] ? constraint[j] * t / square : parameter)];
        solver.Forget();
        var other = solver.Climb(shortest, kept, constraint, Suffices, null, cancellationToken);
        return end is { Converged: true } && !(other is { Converged: true } && other.Value > end.Value) ? end : other is { Converged: true } ? other : null;

        // The second climb may end early once its maximum is known well enough to compare it with the first.
        bool Suffices(double height, double decrement) => solver.IsConverged(decrement) || (end is { Converged: true } && decrement <= 0.1
            && Math.Abs(height + 0.5 * decrement * decrement - end.Value) <= 0.1 * decrement * decrement);
    }

    /// <summary>Whether r is close to a straight line from the peak.</summary>
    private bool IsNearlyStraight(FirthSolver.Summit end, double t, double peak)
    {
        var product = end.Multiplier * (peak - t);
        var square = Math.Pow(RootRatio(end), 2);
        return product <= StraightRatio * square && square <= StraightRatio * product;
    }

    /// <summary>r at the maximum that a climb has reached.</summary>
    private double RootRatio(FirthSolver.Summit end) => RootRatio(end.Value, end.Decrement);

    /// <summary>
    /// r at the maximum of a climb that has reached <paramref name="height"/> with <paramref name="decrement"/> left: the maximum is about half the square of
    /// the decrement higher.
    /// </summary>
    private double RootRatio(double height, double decrement) => Math.Sqrt(Math.Max(0, 2 * (value - height) - decrement * decrement));

    /// <summary>The point on a tangent from a given point where cᵀθ = t.</summary>
    private static double[] MoveAlong(double[] from, double[] constraint, double[] tangent, double t)
    {
        var move = t - DotProduct.Compute(constraint, from);
        return [.. from.Select((parameter, j) => parameter + move * tangent[j])];
    }
}
