using SigmoidApi.Compute.Activations.Elementary;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Losses;

/// <summary>
/// Adds up the log losses of rows, in eight lanes whatever the width of a vector, so that every width gives the same bits. The loss is
/// softplus(a) = max(a, 0) + log(1 + e) with e = e^-|a|, where a is the margin with its sign changed for label 1. The logarithms of many rows
/// become one logarithm of the product Π(1 + e). The product is kept less 1, so that losses far below 1 keep all their bits too.
/// </summary>
internal sealed class LossSum
{
    /// <summary>The most factors in the product of a lane. Each is at most 2, so the product does not overflow.</summary>
    private const int MaxFactors = 1000;

    private const double Ln2 = 0.6931471805599453;

    /// <summary>For each lane, Σ max(a, 0) over rows without weights plus Σ w·softplus(a) over rows with weights.</summary>
    public double[] Parts { get; } = new double[8];

    /// <summary>For each lane, Π(1 + e) − 1 over rows without weights.</summary>
    public double[] Products { get; } = new double[8];

    private double _taken;
    private int _factors;

    /// <summary>Makes room for <paramref name="rows"/> more rows.</summary>
    public void Reserve(int rows)
    {
        _factors += (rows + 7) / 8;
        if (_factors > MaxFactors)
        {
            _taken += Fold();
            _factors = (rows + 7) / 8;
        }
    }

    /// <summary>Returns the sum so far and starts a new one at 0.</summary>
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

    /// <summary>log(1 + p) for p ≥ 0, with a small relative error even where p is tiny.</summary>
    private static double LogOnePlus(double p)
    {
        var exponent = p <= 1 ? 0 : Math.ILogB(1 + p);
        var fraction = p <= 1 ? p : Math.ScaleB(1 + p, -exponent) - 1;
        Log1p.Of<Lanes1>(new(fraction, 0.0)).Value.Store(ref fraction);
        return exponent * Ln2 + fraction;
    }
}
