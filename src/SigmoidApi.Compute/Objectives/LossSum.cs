using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Objectives;

/// <summary>
/// The log losses of some rows on their way into one number, in eight lanes whatever the width of a vector, so that every width gives the same
/// bits. With a the margin against the label, softplus(a) = max(a, 0) + log(1 + e), e = e^-|a|; the logarithms of many rows are one of the product
/// Π(1 + e), which is kept less 1, so that also losses far below 1 keep all their bits.
/// </summary>
internal sealed class LossSum
{
    /// <summary>Rows after which a product of factors up to 2 may leave float64.</summary>
    public const int MaxRows = 8 * 1000;

    private const double Ln2 = 0.6931471805599453;

    /// <summary>Σ max(a, 0), and of weighted rows Σ w·softplus(a).</summary>
    public double[] Parts { get; } = new double[8];

    /// <summary>Π(1 + e) − 1</summary>
    public double[] Products { get; } = new double[8];

    /// <summary>The sum so far, and start again.</summary>
    public double Take()
    {
        var sum = 0.0;
        for (var lane = 0; lane < Parts.Length; lane++)
            sum += Parts[lane] + LogOnePlus(Products[lane]);
        Array.Clear(Parts);
        Array.Clear(Products);
        return sum;
    }

    /// <summary>log(1 + p) for p ≥ 0 with a small relative error, also where it is tiny.</summary>
    private static double LogOnePlus(double p)
    {
        var exponent = p <= 1 ? 0 : Math.ILogB(1 + p);
        var fraction = p <= 1 ? p : Math.ScaleB(1 + p, -exponent) - 1;
        Log1p.Of<Lanes1>(new(fraction, 0.0)).Value.Store(ref fraction);
        return exponent * Ln2 + fraction;
    }
}
