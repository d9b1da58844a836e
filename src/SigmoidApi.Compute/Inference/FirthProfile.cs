using SigmoidApi.Compute.Simd;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Inference;

/// <summary>
/// The profile of ℓ*: its maximum ℓ*(t) under cᵀθ = t. Twice its fall from the summit is chi-squared with one degree of freedom
/// where t is true (Heinze and Schemper, 2002), which gives a test of t = 0 and an interval of the t that a test would not reject.
/// <para>
/// An end of the interval is where r(t) = √(2(ℓ* − ℓ*(t))) reaches the normal quantile. r is nearly a straight line, so that Newton's steps in r, with
/// dℓ*(t)/dt the multiplier of the constraint, find it in a few climbs. t moves on as soon as a climb is so near its maximum that its way there changes r
/// by less than r is from the quantile, so that θ and t go to the end together (D. J. Venzon and S. H. Moolgavkar, "A method for computing
/// profile-likelihood-based confidence intervals", Applied Statistics 37, 1988); a bracket keeps them safe. Where that fails, t waits for each climb.
/// </para>
/// <para>
/// ℓ* is not concave, and a climb may end on a lower ridge. Along one ridge r is even: near r′·(t − peak). Where it is not, a climb sets out from
/// elsewhere too, and the higher counts.
/// </para>
/// </summary>
/// <param name="solver">Climbs.</param>
/// <param name="kept">The parameters estimated.</param>
/// <param name="summit">Those at the maximum.</param>
/// <param name="value">ℓ* there.</param>
internal sealed class FirthProfile(FirthSolver solver, bool[] kept, double[] summit, double value)
{
    /// <summary>Of r, which is in standard errors.</summary>
    private const double Tolerance = 1e-9;

    // So near the quantile r is a straight line as far as anybody can tell: the step that it leads to is the end.
    private const double Nearly = 1e-3;

    /// <summary>So near that what is left of the step's curve is far within the tolerance.</summary>
    private const double VeryNearly = 1e-5;

    /// <summary>How near its maximum a climb is at least before t moves on, in standard errors.</summary>
    private const double Coarse = 0.3;

    /// <summary>What r is to r′·(t − peak) at most, and the other way round, along one ridge.</summary>
    private const double Even = 1.25;

    private const int MaxClimbs = 60;

    private const int MaxRidges = 4;

    /// <summary>Where a search for an end sets out from: inside the interval.</summary>
    private readonly record struct Origin(double T, double Reached, double[] Parameters, double[] Tangent);

    /// <summary>2(ℓ* − ℓ*(t)), the likelihood ratio against cᵀθ = t; null if no climb under it converges.</summary>
    /// <param name="constraint">c, 0 on parameters not kept.</param>
    /// <param name="tangent">About dθ/dt at the summit, cᵀ·tangent = 1.</param>
    public double? RatioAt(double t, double[] constraint, double[] tangent, CancellationToken cancellationToken) =>
        Highest(t, constraint, tangent, cancellationToken) is { } highest ? Fall(highest) is var r ? r * r : null : null;

