namespace SigmoidApi.Compute.Inference;

/// <summary>
/// The upper tail of the chi-squared distribution: Q(a, x), the regularised upper incomplete gamma function, with a = degrees of freedom / 2 and
/// x = statistic / 2. Up to the mean it is 1 minus a power series; beyond it the difference would cancel, so that it is Legendre's continued fraction
/// (DLMF 8.7.1 and 8.9.2).
/// </summary>
internal static class ChiSquaredDistribution
{
    private const double Epsilon = 1.1102230246251565e-16;

    /// <summary>
    /// P(X ≥ statistic). With one degree of freedom or more the relative error is below 1e-12 down to results of 1e-300; with fewer the absolute error is
    /// below 1e-14. The result is 1 for a statistic of 0 or less and 0 for ∞. With 0 degrees of freedom X is always 0.
    /// </summary>
    /// <param name="statistic">Any number; NaN gives NaN.</param>
    /// <param name="degreesOfFreedom">At least 0 and finite; need not be an integer.</param>
    public static double UpperTail(double statistic, double degreesOfFreedom)
    {
        if (!(degreesOfFreedom >= 0 && double.IsFinite(degreesOfFreedom)))
            throw new ArgumentOutOfRangeException(nameof(degreesOfFreedom), degreesOfFreedom, "Degrees of freedom must be at least 0 and finite.");
        if (double.IsNaN(statistic))
            return statistic;
        if (statistic <= 0)
            return 1;
        if (degreesOfFreedom == 0 || statistic == double.PositiveInfinity)
            return 0;
        var (a, x) = (degreesOfFreedom / 2, statistic / 2);
        return x < a + 1 ? 1 - Density(a, x) * Series(a, x) : Density(a, x) * a * ContinuedFraction(a, x);
    }

    /// <summary>
    /// xᵃe⁻ˣ / Γ(a + 1) = e^(−δ(a) − D(a, x)) / √(2πa), with δ Stirling's error and D = a·log(a/x) + x − a. Unlike the parts of
    /// a·log x − x − log Γ, these do not cancel (C. Loader, "Fast and accurate computation of binomial probabilities" (2000)).
    /// </summary>
    private static double Density(double a, double x) => Math.Exp(-StirlingError(a) - Deviance(a, x)) / Math.Sqrt(2 * Math.PI * a);

    /// <summary>Σ xᵏ / ((a + 1)…(a + k)), k from 0.</summary>
    private static double Series(double a, double x)
    {
        var (sum, term) = (1.0, 1.0);
        for (var k = 1; term > sum * Epsilon; k++)
        {
            term *= x / (a + k);
            sum += term;
        }
        return sum;
    }

    /// <summary>
    /// 1/(x + 1 − a − 1·(1 − a)/(x + 3 − a − 2·(2 − a)/(x + 5 − a − …))), by Lentz's algorithm with Thompson and Barnett's modification
    /// (1986).
    /// </summary>
    private static double ContinuedFraction(double a, double x)
    {
        var b = x + 1 - a;
        var c = double.MaxValue;
        var d = 1 / b;
        var fraction = d;
        for (var k = 1; ; k++)
        {
            var numerator = -k * (k - a);
            b += 2;
            d = 1 / NotZero(numerator * d + b);
            c = NotZero(b + numerator / c);
            var factor = c * d;
            fraction *= factor;
            if (Math.Abs(factor - 1) <= 2 * Epsilon)
                return fraction;
        }
    }

    private static double NotZero(double value) => value == 0 ? 1e-300 : value;

    /// <summary>
    /// δ(a) = log Γ(a + 1) − log(√(2πa)·(a/e)ᵃ): by Stirling's series (DLMF 5.11.1) from 16 on, and below by
    /// δ(a) = δ(a + 1) + (a + ½)·log(1 + 1/a) − 1.
    /// </summary>
    private static double StirlingError(double a)
    {
        var recurrence = 0.0;
        for (; a < 16; a++)
            recurrence += (a + 0.5) * Math.Log((a + 1) / a) - 1;
        var square = 1 / (a * a);
        return recurrence
            + (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square * (1.0 / 1188 - square * 691 / 360360))))) / a;
    }

    /// <summary>
    /// a·log(a/x) + x − a. Near a it is computed by the series of log((1 + v)/(1 − v)) with v = (a − x)/(a + x), whose first terms cancel exactly.
    /// </summary>
    private static double Deviance(double a, double x)
    {
        if (Math.Abs(a - x) > 0.1 * (a + x))
            return a * Math.Log(a / x) + x - a;
        var v = (a - x) / (a + x);
        var sum = (a - x) * v;
        var power = 2 * a * v;
        for (var k = 3; ; k += 2)
        {
            power *= v * v;
            var next = sum + power / k;
            if (next == sum)
                return sum;
            sum = next;
        }
    }
}
