using SigmoidApi.Compute.LinearAlgebra;

namespace SigmoidApi.Compute.Passes;

/// <summary>A linear combination of parameters: Σ Factors[k] · θ[Parameters[k]].</summary>
internal sealed record Combination(int[] Parameters, double[] Factors)
{
    /// <summary>Its value at these parameters.</summary>
    public double Of(ReadOnlySpan<double> parameters)
    {
        var sum = 0.0;
        for (var k = 0; k < Parameters.Length; k++)
            sum += Factors[k] * parameters[Parameters[k]];
        return sum;
    }

    /// <summary>Whether the terms cancel, up to the rounding errors of parameters that were solved for.</summary>
    public bool Cancels(ReadOnlySpan<double> parameters)
    {
        const double Rounding = 1e-10;
        var size = 0.0;
        for (var k = 0; k < Parameters.Length; k++)
            size += Math.Abs(Factors[k] * parameters[Parameters[k]]);
        return Math.Abs(Of(parameters)) <= Rounding * size;
    }

    /// <summary>The covariance of two combinations, from the covariance of the parameters.</summary>
    public double Covariance(Combination other, SymmetricMatrix covariance)
    {
        var sum = 0.0;
        for (var k = 0; k < Parameters.Length; k++)
        {
            for (var l = 0; l < other.Parameters.Length; l++)
                sum += Factors[k] * covariance[Parameters[k], other.Parameters[l]] * other.Factors[l];
        }
        return sum;
    }

    /// <summary>The square root of its variance, computed in units of the largest factor, so that no square leaves the range of float64.</summary>
    public double StandardError(SymmetricMatrix covariance)
    {
        var unit = Factors.Max(Math.Abs);
        if (unit == 0)
            return 0;
        var scaled = this with { Factors = [.. Factors.Select(factor => factor / unit)] };
        return unit * Math.Sqrt(Math.Max(0, scaled.Covariance(scaled, covariance)));
    }

    /// <summary>The factors of all parameters, 0 for those that are not in the combination.</summary>
    public double[] Dense(int dimension)
    {
        var dense = new double[dimension];
        for (var k = 0; k < Parameters.Length; k++)
            dense[Parameters[k]] = Factors[k];
        return dense;
    }
}