    /// <summary>
    /// The t above (or below) the summit's where r reaches <paramref name="quantile"/>; where no climb converges there what r leads to from the last before
    /// it, if that is near, or else that last; infinite if it is not found.
    /// </summary>
    /// <param name="constraint">c, 0 on parameters not kept.</param>
    /// <param name="tangent">About dθ/dt at the summit, cᵀ·tangent = 1.</param>
    /// <param name="quantile">Positive, in standard errors.</param>
    /// <param name="standardError">Of cᵀθ, signed: negative for the lower end.</param>
    /// <param name="cancellationToken">Looked at within each pass.</param>
    public double End(double[] constraint, double[] tangent, double quantile, double standardError, CancellationToken cancellationToken)
    {
        var peak = DotProduct.Compute(constraint, summit);
        var origin = new Origin(peak, 0, summit, tangent);
        for (var ridge = 1; ; ridge++)
        {
            var (t, isEven) = Find(origin, isQuick: true) ?? Find(origin, isQuick: false)!.Value;
            if (isEven || !double.IsFinite(t) || ridge == MaxRidges || Highest(t, constraint, tangent, cancellationToken) is not { } higher
                || Fall(higher) >= quantile - Nearly)
            {
                return t;
            }
            origin = new Origin(t, Fall(higher), higher.Ahead, higher.Tangent);
        }

        // Null if it is to be quick and can't be.
        (double T, bool IsEven)? Find(Origin origin, bool isQuick)
        {
            var (inside, outside) = (origin.T, standardError > 0 ? double.PositiveInfinity : double.NegativeInfinity);
            var t = origin.T + (quantile - origin.Reached) * standardError;
            var (reached, predicted) = (origin.Reached, t);
            // A climb from elsewhere may end on another ridge: each sets out from the outermost point of the summit's own, or from near the end.
            var (from, direction) = (origin.Parameters, origin.Tangent);
            solver.SetOutFrom(summit);
            for (var climb = 0; climb < MaxClimbs && t != inside; climb++)
            {
                var start = Along(from, constraint, direction, t);
                var end = isQuick
                    ? solver.Climb(start, kept, constraint, Suffices, null, cancellationToken)
                    : solver.Climb(start, kept, constraint, null, cancellationToken);
                if (end is not { Converged: true })
                {
                    if (isQuick)
                        return null;
                    // So far along the tangent the rows are saturated.
                    t = inside + (t - inside) / 2;
                    continue;
                }
                var r = Fall(end);
                // r′ = −ℓ*′/r
                var next = t - (quantile - r) * r / end.Multiplier;
                if (Math.Abs(r - quantile) <= Tolerance * Math.Max(1, quantile))
                    return (t, IsEven(end, t, peak));
                if (isQuick && Math.Abs(r - quantile) <= VeryNearly)
                    return (next, IsEven(end, t, peak));
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
            // Climbs may fail from just before the end on.
            var last = double.IsFinite(outside) ? inside : outside;
            return isQuick ? null : (quantile - reached <= Nearly && double.IsFinite(predicted) ? predicted : last, true);
        }

        bool Suffices(double height, double decrement) => solver.IsConverged(decrement)
            || (decrement <= Coarse && decrement * decrement <= 0.1 * Math.Abs(Fall(height, decrement) - quantile));
    }

    /// <summary>The maximum under cᵀθ = t: of what is found from the summit and by the shortest way from 0, the higher.</summary>
    private FirthSolver.Summit? Highest(double t, double[] constraint, double[] tangent, CancellationToken cancellationToken)
    {
        var end = solver.Climb(Along(summit, constraint, tangent, t), kept, constraint, null, cancellationToken);
        var square = DotProduct.Compute(constraint, constraint);
        double[] shortest = [.. summit.Select((parameter, j) => kept[j] ? constraint[j] * t / square : parameter)];
        solver.Forget();
        var other = solver.Climb(shortest, kept, constraint, Suffices, null, cancellationToken);
        return end is { Converged: true } && !(other is { Converged: true } && other.Value > end.Value) ? end : other is { Converged: true } ? other : null;

        // A climb of whose end so much is seen as that it is no higher need not be led there.
        bool Suffices(double height, double decrement) => solver.IsConverged(decrement) || (end is { Converged: true } && decrement <= 0.1
            && Math.Abs(height + 0.5 * decrement * decrement - end.Value) <= 0.1 * decrement * decrement);
    }

    /// <summary>Whether r is what a straight line from the peak makes it.</summary>
    private bool IsEven(FirthSolver.Summit end, double t, double peak) =>
        end.Multiplier * (peak - t) is var product && Math.Pow(Fall(end), 2) is var square && product <= Even * square && square <= Even * product;

    /// <summary>r at the maximum that a climb has come to.</summary>
    private double Fall(FirthSolver.Summit end) => Fall(end.Value, end.Decrement);

    /// <summary>r where a climb to <paramref name="height"/> has <paramref name="decrement"/> left: the maximum is about half its square higher.</summary>
    private double Fall(double height, double decrement) => Math.Sqrt(Math.Max(0, 2 * (value - height) - decrement * decrement));

    /// <summary>From a point along a tangent to where cᵀθ = t.</summary>
    private static double[] Along(double[] from, double[] constraint, double[] tangent, double t)
    {
        var move = t - DotProduct.Compute(constraint, from);
        return [.. from.Select((parameter, j) => parameter + move * tangent[j])];
    }
}
