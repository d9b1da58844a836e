using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Inference;

/// <summary>The standard normal distribution, with a small relative error even far in the tail.</summary>
internal static class NormalDistribution
{
    /// <summary>Below this 1/2 − z·g(z²) does not cancel; from here on the approximation of the tail is used.</summary>
    private const double Center = 0.7;

    private const double OneOverSqrtTwoPi = 0.3989422804014327;

    /// <summary>P(Z > z), down to the subnormals; 0 for ∞, 1 for −∞, NaN for NaN.</summary>
    public static double UpperTail(double z) => z < 0 ? 1 - TailTimes(1, -z) : TailTimes(1, z);

    /// <summary>P(|Z| > |z|), down to the subnormals: the p-value of a z statistic.</summary>
    public static double TwoSidedPValue(double z) => TailTimes(2, Math.Abs(z));

    /// <summary>
    /// The z with P(Z > z) = <paramref name="tail"/>. It starts from a rational approximation with an error below 4.5e-4 (Hastings, in Abramowitz and Stegun,
    /// "Handbook of Mathematical Functions" (1964), 26.2.23) and takes steps of Halley's method, each of which cubes the error.
    /// </summary>
    /// <param name="tail">Above 1e-300 and at most 1/2.</param>
    public static double UpperQuantile(double tail)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tail, 0.5);
        if (!(tail > 1e-300))
            throw new ArgumentOutOfRangeException(nameof(tail), tail, "The tail must be above 1e-300.");
        var t = Math.Sqrt(-2 * Math.Log(tail));
        var z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
        for (var step = 0; step < 3; step++)
        {
            var error = (UpperTail(z) - tail) / (OneOverSqrtTwoPi * Math.Exp(-0.5 * z * z));
            z += error / (1 - 0.5 * z * error);
        }
        return z;
    }

    /// <summary>factor · P(Z > z) for z ≥ 0, with a single rounding.</summary>
    private static double TailTimes(double factor, double z)
    {
        if (z < Center)
            return factor * ToDouble(NormalCenter.Of<Lanes1>(-z).Value);
        var tail = new NormalTail<Lanes1>(Lanes1.AtMost(z, NormalTail<Lanes1>.Limit));
        return ToDouble(tail.Scale(new(tail.Ratio.High * factor, tail.Ratio.Low * factor)));
    }

    private static double ToDouble(Lanes1 lane)
    {
        var value = 0.0;
        lane.Store(ref value);
        return value;
    }
}
