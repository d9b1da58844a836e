using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Losses;

/// <summary>
/// The log losses of some rows on their way into one number, in eight lanes whatever the width of a vector, so that every width gives the same
/// bits. With a the margin against the label, softplus(a) = max(a, 0) + log(1 + e), e = e^-|a|; the logarithms of many rows are one of the product
/// Π(1 + e), which is kept less 1, so that also losses far below 1 keep all their bits.
/// </summary>
internal sealed class LossSum
{
    /// <summary>In each lane; as many factors of up to 2 stay within float64.</summary>
    private const int MaxFactors = 1000;

    private const double Ln2 = 0.6931471805599453;

    /// <summary>Σ max(a, 0), and of weighted rows Σ w·softplus(a).</summary>
    public double[] Parts { get; } = new double[8];

    /// <summary>Π(1 + e) − 1</summary>
    public double[] Products { get; } = new double[8];

    private double _taken;
    private int _factors;

    /// <summary>Makes room for so many rows more.</summary>
    public void Reserve(int rows)
    {
        _factors += (rows + 7) / 8;
        if (_factors > MaxFactors)
        {
            _taken += Fold();
            _factors = (rows + 7) / 8;
        }
    }

    /// <summary>The sum so far, and start again.</summary>
    public double Take()
    {
        var sum = _taken + Fold();
        (_taken, _factors) = (0, 0);
        return sum;
    }

    private double Fold()
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
